"""Finds the smallest change that makes a false formula true.

Edits are the mistakes people make: a sign, a factor 2 or m, m - 1 for m, a power of the root,
one gradient where another belongs. One edit is tried everywhere, then two at once; candidates
are first evaluated at a few exact rational points, and what survives is decided by the normal
form.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.claims import quantities
from bncheck.symbolic.expression import (
    Add,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Power,
    Sum,
    Symbol,
    add,
    free_indices,
    power,
    rebuild,
)
from bncheck.symbolic.normal import equal
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import eps, m, mu, var, x

MAX_PAIRS = 1500


@dataclass(frozen=True)
class Repair:
    """A corrected right side, and what was wrong in one sentence."""

    corrected: str
    says: str


def repaired(left: Expr, right: Expr) -> Repair | None:
    """Return the smallest repair of the right side that makes the formula true, if there is one."""
    test = _Test(left, right)
    singles = [*edits(right), *_with_missing_terms(right)]
    for says, candidate in singles:
        if test.passes(candidate):
            return Repair(f"{latex(left)} = {latex(candidate)}", says)
    pairs = (
        (f"{first}; {second}", candidate)
        for first, edited in singles
        for second, candidate in edits(edited)
    )
    for says, candidate in islice(pairs, MAX_PAIRS):
        if test.passes(candidate):
            return Repair(f"{latex(left)} = {latex(candidate)}", says)
    return None


class _Test:
    """Evaluates candidates at fixed points before the normal form is asked."""

    def __init__(self, left: Expr, right: Expr) -> None:
        self.left = left
        self.points: list[tuple[Point, dict[Index, int], Fraction]] = []
        nodes = [*walk(left), *walk(right)]
        free = sorted(free_indices(left) | free_indices(right), key=lambda x: x.name)
        sizes = {n.index.size for n in nodes if isinstance(n, Sum)} | {x.size for x in free}
        for seed in range(60):
            rng = random.Random(seed)
            point = Point(rng, {**dict.fromkeys(sizes, 2), "m": 3})
            places = {x: rng.randint(1, point.sizes[x.size]) for x in free}
            try:
                make_roots_rational(nodes, point)
                value = evaluate(left, places, Scene(point)).real
            except (NotSquare, ZeroDivisionError, NotSupported):
                continue
            self.points.append((point, places, value))
            if len(self.points) == 2:
                break

    def passes(self, candidate: Expr) -> bool:
        """Whether the candidate equals the left side."""
        try:
            for point, places, value in self.points:
                if evaluate(candidate, places, Scene(point)).real != value:
                    return False
            return bool(self.points) and equal(self.left, candidate)
        except (NotSquare, ZeroDivisionError, NotSupported, KeyError, ValueError):
            return False


def edits(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield every single edit of the expression, with a sentence that says what it repairs."""
    yield from _here(expr)
    if isinstance(expr, Named):
        return  # a quantity with a name is right by definition
    for at, child in enumerate(expr.children):
        for says, edited in edits(child):
            try:
                children = (*expr.children[:at], edited, *expr.children[at + 1 :])
                yield says, rebuild(expr, children)
            except ValueError:
                continue


def _with_missing_terms(right: Expr) -> Iterator[tuple[str, Expr]]:
    """Add the terms of dL/dx that are forgotten most: those through the statistics."""
    free = free_indices(right)
    if len(free) != 1:
        return
    (at,) = free
    through_mu = quantities.dmu / m
    through_var = (quantities.dvar * 2 * (x - mu()) / m)[at]
    yield "the term with dL/dmu is missing", right + through_mu
    yield "the term with dL/dvar is missing", right + through_var
    yield (
        "the terms through the mean and the variance are missing",
        right + through_var + through_mu,
    )


def _here(expr: Expr) -> Iterator[tuple[str, Expr]]:
    match expr:
        case Add(terms):
            if expr == m - 1:
                yield "m - 1 where m belongs", m
            for at, term in enumerate(terms):
                others = (*terms[:at], *terms[at + 1 :])
                nth = _ordinal(at)
                yield f"the sign of the {nth} term", add(*terms[:at], -term, *terms[at + 1 :])
                yield f"the {nth} term does not belong there", add(*others)
        case Named(name) if name in SWAPS:
            if name == "var":
                yield "eps is missing beside the variance", expr + eps
            for other, value in SWAPS.items():
                if other != name and free_indices(value) <= free_indices(expr):
                    yield f"{SHOWN[name]} where {SHOWN[other]} belongs", value
        case Symbol(name) if expr == m:
            yield "m where m - 1 belongs", m - 1
        case Symbol("eps"):
            yield "eps squared is missing", expr**2
        case Power(base, exponent) if exponent != 1:
            for right in (-exponent, exponent / 2, exponent * 2, exponent - 1, exponent + 1):
                if right.denominator <= 2 and right != exponent:
                    yield f"the exponent {exponent} where {right} belongs", power(base, right)
    if isinstance(expr, Mul | Power | Sum | Named | Element | Symbol):
        yield "a sign", -expr
    if isinstance(expr, Mul | Sum):
        for factor, says in ((2, "a factor 2 is missing"), (Fraction(1, 2), "a factor 2 too much")):
            yield says, factor * expr
        yield "a factor 1/m is missing", expr / m
        yield "a factor m is missing", expr * m


def _ordinal(at: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth")
    return words[at] if at < len(words) else f"{at + 1}th"


SHOWN = {
    "dvar": "dL/dvar",
    "dmu": "dL/dmu",
    "dgamma": "dL/dgamma",
    "dbeta": "dL/dbeta",
    "mu": "the mean",
    "var": "the variance",
}
SWAPS: dict[str, Expr] = {
    "dvar": quantities.dvar,
    "dmu": quantities.dmu,
    "dgamma": quantities.dgamma,
    "dbeta": quantities.dbeta,
    "mu": mu(),
    "var": var(),
}
