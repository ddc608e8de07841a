"""What many small targets cost, each in a process of its own, or forked by one that is warm.

    python benchmarks/many_targets.py                 # 500 targets, two at a time
    python benchmarks/many_targets.py --count 12 --laws 'F*'

Targets are written to a temporary folder: batch norms of NumPy, of four kinds that are right and
four that are wrong. Three ways are timed, and must come to the same verdicts: a command for each
target; all in one command; all by `bncheck.verify_many` and a pool of processes.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

import bncheck

FORWARD = """import numpy as np


def forward(x, gamma, beta, eps):
    axes = (0, *range(2, x.ndim))
    shape = (1, -1) + (1,) * (x.ndim - 2)
    mean = x.mean(axis=axes, keepdims=True)
    centered = x - mean
    var = {var}
    out = {out}
    return (gamma.reshape(shape) * out + beta.reshape(shape)).astype(x.dtype)
"""
VAR, OUT = "(centered**2).mean(axis=axes, keepdims=True)", "centered / np.sqrt(var + eps)"
# the variance, the normalized input, and whether it is right
KINDS = [
    (VAR, OUT, True),
    (VAR, "centered / np.sqrt(var + eps + 1e-3)", False),
    ("x.var(axis=axes, keepdims=True)", OUT, True),
    (VAR, "centered / (np.sqrt(var) + eps)", False),
    (VAR, "centered * (1 / np.sqrt(var + eps))", True),
    (VAR, "centered / np.sqrt(var)", False),
    ("np.mean(centered * centered, axis=axes, keepdims=True)", OUT, True),
    ("(centered**2).sum(axis=axes, keepdims=True) / x.shape[0]", OUT, False),
]


def written(folder, count):
    """Write so many targets; returns their paths, and whether each is right."""
    targets = {}
    for number in range(count):
        var, out, right = KINDS[number % len(KINDS)]
        path = folder / f"kernel_{number:03d}.py"
        path.write_text(f"# kernel {number}\n{FORWARD.format(var=var, out=out)}")
        targets[str(path)] = right
    return targets


def command(args, *targets, jobs=1, report="report.json"):
    options = ["--budget", args.budget, "--jobs", str(jobs), "-q", "--format", f"json={report}"]
    options += [word for pattern in args.laws for word in ("--laws", pattern)]
    run = [sys.executable, "-P", "-m", "bncheck", "verify", *targets, *options]
    subprocess.run(run, check=False, capture_output=True)
    return json.loads(Path(report).read_bytes())


def each_by_itself(args, targets):
    def verdict(target):
        return command(args, target, report=f"{Path(target).stem}.json")["exit_code"]

    with ThreadPoolExecutor(args.jobs) as threads:
        return list(threads.map(verdict, targets))


def one_command(args, targets):
    told = command(args, *targets, jobs=args.jobs)
    return [each["exit_code"] for each in told.get("reports", [told])]


def pool(args, targets):
    options = {"budget": args.budget, "laws": args.laws}
    make = partial(ProcessPoolExecutor, args.jobs)
    return [e.exit_code for e in bncheck.verify_many(list(targets), executor=make, **options)]


def used():
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


WAYS = {
    "a command for each, a worker each": each_by_itself,
    "one command, forked workers": one_command,
    "verify_many, forked workers": pool,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--budget", default="quick")
    parser.add_argument("--laws", action="append", default=[])
    args = parser.parse_args()
    path = os.pathsep.join(os.path.abspath(p) for p in sys.path if p)
    os.environ["PYTHONPATH"] = path
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        targets = written(Path(folder), args.count)
        wanted = [0 if right else 1 for right in targets.values()]
        for name, way in WAYS.items():
            began, before = perf_counter(), used()
            codes = way(args, targets)
            wall, cpu = perf_counter() - began, used() - before
            wrong = sum(a != b for a, b in zip(codes, wanted, strict=True))
            each = f"{wall / args.count:.2f} s a target"
            if way is not pool:  # whose parents of workers end by themselves, after it
                each += f", {cpu / args.count:.2f} s of a processor"
            print(f"{name:34}  {wall:7.1f} s: {each}; {wrong} unexpected verdicts", flush=True)
        os.chdir("/")


if __name__ == "__main__":
    main()
