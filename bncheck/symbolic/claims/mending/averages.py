"""Updates of running statistics: the second weight made what the first one leaves of 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bncheck.symbolic.claims.assignments import symbol_of
from bncheck.symbolic.claims.mending.places import ONE, chain, is_operation, product, summands
from bncheck.symbolic.claims.nodes import Node, Num, Operation, Relation
from bncheck.symbolic.claims.steps import is_before
from bncheck.symbolic.claims.walking import names_in

SIZES = frozenset({"m", "N", "n"})


def averages(relation: Relation) -> Iterator[Relation]:
    """Yield updates that keep the weight of the old value, if old and new are parted in terms."""
    target = symbol_of(relation.left)
    terms = summands(relation.right)
    if target is None or len(terms) != 2 or any(is_operation(t, "neg") for t in terms):
        return
    parts = [chain(term) for term in terms]

    def is_old(node: Node) -> bool:
        name = symbol_of(node)
        return name is not None and is_before(name, target)

    olds = [[p for p in each if is_old(p)] for each in parts]
    if sorted(map(len, olds)) != [0, 1]:
        return
    first = 0 if olds[0] else 1
    weights = [p for p in parts[first] if not is_old(p)]
    statistics = [p for p in parts[1 - first] if _is_statistic(p)]
    if not weights or len(statistics) != 1:
        return
    weight = product(weights)
    for sizes in _sizes(parts[1 - first]):
        new: list[Node] = [terms[0], terms[1]]
        new[1 - first] = product([_rest(weight), *sizes, *statistics])
        yield replace(relation, right=Operation(relation.right.position, "+", tuple(new)))


def _is_statistic(node: Node) -> bool:
    name = symbol_of(node)
    return name is not None and (
        name.base in (r"\mu", r"\sigma") or "mean" in name.base or "var" in name.base
    )


def _sizes(parts: list[Node]) -> Iterator[list[Node]]:
    """Yield Bessel's factor as it is printed, and upside down."""
    found = [p for p in parts if {n.base for n in names_in(p)} & SIZES]
    yield found
    match found:
        case [Operation(at, "/", (top, bottom))]:
            yield [Operation(at, "/", (bottom, top))]


def _rest(weight: Node) -> Node:
    """Return 1 less a weight."""
    match weight:
        case Num(at, value):
            return Num(at, 1 - value)
        case Operation(_, "+", (Num(_, value), Operation(_, "neg", (body,)))) if value == 1:
            return body
    return Operation(weight.position, "+", (ONE, Operation(weight.position, "neg", (weight,))))
