"""Accents and indices of printed symbols, as text."""

from __future__ import annotations

import re
from dataclasses import replace

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name
from bncheck.symbolic.expression import Index

SHORT = {"epsilon": "eps", "ell": "l"}
"""Names that have another spelling inside."""


RUNNING = frozenset({"run", "running"})
"""Labels of a running statistic."""

BATCH = frozenset({"B", r"\B", "batch"})
"""Labels of the statistic of the batch."""

LAYER = re.compile(r"\[[^\[\]]*\]")
PAIR = re.compile(r"(?!in)[ijklcnhwbtdpq]{2}")
"""Two indices without a comma: ``x_{ij}``."""

MARKS = ("'", r"\cdot", r"\top", r"\dagger", "+", "-")
"""What makes another symbol of one: primes, stars, transposes."""


def labels_of(node: Name) -> list[str]:
    """Return the indices of a symbol, below and above, without those of the batch and the layer."""
    found = []
    for text in (node.below, node.above):
        for part in LAYER.sub("|", text).replace(")(", "|").replace(",", "|").split("|"):
            bare = part.strip("() '")
            if bare.startswith("norm") or bare in ("", "B"):
                continue
            found += list(bare) if PAIR.fullmatch(bare) else [bare]
    return found


def layers_of(node: Name) -> set[str]:
    """Return the layers that a symbol is marked with: ``[l]``."""
    return {*LAYER.findall(node.below), *LAYER.findall(node.above)}


def is_marked(node: Name) -> bool:
    """Whether a symbol has a prime, a star or a transpose, or a comma too many: another one."""
    for text in (node.above, node.below):
        if text == "T" or any(mark in text for mark in MARKS):
            return True
        if text and "" in text.split(","):
            return True
    return False


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


def squared(node: Name) -> Name:
    r"""Return the square of a symbol as a symbol of its own: ``\sigma^2``."""
    return replace(node, base=f"{node.base}^2")


def root_of(key: str) -> str:
    r"""Return the key of a symbol by that of its square; what is no square stays."""
    return key.replace("^2", "", 1)


def name_of(key: str) -> str:
    """Return a key as the name of an unknown: ``\\epsilon_{2}`` is ``eps_2``."""
    plain = key.replace(r"\sigma^2", "var").replace("\\", "").replace("{", "").replace("}", "")
    head, *rest = plain.split("_")
    return "_".join([SHORT.get(head, head), *rest])
