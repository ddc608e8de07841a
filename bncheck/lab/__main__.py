"""``python -m bncheck.lab``: what is registered, made anew. For those who build bncheck.

python -m bncheck.lab register FILE   # records of `bncheck lab run --output FILE`
python -m bncheck.lab openings        # first steps, disturbed by rounding and under several kernels
python -m bncheck.lab page            # docs/lab.md, of what is registered
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite, nan
from pathlib import Path
from typing import Any

from bncheck.errors import BncheckError
from bncheck.lab import catalogue, checking, datasets, disturbed, figures, store
from bncheck.lab import page as pages
from bncheck.lab.judging import judged

_REGISTERED = Path(__file__).parent / "registered"
# kernels of OpenBLAS, and NumPy's own loops without what a smaller processor has not
KERNELS: tuple[dict[str, str], ...] = (
    {},
    {"OPENBLAS_CORETYPE": "Haswell"},
    {"OPENBLAS_CORETYPE": "Prescott"},
    {"OPENBLAS_CORETYPE": "SkylakeX"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
)


def main() -> int:
    """Do one of these; ``opened`` is what ``openings`` asks of each process."""
    parser = argparse.ArgumentParser(prog="python -m bncheck.lab", description=__doc__)
    parser.add_argument("what", choices=("register", "openings", "page", "opened"))
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", nargs="*", default=(), metavar="ID", help="of openings")
    parser.add_argument("--signs", type=int, help="of opened: what disturbs it, see `disturbed`")
    args = parser.parse_args()
    try:
        if args.what == "register":
            return register(args.file)
        if args.what == "page":
            return page()
        if args.what == "opened":
            return opened(args.data, args.only, args.signs)
        return openings(args.data, args.only)
    except BncheckError as error:
        sys.stderr.write(f"lab: {error}\n")
        return 2


def register(file: Path) -> int:
    """Sort records by experiment, cell and seed into files of the package."""
    _REGISTERED.mkdir(exist_ok=True)
    records = store.read(file).records
    for experiment in catalogue.EXPERIMENTS:
        digest = catalogue.definition(experiment)
        own = [r for r in records if r.experiment == experiment.id and r.digest == digest]
        cells = [cell.name for cell in experiment.cells]
        own.sort(key=lambda r: (cells.index(r.cell), r.seed))
        if own:
            text = store.dumps(replace(r, arms=_rounded(r.arms)) for r in own)
            (_REGISTERED / f"{experiment.id}.jsonl").write_text(text, encoding="utf-8")
        sys.stderr.write(f"{experiment.id}: {len(own)} records\n")
    return 0


def _rounded(value: Any) -> Any:
    """Round what figures are drawn from to six digits; effects stay as they are."""
    if isinstance(value, Mapping):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def openings(given: Path | None, only: Sequence[str] = ()) -> int:
    """Make first steps, disturbed and under each kernel, and keep how far they are apart."""
    common = ["--data", str(given)] if given else []
    common += ["--only", *only] if only else []
    kernels = [_asked(common, kernel) for kernel in KERNELS]
    moved = [_asked([*common, "--signs", str(signs)], {}) for signs in range(disturbed.TIMES)]
    entries = [
        _entry(one, [run[key] for run in kernels], [run[key] for run in moved])
        for key, one in kernels[0].items()
    ]
    file = _REGISTERED / checking.FILE
    _REGISTERED.mkdir(exist_ok=True)
    if only:
        before = json.loads(file.read_text(encoding="utf-8"))["openings"]
        entries = [e for e in before if e["experiment"] not in only] + entries
    entries.sort(key=lambda e: (e["experiment"], e["cell"], e["arm"]))
    text = "".join(
        [
            '{"kernels": ',
            json.dumps([" ".join(f"{k}={v}" for k, v in kernel.items()) for kernel in KERNELS]),
            ', "openings": [\n',
            ",\n".join(json.dumps(entry) for entry in entries),
            "\n]}\n",
        ]
    )
    file.write_text(text, encoding="utf-8")
    return 0


def _asked(words: Sequence[str], kernel: Mapping[str, str]) -> dict[str, Any]:
    """Have first steps of all arms made in a process of their own."""
    command = [sys.executable, "-m", "bncheck.lab", "opened", *words]
    done = subprocess.run(  # noqa: S603 # ourselves
        command, env={**os.environ, **kernel}, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    sys.stderr.write(f"{kernel} {' '.join(words)}: {len(found)} arms\n")
    return found


def _entry(
    one: Mapping[str, Any], kernels: list[dict[str, Any]], moved: list[dict[str, Any]]
) -> dict[str, Any]:
    """Put together what one arm's first steps gave; infinite differences are None, as JSON."""
    rights = {run["right"] for run in (*kernels, *moved)}
    return {
        **one,
        "spread": _apart(one, moved),
        "kernels": _apart(one, kernels),
        "right": rights.pop() if len(rights) == 1 else None,
    }


def _apart(one: Mapping[str, Any], runs: list[dict[str, Any]]) -> list[float | None]:
    """Return how far the losses of some runs were off up to each place, relative."""
    worst, found = 0.0, []
    for place, own in enumerate(one["losses"]):
        worst = max(
            worst, *(checking.apart(_number(run["losses"][place]), _number(own)) for run in runs)
        )
        found.append(worst if isfinite(worst) else None)
    return found


def _number(loss: float | None) -> float:
    return nan if loss is None else loss


def opened(given: Path | None, only: Sequence[str] = (), signs: int | None = None) -> int:
    """Print first steps of all arms, in this process and with its kernel."""
    found = {}
    for experiment in catalogue.chosen(only):
        if experiment.opening is None or experiment.runs:
            continue
        for cell in experiment.cells:
            data = datasets.load(cell.data, given)
            if signs is not None:
                data = replace(data, x=disturbed.disturbed(data.x, signs))
            for arm in cell.arms:
                first = experiment.opening(cell, arm, data, SEED)
                found[f"{experiment.id} {cell.name} {arm}"] = {
                    "experiment": experiment.id,
                    "cell": cell.name,
                    "arm": arm,
                    "digest": catalogue.definition(experiment),
                    "seed": SEED,
                    "losses": [float(v) if v == v else None for v in first["losses"]],
                    "right": first["right"],
                }
    sys.stdout.write(json.dumps(found))
    return 0


# the first seed of what is registered: these seeds were looked at for nothing else
SEED = 1000


def page() -> int:
    """Write docs/lab.md of what is registered, and its figures."""
    Path("docs/lab.md").write_text(pages.page(), encoding="utf-8")
    folder = Path("docs/lab")
    claims = judged(catalogue.EXPERIMENTS, store.registered())
    for path in figures.draw(claims, folder, ("svg",)):
        if path.stem not in pages.FIGURES:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
