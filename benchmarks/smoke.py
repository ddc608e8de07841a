"""The ten laws of `--budget smoke`: how they are chosen, and how much they still catch.

    python benchmarks/smoke.py --choose
    python benchmarks/smoke.py [--street N] [--catalogue N] [--seed N]

``--choose`` reads the kill table and runs nothing. Without it, every N-th deviation of the
catalogue and every N-th target of tests/street is verified at smoke (1 for all, 0 for none).

A deviation weighs as much as its family was seen in the wild, shared by the deviations of the
family, and as often as it was written on the street. It counts for each kind of target that there
is (`KINDS`), since a law that needs a backward pass catches nothing in a target that has none.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from street_truth import SETS, targets

from bncheck import verify
from bncheck.deviations import BY_NAME, DEVIATIONS
from bncheck.engine.options import BUDGETS
from bncheck.errors import BncheckError
from bncheck.killtable.compute import catching
from bncheck.killtable.table import read
from bncheck.laws import LAWS

# References to issues and pull requests in a survey of real bugs of batch normalization, made
# before the project, added up by the catalogue's families.
SEEN = {
    "variance and eps": 46,
    "running state": 57,
    "backward": 54,
    "axes, layout, counts": 60,
    "behaviour": 23,
    "precision": 17,
    "affine": 20,
    "shards": 13,
    "fused": 11,
}
# abilities of a kind of target, None for all of them -> its weight
KINDS = (
    (None, 1.0),
    (frozenset(), 0.5),
    (frozenset({"backward"}), 0.5),
    (frozenset({"eval", "running", "state_before_step"}), 0.5),
    (frozenset({"eval"}), 0.25),
)
MOST = 10
SHOWN = 20


def weights():
    sizes = Counter(deviation.family for deviation in DEVIATIONS)
    street = Counter(target.causes[0] for target in targets(*SETS) if not target.right)
    return {d.name: SEEN[d.family] / sizes[d.family] + street[d.name] for d in DEVIATIONS}


def choose():
    """Take the law that catches the most of what is left, ten times; print what each adds."""
    needs = {law.id: frozenset(law.needs) for law in LAWS}
    weigh = weights()
    left = {}
    for row in read().rows:
        for abilities, share in KINDS:
            laws = {law for law in row.laws if abilities is None or needs[law] <= abilities}
            if laws:
                left[row.deviation, abilities] = share * weigh[row.deviation], laws
    total = sum(weight for weight, _ in left.values())
    for _ in range(MOST):
        gain = {law: sum(w for w, laws in left.values() if law in laws) for law in needs}
        best = max(gain, key=lambda law: (gain[law], law))
        left = {key: each for key, each in left.items() if best not in each[1]}
        print(f"{best:5}{100 * gain[best] / total:6.1f} %  {_title(best)}")
    missed = sorted({name for name, abilities in left if abilities is None})
    print(f"{len(read().rows) - len(missed)} of {len(read().rows)} deviations; not {missed}")


def _title(name):
    return next(law.title for law in LAWS if law.id == name)


def catalogue(every, seed):
    names = [deviation.name for deviation in DEVIATIONS][::every]
    began, missed = time.perf_counter(), []
    laws = BUDGETS["smoke"].laws
    for name in names:
        if not catching(BY_NAME[name], budget="smoke", seed=seed, laws=laws):
            missed.append(name)
    took = time.perf_counter() - began
    print(f"catalogue: {len(names) - len(missed)} of {len(names)} caught, {took:.0f} s; {missed}")


def street(every, seed):
    counts, passed = Counter(), []
    began = time.perf_counter()
    for target in targets(*SETS)[::every]:
        options = {"dtypes": ("float32",), "save": None, "shrink": False, "diagnose": False}
        try:
            report = verify(target.name, budget="smoke", seed=seed, timeout=60.0, **options)
        except BncheckError as error:
            counts["refused"] += 1
            print(f"refused: {target.id}: {str(error)[:200]}")
            continue
        ok = report.exit_code == 0
        word = ("holds" if ok else "blamed") if target.right else ("passed" if ok else "caught")
        counts[word] += 1
        passed += [f"{target.id} ({target.causes[0]})"] if word in ("passed", "blamed") else []
    took = time.perf_counter() - began
    print(f"street: {dict(counts)}, {took:.0f} s; {passed[:SHOWN]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--street", type=int, default=8, metavar="N")
    parser.add_argument("--catalogue", type=int, default=8, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.choose:
        choose()
        return
    if args.catalogue:
        catalogue(args.catalogue, args.seed)
    if args.street:
        street(args.street, args.seed)


if __name__ == "__main__":
    main()
