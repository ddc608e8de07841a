r"""Statistics for inference as means over batches: ``E[x] \leftarrow E_B[\mu_B]``.

Algorithm 2 of Ioffe & Szegedy (2015): the mean of the batch means, and m / (m - 1) times the mean
of the biased batch variances.
"""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Call, Name, Node, Operation, Relation, factors
from bncheck.symbolic.claims.walking import walk
from bncheck.symbolic.expression import ONE, Expr, Named
from bncheck.symbolic.vocabulary import x

ASSIGNING = frozenset({r"\leftarrow", ":="})


@dataclass(frozen=True)
class Population:
    """What of x is estimated (``E`` or ``Var``), the batch statistic that is averaged, a factor."""

    of: str
    averaged: str
    factor: Expr


def population(relation: Relation, how: Reading) -> Population | None:
    """Read a relation as a mean over batches; ``None`` where it is none.

    Raises ClaimError for a factor that is not read.
    """
    left = relation.left
    if (
        relation.sign not in ASSIGNING
        or not isinstance(left, Call)
        or left.name not in ("E", "Var")
    ):
        return None
    if not isinstance(left.argument, Name) or how.expression(left.argument) != x:
        return None
    parts = _parts(relation.right)
    means = [p for p in parts if isinstance(p, Call) and p.name == "E"]
    if len(means) != 1:
        return None
    averaged = how.expression(means[0].argument)
    if not isinstance(averaged, Named) or averaged.name not in ("mu", "var"):
        return None
    factor: Expr = ONE
    for part in parts:
        if part is not means[0]:
            if any(isinstance(node, Call) for node in walk(part)):
                return None
            factor = factor * how.expression(part)
    return Population(left.name, averaged.name, factor)


def _parts(node: Node) -> list[Node]:
    """Return the factors of a product, if no mean is over or under a line."""
    found = factors(node)
    lines = [p for p in found if isinstance(p, Operation) and p.sign == "/"]
    in_a_line = any(isinstance(each, Call) for line in lines for each in walk(line))
    return [] if in_a_line else found
