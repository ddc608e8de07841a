"""Accents and indices of printed symbols, as text."""

from __future__ import annotations

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name
from bncheck.symbolic.expression import Index


def labels_of(node: Name) -> list[str]:
    """Return the indices of a symbol: single letters below, above, or in parentheses above."""
    found = []
    for text in (node.below, node.above):
        for part in text.replace("]", "]|").replace("[", "|[").split("|"):
            bare = part.strip("() ")
            if bare and not part.startswith("[") and not bare.startswith("norm") and bare != "B":
                found.append(bare)
    return found


def index_of(label: str, position: int) -> Index:
    """Return the index of a sample that a label names.

    Raises ClaimError for what is not a single letter.
    """
    if len(label) != 1 or not label.isalpha():
        raise ClaimError(f"{label!r} is not an index of a sample", position)
    return Index(label)


def key_of(node: Name) -> str:
    """Return the symbol as `where` names it: accent and letter, without the sample's index."""
    inner = node.base
    return rf"\{node.accent}{{{inner}}}" if node.accent else inner
