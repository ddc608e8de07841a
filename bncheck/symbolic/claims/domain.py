"""What a formula needs to have a value at all: nonzero denominators, roots of what is not negative.

Every batch has m >= 1 values, and eps > 0; what holds for each of those (var + eps > 0, m > 0) is
not named. A condition is stated in the formula's own quantities, one for each part that may fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.nodes import Operation, Root
from bncheck.symbolic.claims.signs import Sign, is_variance, sign, sizes_where, squared
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.walking import walk as nodes_in
from bncheck.symbolic.expression import Add, Expr, Mul, Power, mul
from bncheck.symbolic.printers.formula import text
from bncheck.symbolic.trees import walk

VARIANCE = "sigma^2 > 0"


def domain(statement: Statement) -> tuple[str, ...]:
    """Return the conditions under which every denominator and root of a formula has a value.

    Raises NotSupported where there is no size of a batch at which it has.
    """
    return conditions_of(statement.left, statement.right, also=_printed(statement))


def conditions_of(*sides: Expr, also: Iterable[tuple[Expr, Fraction]] = ()) -> tuple[str, ...]:
    """Return the conditions under which the sides, and other powers, have a value.

    Raises NotSupported where there is no size of a batch at which they have.
    """
    found: dict[str, None] = {}
    nodes = [node for side in sides for node in walk(without_derivatives(side))]
    powers = [(n.base, n.exponent) for n in nodes if isinstance(n, Power)]
    for base, exponent in dict.fromkeys([*also, *powers]):
        found |= dict.fromkeys(of_power(base, exponent))
    return without_weaker(tuple(found))


def _printed(statement: Statement) -> Iterator[tuple[Expr, Fraction]]:
    """Yield what is under a root or a line as printed: 0 / a is 0 only where a is not."""
    how, printed = statement.reading, statement.printed
    if how is None or printed is None or statement.assumed:
        return
    for node in (*nodes_in(printed.left), *nodes_in(printed.right)):
        match node:
            case Root(_, inner):
                exponent = Fraction(1, 2)
            case Operation(_, "/", (_, inner)):
                exponent = Fraction(-1)
            case _:
                continue
        try:
            yield how.expression(inner), exponent
        except (NotSupported, ValueError, ZeroDivisionError):
            continue  # an exponent, or part of what is read as a whole


def without_weaker(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return conditions without those that another one implies.

    A batch whose variance is positive has more than one value.
    """
    found = _joined(found)
    kept = [says for says in dict.fromkeys(found) if not (says == "m > 1" and VARIANCE in found)]
    strict = {
        says.split(" ")[0] for says in kept if says.split(" ")[1:] in (["<", "0"], [">", "0"])
    }
    weak = ("!= 0", ">= 0", "<= 0")
    return tuple(s for s in kept if not (s.split(" ")[0] in strict and s.endswith(weak)))


def _joined(found: tuple[str, ...]) -> tuple[str, ...]:
    """Make one condition of those on m: m > 1 and m != 2 is m > 2."""
    least = max((int(s.split(" ")[2]) for s in found if s.startswith("m > ")), default=0)
    while f"m != {least + 1}" in found:
        least += 1
    rest = [s for s in found if not s.startswith("m > ")]
    rest = [s for s in rest if not (s.startswith("m != ") and int(s.split(" ")[2]) <= least)]
    return (f"m > {least}", *rest) if least else tuple(rest)


def of_power(base: Expr, exponent: Fraction) -> Iterator[str]:
    """Yield what a power needs of its base, what is inside of that left aside."""
    if exponent.denominator == 2:
        yield from _above_zero(base, strictly=exponent < 0)
    elif exponent < 0:
        yield from _not_zero(base)


def _not_zero(base: Expr) -> Iterator[str]:
    match base:
        case Mul(factors):
            for factor in factors:
                yield from _not_zero(factor)
            return
        case Power(inner, exponent) if exponent > 0:
            yield from _not_zero(inner)
            return
        case Power():
            return  # 1 over it is not zero; it has a node of its own
    known = sign(base)
    if known is Sign.POSITIVE:
        return
    if isinstance(base, Add) and (squares := _difference_of_squares(base)) is not None:
        base, known = squares, sign(squares)
    zeros = sizes_where(base, lambda value: value == 0)
    if zeros is not None:
        yield from _sizes(zeros[0], zeros[1])
    elif is_variance(base):
        yield VARIANCE
    else:
        yield f"{named(base)} {'>' if known is Sign.NONNEGATIVE else '!='} 0"


def _difference_of_squares(base: Add) -> Expr | None:
    """Return a^2 - b^2 for a - b with roots, where both are not negative: zero where that is."""
    if len(base.terms) != 2 or is_variance(base):
        return None
    if not any(isinstance(n, Power) and n.exponent.denominator == 2 for n in walk(base)):
        return None
    first, second = base.terms
    for a, b in ((first, -second), (second, -first)):
        if sign(a) and sign(b):
            return squared(a) - squared(b)
    return None


def _above_zero(base: Expr, *, strictly: bool) -> Iterator[str]:
    base, evens = _without_evens(base)
    if strictly:
        for even in evens:
            yield from _not_zero(even)
    known = sign(base)
    if known is Sign.POSITIVE or (known is Sign.NONNEGATIVE and not strictly):
        return
    out = sizes_where(base, lambda value: value < 0 or (strictly and value == 0))
    if out is not None:
        yield from _sizes(out[0], out[1])
    elif known is Sign.NONNEGATIVE:
        yield from _not_zero(base)
    else:
        yield f"{named(base)} {'>' if strictly else '>='} 0"


def _without_evens(base: Expr) -> tuple[Expr, list[Expr]]:
    """Split a product into what has a sign, without what is positive, and its even powers."""
    rest, evens = [], []
    for factor in base.factors if isinstance(base, Mul) else (base,):
        if isinstance(factor, Power) and factor.exponent % 2 == 0:
            evens.append(factor.base)
        elif sign(factor) is not Sign.POSITIVE:
            rest.append(factor)
    return mul(*rest), evens


def _sizes(out: tuple[int, ...], and_larger: bool) -> Iterator[str]:
    """Say which sizes are left: all but the ones that are out."""
    if and_larger:
        inside = [at for at in range(1, max(out, default=0) + 1) if at not in out]
        if not inside:
            raise NotSupported("a denominator or a root has a value for no size of a batch")
        yield (
            f"m <= {max(inside)}"
            if inside == [*range(1, max(inside) + 1)]
            else "m in " + str(inside)
        )
    elif out and out == tuple(range(1, len(out) + 1)):
        yield f"m > {len(out)}"
    else:
        yield from (f"m != {at}" for at in out)


def named(base: Expr) -> str:
    """Return an expression in words, the variance by its sign."""
    return re.sub(r"\bvar\b", "sigma^2", text(base))
