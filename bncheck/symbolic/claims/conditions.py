"""Conditions under which a formula that is false becomes true.

A condition fixes a value (eps = 0, gamma = 1, beta = 0, mu = 0) or a sign (a > 0, gamma >= 0).
A fixed value is no condition where the formula shows the symbol: ``7 eps`` is not right since it
would be for eps = 0.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.checkers.points import Point
from bncheck.symbolic.claims.domain import named
from bncheck.symbolic.claims.enclosures import PRECISIONS, OutOfDomain, Page
from bncheck.symbolic.claims.quotients import is_square, rooted, same
from bncheck.symbolic.expression import (
    ZERO,
    Element,
    Expr,
    Number,
    Power,
    Sum,
    Symbol,
    as_expr,
    free_indices,
)
from bncheck.symbolic.trees import rewritten, shared, substitute, walk
from bncheck.symbolic.vocabulary import mean, x

USUAL = {"eps": 0, "gamma": 1, "beta": 0, "mu": 0}
"""The value at which a parameter does nothing."""
OTHERS = {"eps": (1,), "gamma": (0, -1), "beta": (1, -1), "mu": (1, -1)}
"""Values that a formula may happen to hold at as well: one that squares gamma holds at 0."""
VARYING = frozenset({"gamma", "beta"})
CONSTANT = "constant"
"""What gamma and beta may be where each value has its own: the same for all of a set."""
SIZE = 3
"""The batch size of the point at which conditions are tried first."""


@dataclass(frozen=True)
class Found:
    """The smallest set of conditions under which both sides are equal.

    fixes: the symbols that are given a value; elsewhere: other values of the symbol, where there
    is one, at which both sides are equal too
    """

    says: tuple[str, ...]
    fixes: frozenset[str]
    elsewhere: tuple[str, ...] = ()


Condition = Callable[[Expr], Expr]


def conditions(left: Expr, right: Expr, shown: frozenset[str]) -> Found | None:
    """Return the smallest set of known conditions under which both sides are equal, if any.

    Those that fix what the formula shows come last.
    """
    # first: dL/d(eps) at eps = 0 is not the derivative of L(0)
    left, right = shared(without_derivatives(left), without_derivatives(right))
    signs, fixed = _signs(left, right), _fixed(left, right)
    hidden = {says: c for says, c in fixed.items() if says.split(" ")[0] not in shown}
    eps = {says: c for says, c in hidden.items() if says == "eps = 0"}
    tried: set[frozenset[str]] = set()
    found = _smallest(left, right, eps | signs | hidden, tried)
    found = found or _smallest(left, right, signs | fixed, tried)
    if found is None:
        return None
    fixes = frozenset(says.split(" ")[0] for says in found if says in fixed)
    return Found(_sharp(left, right, found), fixes, tuple(_elsewhere(left, right, found)))


def _smallest(
    left: Expr, right: Expr, known: Mapping[str, Condition], tried: set[frozenset[str]]
) -> tuple[str, ...] | None:
    """Return the smallest set under which both sides are equal, of those not tried before."""
    for count in (1, 2):
        for names in combinations(known, count):
            if _opposite(names) or frozenset(names) in tried:
                continue
            tried.add(frozenset(names))
            chosen = [known[name] for name in names]
            if not differ_under(names, left, right) and _equal_under(chosen, left, right):
                return names
    return None


def _opposite(names: tuple[str, ...]) -> bool:
    return len({name.rsplit(" ", 2)[0] for name in names}) < len(names)


def _equal_under(conditions: Iterable[Condition], left: Expr, right: Expr) -> bool:
    try:
        for condition in conditions:
            left, right = condition(left), condition(right)
        return same(left, right) and not _is_empty(left, right)
    except (NotSupported, ZeroDivisionError, ValueError):
        return False


def differ_under(names: tuple[str, ...], left: Expr, right: Expr) -> bool:
    """Whether intervals tell both sides apart at a point where the conditions hold, if any.

    That is cheaper than a normal form, and than to put the conditions into the expressions, which
    have no derivatives. It is not asked of the sign of a value: at which point it has one is not
    known beforehand.
    """
    if any(name.endswith(("<= 0", ">= 0")) for name in names):
        return False
    free = sorted(free_indices(left) | free_indices(right), key=lambda index: index.name)
    nodes = [n for side in (left, right) for n in walk(side)]
    sizes = {n.index.size for n in nodes if isinstance(n, Sum)} | {index.size for index in free}
    others = sorted(sizes - {"m"})
    named = [x for n in nodes if isinstance(n, Element) for x in n.indices if isinstance(x, int)]
    size = max([SIZE, *named])
    places = {index: 1 + at % size for at, index in enumerate(free)}
    alike = {**dict.fromkeys(others, size), "m": size}
    apart = {name: size + at for at, name in enumerate(["m", *others])}
    for chosen in (alike, apart) if others else (alike,):  # 1 / (n - m) has no value where alike
        point = Point(random.Random(size), chosen)
        for name in names:
            _move(point, name, size)
        try:
            page = Page(point, PRECISIONS[0])
            first, second = page.value(left, places), page.value(right, places)
        except OutOfDomain:
            continue
        return first.high < second.low or second.high < first.low
    return False


def _move(point: Point, condition: str, size: int) -> None:
    """Move a point to where a condition on a symbol, or on the mean of x, holds."""
    name, sign, value = condition.rsplit(" ", 2)
    if name == "mu":
        entries = [point.element("x", (at,)) for at in range(1, size + 1)]
        shift = Fraction(value) - sum(entries, Fraction(0)) / size
        point.elements.update({("x", (at,)): e + shift for at, e in enumerate(entries, 1)})
        return
    drawn = abs(point.symbol(Symbol(name)))
    if sign == "=" and name in VARYING:
        each = drawn if value == CONSTANT else Fraction(value)
        most = max(point.sizes.values())
        point.elements.update({(name, (at,)): each for at in range(1, most + 1)})
        point.symbols[name] = each
        return
    point.symbols[name] = {"=": Fraction(value), ">": drawn, "<": -drawn}[sign]


def _is_empty(left: Expr, right: Expr) -> bool:
    """Whether a condition has made both sides plain numbers: then it says nothing of interest."""
    return isinstance(left, Number) and isinstance(right, Number) and not free_indices(left)


def _symbols(left: Expr, right: Expr) -> dict[str, bool]:
    """Return the symbols of both sides, and whether each is positive."""
    nodes = [*walk(left), *walk(right)]
    return {n.name: n.positive for n in nodes if isinstance(n, Symbol)}


def _signs(left: Expr, right: Expr) -> dict[str, Condition]:
    """Return the conditions on signs: they only matter to what is under a root."""
    found: dict[str, Condition] = {}
    for name, positive in sorted(_symbols(left, right).items()):
        if not positive:
            above = Symbol(name, positive=True)
            found[f"{name} > 0"] = partial(substitute, name=name, value=above)
            found[f"{name} < 0"] = partial(substitute, name=name, value=-above)
    for value in _squared_under_roots(left, right):
        found[f"{named(value)} >= 0"] = partial(rooted, known={value: 1})
        found[f"{named(value)} <= 0"] = partial(rooted, known={value: -1})
    return found


def _squared_under_roots(left: Expr, right: Expr) -> dict[Expr, None]:
    """Return what is squared under a root, other than a symbol."""
    roots = [n.base for side in (left, right) for n in walk(side) if isinstance(n, Power)]
    inner = [base.base for base in roots if is_square(base)]
    return dict.fromkeys(value for value in inner if not isinstance(value, Symbol | Number))


def _fixed(left: Expr, right: Expr) -> dict[str, Condition]:
    """Return the conditions that fix a value."""
    symbols = _symbols(left, right)
    varying = sorted(_varying(left, right))
    symbols |= dict.fromkeys(varying, False)
    alike = {f"{name} = {CONSTANT}": partial(_alike, name=name) for name in varying}
    found = alike | {
        f"{name} = {value}": _put(name, value) for name, value in USUAL.items() if name in symbols
    }
    if any(isinstance(n, Element) and n.name == "x" for n in (*walk(left), *walk(right))):
        found["mu = 0"] = _put("mu", 0)
    return found


def _varying(left: Expr, right: Expr) -> set[str]:
    """Return which of gamma and beta vary inside a set: a value is one of all their entries."""
    entries = {n.name for n in (*walk(left), *walk(right)) if isinstance(n, Element)}
    return entries & VARYING


def _alike(side: Expr, name: str) -> Expr:
    """Put one number for all entries."""
    return substitute(side, name, Symbol(name))


def _put(name: str, value: int) -> Condition:
    if name == "mu":
        return partial(_with_mean, value=as_expr(value))
    return partial(substitute, name=name, value=as_expr(value))


def _with_mean(side: Expr, value: Expr) -> Expr:
    """Move the batch so that it has this mean: x becomes x - mean(x) + value."""

    def moved(node: Expr) -> Expr | None:
        if isinstance(node, Element) and node.name == "x":
            (at,) = node.indices
            return (x - mean(x) + value)[at]
        return None

    return rewritten(side, moved)


def _sharp(left: Expr, right: Expr, found: tuple[str, ...]) -> tuple[str, ...]:
    """Write >= for > where both sides are equal at 0 too."""
    said = []
    for says in found:
        name, sign, _ = says.rsplit(" ", 2)
        at_zero = partial(substitute, name=name, value=ZERO)
        others = [_condition(left, right, other) for other in found if other != says]
        wide = sign in ("<", ">") and _holds_at(left, right, [*others, at_zero])
        said.append(f"{name} {sign}= 0" if wide else says)
    return tuple(said)


def _condition(left: Expr, right: Expr, says: str) -> Condition:
    return (_signs(left, right) | _fixed(left, right))[says]


def _holds_at(left: Expr, right: Expr, conditions: list[Condition]) -> bool:
    try:
        for condition in conditions:
            left, right = condition(left), condition(right)
        return same(left, right)
    except (NotSupported, ZeroDivisionError, ValueError):
        return False


def _elsewhere(left: Expr, right: Expr, found: tuple[str, ...]) -> Iterator[str]:
    """Yield the other values of a single symbol at which both sides are equal."""
    name = found[0].split(" ")[0]
    if len(found) == 1 and found[0] == f"{name} = {USUAL.get(name)}":
        for value in OTHERS[name]:
            if _holds_at(left, right, [_put(name, value)]):
                yield f"{name} = {value}"
