"""Seconds to the first failure of each deviation of the catalogue, as `--fail-fast` tells it.

    python benchmarks/first_failure.py [--budget NAME] [--seed N] [NAME...]

Prints the slow ones (over 5 s) and the quartiles: the search for the first failing law, that for
its smallest input, and the diagnosis. Start-up of Python and the report's text are not in it;
deviations that crash or hang run in a worker process, whose start is in it.
"""

import argparse
import statistics
import time

from bncheck.deviations import BY_NAME, DEVIATIONS
from bncheck.deviations.targets import attribute
from bncheck.engine import verify


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--budget", default="standard")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    seconds = []
    for deviation in [BY_NAME[name] for name in args.names] or DEVIATIONS:
        target = deviation.apply()
        if deviation.dangerous:
            target = f"bncheck.deviations.targets:{attribute(deviation.name)}"
        began = time.perf_counter()
        options = {"budget": args.budget, "seed": args.seed, "save": None, "fail_fast": True}
        report = verify(target, **options)
        seconds.append(time.perf_counter() - began)
        law = next((f.law for f in report.findings if f.verdict in ("fails", "error")), None)
        if law is None or seconds[-1] > 5:
            print(f"{deviation.name}: {seconds[-1]:.1f} s, {law or 'not caught'}")
    print(f"{len(seconds)} deviations: median {statistics.median(seconds):.2f} s, ", end="")
    if len(seconds) > 1:
        lower, _, upper = statistics.quantiles(seconds, n=4)
        print(f"quartiles {lower:.2f} and {upper:.2f} s, ", end="")
    print(f"most {max(seconds):.1f} s")


if __name__ == "__main__":
    main()
