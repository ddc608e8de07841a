"""Gradients of gamma and beta in layer and RMS normalization: sums over rows, read for one row.

Each row gives dgamma_j a summand of its own, so that a sum over rows is right for every number of
rows where it is right for one. A sum that may be over rows or over features is asked about.
"""

from __future__ import annotations

from dataclasses import replace

from bncheck.symbolic.claims.labels import labels_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Node, Quotient, Relation, Total
from bncheck.symbolic.claims.walking import names_in, walk
from bncheck.symbolic.claims.words import LOSSES

OF_PARAMETERS = frozenset({"dgamma", "dbeta"})
PARAMETERS = frozenset({r"\gamma", r"\beta"})
PART = "a sum over rows is read where it is all of a side, and not as part of one"
QUESTION = "is this sum over the rows or over the features? give values two indices, x_{ij}"


def of_one_row(relation: Relation, how: Reading) -> Relation:
    """Return what a relation about a gradient of gamma or beta says of one row.

    Raises ClaimError for a sum of gradients that may be over rows or over features, and where
    values have the index of a row and no sum is over it.
    """
    if not how.given.norm.by_rows:
        return relation
    if _is_of_parameter(relation.left, how):
        return replace(relation, right=_without_rows(relation.right, how))
    if _is_of_parameter(relation.right, how):
        return replace(relation, left=_without_rows(relation.left, how))
    return relation


def _is_of_parameter(node: Node, how: Reading) -> bool:
    if isinstance(node, Name):
        return how.given.meaning(node) in OF_PARAMETERS
    if not (isinstance(node, Quotient) and isinstance(node.target, Name)):
        return False
    meant = how.given.meaning(node.target) in ("gamma", "beta")
    return (
        isinstance(node.body, Name)
        and node.body.base in LOSSES
        and (meant or node.target.base in PARAMETERS)
    )


def _without_rows(node: Node, how: Reading) -> Node:
    if isinstance(node, Total) and _label(node) in how.channels:
        return node.body
    for each in walk(node):
        if not isinstance(each, Total):
            continue
        if _label(each) in how.channels:
            raise ClaimError(PART, each.position)
        if any(_is_gradient(part, how) for part in walk(each.body)):
            raise ClaimError(QUESTION, each.position)
    for name in names_in(node):
        if row := {*labels_of(name)} & how.channels:
            raise ClaimError(
                f"gradients add up over rows, and no sum is over {min(row)}", name.position
            )
    return node


def _is_gradient(node: Node, how: Reading) -> bool:
    if isinstance(node, Quotient):
        return True
    return isinstance(node, Name) and (how.given.meaning(node) or "").startswith("d")


def _label(node: Total) -> str:
    return node.index.partition("=")[0].partition(r"\in")[0]
