"""How often the deviation that a target has is named as its cause.

    python benchmarks/naming.py [--seeds N] [--budget NAME] [--pairs N] [NAME...]

Verifies every deviation of the catalogue with each seed, and so many sampled pairs once, and
prints what was not named right, then the figures: caught, named, and seconds of diagnosis.
"""

import argparse
import random
import statistics
import time
from importlib import import_module

from bncheck.deviations import BY_NAME, DEVIATIONS, combine
from bncheck.deviations.targets import attribute
from bncheck.engine import verify

RUN = import_module("bncheck.engine.run")
SECONDS = []


def timed(explain):
    def call(*given):
        began = time.perf_counter()
        explain(*given)
        SECONDS.append(time.perf_counter() - began)

    return call


def tried(target, names, budget, seed):
    report = verify(target, budget=budget, seed=seed, shrink=False, save=None, timeout=1.0)
    named = [cause["deviation"] for cause in report.causes]
    right = sorted(named) == sorted(names)
    if not right:
        state = "not named right" if not report.ok else "not caught"
        print(f"{' + '.join(names)}, seed {seed}: {state}: {', '.join(named) or 'nothing'}")
    return not report.ok, right


def told(what, results):
    caught, right = (sum(r[k] for r in results) for k in (0, 1))
    print(f"{what}: {len(results)} runs, {caught} caught, {right} named right")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--budget", default="standard")
    parser.add_argument("--pairs", type=int, default=0)
    args = parser.parse_args()
    RUN.explain = timed(RUN.explain)
    results = []
    for seed in range(args.seeds):
        for deviation in [BY_NAME[n] for n in args.names] or DEVIATIONS:
            target = deviation.apply()
            if deviation.dangerous:
                target = f"bncheck.deviations.targets:{attribute(deviation.name)}"
            results.append(tried(target, [deviation.name], args.budget, seed))
    told("single deviations", results)
    sampled = random.Random(0)  # noqa: S311 # a sample, the same each time
    safe = [d for d in DEVIATIONS if not d.dangerous and not d.legitimate]
    pairs = [sampled.sample(safe, 2) for _ in range(args.pairs)]
    doubles = [tried(combine(a, b).apply(), [a.name, b.name], args.budget, 0) for a, b in pairs]
    if doubles:
        told("pairs", doubles)
    if SECONDS:
        print(f"diagnosis: median {statistics.median(SECONDS):.1f} s, most {max(SECONDS):.1f} s")


if __name__ == "__main__":
    main()
