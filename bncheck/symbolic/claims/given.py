"""What a claim says beside its formula: ``where``, the meaning of symbols that a page defines.

A meaning is a quantity of the normalization (`quantities`, `norms`), or one of

scalar, positive scalar   any number, the same for all samples
size                      how far a sum may run, next to m
array over m, d           any numbers, with these indices in this order
x, dy of another batch    the same, over m, or over n: ``dy of another batch over n`` (`another`)

The key ``norm`` says which normalization the formula is about: batch, layer, rms, group, instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bncheck.errors import UsageError
from bncheck.symbolic.claims.another import (
    ARRAY,
    array_of,
    gradient_key,
    gradient_of,
    in_arrays,
    sizes_in,
)
from bncheck.symbolic.claims.labels import (
    full_key_of,
    is_marked,
    key_of,
    labels_of,
    name_of,
    squared,
)
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Quotient
from bncheck.symbolic.claims.norms import BATCH, NORMS, Quantities
from bncheck.symbolic.claims.syntax import parse_symbol
from bncheck.symbolic.claims.words import WORDS
from bncheck.symbolic.expression import Symbol
from bncheck.terminal import brief

SCALARS = {"scalar": False, "positive scalar": True, "size": True}
NORM = "norm"
"""The key of `where` that is no symbol, where its meaning is one of `NORMS`."""


@dataclass(frozen=True)
class Given:
    """The meanings that a claim gives: of symbols with and without their index.

    expressions: what `where` says in a formula; norm: which normalization it is about
    """

    meanings: Mapping[str, str] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)
    norm: Quantities = NORMS[BATCH]

    def word(self, node: Name) -> str:
        """Return what a name of several letters means; nothing if it is none that is known."""
        meaning = "" if node.accent else WORDS.get(node.base, "")
        return self.norm.words.get(meaning, meaning)

    def meaning(self, node: Name) -> str | None:
        """Return what is said about a symbol with this index, or with any."""
        exact = self.meanings.get(full_key_of(node))
        if exact is not None or is_marked(node):
            return exact
        for part in (replace(node, above=""), replace(node, below="")):  # x_{norm}^{(i)}
            if full_key_of(part) in self.meanings and full_key_of(part) != key_of(node):
                return self.meanings[full_key_of(part)]
        return self.meanings.get(key_of(node), self.word(node) or None)

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
        found = self.array_of(node)
        return None if found is None else found[1]

    def array_of(self, node: Name | Quotient) -> tuple[Name, tuple[str, ...]] | None:
        """Return an array that is said to be one, by its name there and with its index; its sizes.

        A derivative may be one: the gradient of another batch.
        """
        if isinstance(node, Quotient):
            return gradient_of(node, self.meanings)
        return array_of(node, self.meanings)

    def letters(self, meaning: str) -> set[str]:
        """Return the single letters that mean this."""
        return {key for key, kind in self.meanings.items() if kind == meaning and len(key) == 1}


def given(where: Mapping[str, str]) -> Given:
    """Read what a claim says about its symbols.

    Raises ClaimError for what is not a symbol, or a meaning that is not known.
    """
    norm = NORMS[named_norm(where)]
    where = symbols_of(where)
    keys = {symbol: gradient_key(symbol, said) or _key(symbol) for symbol, said in where.items()}
    where = in_arrays(where)
    said = {keys[symbol]: meaning for symbol, meaning in where.items()}
    if len(said) < len(where):
        raise ClaimError("where: one symbol is said to mean two things")
    sizes = {key for key, meaning in said.items() if meaning == "size"} | {"m"}
    expressions = {}
    for symbol, meaning in where.items():
        if meaning in norm.meanings or meaning in SCALARS:
            continue
        over = {*sizes_in(meaning)}
        if meaning.startswith(ARRAY) and over <= sizes:
            continue
        if meaning.startswith(ARRAY):
            missing = sorted(over - sizes)[0]
            raise ClaimError(
                f"where: {missing!r} in {meaning!r} is neither m nor said to be a size"
            )
        if not set(meaning) & {*"\\^_+/*()="}:
            known = ", ".join([*SCALARS, f"{ARRAY}m", "dy of another batch", *norm.meanings])
            raise ClaimError(
                f"where[{symbol!r}] = {meaning!r}, but should be one of {known}, or a formula"
            )
        expressions[symbol] = meaning
    for symbol in expressions:
        del said[keys[symbol]]
    return Given(said, expressions, norm)


def about(norm: str, where: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is said beside a formula about a normalization.

    Raises UsageError for one that is not known.
    """
    if norm not in NORMS:
        raise UsageError(f"norm={brief(norm)}, but should be one of {', '.join(NORMS)}")
    return where if norm == BATCH else {**where, NORM: norm}


def named_norm(where: Mapping[str, str]) -> str:
    """Return the normalization that a formula is said to be about: batch, if nothing is said."""
    said = where.get(NORM, BATCH)
    return said if said in NORMS else BATCH


def symbols_of(where: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is said of symbols: all but the normalization."""
    return {key: said for key, said in where.items() if key != NORM or said not in NORMS}


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
