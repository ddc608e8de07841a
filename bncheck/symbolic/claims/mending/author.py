"""The symbols of a formula's author: what stands for x, mu, dL/dy in the rest of the formula.

A symbol that is not printed yet is made like those that are: ``\\hat{z}^{(i)}`` where the input is
``z^{(i)}``. What `where` names has that name. Whether a symbol that was made is read as it is meant
is not known here; a candidate in which it is not is no correction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.labels import labels_of
from bncheck.symbolic.claims.matrices import TRANSPOSED
from bncheck.symbolic.claims.mending.places import label_of
from bncheck.symbolic.claims.mending.rereading import Rereading
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Quotient, Relation, Total
from bncheck.symbolic.claims.printing import Spelling, latex
from bncheck.symbolic.claims.printing_plain import NotPlain, plain_text
from bncheck.symbolic.claims.syntax import parse_symbol
from bncheck.symbolic.claims.walking import children, rebuilt, walk
from bncheck.symbolic.expression import Element, Named, Symbol, free_indices

INDEXED = frozenset({"x", "xhat", "y", "dx", "dxhat", "dy"})
WORDS = {"mu": "mean", "var": "variance"}
"""What `where` calls a quantity that has another name inside."""
BY = {kind: kind[1:] for kind in ("dx", "dxhat", "dy", "dmu", "dvar", "dgamma", "dbeta")}
SHORT = 60
"""Characters of a part that is printed in a sentence."""


@dataclass
class Author:
    """How one author writes: a symbol for each kind, and the spelling of all symbols.

    typed: the text, where it is no LaTeX
    """

    relation: Relation
    reading: Rereading
    spelling: Spelling
    typed: str = ""
    printed: dict[str, Node] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look at every symbol once."""
        for side in (self.relation.left, self.relation.right):
            self._look(side, ())
            free = sorted(self._free(side))
            named = {self.label(node) for node in walk(side)}  # a vector may be printed without
            self.labels += [n for n in free if n in named and n not in self.labels]
        self.free = tuple(self.labels)
        self.labels += [t for t in map(label_of, self.totals) if t and t not in self.labels]

    def _free(self, side: Node) -> set[str]:
        try:
            return {index.name for index in free_indices(self.reading.expression(side))}
        except (NotSupported, ValueError, ZeroDivisionError):
            return set()  # of vectors and matrices, which have no indices

    def _look(self, node: Node, bound: tuple[str, ...]) -> None:
        kind = self.kind(node, bound)
        if kind is not None and not (isinstance(node, Name) and node.above in TRANSPOSED):
            self.printed.setdefault(kind, node)
        if isinstance(node, Total):
            self.totals.append(node)
            bound = (*bound, label_of(node))
        for part in children(node):
            self._look(part, bound)

    def kind(self, node: Node, bound: tuple[str, ...]) -> str | None:
        """Return what a symbol or a gradient is called inside; ``None`` for other nodes."""
        if not isinstance(node, Name | Operation | Quotient):
            return None
        if isinstance(node, Name) and node.above in TRANSPOSED:
            return self.kind(replace(node, above=""), bound)
        if isinstance(node, Operation) and node.sign != "^":
            return None
        try:
            meant = self.reading.inside(bound, node)
        except (NotSupported, ValueError, ZeroDivisionError):
            return None
        return meant.name if isinstance(meant, Named | Element | Symbol) else None

    def tex(self, node: Node | Relation) -> str:
        """Print a part as the author would."""
        if self.typed:
            try:
                return plain_text(node, self.typed)
            except NotPlain:
                return latex(node, self.spelling)
        return latex(node, self.spelling)

    def short(self, node: Node, otherwise: str) -> str:
        """Print a part, unless it is too long for a sentence."""
        shown = self.tex(node)
        return shown if len(shown) <= SHORT else otherwise

    def instead(self, old: Node, new: Node, otherwise: str = "") -> str:
        """Say that one part belongs where another is."""
        shown = f"{self.tex(old)} where {self.tex(new)} belongs"
        return shown if len(shown) <= 2 * SHORT or not otherwise else otherwise

    def symbol(self, kind: str, label: str = "") -> Node | None:
        """Return the author's symbol of a kind, at an index; ``None`` where there is none."""
        if kind in BY:
            target = self.symbol(BY[kind], label)
            return None if target is None else Quotient(0, self._loss(), target)
        known = self.printed.get(kind)
        if known is None:
            known = self._named(kind) or self._made(kind)
        if kind in INDEXED and isinstance(known, Name):
            return self.at(known, label)
        return known

    def _loss(self) -> Node:
        """Return the loss, by its letter."""
        for node in self.printed.values():
            if isinstance(node, Quotient) and isinstance(node.body, Name):
                return node.body
        return Name(0, "L")

    def _named(self, kind: str) -> Node | None:
        word = WORDS.get(kind, kind)
        meanings = self.reading.given.meanings
        key = next((key for key, meaning in meanings.items() if meaning == word), None)
        return None if key is None else parse_symbol(key)

    def _made(self, kind: str) -> Node | None:
        below = next((n.below for n in map(self.printed.get, ("mu",)) if isinstance(n, Name)), "")
        var = self.printed.get("var")
        if isinstance(var, Operation) and isinstance(var.arguments[0], Name):
            below = below or var.arguments[0].below
        two = Num(0, Fraction(2))
        letters = [n for k, n in self.printed.items() if k in INDEXED and isinstance(n, Name)]
        x = next((n for n in letters if n.base.lower() == self.reading.input_letter), None)
        like = letters[0] if letters else Name(0, "x", "", "i")
        letter = x.base if x else self.reading.input_letter
        made: dict[str, Node] = {
            "mu": Name(0, r"\mu", "", below),
            "var": Operation(0, "^", (Name(0, r"\sigma", "", below), two)),
            "gamma": self._parameter(r"\gamma"),
            "beta": self._parameter(r"\beta"),
            "eps": Name(0, r"\epsilon"),
            "m": Name(0, self.reading.size_letter or "m"),
            "x": replace(like, base=letter, accent=""),
            "xhat": replace(like, base=letter, accent="hat"),
            "y": replace(like, base="y", accent=""),
        }
        return made.get(kind)

    def _parameter(self, letter: str) -> Name:
        """Return gamma or beta, of the same channel as the other is."""
        for kind in ("gamma", "beta"):
            known = self.printed.get(kind)
            if isinstance(known, Name) and not known.accent:
                return replace(known, base=letter)
        return Name(0, letter)

    def label(self, node: Node) -> str:
        """Return the sample's index that a symbol or a gradient carries, as text."""
        if isinstance(node, Quotient):
            return self.label(node.target)
        if isinstance(node, Operation) and node.sign == "^":
            return self.label(node.arguments[0])
        if not isinstance(node, Name) or node.above in TRANSPOSED:
            return ""
        found = [label for label in labels_of(node) if label not in self.reading.channels]
        return found[0] if len(found) == 1 else ""

    def at(self, node: Node, label: str) -> Node:
        """Return a symbol at another index."""
        old = self.label(node)
        return relabelled(node, old, label) if old else self._labelled(node, label)

    def _labelled(self, node: Node, label: str) -> Node:
        """Put an index on a symbol that has none."""
        if not label or not isinstance(node, Name) or node.below:
            return node
        return replace(node, below=label)

    def other_label(self, *used: str) -> str:
        """Return an index for a sum: an author's, or the next letter; "" if all are used."""
        known = [*self.labels, "j", "i", "k"]
        return next((label for label in known if label not in used and len(label) == 1), "")


def relabelled(node: Node, old: str, new: str) -> Node:
    """Put one index in place of another, but not inside a sum over it."""
    if isinstance(node, Total) and label_of(node) == old:
        return node
    if isinstance(node, Name):
        return replace(
            node, below=_relabel(node.below, old, new), above=_relabel(node.above, old, new)
        )
    return rebuilt(node, [relabelled(part, old, new) for part in children(node)])


def _relabel(text: str, old: str, new: str) -> str:
    if text == old:
        return new
    return text.replace(f"({old})", f"({new})" if new else "")
