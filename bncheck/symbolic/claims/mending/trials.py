"""Candidates at a few points: most are wrong, and intervals tell that before a proof is tried."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import differentiate
from bncheck.symbolic.checkers.points import Point
from bncheck.symbolic.claims.enclosures import Enclosure, OutOfDomain, Page
from bncheck.symbolic.claims.mending.rereading import Rereading
from bncheck.symbolic.claims.nodes import Node
from bncheck.symbolic.expression import (
    Derivative,
    Expr,
    Index,
    Sum,
    free_indices,
    rebuild,
)
from bncheck.symbolic.trees import walk

BITS = 96
SIZES = (3, 4)
"""Batch sizes of the points: at 2 every gradient of x is nearly zero."""
Proof = Callable[[Expr, Expr], bool]
Values = tuple[Enclosure | None, ...]


@dataclass
class Trials:
    """Asks whether an edited side equals the side that stays.

    target: that side; original: the other, as it was printed; proof: whether a formula is true,
    asked only where values agree; meaning: what an edited side means
    """

    reading: Rereading
    target: Expr
    original: Expr
    proof: Proof
    meaning: Callable[[Node], Expr]
    rates: dict[int, tuple[Expr, Expr]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw the points, and look at the target there."""
        self.target, self.original = self._plain(self.target), self._plain(self.original)
        self.free = free_indices(self.target) | free_indices(self.original)
        nodes = [n for side in (self.target, self.original) for n in walk(side)]
        sizes = {n.index.size for n in nodes if isinstance(n, Sum)} | {x.size for x in self.free}
        self.scenes = [self._scene(size, sorted(sizes)) for size in SIZES]
        self.wanted = self.values(self.target)

    def _scene(self, size: int, sizes: list[str]) -> tuple[Page, dict[Index, int]]:
        point = Point(random.Random(size), {**dict.fromkeys(sizes, 2), "m": size})
        point.symbols["eps"] = Fraction(size, 6)  # small: the variance less eps has a root too
        free = sorted(self.free, key=lambda index: index.name)
        at = {x: 1 + (n + size) % point.sizes[x.size] for n, x in enumerate(free)}
        return Page(point, BITS), at

    def read(self, tree: Node) -> Expr | None:
        """Return what a tree means; ``None`` where it means nothing."""
        inference = self.reading.inference
        try:
            found = self._plain(self.meaning(tree))
        except (NotSupported, ValueError, ZeroDivisionError):
            # what is left behind where a part of it was being read
            self.reading.scopes, self.reading.inference = [], inference
            return None
        return found if free_indices(found) <= self.free else None

    def values(self, expr: Expr) -> Values:
        """Return the value at every point; ``None`` where there is none."""
        return tuple(self._value(expr, page, at) for page, at in self.scenes)

    def _value(self, expr: Expr, page: Page, at: dict[Index, int]) -> Enclosure | None:
        try:
            return page.value(expr, at)
        except OutOfDomain:
            return None

    def may_agree(self, expr: Expr) -> bool:
        """Whether an expression may be the target at the first point: most are not."""
        (page, at), wanted = self.scenes[0], self.wanted[0]
        found = None if wanted is None else self._value(expr, page, at)
        return wanted is None or (
            found is not None and found.low <= wanted.high and wanted.low <= found.high
        )

    def agrees(self, values: Values) -> bool:
        """Whether values may be those of the target: at all points where it has one."""
        pairs = [(a, b) for a, b in zip(values, self.wanted, strict=True) if b is not None]
        return bool(pairs) and all(
            a is not None and a.low <= b.high and b.low <= a.high for a, b in pairs
        )

    def passes(self, expr: Expr) -> bool:
        """Whether a candidate makes the formula true."""
        if not self.agrees(self.values(expr)):
            return False
        try:
            return self.proof(self.target, expr)
        except (NotSupported, ValueError, ZeroDivisionError):
            return False

    def _plain(self, expr: Expr) -> Expr:
        """Carry out the derivatives; what is known for a part is used again, and parts stay."""
        if id(expr) not in self.rates:
            self.rates[id(expr)] = (expr, self._without(expr))
        return self.rates[id(expr)][1]

    def _without(self, expr: Expr) -> Expr:
        if isinstance(expr, Derivative):
            return differentiate(expr)
        parts = tuple(map(self._plain, expr.children))
        if all(new is old for new, old in zip(parts, expr.children, strict=True)):
            return expr
        return rebuild(expr, parts)


def as_floats(values: Values) -> Iterator[float]:
    """Return values as plain numbers, to look for pairs of edits with."""
    for value in values:
        yield float("nan") if value is None else value.low / (1 << value.bits)
