"""What a claim says beside its formula: ``where``, the meaning of symbols that a page defines.

A meaning is a quantity of batch normalization (`quantities`), or one of

scalar, positive scalar   any number, the same for all samples
size                      how far a sum may run, next to m
array over m, d           any numbers, with these indices in this order
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bncheck.symbolic.claims.labels import (
    full_key_of,
    is_marked,
    key_of,
    labels_of,
    name_of,
    squared,
)
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation
from bncheck.symbolic.claims.quantities import QUANTITIES
from bncheck.symbolic.claims.syntax import parse_symbol
from bncheck.symbolic.claims.words import WORDS
from bncheck.symbolic.expression import Symbol

SCALARS = {"scalar": False, "positive scalar": True, "size": True}
ARRAY = "array over "


@dataclass(frozen=True)
class Given:
    """The meanings that a claim gives: of symbols with and without their index.

    expressions: what `where` says in a formula
    """

    meanings: Mapping[str, str] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)

    def meaning(self, node: Name) -> str | None:
        """Return what is said about a symbol with this index, or with any."""
        exact = self.meanings.get(full_key_of(node))
        if exact is not None or is_marked(node):
            return exact
        for part in (replace(node, above=""), replace(node, below="")):  # x_{norm}^{(i)}
            if full_key_of(part) in self.meanings and full_key_of(part) != key_of(node):
                return self.meanings[full_key_of(part)]
        word = None if node.accent else WORDS.get(node.base)
        return self.meanings.get(key_of(node), word)

    def scalar(self, node: Name) -> Symbol | None:
        """Return the unknown number that a symbol is said to be, if so.

        Where it is said of the letter, each index of the letter is another number.
        """
        exact = self.scalar_called(full_key_of(node))
        if exact is not None or is_marked(node):
            return exact
        plain = self.scalar_called(key_of(node))
        if plain is None or not labels_of(node):
            return plain
        return Symbol(name_of(full_key_of(node)), plain.positive)

    def scalar_called(self, key: str) -> Symbol | None:
        """Return the unknown number of a key, if there is one."""
        kind = self.meanings.get(key)
        return Symbol(name_of(key), SCALARS[kind]) if kind in SCALARS else None

    def sizes_of(self, node: Name) -> tuple[str, ...] | None:
        """Return how far the indices of an array run, by the names of the sizes."""
        kind = self.meanings.get(key_of(node), "")
        if not kind.startswith(ARRAY):
            return None
        return tuple(size.strip() for size in kind.removeprefix(ARRAY).split(","))

    def letters(self, meaning: str) -> set[str]:
        """Return the single letters that mean this."""
        return {key for key, kind in self.meanings.items() if kind == meaning and len(key) == 1}


def given(where: Mapping[str, str]) -> Given:
    """Read what a claim says about its symbols.

    Raises ClaimError for what is not a symbol, or a meaning that is not known.
    """
    keys = {symbol: _key(symbol) for symbol in where}
    said = {keys[symbol]: meaning for symbol, meaning in where.items()}
    if len(said) < len(where):
        raise ClaimError("where: one symbol is said to mean two things")
    sizes = {key for key, meaning in said.items() if meaning == "size"} | {"m"}
    expressions = {}
    for symbol, meaning in where.items():
        if meaning in QUANTITIES or meaning in SCALARS:
            continue
        over = {size.strip() for size in meaning.removeprefix(ARRAY).split(",")}
        if meaning.startswith(ARRAY) and over <= sizes:
            continue
        if meaning.startswith(ARRAY):
            missing = sorted(over - sizes)[0]
            raise ClaimError(
                f"where: {missing!r} in {meaning!r} is neither m nor said to be a size"
            )
        if not set(meaning) & {*"\\^_+/*()="}:
            known = ", ".join([*SCALARS, f"{ARRAY}m", *QUANTITIES])
            raise ClaimError(
                f"where[{symbol!r}] = {meaning!r}, but should be one of {known}, or a formula"
            )
        expressions[symbol] = meaning
    for symbol in expressions:
        del said[keys[symbol]]
    return Given(said, expressions)


def _key(symbol: str) -> str:
    try:
        node: Node = parse_symbol(symbol)
    except ClaimError:
        raise ClaimError(f"where: {symbol!r} is not one symbol of a formula") from None
    match node:
        case Operation(_, "^", (Name() as base, Num(_, exponent))) if exponent == 2:  # \sigma^2_2
            return full_key_of(squared(base))
    if not isinstance(node, Name):
        raise ClaimError(f"where: {symbol!r} is not one symbol of a formula")
    return full_key_of(node)
