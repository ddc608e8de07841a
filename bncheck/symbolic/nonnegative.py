"""Says whether an expression is manifestly not negative, by its form alone.

Squares, positive symbols, positive numbers, m - 1, what the theorem supposes to be not negative,
and sums, products, powers and means of such. This is what makes an inequality obvious once an
equation has shown that the gap has this form.
"""

from __future__ import annotations

from bncheck.symbolic.expression import Add, Delta, Expr, Mul, Named, Number, Power, Sum, Symbol

SIZE_LESS_ONE = Symbol("m", positive=True) - 1
"""A batch has at least one value."""


def doubt(expr: Expr, given: tuple[Expr, ...] = ()) -> str | None:
    """Return ``None`` if the expression is manifestly >= 0, else a sentence naming the part.

    ``given`` are expressions that are >= 0 by hypothesis, wherever they occur as written.
    """
    culprit = _culprit(expr, frozenset((SIZE_LESS_ONE, *given)))
    if culprit is None:
        return None
    return f"not manifestly nonnegative: a part of kind {type(culprit).__name__}"


def _culprit(expr: Expr, given: frozenset[Expr]) -> Expr | None:
    if expr in given:
        return None
    match expr:
        case Number(value):
            return None if value >= 0 else expr
        case Symbol(_, positive):
            return None if positive else expr
        case Delta():
            return None
        case Power(base, exponent):
            if exponent.denominator == 2 or exponent % 2 == 0:
                return None  # a positive root, or an even power
            return _culprit(base, given)
        case Add(parts) | Mul(parts):
            doubtful = (_culprit(part, given) for part in parts)
            return next((c for c in doubtful if c is not None), None)
        case Sum(_, body) | Named(_, _, body):
            return _culprit(body, given)
    return expr
