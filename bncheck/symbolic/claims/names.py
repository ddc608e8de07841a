"""Symbols with their accents, indices and fonts, read from tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod

from bncheck.symbolic.claims.cursor import ACCENTS, FONTS, GREEK, Cursor
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Operation

SPELLED = {word[1:]: word for word in GREEK} | {
    "eps": r"\epsilon",
    "var": r"\sigma^2",
    "variance": r"\sigma^2",
    "std": r"\sqrt{\sigma^2}",
    "mean": r"\mu",
    "xhat": r"\hat{x}",
    "sqrt": r"\sqrt{...}",
    "sum": r"\sum_{i=1}^{m}",
    "frac": r"\frac{...}{...}",
    "partial": r"\partial",
}
"""Words that people type without a backslash, and what they would be."""


class NameReader(Cursor, ABC):
    """Reads symbols; what stands in an exponent is for `group`, which the grammar has."""

    @abstractmethod
    def group(self) -> Node:
        """Read ``{...}`` or what TeX takes without braces."""

    def name(self) -> Node:
        """Read a symbol, with powers where there are."""
        start = self.position
        base, accent = self.letters()
        below = above = ""
        while (sign := self.peek()) in ("_", "^", "'"):
            if sign == "^" and self.is_exponent():
                break
            self.take()
            if sign == "'":
                above += "'"
            elif sign == "_":
                below += self.plain_text()
            else:
                above += self.plain_text()
        node: Node = Name(start, base, accent, below, above)
        while self.peek() == "^" or (self.peek() == "_" and not below):
            if self.take().text == "_":  # as in \sigma^2_B
                below = self.plain_text()
                node = with_below(node, below)
            else:
                node = Operation(start, "^", (node, self.group()))
        return node

    def letters(self) -> tuple[str, str]:
        """Read a symbol without its indices: its letter or word, and its accent."""
        self.refuse_spelled()
        word = self.take().text
        if word in ACCENTS:
            return self.accented(), word[1:]
        if word in FONTS:
            return self.plain_text(), ""
        if word == "B" and self.peek() == "N":
            self.take()
            return "BN", ""
        if word in GREEK or (len(word) == 1 and word.isalpha()):
            return word, ""
        raise ClaimError(f"{word!r} is not a symbol that is known", self.position)

    def accented(self) -> str:
        """Read what an accent stands on."""
        braced = self.peek() == "{"
        if braced:
            self.take()
        base, inner = self.letters()
        if inner:
            raise ClaimError("two accents on one symbol", self.position)
        if braced:
            self.expect("}")
        return base

    def refuse_spelled(self) -> None:
        """Refuse ``mu`` for ``\\mu``: TeX sets it as m times u, which nobody means."""
        word = ""
        for token in self.found[self.at : self.at + 9]:
            if not (len(token.text) == 1 and token.text.isalpha()):
                break
            if token.position != self.position + len(word):
                break
            word += token.text
        if word in SPELLED:
            raise ClaimError(
                f"{word!r} is a product of letters; is it {SPELLED[word]}?", self.position
            )

    def is_exponent(self) -> bool:
        """Whether ``^`` starts a number: then it is a power, and else an index."""
        after = self.peek(1)
        if after == "{":
            after = self.peek(2)
            if after == "-":
                return True
        return after is not None and (after[0].isdigit() or after in (r"\frac", "-"))


def with_below(node: Node, below: str) -> Node:
    """Put an index that is printed after the power where it belongs."""
    if isinstance(node, Name):
        return Name(node.position, node.base, node.accent, below, node.above)
    if isinstance(node, Operation) and node.sign == "^":
        first, *rest = node.arguments
        return Operation(node.position, "^", (with_below(first, below), *rest))
    raise ClaimError("an index out of place", node.position)
