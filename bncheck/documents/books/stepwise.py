r"""A counterexample worked through: what stands in a formula, at its values, one after another.

The values are computed again here from the expressions, and only those are shown that are exact.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from bncheck.documents.model import Block, Formula, Items, Paragraph, Prose, Text
from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.claims.counterexample import Counterexample
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Element,
    Expr,
    Index,
    Named,
    Number,
    Power,
    Sum,
    free_indices,
)
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.trees import walk

LONGEST, LONGEST_STEP = 170, 90
"""Letters of LaTeX of a term, and of a quantity: a longer one with its value is hard to follow."""
INNER = ("mu", "var", "xhat")
"""What is told even where it stands only in what something else is made of."""
SYMBOLS = {
    "dy": r"\frac{\partial L}{\partial y}",
    "eps": r"\epsilon",
    "gamma": r"\gamma",
    "beta": r"\beta",
    "running_mean": r"\mu_{run}",
    "running_var": r"\sigma^2_{run}",
}
_DOUBTS = (NotSquare, NotSupported, ZeroDivisionError, KeyError)


@dataclass
class _Place:
    """Where both sides are evaluated: the values, and the places of free indices."""

    point: Point
    at: dict[Index, int] = field(default_factory=dict)

    def value(self, node: Expr, at: dict[Index, int] | None = None) -> Fraction | None:
        """Return what a node is, if that is rational."""
        try:
            return evaluate(node, {**self.at, **(at or {})}, Scene(self.point)).real
        except _DOUBTS:
            return None


def worked(left: Expr, right: Expr, found: Counterexample) -> Iterator[Block]:
    """Yield the values, what follows from them in order, and both sides."""
    yield Paragraph((Text("Take "), *_values(found), Text(".")), "Counterexample")
    place = _place(left, right, found)
    if place is not None:
        steps = [*_quantities(left, right, place)]
        if steps:
            yield Paragraph((Text("From this follow, one after another:"),))
            yield Items(tuple(steps))
    yield from _sides(left, right, place, found)


def _sides(left: Expr, right: Expr, place: _Place | None, found: Counterexample) -> Iterator[Block]:
    for name, side in (("left", left), ("right", right)):
        terms = [*_terms(side, place)] if place else []
        if terms:
            yield Paragraph((Text(f"The terms of the {name} side are"),))
            yield Items(tuple(terms))
    first, second = _outcome(left, found.left, place), _outcome(right, found.right, place)
    between, end = Text(" and the right side is "), Text(".")
    yield Paragraph((Text("So the left side is "), first, between, second, end))


def _outcome(side: Expr, known: str, place: _Place | None) -> Formula:
    """Return what a side is: digits only where it is not rational."""
    exact = place.value(side) if place and "." in known else None
    return Formula(known if exact is None else str(exact))


def _values(found: Counterexample) -> Iterator[Text | Formula]:
    yield Formula(f"m = {found.m}")
    for name, value in found.values.items():
        yield Text(", ")
        yield Formula(f"{SYMBOLS.get(name, name)} = {value}")


def _place(left: Expr, right: Expr, found: Counterexample) -> _Place | None:
    """Rebuild the point from what is printed of it; nothing where it cannot be told."""
    nodes = [*walk(left), *walk(right)]
    elements = {n.name: n for n in nodes if isinstance(n, Element)}
    scalars = {name: v for name, v in found.values.items() if not v.startswith("(")}
    indices = {x.name: x for x in (*free_indices(left), *free_indices(right))}
    at = {x: int(scalars[name]) for name, x in indices.items() if name in scalars}
    sizes = {x.size for n in elements.values() for x in n.indices if isinstance(x, Index)}
    known = {"m": found.m, **{s: int(scalars[s]) for s in sizes if s in scalars}}
    point = Point(random.Random(0), known)  # noqa: S311 # all values are given
    point.symbols = {n: Fraction(v) for n, v in scalars.items() if n not in (*indices, *known)}
    for name, value in found.values.items():
        if name not in elements or not value.startswith("("):
            continue
        runs = [x.size if isinstance(x, Index) else "m" for x in elements[name].indices]
        places = [*product(*(range(1, known.get(size, 0) + 1) for size in runs))]
        entries = [Fraction(each) for each in value.strip("()").split(", ")]
        if len(places) != len(entries):
            return None
        point.elements |= {(name, p): e for p, e in zip(places, entries, strict=True)}
    return _Place(point, at)


def _quantities(left: Expr, right: Expr, place: _Place) -> Iterator[Prose]:
    """Yield what has a name in either side, and the roots, each after what it is made of."""
    seen: set[str] = set()
    shown = {*_outermost(left), *_outermost(right)}
    for node in (*_inner_first(left), *_inner_first(right)):
        if _is_root(node) or node in shown or (isinstance(node, Named) and node.name in INNER):
            if isinstance(node, Power):
                node = Power(node.base, abs(node.exponent))  # of one over a root, the root
            tex = latex(node)
            same = re.sub("_{[ijk]}", "_i", tex)  # whatever its index is called
            step = None if same in seen else _step(node, tex, place)
            seen.add(same)
            if step is not None:
                yield (step,)


def _outermost(node: Expr) -> Iterator[Expr]:
    """Yield names and sums that stand in a formula itself, not in what a name stands for."""
    if isinstance(node, Named) or (isinstance(node, Sum) and not free_indices(node)):
        yield node
    if not isinstance(node, Named):
        for child in node.children:
            yield from _outermost(child)


def _is_root(node: Expr) -> bool:
    return (
        isinstance(node, Power) and abs(node.exponent) == Fraction(1, 2) and not free_indices(node)
    )


def _step(node: Expr, tex: str, place: _Place) -> Formula | None:
    if len(tex) > LONGEST_STEP:
        return None
    free = sorted(free_indices(node), key=lambda x: x.name)
    if not free:
        value = place.value(node)
        return None if value is None else Formula(f"{tex} = {value}")
    if len(free) > 1 or free[0].size not in place.point.sizes:
        return None
    count = place.point.sizes[free[0].size]
    values = [place.value(node, {free[0]: n}) for n in range(1, count + 1)]
    numbers = [str(value) for value in values if value is not None]
    if len(numbers) < count or count > 6:
        return None
    name = tex.replace(f"_{{{free[0].name}}}", "")
    return Formula(f"{name} = ({', '.join(numbers)})")


def _terms(side: Expr, place: _Place) -> Iterator[Prose]:
    if not isinstance(side, Add):
        return
    for term in side.terms:
        value, tex = place.value(term), latex(term)
        if value is None or len(tex) > LONGEST:
            return
        if not isinstance(term, Number):
            yield (Formula(f"{tex} = {value}"),)


def _inner_first(node: Expr) -> Iterator[Expr]:
    for child in node.children:
        yield from _inner_first(child)
    if not isinstance(node, Delta):
        yield node
