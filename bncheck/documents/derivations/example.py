"""Both sides of one equation computed at small numbers, exactly: nothing here is typed in.

x has the mean 3, and its variance and eps add up to a square, so that the normalized values are
short. Where more roots have to be rational, the other numbers are moved as for the checks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from bncheck.documents.derivations.checked import about, refuted
from bncheck.documents.derivations.section import Section
from bncheck.documents.derivations.supposed import Relation
from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.expression import Expr, Index, Symbol, free_indices
from bncheck.symbolic.stating.agreeing import equations
from bncheck.symbolic.trees import shared, walk

VALUES = ((1, 2, 3, 6), (0, 2, 2, 8), (1, 3), (0, 0, 3))
"""Batches: with eps = 1/2 and any eps that fits, with eps = 0, and of two and three values."""
GRADIENT = (1, -1, 2, 0)
NUMBERS = {"eps": Fraction(1, 2), "gamma": Fraction(2), "beta": Fraction(1)}
SIZES = {"d": 2, "n": 3}
ATTEMPTS, CHOICE = 60, 3
"""How often numbers are drawn, and among how many that fit the shortest are taken."""
SIGNS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b,
    r"\neq": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    r"\ge": lambda a, b: a >= b,
    r"\le": lambda a, b: a <= b,
}


@dataclass(frozen=True)
class Computed:
    """An equation, the numbers that went in, and its two sides at each place of its free index."""

    name: str
    sign: str
    point: Point
    rows: tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]
    free: tuple[Index, ...]

    @property
    def holds(self) -> bool:
        """Whether the sides are what the sign says, at every place."""
        return all(SIGNS[self.sign](left, right) for _, left, right in self.rows)


def computed(section: Section) -> Computed | None:
    """Return the first equation, of those with a free index if there are any, that is computed."""
    proved = equations(section.outcome.proof.theorem)
    steps = {chain.name: len(chain.steps) for chain in section.chains}
    order = sorted(
        proved,
        key=lambda e: (not free_indices(e.left) | free_indices(e.right), -steps.get(e.name, 0)),
    )
    for equation in order:
        found = _computed(section, equation.name, equation.left, equation.sign, equation.right)
        wrong = refuted(about(equation.name, section.outcome.checks))
        if found is not None and not (wrong and found.holds):  # true here by accident
            return found
    return None


def _computed(section: Section, name: str, left: Expr, sign: str, right: Expr) -> Computed | None:
    free = tuple(sorted(free_indices(left) | free_indices(right), key=lambda at: at.name))
    supposed = [*(section.supposed.everywhere or ()), *section.supposed.of_each.get(name, ())]
    left, right = shared(left, right)
    nodes = list({id(node): node for side in (left, right) for node in walk(side)}.values())
    found: list[Computed] = []
    for attempt in range(ATTEMPTS):
        point = _point(name, attempt)
        try:
            _fill(point, nodes)
            make_roots_rational(nodes, point, lines=attempt >= ATTEMPTS // 4)
            if not all(_holds(each, point) for each in supposed):
                continue
            scene = Scene(point)
            places = product(*(range(1, point.sizes.get(at.size, 2) + 1) for at in free))
            rows = tuple(
                (at, _value(left, free, at, scene), _value(right, free, at, scene)) for at in places
            )
        except (NotSquare, ZeroDivisionError, NotSupported, KeyError):
            continue
        if _is_short(point) and any(a or b for _, a, b in rows):
            found.append(Computed(name, sign, point, rows, free))
            if len(found) == CHOICE:
                break
    return min(found, key=lambda done: (done.holds, _length(done)), default=None)


def _length(done: Computed) -> int:
    """Return how much there is to write."""
    values = [*done.point.symbols.values(), *done.point.elements.values()]
    return sum(len(str(v)) for v in (*values, *(v for _, *pair in done.rows for v in pair)))


def _point(name: str, attempt: int) -> Point:
    among = VALUES[:2] if attempt < ATTEMPTS // 2 else VALUES
    values = among[attempt % len(among)]
    sizes = {**SIZES, "m": len(values)}
    rng = random.Random(f"{name} {attempt}")  # noqa: S311 # numbers of an example
    point = Point(rng, sizes, spread=3)
    point.symbols.update(NUMBERS)
    for at, value in enumerate(values, 1):
        point.elements["x", (at,)] = Fraction(value)
        point.elements["dy", (at,)] = Fraction(GRADIENT[at - 1])
    return point


def _fill(point: Point, nodes: Sequence[Expr]) -> None:
    """Give every number of the equation a small value, and every size."""
    for node in nodes:
        for at in free_indices(node):
            point.sizes.setdefault(at.size, 2)
    for node in nodes:
        if isinstance(node, Symbol) and node.name not in point.sizes:
            small = Fraction(point.rng.choice((1, 2, 3, 4)), point.rng.choice((1, 2)))
            point.symbols.setdefault(node.name, small)


def _value(side: Expr, free: tuple[Index, ...], at: tuple[int, ...], scene: Scene) -> Fraction:
    return evaluate(side, dict(zip(free, at, strict=True)), scene).real


def _holds(relation: Relation, point: Point) -> bool:
    """Whether what is supposed is so here; that eps is 0 is so where the equation has no eps."""
    match relation.left:
        case Symbol(name) if relation.sign == "=":
            point.symbols[name] = evaluate(relation.right, {}, Scene(point)).real
            return True
    free = tuple(free_indices(relation.left) | free_indices(relation.right))
    holds, scene = SIGNS[relation.sign], Scene(point)
    places = product(*(range(1, point.sizes[at.size] + 1) for at in free))
    return all(
        holds(_value(relation.left, free, at, scene), _value(relation.right, free, at, scene))
        for at in places
    )


def _is_short(point: Point) -> bool:
    return all(len(str(v)) <= 6 for v in (*point.symbols.values(), *point.elements.values()))
