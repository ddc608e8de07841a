"""Symbols with their accents, indices and fonts, read from tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from fractions import Fraction

from bncheck.symbolic.claims.cursor import ACCENTS, FONTS, GREEK, Cursor
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation

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
MAX_WORD = 12


class NameReader(Cursor, ABC):
    """Reads symbols; what stands in an exponent is for `group`, which the grammar has."""

    @abstractmethod
    def group(self) -> Node:
        """Read ``{...}`` or what TeX takes without braces."""

    def name(self) -> Node:
        """Read a symbol, with powers where there are."""
        start = self.position
        found = self.indexed(self.letters())
        below = found.below
        node: Node = found
        if found.above.endswith(")^2"):  # as in \sigma^{(k)^2}
            plain = replace(found, above=found.above[:-2])
            node = Operation(start, "^", (plain, Num(start, Fraction(2))))
        while self.peek() == "^" or (self.peek() == "_" and not below):
            if self.take().text == "_":  # as in \sigma^2_B
                below = self.plain_text()
                node = with_below(node, below)
            else:
                node = Operation(start, "^", (node, self.group()))
        return node

    def indexed(self, found: Name) -> Name:
        """Read what stands below and above a symbol; a power is left."""
        below, above = found.below, found.above
        while (sign := self.peek()) in ("_", "^", "'"):
            if sign == "^" and self.is_exponent():
                break
            if sign == "_" and below:
                raise ClaimError("two indices below one symbol", self.position)
            self.take()
            if sign == "'":
                above += "'"
            elif sign == "_":
                below = self.plain_text()
            else:
                above += self.plain_text()
        return replace(found, below=below, above=above)

    def letters(self) -> Name:
        """Read a symbol without what follows it: its letter or word, and its accent."""
        start = self.position
        if (typed := self.typed_word()) in self.words:
            self.at += len(typed)
            return Name(start, typed)
        self.refuse_spelled(typed)
        word = self.take().text
        if word in ACCENTS:
            return self.accented(start, word[1:])
        if word in FONTS:
            if self.peek() == "{" and self.peek(1) in ACCENTS:
                self.take()
                found = self.letters()
                self.expect("}")
                return found
            return Name(start, self.in_font())
        if word == "B" and self.peek() == "N":
            self.take()
            return Name(start, "BN")
        if word in GREEK or (len(word) == 1 and word.isalpha()):
            return Name(start, word)
        raise ClaimError(f"'{word}' is not a symbol that is known", self.position)

    def accented(self, start: int, accent: str) -> Name:
        r"""Read what an accent stands on; it may have an index, as in ``\hat{x_i}``."""
        braced = self.peek() == "{"
        if braced:
            self.take()
        found = self.letters()
        if found.accent:
            raise ClaimError("two accents on one symbol", self.position)
        if braced:
            found = self.indexed(found)
            self.expect("}")
        return replace(found, position=start, accent=accent)

    def typed_word(self) -> str:
        """Return the letters that stand here without space between them, if there are several."""
        word = ""
        for token in self.found[self.at : self.at + MAX_WORD]:
            letter = len(token.text) == 1 and token.text.isalpha()
            if not letter or token.position != self.position + len(word):
                break
            word += token.text
        return word if len(word) > 1 else ""

    def refuse_spelled(self, word: str) -> None:
        """Refuse ``mu`` for ``\\mu``: TeX sets it as m times u, which nobody means."""
        if word in SPELLED:
            raise ClaimError(
                f"'{word}' is a product of letters; is it {SPELLED[word]}?", self.position
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
