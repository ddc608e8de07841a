"""How one formula uses its letters: for the input, for the batch size, for channels."""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.symbolic.claims.given import given
from bncheck.symbolic.claims.labels import key_of, labels_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Node, names_in
from bncheck.symbolic.claims.symbols import is_running

SIZES = frozenset({"m", "N", "n"})


def reading(nodes: list[Node], where: Mapping[str, str]) -> Reading:
    """Find out how a formula uses its letters.

    Raises ClaimError for an unknown meaning in `where`, or two letters for the batch size.
    """
    known = given(where)
    names = [name for node in nodes for name in names_in(node)]
    free = [name for name in names if key_of(name) not in known.meanings]
    letters = {name.base.lower() for name in names}
    if "W" in {n.base for n in free} and {n.base.lower() for n in free} & {"x", "z"}:
        raise ClaimError("beside W u, what are x and z? the formula defines them")
    sizes = {n.base for n in free if n.base in SIZES and not (n.below or n.above)}
    if len(sizes) > 1:
        raise ClaimError(f"which of {', '.join(sorted(sizes))} is the batch size?")
    statistics = (r"\gamma", r"\beta", r"\mu", r"\sigma")
    marked = [n for n in names if n.base in statistics or n.base in known.letters("mean")]
    channels = {
        label for n in marked for label in labels_of(n) if len(label) == 1 and label.isalpha()
    }
    letter = "x" if "x" in letters or "z" not in letters else "z"
    if len(inputs := known.letters("x")) == 1:
        letter = next(iter(inputs)).lower()
    running = any(n.base in (r"\mu", r"\sigma") and is_running(n) for n in names)
    return Reading(known, letter, next(iter(sizes), "m"), frozenset(channels), running)
