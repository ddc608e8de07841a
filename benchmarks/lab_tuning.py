"""Rates and scales that experiments of the lab take, chosen on seeds that they never report.

    python benchmarks/lab_tuning.py

For each arm the setting with the best median test accuracy of three seeds: of scale of the
weights and rate for E01 ("tuned"), of rates for E05, E06 and E07. Prints the grids. What it says
stands in the files of `bncheck/lab/experiments`; run it again only to check that.
"""

import itertools
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

from bncheck.lab.datasets import load
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup, started, trained

SEEDS = (0, 1, 2)
WIDTHS = {depth: (784, *[100] * depth, 10) for depth in (3, 6, 10)}


def accuracy(setup):
    data = load("mnist-5k")
    runs = [trained(setup, started(setup, data, s), [setup.steps])["acc"][-1] for s in SEEDS]
    return statistics.median(runs)


def best(name, setups, pool):
    """Print a grid and its best setting."""
    keys, values = list(setups), list(pool.map(accuracy, setups.values()))
    top = max(zip(values, keys, strict=True))
    row = ", ".join(f"{k}: {v:.3f}" for k, v in zip(keys, values, strict=True))
    print(f"{name}: best {top[1]} with {top[0]:.3f} | {row}", flush=True)


def main():
    began = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        for norm in ("none", "before"):
            grid = itertools.product((0.1, 0.2, 0.4, 0.8), (0.5, 1.0, 2.0, 4.0, 8.0, 16.0))
            setups = {(std, rate): Setup(Net(norm=norm, std=std), rate, 400) for std, rate in grid}
            best(f"E01 {norm} (std, rate)", setups, pool)
        for activation, std in (("sigmoid", 0.1), ("relu", "he")):
            for norm in ("none", "before"):
                setups = {
                    2.0**k: Setup(Net(activation=activation, norm=norm, std=std), 2.0**k, 300)
                    for k in range(-3, 10)
                }
                best(f"E05 E06 {activation} {norm} rate", setups, pool)
        for depth, widths in WIDTHS.items():
            for norm in ("none", "before"):
                setups = {
                    rate: Setup(Net(widths, norm=norm, std="fan"), rate, 500)
                    for rate in (0.2, 1.0, 5.0)
                }
                best(f"E07 depth {depth} {norm} rate", setups, pool)
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
