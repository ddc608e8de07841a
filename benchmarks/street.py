"""How bncheck fares on code that was not written for it.

    python benchmarks/street.py [--sets functions,classes] [--dtype float32] [NAME...]

Each target of ``tests/street`` is verified at ``quick`` in one dtype, and what comes out is held
against what was written down before. Right ones: holds, or blamed. Wrong ones: the first cause is
one that was written down (named), a formula read off the numbers (terms), none, or another name
(other); or it passed. A formula is printed, so that a person can see whether it is true.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from street_truth import SETS, targets

from bncheck import verify
from bncheck.errors import BncheckError


def outcome(target, dtype):
    """One word, and what to print beside it."""
    try:
        report = verify(
            target.name, budget="quick", dtypes=(dtype,), save=None, shrink=False, timeout=60.0
        )
    except BncheckError as error:
        return "refused", str(error).replace("\n", " / ")[:200]
    causes = [cause["deviation"] for cause in report.causes]
    told = "; ".join(cause["text"].partition(";")[0] for cause in report.causes)[:300]
    laws = [f.law for f in report.findings if f.verdict in ("fails", "error")][:8]
    if target.right:
        return ("holds", "") if report.exit_code == 0 else ("blamed", f"{laws} {causes} {told}")
    if report.exit_code == 0:
        return "passed", ", ".join(target.causes)
    if not causes:
        return "none", f"{target.causes[0]}: {laws} {[n[:120] for n in report.notes][:3]}"
    if all(name in target.causes for name in causes[0].split(" + ")):
        return "named", causes[0]
    word = "terms" if causes[0] == "other-formula" else "other"
    return word, f"{target.causes[0]}: {causes} {told}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only targets whose id contains one of these")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--dtype", default="float32")
    args = parser.parse_args()
    counts = Counter()
    for target in targets(*args.sets.split(",")):
        if args.names and not any(name in target.id for name in args.names):
            continue
        began = time.perf_counter()
        word, beside = outcome(target, args.dtype)
        counts[word] += 1
        print(f"{word:8}{target.id:50} {time.perf_counter() - began:5.0f} s  {beside}", flush=True)
    print(", ".join(f"{word} {count}" for word, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
