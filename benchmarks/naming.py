"""How often the deviation that a target has is named as its cause.

    python benchmarks/naming.py [--seeds N] [--first N] [--sample N] [--budget NAME] [--pairs N]
                                [--jobs N] [--record FILE] [--norms NAME...] [NAME...]

Verifies every deviation of the catalogue with each seed from the first on, or a sample of these
runs, of which a larger one has the smaller one's too, and so many sampled pairs once, and prints
what was not named right as it comes, then the figures: caught, named, and seconds of diagnosis.
Ctrl-C ends it with the figures so far. With a record, a line of JSON for each run, a run that is
already in the file is not done again: delete it when bncheck changes. With norms, such as
``layer,rms``, it is every deviation that is one in these normalizations, in each of them; figures
are told by norm, and with them how many have a cause read off the numbers in place of a name.
"""

import argparse
import json
import multiprocessing
import random
import signal
import statistics
import time
from functools import reduce
from importlib import import_module
from pathlib import Path

from bncheck.deviations import BY_NAME, DEVIATIONS, combine
from bncheck.deviations.targets import attribute
from bncheck.engine import verify
from bncheck.model import NORMS

RUN = import_module("bncheck.engine.run")


def tried(task):
    """Verify a target that deviates so; runs in any process."""
    names, budget, seed, norm = task
    deviations = [BY_NAME[n] for n in names]
    whole = reduce(combine, deviations)
    target = whole.on(NORMS[norm]) if norm else whole.apply()
    if deviations[0].dangerous:
        target = f"bncheck.deviations.targets:{attribute(names[0])}"
    seconds = []
    explain, RUN.explain = RUN.explain, timed(RUN.explain, seconds)
    try:
        report = verify(target, budget=budget, seed=seed, shrink=False, save=None, timeout=1.0)
    finally:
        RUN.explain = explain
    named = [cause["deviation"] for cause in report.causes]
    return {
        "names": list(names),
        "budget": budget,
        "seed": seed,
        "norm": norm,
        "caught": not report.ok,
        "named": named,
        "right": right(named, names),
        "told": bool(named) and not set(named) & set(BY_NAME),
        "diagnosis": round(sum(seconds), 2),
    }


def right(named, names):
    """Whether these are the names, or say besides that what is written to is written to."""
    more = {"output-in-place": "mutates-input", "gradient-in-place": "mutates-cotangent"}
    besides = {more[name] for name in names if name in more}
    return sorted(set(named) - (besides - set(names))) == sorted(names)


def timed(explain, seconds):
    def call(*given):
        began = time.perf_counter()
        explain(*given)
        seconds.append(time.perf_counter() - began)

    return call


def key(run):
    return tuple(run["names"]), run["budget"], run["seed"], run.get("norm", "")


def planned(args):
    deviations = [BY_NAME[n] for n in args.names] or DEVIATIONS
    seeds = range(args.first, args.first + args.seeds)
    if args.norms:
        able = [d for d in deviations if not d.dangerous and not d.legitimate and d.change]
        among = [(d, norm) for d in able for norm in args.norms.split(",") if norm in d.norms]
    else:
        among = [(d, "") for d in deviations]
    singles = [((d.name,), args.budget, seed, norm) for seed in seeds for d, norm in among]
    if args.sample is not None:
        random.Random(args.first).shuffle(singles)  # noqa: S311 # a sample, the same each time
        del singles[args.sample :]
    yield from singles
    sampled = random.Random(args.first)  # noqa: S311 # a sample, the same each time
    safe = [d for d in DEVIATIONS if not d.dangerous and not d.legitimate]
    pairs = [sampled.sample(safe, 2) for _ in range(args.pairs)]
    yield from (((a.name, b.name), args.budget, args.first, "") for a, b in pairs)


def outcomes(tasks, jobs):
    if jobs == 1:
        yield from map(tried, tasks)
        return
    with multiprocessing.Pool(jobs, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap_unordered(tried, tasks)


def told(run):
    if not run["right"]:
        state = "not named right" if run["caught"] else "not caught"
        named = ", ".join(run["named"]) or "nothing"
        where = f"{run['norm']}, " if run.get("norm") else ""
        whole = " + ".join(run["names"])
        print(f"{whole}, {where}seed {run['seed']}: {state}: {named}", flush=True)


def total(what, runs):
    if runs:
        caught, right = (sum(r[k] for r in runs) for k in ("caught", "right"))
        terms = sum(r.get("told", False) for r in runs)
        also = f", {terms} told by terms" if terms else ""
        print(f"{what}: {len(runs)} runs, {caught} caught, {right} named right{also}")
        seconds = [r["diagnosis"] for r in runs]
        print(f"  diagnosis: median {statistics.median(seconds):.1f} s, most {max(seconds):.1f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="first seed; pairs are sampled by it")
    parser.add_argument("--sample", type=int, help="so many of all runs of single deviations")
    parser.add_argument("--budget", default="standard")
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--norms", help="comma-separated: layer, rms, group, instance")
    args = parser.parse_args()
    tasks = list(planned(args))
    done = {}
    if args.record and args.record.exists():
        lines = args.record.read_text(encoding="utf-8").splitlines()
        done = {key(run): run for run in map(json.loads, lines)}
    runs = [done[task] for task in tasks if task in done]
    for run in runs:
        told(run)
    try:
        for run in outcomes([task for task in tasks if task not in done], args.jobs):
            runs.append(run)
            told(run)
            if args.record:
                with args.record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(run) + "\n")
    except KeyboardInterrupt:
        print(f"stopped after {len(runs)} of {len(tasks)} runs")
    singles = [run for run in runs if len(run["names"]) == 1]
    for norm in dict.fromkeys(run.get("norm", "") for run in singles):
        total(norm or "single deviations", [r for r in singles if r.get("norm", "") == norm])
    total("pairs", [run for run in runs if len(run["names"]) == 2])


if __name__ == "__main__":
    main()
