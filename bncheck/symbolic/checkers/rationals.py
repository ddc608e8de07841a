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

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.expression import Expr, Sum, free_indices
from bncheck.symbolic.trees import shared, walk

POINTS = 6
ATTEMPTS = 400
EASY = 6
"""Attempts at every size, with larger entries; where a root has no symbol to move, few succeed."""
SIZES = (2, 3, 4, 5)


def refutation(left: Expr, right: Expr, seed: int = 0) -> str | None:
    """Return ``None`` if both sides agree at all points, else a sentence with the first that not.

    Raises NotSupported where no point with rational roots was found.
    """
    left, right = shared(left, right)
    sizes = []
    for number in range(POINTS):
        size, found = _at_one_point(left, right, random.Random(f"{seed} {number}"), number)
        if found is not None:
            return found
        sizes.append(size)
    if set(sizes) == {2} and _is_of_a_batch(left, right):
        raise NotSupported("only at m = 2 were points found at which all roots are rational")
    return None


def _is_of_a_batch(*sides: Expr) -> bool:
    """Whether the size of the batch plays a part."""
    nodes = [node for side in sides for node in walk(side)]
    sums = {n.index.size for n in nodes if isinstance(n, Sum)}
    return "m" in sums | {index.size for side in sides for index in free_indices(side)}


def _at_one_point(
    left: Expr, right: Expr, rng: random.Random, number: int
) -> tuple[int, str | None]:
    """Return the size of the batch, and what is different there."""
    free = sorted(free_indices(left) | free_indices(right), key=lambda x: x.name)
    nodes = [*walk(left), *walk(right)]
    names = {n.index.size for n in nodes if isinstance(n, Sum)} | {x.size for x in free} | {"m"}
    for attempt in range(ATTEMPTS):
        # at eps = 0 the variance itself must be a square: never at m = 3, and at m = 2 always, but
        # there every gradient is zero and shows nothing
        easy = attempt < EASY
        size = SIZES[number % len(SIZES)] if easy else (4 if attempt < ATTEMPTS * 9 // 10 else 2)
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
            return size, said
        return size, None
    raise NotSupported("no point was found at which all roots are rational")
