"""What occurs in an equation that is to be written out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bncheck.symbolic.expression import (
    Derivative,
    Element,
    Expr,
    Index,
    Power,
    Sum,
    Symbol,
    free_indices,
)
from bncheck.symbolic.trees import walk


@dataclass(frozen=True)
class Unknowns:
    """What occurs in an equation.

    symbols: names of scalars, and whether they are positive; arrays: names, and the lengths of
    their indices; moved: what some derivative moves; rooted: scalars under a root
    """

    symbols: Mapping[str, bool]
    arrays: Mapping[str, tuple[str, ...]]
    sizes: frozenset[str]
    moved: frozenset[str]
    rooted: frozenset[str]

    @staticmethod
    def of(nodes: Iterable[Expr]) -> Unknowns:
        """Collect the unknowns of all nodes of an equation."""
        nodes = list(nodes)
        found = {n.name: n.positive for n in nodes if isinstance(n, Symbol)}
        indices = {x for n in nodes for x in free_indices(n)}
        bound = {n.index.size for n in nodes if isinstance(n, Sum)}
        sizes = frozenset(x.size for x in indices) | bound | {"m"}
        arrays: dict[str, tuple[str, ...]] = {}
        for n in nodes:
            if isinstance(n, Element):
                lengths = (x.size if isinstance(x, Index) else "m" for x in n.indices)
                arrays.setdefault(n.name, tuple(lengths))
        roots = (n for n in nodes if isinstance(n, Power) and n.exponent.denominator == 2)
        under = {x.name for n in roots for x in walk(n) if isinstance(x, Symbol)}
        return Unknowns(
            {name: positive for name, positive in found.items() if name not in sizes},
            arrays,
            sizes,
            frozenset(n.target for n in nodes if isinstance(n, Derivative)),
            frozenset(under),
        )
