"""Reads the formulas of a statement: as `claims` does, with the letters that are the theorem's own.

A letter that the field has no meaning for is whatever the theorem has under that name: a number, or
an array with its indices. A derivative is of all that moves, and a definition may have as many
indices as it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.given import given
from bncheck.symbolic.claims.labels import full_key_of, key_of, labels_of
from bncheck.symbolic.claims.layout import laid_out
from bncheck.symbolic.claims.lexer import ClaimError, tokens
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Node, Relation
from bncheck.symbolic.claims.syntax import parse_tokens
from bncheck.symbolic.claims.words import TYPED
from bncheck.symbolic.expression import (
    Derivative,
    Element,
    Expr,
    Index,
    Position,
    Sum,
    Symbol,
    free_indices,
    rename,
)
from bncheck.symbolic.printers.notation import LATEX
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import dbeta, dgamma, dx

USUAL_NUMBERS = frozenset({"m", "eps", "gamma", "beta", "running_mean", "running_var"})
USUAL_ARRAYS = frozenset({"x", "dy"})
GRADIENTS = {"dx": dx, "dgamma": dgamma, "dbeta": dbeta}
"""In statements these are the derivatives, and not what they turn out to be."""


@dataclass(frozen=True)
class Definition:
    """What a symbol of the statement stands for, and the indices that it is defined with."""

    labels: tuple[str, ...]
    body: Node


@dataclass
class TheoremReading(Reading):
    """How the formulas of one statement are read; `own` are its definitions."""

    own: Mapping[str, Definition] = field(default_factory=dict)
    words: frozenset[str] = TYPED
    busy: list[str] = field(default_factory=list)

    def relations(self, formula: str) -> list[Relation]:
        """Return the relations of a formula. Raises ClaimError for what is not read."""
        return parse_tokens(laid_out(tokens(formula)), self.words)

    def sides(self, relation: Relation) -> tuple[Expr, Expr]:
        """Return what both sides mean. Raises ClaimError for what is not read."""
        return self.expression(relation.left), self.expression(relation.right)

    def name(self, node: Name) -> Expr:
        """Return what a symbol means: what the statement defines it as, or as `claims` reads it."""
        for key in (full_key_of(node), key_of(node)):
            if key in self.own:
                return self.defined_as(key, node)
        if node.base in GRADIENTS and not node.accent:
            return self.at_index(GRADIENTS[node.base](), node)
        return super().name(node)

    def defined_as(self, key: str, node: Name) -> Expr:
        """Return the value of a definition, with the indices of its use."""
        found = self.own[key]
        labels = labels_of(node) if found.labels else []
        if len(labels) != len(found.labels):
            raise ClaimError(f"{key} has {len(found.labels)} indices", node.position)
        if key in self.busy:
            raise ClaimError(f"{key} is defined by itself", node.position)
        scopes, self.scopes = self.scopes, []
        self.busy.append(key)
        value = self.expression(found.body)
        self.busy.pop()
        self.scopes = scopes
        free = {index.name: index for index in free_indices(value)}
        if extra := sorted(free.keys() - set(found.labels)):
            raise ClaimError(f"{key} is defined without the index {extra[0]}", node.position)
        to: dict[Index, Position] = {
            free[at]: self.place(label, node, free[at].size)
            for at, label in zip(found.labels, labels, strict=True)
            if at in free
        }
        return rename(value, to)


def reader(equations: Iterable[Expr], definitions: Iterable[str]) -> TheoremReading:
    """Return how the statement of these equations is read.

    Raises NotSupported for a definition that is not one, or is of a symbol that is taken.
    """
    where = _letters(list(equations))
    words = TYPED | {name for name in where if name.isalpha() and len(name) > 1}
    how = TheoremReading(given=given(where), size_letter="m", totals=True, words=frozenset(words))
    own: dict[str, Definition] = {}
    for text in definitions:
        symbol, found = _definition(how, text)
        key = key_of(symbol) if found.labels else full_key_of(symbol)
        if key in own or _is_taken(how, symbol):
            raise NotSupported(f"where {text}: the symbol has a meaning already")
        own[key] = found
    how.own = own
    return how


def _definition(how: TheoremReading, text: str) -> tuple[Name, Definition]:
    found = how.relations(text)
    left = found[0].left
    if len(found) != 1 or found[0].sign != "=" or not isinstance(left, Name):
        raise NotSupported(f"where {text}: not one symbol, =, and what it stands for")
    labels = tuple(at for at in labels_of(left) if len(at) == 1 and at.isalpha())
    return left, Definition(labels, found[0].right)


def _is_taken(how: TheoremReading, symbol: Name) -> bool:
    """Whether the theorem, or the field, has a meaning for a symbol."""
    if how.given.scalar(symbol) or how.given.sizes_of(symbol):
        return True
    return not symbol.accent and symbol.base in {"x", "y", "m", r"\gamma", r"\epsilon", r"\delta"}


def _letters(equations: list[Expr]) -> dict[str, str]:
    """Return what the theorem's own letters are, as `where` says it."""
    nodes = [node for side in equations for node in walk(side)]
    sizes = {n.index.size for n in nodes if isinstance(n, Sum)}
    arrays: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, Element):
            known = arrays.setdefault(node.name, ["m"] * len(node.indices))
            for at, index in enumerate(node.indices):
                if isinstance(index, Index):
                    known[at] = index.size
        if isinstance(node, Derivative) and node.formal:
            arrays.setdefault(node.target, [])[:] = [index.size for index in node.formal]
    sizes |= {size for over in arrays.values() for size in over}
    moving = {n.target for n in nodes if isinstance(n, Derivative)} - {
        n.name for n in nodes if isinstance(n, Element)
    }
    arrays = {name: over for name, over in arrays.items() if name not in moving}
    said = dict.fromkeys(sizes - {"m"}, "size")
    for node in nodes:
        if isinstance(node, Symbol) and node.name not in USUAL_NUMBERS | sizes:
            said[spelled(node.name)] = "positive scalar" if node.positive else "scalar"
    for name, over in arrays.items():
        if name not in USUAL_ARRAYS or over != ["m"]:
            said[spelled(name)] = f"array over {', '.join(over)}"
    return said


def spelled(name: str) -> str:
    r"""Return a letter of a theorem as it is written: ``eps_2`` is ``\epsilon_{2}``."""
    if name in TYPED:
        return name
    if name in LATEX.names:
        return LATEX.names[name]
    head, _, below = name.partition("_")
    shown = LATEX.names.get(head, head)
    if len(head) > 1 and shown == head and (below or not head.isalpha()):
        shown = rf"\mathrm{{{head}}}"
    return f"{shown}_{{{below}}}" if below else shown
