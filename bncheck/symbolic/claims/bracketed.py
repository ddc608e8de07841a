"""What stands in brackets and between bars: lists, absolute values, norms, inner products."""

from __future__ import annotations

from abc import ABC
from collections.abc import Set

from bncheck.symbolic.claims.calculus import CalculusReader
from bncheck.symbolic.claims.dots import Dots, listed
from bncheck.symbolic.claims.lexer import ClaimError, Token
from bncheck.symbolic.claims.nodes import Absolute, Inner, Name, Node, Norm


class BracketReader(CalculusReader, ABC):
    """Reads brackets and bars; what is inside is for the grammar, in `syntax`."""

    def __init__(self, found: list[Token], words: Set[str] = frozenset()) -> None:
        """Start before the first token; no bar is open."""
        super().__init__(found, words)
        self.bars: list[str] = []

    def dots(self) -> Node | None:
        """Read dots, where a term is left to be thought."""
        return Dots(self.take().position) if self.comes(r"\dots") else None

    def list(self, start: int) -> Node:
        r"""Read what is in brackets: one value, or the entries of a vector, ``x_1, \dots, x_m``."""
        entries = [self.sum()]
        while self.peek() == ",":
            self.take()
            entries.append(self.dots() or self.sum())
        vector = listed(entries)
        if vector is None and len(entries) > 1:
            raise ClaimError("a list of values is not read here", start)
        return entries[0] if vector is None else vector

    def between_bars(self, start: int) -> Node:
        """Read an absolute value, or the size of the batch ``|B|``."""
        body = self.barred("|", start)
        if isinstance(body, Name) and body == Name(body.position, "B"):
            return Name(start, "|B|")
        return Absolute(start, body)

    def barred(self, bar: str, start: int) -> Node:
        """Read what stands between two bars."""
        self.bars.append(bar)
        body = self.sum()
        self.close(bar, start)
        self.bars.pop()
        return body

    def norm(self, start: int) -> Node:
        """Read a norm, which is the Euclidean one."""
        return self.of_kind(start, self.barred(r"\|", start))

    def norm_of_bars(self, start: int) -> Node:
        """Read a norm between two bars each: ``||x||``."""
        body = self.barred("|", start)
        self.close("|", start)
        return self.of_kind(start, body)

    def of_kind(self, start: int, body: Node) -> Node:
        """Read which norm it is, if that is said."""
        if self.peek() == "_":
            self.take()
            if (label := self.plain_text()) not in ("2", "F"):
                raise ClaimError(f"the norm '{label}' is not known", self.position)
        return Norm(start, body)

    def inner(self, start: int) -> Node:
        """Read an inner product."""
        left = self.sum()
        if self.peek() not in (",", "|"):
            raise ClaimError("an inner product of one", start)
        self.take()
        right = self.sum()
        self.close(r"\rangle", start)
        return Inner(start, left, right)
