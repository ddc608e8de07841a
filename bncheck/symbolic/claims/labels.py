"""Accents and indices of printed symbols, as text."""

from __future__ import annotations

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name
from bncheck.symbolic.expression import Index

SHORT = {"epsilon": "eps", "ell": "l"}
"""Names that have another spelling inside."""


def labels_of(node: Name) -> list[str]:
    """Return the indices of a symbol: single letters below, above, or in parentheses above."""
    found = []
    for text in (node.below, node.above):
        for part in text.replace("]", "]|").replace("[", "|[").split("|"):
            bare = part.strip("() ")
            if bare and not part.startswith("[") and not bare.startswith("norm") and bare != "B":
                found.append(bare)
    return found


def index_of(label: str, position: int, size: str = "m") -> Index | int:
    """Return the index, or the fixed place, that a label names.

    Raises ClaimError for what is neither a single letter nor a number from 1 on.
    """
    if label.isdigit() and 0 < int(label) < 10:
        return int(label)
    if len(label) != 1 or not label.isalpha():
        what = "a sample" if size == "m" else f"1 to {size}"
        raise ClaimError(f"{label!r} is not an index of {what}", position)
    return Index(label, size)


def key_of(node: Name) -> str:
    """Return the symbol as `where` names it: accent and letter, without the sample's index."""
    return rf"\{node.accent}{{{node.base}}}" if node.accent else node.base


def full_key_of(node: Name) -> str:
    """Return the symbol with its index: ``\\epsilon_{2}``."""
    above = f"^{{{node.above}}}" if node.above.strip("'") else node.above
    return key_of(node) + (f"_{{{node.below}}}" if node.below else "") + above


def name_of(key: str) -> str:
    """Return a key as the name of an unknown: ``\\epsilon_{2}`` is ``eps_2``."""
    plain = key.replace(r"\sigma^2", "var").replace("\\", "").replace("{", "").replace("}", "")
    head, *rest = plain.split("_")
    return "_".join([SHORT.get(head, head), *rest])
