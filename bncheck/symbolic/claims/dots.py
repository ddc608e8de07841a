r"""Sums and lists with dots: ``x_1 + x_2 + \dots + x_m``, ``\{x_1, \dots, x_m\}``.

The terms before the dots have to be those that the last term has at 1, 2, ...; what goes on
otherwise is refused, since dots can mean anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Total
from bncheck.symbolic.claims.walking import bare, children, names_in, rebuilt

LETTERS = "ijklnst"
SIZES = ("m", "N", "n", "B")


@dataclass(frozen=True)
class Dots(Node):
    """Where dots stand in a sum or a list."""


def summed(terms: Sequence[Node]) -> list[Node]:
    """Return terms with a sum in place of each stretch with dots.

    Raises ClaimError for dots that do not say how a sum goes on.
    """
    found = list(terms)
    while (at := next((n for n, t in enumerate(found) if _are_dots(t)), None)) is not None:
        if at == 0 or at + 1 == len(found):
            raise ClaimError("dots at the end of a sum", found[at].position)
        if _is_negative(found[at]) != _is_negative(found[at + 1]):
            raise ClaimError("the dots have another sign than what follows", found[at].position)
        first, total = _stretch(found, at)
        found[first : at + 2] = [total]
    return found


def _are_dots(term: Node) -> bool:
    return isinstance(term.arguments[0] if isinstance(term, Operation) else term, Dots)


def _is_negative(term: Node) -> bool:
    return isinstance(term, Operation) and term.sign == "neg"


def listed(entries: Sequence[Node]) -> Node | None:
    """Return the vector of which entries are listed with dots; ``None`` without dots.

    Raises ClaimError for a list that does not go from 1 to the batch size.
    """
    places = [at for at, entry in enumerate(entries) if isinstance(entry, Dots)]
    if not places:
        return None
    if places[0] + 1 == len(entries):
        raise ClaimError("dots at the end of a list", entries[places[0]].position)
    first, total = _stretch(list(entries), places[0])
    if first or len(places) > 1 or places[0] + 2 != len(entries) or not isinstance(total, Total):
        raise ClaimError("this list does not go from 1 to the batch size", entries[0].position)
    return _put(total.body, total.index.partition("=")[0], "")


def _stretch(found: list[Node], at: int) -> tuple[int, Node]:
    """Return where a stretch with dots begins, and the sum that it is."""
    last = found[at + 1]
    for size in _sizes(last):
        letter = next(x for x in LETTERS if x not in _labels(found))
        body = _put(last, size, letter)
        for lowest in ("1",) if size in SIZES else ("0",):
            first = _begins(found, at, body, letter, int(lowest))
            if first is not None:
                position = found[first].position
                upper = Name(position, size.partition("-")[0].strip())
                to: Node = upper
                if size not in SIZES:
                    to = Operation(position, "+", (upper, _minus_one(position)))
                return first, Total(position, f"{letter}={lowest}", to, body)
    raise ClaimError("how does this go on? the terms before the dots differ", found[at].position)


def _minus_one(position: int) -> Node:
    return Operation(position, "neg", (Num(position, Fraction(1)),))


def _begins(found: list[Node], at: int, body: Node, letter: str, lowest: int) -> int | None:
    """Return where terms begin that are the body at 1, 2, ... up to the dots."""
    for count in range(min(at, 4), 0, -1):
        wanted = [bare(_put(body, letter, str(n))) for n in range(lowest, lowest + count)]
        if [bare(term) for term in found[at - count : at]] == wanted:
            return at - count
    return None


def _sizes(last: Node) -> list[str]:
    """Return the labels of a term that may be the batch size."""
    labels = _labels([last])
    return [size for size in (*SIZES, *(f"{size}-1" for size in SIZES)) if size in labels]


def _labels(nodes: Sequence[Node]) -> set[str]:
    names = [name for node in nodes for name in names_in(node)]
    return {part for n in names for text in (n.below, n.above) for part in _parts(text)}


def _parts(text: str) -> list[str]:
    return [part.strip("() ") for part in text.replace(")(", ",").split(",")]


def _put(node: Node, old: str, new: str) -> Node:
    """Put one label in place of another."""
    if isinstance(node, Name):
        return replace(node, below=_label(node.below, old, new), above=_label(node.above, old, new))
    return rebuilt(node, [_put(part, old, new) for part in children(node)])


def _label(text: str, old: str, new: str) -> str:
    if text.strip("()") == old:
        return text.replace(old, new) if new else ""
    if "," in text:
        return ",".join(_label(part, old, new) for part in text.split(","))
    return text
