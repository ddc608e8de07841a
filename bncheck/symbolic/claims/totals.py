"""The total derivative, named beside the partial one that a formula prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bncheck.symbolic.claims.nodes import Quotient
from bncheck.symbolic.claims.shown import is_of_loss
from bncheck.symbolic.claims.statement import Statement, sides
from bncheck.symbolic.claims.walking import walk
from bncheck.symbolic.expression import Element, Index, Named
from bncheck.symbolic.trees import shape

IN_WORDS = "mu and sigma^2 move with x"
HELD = "mu and sigma^2 are held, as in the backward pass of Ioffe & Szegedy"
AS_TOTAL = f"as a total derivative ({IN_WORDS}); the partial one with both held is another"

NEITHER = "neither with mu and sigma^2 held, as in the backward pass, nor as a total derivative"


def with_totals(statement: Statement) -> Statement | None:
    """Return what the formula says if its derivatives are total, if that is something else.

    Raises what reading raises.
    """
    if statement.printed is None or statement.reading is None or not [*_quotients(statement)]:
        return None
    how = replace(statement.reading, totals=True, values={})
    left, right = sides(how, statement.printed, statement.assumed)
    if (shape(left), shape(right)) == (shape(statement.left), shape(statement.right)):
        return None
    return replace(statement, left=left, right=right, reading=how)


def total_named(statement: Statement) -> str:
    """Say that the derivatives are partial, and what the total one is."""
    for quotient in _quotients(statement):
        known = _known(quotient, statement)
        if known:
            return f"{HELD}; the total derivative is {known}"
    return f"{HELD}; in the total derivative {IN_WORDS}"


def _quotients(statement: Statement) -> Iterator[Quotient]:
    """Yield the derivatives of something else than the loss."""
    for side in (statement.printed.left, statement.printed.right) if statement.printed else ():
        for node in walk(side):
            if isinstance(node, Quotient) and not is_of_loss(node):
                yield node


JACOBIAN = "({delta} - 1/m - {square} / m)"
NAMED: Mapping[str, str] = {
    "xhat": JACOBIAN + " / sqrt(sigma^2 + eps), theorem B07",
    "y": "gamma " + JACOBIAN + " / sqrt(sigma^2 + eps), theorem B07",
}
"""The total derivatives of a sample's values by x."""
OF_EACH: Mapping[str, str] = {
    "xhat": JACOBIAN + " / sqrt(sigma^2 + eps), theorem LN11",
    "y": "gamma_{at} " + JACOBIAN + " / sqrt(sigma^2 + eps), theorem LN11",
}
"""The same where each value has a gamma of its own."""


def _known(quotient: Quotient, statement: Statement) -> str:
    how = statement.reading
    if how is None:
        return ""
    body, target = how.expression(quotient.body), how.expression(quotient.target)
    if not (isinstance(body, Named) and isinstance(target, Element) and body.name in NAMED):
        return ""
    (one,), (other,) = body.indices, target.indices
    at, by = _label(one), _label(other)
    same = one == other
    varying = how.given.norm.varying
    return (OF_EACH if varying else NAMED)[body.name].format(
        at=at,
        delta="1" if same else f"delta({at}, {by})",
        square=f"xhat_{at}^2" if same else f"xhat_{at} xhat_{by}",
    )


def _label(at: Index | int) -> str:
    return at.name if isinstance(at, Index) else str(at)
