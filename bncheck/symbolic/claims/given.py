"""What a claim says beside its formula: ``where``, the meaning of symbols that a page defines.

A meaning is a quantity of batch normalization (`quantities`), or one of

scalar, positive scalar   any number, the same for all samples
size                      how far a sum may run, next to m
array over m, d           any numbers, with these indices in this order
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bncheck.symbolic.claims.labels import full_key_of, key_of, name_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Operation
from bncheck.symbolic.claims.quantities import QUANTITIES
from bncheck.symbolic.claims.syntax import parse_symbol
from bncheck.symbolic.expression import Symbol

SCALARS = {"scalar": False, "positive scalar": True, "size": True}
ARRAY = "array over "


@dataclass(frozen=True)
class Given:
    """The meanings that a claim gives: of symbols with and without their index."""

    meanings: Mapping[str, str] = field(default_factory=dict)

    def meaning(self, node: Name) -> str | None:
        """Return what is said about a symbol with this index, or with any."""
        return self.meanings.get(full_key_of(node), self.meanings.get(key_of(node)))

    def scalar(self, node: Name) -> Symbol | None:
        """Return the unknown number that a symbol is said to be, if so."""
        return self.scalar_called(full_key_of(node)) or self.scalar_called(key_of(node))

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
    meanings = {_key(symbol): meaning for symbol, meaning in where.items()}
    sizes = {key for key, meaning in meanings.items() if meaning == "size"} | {"m"}
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
        known = ", ".join([*SCALARS, f"{ARRAY}m", *QUANTITIES])
        raise ClaimError(f"where[{symbol!r}] = {meaning!r}, but should be one of {known}")
    return Given(meanings)


def _key(symbol: str) -> str:
    try:
        node: Node = parse_symbol(symbol)
    except ClaimError:
        raise ClaimError(f"where: {symbol!r} is not one symbol of a formula") from None
    if isinstance(node, Operation):  # \sigma^2_2
        node = node.arguments[0]
        if isinstance(node, Name) and node.base == r"\sigma":
            return full_key_of(Name(0, r"\sigma^2", node.accent, node.below, node.above))
    if not isinstance(node, Name):
        raise ClaimError(f"where: {symbol!r} is not one symbol of a formula")
    return full_key_of(node)
