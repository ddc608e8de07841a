"""Mutations of true formulas: no unequal one may be accepted by the referee.

    python benchmarks/mutated_formulas.py [--count N] [--first K] [--jobs N] [--record FILE]

A formula is a line of a derivation in `proofs/`. One to three things of its right side are changed
in the tree (a coefficient, exponent, sign, term, factor or index), and the result is printed, so
that its meaning is known without the reader that is tried. What exact rationals say of the trees
is held against the verdict on the print: exit code 1 if one is accepted that they tell apart.
Batches of 100 are done once where there is a record: delete it when bncheck changes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from mutated import mutants
from printed import pairs, where

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import rationals
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.claims.totals import HELD
from bncheck.symbolic.expression import Element, Expr
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.trees import with_children

BATCH = 100
MOST = 3  # changes in one formula
ACCEPTED = ("true", "true-if", "update", "definition")


@cache
def lines() -> tuple[tuple[Expr, Expr, str], ...]:
    """Return both sides of every line of every derivation, each once, and its normalization."""
    return tuple({(latex(line[0]), latex(line[1]), line[2]): line for line in pairs()}.values())


def changed(number: int) -> tuple[Expr, Expr, str]:
    """Return a line with so many changes, the same for a number in every run."""
    rng = random.Random(f"mutation {number}")  # noqa: S311 # cases, not keys
    left, right, norm = rng.choice(lines())
    for _ in range(rng.randint(1, MOST)):
        choices = list(mutants(right))
        if choices:
            right = rng.choice(choices)[1]
    return sayable(left), sayable(right), norm


def sayable(node: Expr) -> Expr:
    """Call dL/dy of several indices dz: what is said beside a formula is said of one symbol."""
    if isinstance(node, Element) and node.name == "dy" and len(node.indices) > 1:
        return Element("dz", node.indices)
    return with_children(node, tuple(map(sayable, node.children)))


def differ(left: Expr, right: Expr) -> bool | None:
    """Whether the trees are told apart by exact rationals; None where no point was found."""
    try:
        return rationals.refutation(left, right) is not None
    except (NotSupported, ValueError, ZeroDivisionError):
        return None


def batch(first: int) -> dict[str, object]:
    """Judge so many mutations; what is wrong is a sentence."""
    counts: Counter[str] = Counter()
    alarms = []
    for number in range(first, first + BATCH):
        left, right, norm = changed(number)
        formula = f"{latex(left)} = {latex(right)}"
        verdict = judge(formula, where(left, right), norm=norm, repair=False)
        if verdict.verdict not in ACCEPTED:
            counts[verdict.verdict] += 1
            continue
        unequal = differ(left, right)
        counts[f"{verdict.verdict} {'unequal' if unequal else 'unknown or equal'}"] += 1
        # a condition that makes it true is no mistake: the trees differ where it does not hold. Nor
        # is a print with a partial derivative, which is read with mu and var held, and told so
        conditional = verdict.verdict == "true-if" and verdict.conditions
        if unequal and not conditional and not verdict.reason.startswith(HELD):
            alarms.append(f"{number}: {verdict.verdict}: {formula}")
    return {"first": first, "counts": counts, "alarms": alarms}


def batches(given: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Yield what is on record, then what is done now."""
    record: Path | None = given.record
    known = record.read_text().splitlines() if record and record.exists() else []
    done = {entry["first"]: entry for entry in map(json.loads, known)}
    planned = range(given.first, given.first + given.count, BATCH)
    yield from (done[first] for first in planned if first in done)
    with ProcessPoolExecutor(given.jobs) as pool:
        for entry in pool.map(batch, [first for first in planned if first not in done]):
            if record:
                with record.open("a") as file:
                    file.write(json.dumps(entry) + "\n")
            yield entry


def main() -> int:
    """Judge mutations, batch by batch."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    wrong, began = 0, time.perf_counter()
    for entry in batches(given):
        counts.update(entry["counts"])
        for alarm in entry["alarms"]:
            wrong += 1
            print(alarm)
        print(f"{counts.total()} formulas, {wrong} wrong, {time.perf_counter() - began:.0f} s")
        sys.stdout.flush()
    for told, count in counts.most_common():
        print(f"{count:8d} {told}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
