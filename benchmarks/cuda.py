"""PyTorch's layers on a CUDA device: every dtype and layout, with cuDNN and without.

    python benchmarks/cuda.py --budget quick --record docs/findings/torch-cuda.json

Each layer, set of dtypes and setting of cuDNN is a run of its own. Writes what failed and what
was warned of as data, which a test reads where no GPU is; `--reports FOLDER` keeps the reports.
Nothing needs a GPU but this.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TARGETS = HERE / "cuda_targets.py"
VERDICTS = ("planned", "holds", "fails", "error", "skipped", "examples")
# the laws that say what an output is: the others follow from these
SHOWN = ("F00", "B01", "B19", "I14")


@dataclass(frozen=True)
class Run:
    layer: str  # BatchNorm2d, or MixedBatchNorm2d, whose parameters are float32
    dtypes: tuple[str, ...]
    cudnn: bool

    @property
    def name(self) -> str:
        return f"{self.layer}-{'-'.join(self.dtypes)}-{'cudnn' if self.cudnn else 'native'}"


def runs() -> list[Run]:
    """Return all of them."""
    half, whole = ("float16", "bfloat16"), ("float32", "float64")
    kinds = [("BatchNorm", (d,)) for d in whole + half] + [("MixedBatchNorm", (d,)) for d in half]
    return [
        Run(f"{kind}{rank}d", dtypes, cudnn)
        for rank in (2, 1, 3)
        for kind, dtypes in kinds
        for cudnn in (True, False)
    ]


def verify(run: Run, device: str, budget: str, seed: int) -> dict[str, Any]:
    """Run bncheck as a user does, and return its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(sys.executable, "-m", "bncheck", "verify", f"{TARGETS}:{run.layer}"),
            *("--budget", budget, "--seed", str(seed), "--timeout", "60", "--load-timeout", "240"),
            *(word for dtype in run.dtypes for word in ("--dtype", dtype)),
            *("--format", "json", "--output", str(report)),
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE.parent),
            "OMP_NUM_THREADS": "1",
            "BNCHECK_DEVICE": device,
            "BNCHECK_CUDNN": "1" if run.cudnn else "0",
        }
        began = time.perf_counter()
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        found = json.loads(report.read_text()) if report.exists() else {"findings": []}
    return {**found, "exit_code": done.returncode, "seconds": seconds, "told": done.stderr[-2000:]}


def row(run: Run, report: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a report: the verdicts, and the smallest case of some that fail."""
    wrong = [f for f in report["findings"] if f["verdict"] in ("fails", "error")]
    counts = report.get("counts") or {}
    return {
        "layer": run.layer,
        "dtypes": run.dtypes,
        "cudnn": run.cudnn,
        "counts": {key: counts[key] for key in VERDICTS if key in counts},
        "fails": [f["law"] for f in wrong],
        "warns": [f["law"] for f in report["findings"] if f["warning"]],
        "cases": [_case(f) for f in wrong if f["law"] in SHOWN and f["case"]],
        **({} if counts else {"told": report["told"]}),
    }


def _case(finding: dict[str, Any]) -> dict[str, Any]:
    case = finding["case"]
    return {
        "law": finding["law"],
        "bound": finding["bound"],
        **{key: case[key] for key in ("what", "got", "expected", "recipe")},
    }


def _lines(record: dict[str, Any]) -> str:
    """Return the record as JSON with a run on each line, so that changes can be read."""
    head = json.dumps({key: value for key, value in record.items() if key != "runs"})
    return f'{head[:-1]}, "runs": [\n' + ",\n".join(map(json.dumps, record["runs"])) + "\n]}\n"


def machine(device: str) -> dict[str, Any]:
    """Return what the figures depend on."""
    import torch

    there = device.startswith("cuda")
    return {
        "torch": torch.__version__,
        "cudnn": torch.backends.cudnn.version() if there else None,
        "device": torch.cuda.get_device_name() if there else device,
    }


def main() -> int:
    """Run all and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--budget", default="quick")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="runs with this in their name")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--reports", type=Path)
    given = parser.parse_args()
    chosen = [run for run in runs() if given.only in run.name]
    record = {"environment": machine(given.device), "budget": given.budget, "seed": given.seed}
    rows: dict[Run, dict[str, Any]] = {}
    with ThreadPoolExecutor(given.jobs) as pool:
        submitted = {
            pool.submit(verify, r, given.device, given.budget, given.seed): r for r in chosen
        }
        for future in as_completed(submitted):
            run, report = submitted[future], future.result()
            rows[run] = row(run, report)
            wrong = rows[run]["fails"]
            print(f"{run.name}: exit {report['exit_code']}, {report['seconds']:.0f} s, {wrong}")
            sys.stdout.flush()
            if given.reports:
                given.reports.mkdir(parents=True, exist_ok=True)
                (given.reports / f"{run.name}.json").write_text(json.dumps(report))
            if given.record:  # now: what is known must not be lost with the machine
                told = [rows[run] for run in chosen if run in rows]
                given.record.write_text(_lines({**record, "runs": told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
