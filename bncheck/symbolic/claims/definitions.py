"""Symbols that a page defines by a formula: ``s = \\sqrt{\\sigma^2 + \\epsilon}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bncheck.symbolic.claims.labels import full_key_of, key_of, labels_of, squared
from bncheck.symbolic.claims.lexer import ClaimError, tokens
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Relation
from bncheck.symbolic.claims.syntax import parse_tokens
from bncheck.symbolic.claims.walking import names_in


@dataclass(frozen=True)
class Definition:
    """What one symbol is.

    label: the index that the symbol is defined with, entry by entry; empty for one number
    """

    symbol: Name
    body: Node
    label: str = ""

    @property
    def key(self) -> str:
        """The symbol as it is looked up: a vector by its letter, a number with its index."""
        return key_of(self.symbol) if self.label else full_key_of(self.symbol)


def definition(relation: Relation) -> Definition | None:
    """Return what a relation defines, if its left side is one symbol."""
    left = defined_symbol(relation.left)
    if left is None:
        return None
    inside = {label for name in names_in(relation.right) for label in labels_of(name)}
    labels = [label for label in labels_of(left) if len(label) == 1 and label.isalpha()]
    shared = [label for label in labels if label in inside]
    return Definition(left, relation.right, shared[0] if len(shared) == 1 else "")


def defined_symbol(left: Node) -> Name | None:
    r"""Return the symbol on the left of a definition; ``s^2`` is a symbol of its own."""
    match left:
        case Operation(_, "^", (Name() as base, Num(_, exponent))) if exponent == 2:
            return squared(base)
    return left if isinstance(left, Name) else None


def said(expressions: Mapping[str, str]) -> list[Definition]:
    """Return the definitions of `where`: a symbol, and a formula.

    Raises ClaimError for what cannot be read.
    """
    found = []
    for symbol, formula in expressions.items():
        try:
            (relation,) = parse_tokens(tokens(f"{symbol} = {formula}"), frozenset({symbol}))
            made = definition(relation)
        except (ClaimError, ValueError) as reason:
            raise ClaimError(f"where[{symbol!r}] = {formula!r}: {reason}") from None
        if made is None:
            raise ClaimError(f"where: {symbol!r} is not one symbol of a formula")
        found.append(made)
    return found


def by_key(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """Return definitions by their keys.

    Raises ClaimError for a symbol that is defined twice.
    """
    found: dict[str, Definition] = {}
    for made in definitions:
        if found.setdefault(made.key, made) is not made:
            raise ClaimError(f"{made.key} is defined twice", made.symbol.position)
    return found
