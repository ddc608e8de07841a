"""Evaluates both sides of an equation exactly at random rational points.

Derivatives are evaluated with dual numbers, not by rules on trees: a value is a polynomial in
nilpotent tags (tag^2 = 0), one tag for each derivative around it, and the derivative is the
coefficient of its tag. Roots are exact: where a radicand is no square of a rational, a positive
symbol in it (eps) is moved so that it is, or another point is drawn.

A false equation between functions of this kind is a nonzero polynomial, which vanishes at a
random point of a grid of n values per unknown with probability at most degree / n (Schwartz,
Zippel); several points at several sizes leave no practical chance.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.expression import Expr, Power, Sum, free_indices
from bncheck.symbolic.trees import shared, walk

POINTS = 9
APART = 2
"""Points at which radicands that differ have to be different numbers."""
ATTEMPTS = 400
EASY = 6
"""Attempts at every size, with larger entries; where a root has no symbol to move, few succeed."""
SIZES = (2, 3, 4, 5)


def refutation(left: Expr, right: Expr, seed: int = 0) -> str | None:
    """Return ``None`` if both sides agree at all points, else a sentence with the first that not.

    Raises NotSupported where no point with rational roots was found.
    """
    left, right = shared(left, right)
    radicands = _radicands(left, right)
    seen: list[list[Fraction]] = []
    for number in range(POINTS):
        point, found = _at_one_point(left, right, random.Random(f"{seed} {number}"), number)
        if found is not None:
            return found
        seen.append([evaluate(each, {}, Scene(point)).real for each in radicands])
    for one, other in combinations(range(len(radicands)), 2):
        if sum(values[one] != values[other] for values in seen) < APART:
            _refuse_if_different(radicands[one], radicands[other], random.Random(f"{seed}"))
    return None


def _radicands(*sides: Expr) -> list[Expr]:
    """Return what stands under the roots."""
    nodes = [node for side in sides for node in walk(side)]
    found = [n.base for n in nodes if isinstance(n, Power) and n.exponent.denominator == 2]
    return [each for each in dict.fromkeys(found) if not free_indices(each)]


def _refuse_if_different(one: Expr, other: Expr, rng: random.Random) -> None:
    """Raise NotSupported where two radicands differ that agree at most of the points."""
    sizes = {n.index.size for side in (one, other) for n in walk(side) if isinstance(n, Sum)}
    point = Point(rng, {name: rng.randint(4, 5) for name in sorted(sizes | {"m"})})
    try:
        values = [evaluate(each, {}, Scene(point)).real for each in (one, other)]
    except (NotSquare, ZeroDivisionError):  # a root inside: its own radicands are compared
        return
    if values[0] != values[1]:
        raise NotSupported("two roots are rational together only where they are the same")


def _at_one_point(
    left: Expr, right: Expr, rng: random.Random, number: int
) -> tuple[Point, str | None]:
    """Return a point at which all roots are rational, and what is different there."""
    free = sorted(free_indices(left) | free_indices(right), key=lambda x: x.name)
    nodes = [*walk(left), *walk(right)]
    names = {n.index.size for n in nodes if isinstance(n, Sum)} | {x.size for x in free} | {"m"}
    for attempt in range(ATTEMPTS):
        # at eps = 0 the variance itself must be a square: never at m = 3, and at m = 2 always, but
        # there every gradient is zero and shows nothing
        easy = attempt < EASY
        size = (
            SIZES[number % len(SIZES)]
            if easy
            else (4 if attempt < ATTEMPTS * 9 // 10 else rng.choice((2, 5)))
        )
        others = {name: rng.randint(2, 4) for name in sorted(names)}
        point = Point(rng, {**others, "m": size}, spread=9 if easy else 2)
        places = {x: rng.randint(1, point.sizes[x.size]) for x in free}
        try:
            make_roots_rational(nodes, point, lines=True)
            values = [evaluate(side, places, Scene(point)).real for side in (left, right)]
        except (NotSquare, ZeroDivisionError):
            continue
        if point.is_degenerate():
            continue
        if values[0] != values[1]:
            said = f"at m = {size} the left side is {values[0]}, the right side {values[1]}"
            return point, said
        return point, None
    raise NotSupported("no point was found at which all roots are rational")
