"""Seconds that keeping a report adds to a run, and that a target takes which is not run again.

    python benchmarks/resume.py [TARGET...]

In a folder of its own, with one law: what is read of the target's files does not depend on laws.
Keeping is timed twice, as the digests of libraries are taken once for a folder.
"""

import argparse
import os
import tempfile
import time
from functools import partial
from pathlib import Path

from bncheck.engine import verify
from bncheck.engine.resuming.earlier import Earlier

OPTIONS = {"laws": ("F00",), "budget": "smoke", "dtypes": ("float32",), "load_timeout": 300.0}
NUMPY = str(Path(__file__).parents[1] / "examples" / "numpy_layer.py")


def timed(act):
    began = time.perf_counter()
    return act(), time.perf_counter() - began


def keeping(target):
    """Run and keep; return the seconds that keeping took."""
    took = []
    whole = Earlier.kept

    def kept(self, report, pool):
        found, seconds = timed(lambda: whole(self, report, pool))
        took.append(seconds)
        return found

    Earlier.kept = kept
    try:
        report = verify(target, **OPTIONS, keep=True)
    finally:
        Earlier.kept = whole
    return report.seconds, took[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", default=[NUMPY, "torch.nn:BatchNorm1d"])
    for target in parser.parse_args().targets:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            (_, first), (run, then) = keeping(target), keeping(target)
            again, seconds = timed(partial(verify, target, **OPTIONS, resume=True))
            told = "not run again" if again.resumed else f"run again: {again.notes}"
            print(f"{target}: a run {run:.2f} s, keeping it {first:.2f} s and then {then:.2f} s")
            print(f"  {told}, {seconds:.3f} s", flush=True)
            os.chdir("/")


if __name__ == "__main__":
    main()
