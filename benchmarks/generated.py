"""Generated kernels about norms: what a benchmark, shape fuzzing and bncheck say, side by side.

    python benchmarks/generated.py [--only NAME...] [--budget quick] [--json FILE]
    python benchmarks/generated.py --page
    python benchmarks/generated.py --page --read docs/generated-kernels.json

The candidates are those of `benchmarks/kernels/truth.toml`, which says what is wrong with each.
`generated_checks.py` has the checks. Each candidate is run in processes of its own, so that one
that hangs or dies is a result; Triton's kernels run in its interpreter, and are left out, by name,
where there is no Triton. The table goes to stdout, progress to stderr. ``--page`` writes it
into `docs/generated-kernels.md`, between two marks, and what was measured beside it.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from generated_checks import KERNELS, candidates, written_down
from generated_page import rendered, replaced

CHECKS = Path(__file__).parent / "generated_checks.py"
PAGE = Path(__file__).parents[1] / "docs" / "generated-kernels.md"


def asked(check, candidate, budget, limit):
    """Run one check in a process of its own; return what it said, or how it ended."""
    command = [sys.executable, str(CHECKS), check, candidate.file, "--budget", budget]
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=limit, env=environment
        )
    except subprocess.TimeoutExpired:
        return {"ended": f"no answer within {limit:.0f} s"}
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = (done.stderr.splitlines() or ["nothing on stderr"])[-1]
        return {"ended": f"exit {done.returncode}: {last[:200]}"}
    return json.loads(lines[-1])


def row_of(candidate, args):
    row = {"file": candidate.file, "right": candidate.right, "says": candidate.says}
    row |= {"dtypes": list(candidate.dtypes), "true causes": list(candidate.causes)}
    row["others"] = asked("others", candidate, args.budget, args.limit)
    row["bncheck"] = asked("bncheck", candidate, args.budget, args.limit)
    return row


def refusal(file):
    """Return the sentence with which bncheck refuses what is none of the five."""
    command = [sys.executable, "-P", "-m", "bncheck", "verify", str(KERNELS / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    name = f"{KERNELS / file}:"
    return done.stderr.replace(name, "").removeprefix("bncheck: error: ").strip()


def measured(args):
    began = time.perf_counter()
    chosen = [c for c in candidates() if not args.only or any(n in c.file for n in args.only)]
    left_out = {c.file: f"{', '.join(c.lacks)} is not installed" for c in chosen if c.lacks}
    rows = []
    for number, candidate in enumerate(chosen, 1):
        if candidate.file in left_out:
            said = f"left out: {left_out[candidate.file]}"
        else:
            rows.append(row_of(candidate, args))
            said = json.dumps({k: rows[-1][k] for k in ("others", "bncheck")})[:300]
        print(f"{number}/{len(chosen)} {candidate.file} {said}", file=sys.stderr, flush=True)
    refused = [] if args.only else [each["file"] for each in written_down()["refused"]]
    packages = ("numpy", "torch", "triton")
    lacking = {name for c in chosen for name in c.lacks}
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "budget": args.budget,
        "python": platform.python_version(),
        "versions": {n: importlib.metadata.version(n) for n in packages if n not in lacking},
        "seconds": round(time.perf_counter() - began),
        "rows": rows,
        "left out": left_out,
        "refused": {file: refusal(file) for file in refused},
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="part of a file name")
    parser.add_argument("--budget", default="quick", help="of bncheck: quick, standard, ...")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for one check")
    parser.add_argument("--json", type=Path, help="write what was measured there, too")
    parser.add_argument("--page", action="store_true", help="write the page and its record, too")
    parser.add_argument("--read", type=Path, help="measure nothing, read an earlier record")
    args = parser.parse_args()
    if args.page and args.only:
        parser.error("--page wants all candidates, but --only leaves some out")
    record = json.loads(args.read.read_text(encoding="utf-8")) if args.read else measured(args)
    if args.page and record["left out"]:
        parser.error(f"--page wants all candidates, but without {sorted(record['left out'])}")
    files = [args.json] if args.json else []
    for file in [*files, PAGE.with_suffix(".json")] if args.page else files:
        file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if args.page:
        page = replaced(PAGE.read_text(encoding="utf-8"), rendered(record))
        PAGE.write_text(page, encoding="utf-8")
    print(rendered(record))


if __name__ == "__main__":
    main()
