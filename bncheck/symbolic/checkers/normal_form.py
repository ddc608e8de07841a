"""Checks an equation for every batch size at once."""

from __future__ import annotations

from bncheck.symbolic.expression import Expr
from bncheck.symbolic.normal import Normalizer


def refutation(left: Expr, right: Expr) -> str | None:
    """Return ``None`` if both sides are equal for all m, else a sentence.

    Raises NotSupported where the normal form cannot say.
    """
    difference = Normalizer().difference(left, right)
    if not difference.terms:
        return None
    count = len(difference.terms)
    return f"the normal forms differ: {count} term{'s' if count > 1 else ''} do not cancel"
