"""Derivatives and sums in print, read from tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.names import NameReader
from bncheck.symbolic.claims.nodes import Along, Extreme, Node, Operation, Quotient, Total

DIFFERENTIALS = (r"\partial", "d")


class CalculusReader(NameReader, ABC):
    """Reads derivatives and sums; what they are of is for the grammar, in `syntax`."""

    @abstractmethod
    def sum(self) -> Node:
        """Read terms joined by + and -."""

    @abstractmethod
    def signed(self, *, first: bool = False) -> Node:
        """Read a term with its sign."""

    @abstractmethod
    def product(self) -> Node:
        """Read factors."""

    @abstractmethod
    def factor(self) -> Node:
        """Read a factor with its powers."""

    @abstractmethod
    def ends(self, sign: str | None) -> bool:
        """Whether no product goes on with this sign."""

    def in_line(self, start: int) -> Node:
        r"""Read ``\partial f / \partial x``."""
        body = self.factor()
        self.expect("/")
        self.expect(r"\partial")
        return Quotient(start, body, self.factor())

    def typed_derivative(self, start: int) -> Node | None:
        r"""Read ``dL/dx_i`` and ``d\hat{x}_i/dx_j``, if that is what stands here."""
        begun = self.at
        if not (self.comes("d") and self._is_glued()):
            return None
        self.take()
        try:
            body = self.name()
        except ClaimError:
            self.at = begun
            return None
        self.at += 1
        if self.peek(-1) != "/" or self.peek() not in DIFFERENTIALS or not self._is_glued():
            self.at = begun
            return None
        self.take()
        return Quotient(start, body, self.factor())

    def _is_glued(self) -> bool:
        """Whether a symbol follows a d without space between them."""
        follows = self.peek(1) or ""
        near = self.found[self.at + 1 : self.at + 2]
        is_symbol = follows.isalpha() or follows.startswith("\\") or follows == "("
        return is_symbol and near[0].position == self.position + len(self.peek() or "")

    def gradient(self, start: int) -> Node:
        r"""Read ``\nabla_x f``."""
        self.expect("_")
        target = self.group()
        return Quotient(start, self.factor(), target)

    def fraction(self, start: int) -> Node:
        r"""Read ``\frac``: a quotient, or a derivative."""
        if self.peek() == "{" and self.peek(1) in DIFFERENTIALS and self.peek(2) == "}":
            self.at += 3
            if self._is_partial():
                target = self._differential()
                return Quotient(start, self._operand(), target)
            self.at -= 3
        partial = self._is_partial()
        top = self._differential() if partial else self.group()
        if partial or self._is_partial():
            if not (partial and self._is_partial()):
                raise ClaimError(
                    "a derivative needs a partial sign above and below the line", self.position
                )
            return Quotient(start, top, self._differential())
        return Operation(start, "/", (top, self.group()))

    def _is_partial(self) -> bool:
        return (
            self.peek() == "{"
            and self.peek(1) in DIFFERENTIALS
            and (self.peek(1) == r"\partial" or self.peek(2) not in ("}", "^", "_", None))
        )

    def _differential(self) -> Node:
        self.expect("{")
        self.take()
        if self.peek() == "^":
            raise ClaimError(
                "write a second derivative as the derivative of a derivative", self.position
            )
        body = self.product()
        self.expect("}")
        return body

    def _operand(self) -> Node:
        """Read the one factor that a derivative in front of it takes."""
        if self.ends(self.peek()):
            raise ClaimError("a derivative of nothing", self.position)
        body = self.factor()
        if not self.ends(self.peek()):
            raise ClaimError(
                "how far does the derivative reach? put all of it in brackets", self.position
            )
        return body

    def along(self, start: int) -> Node:
        r"""Read ``\mathrm{D}_{x_i \to v_i} f``: the derivative along v."""
        self.at += 6
        target = self.name()
        self.expect(r"\rightarrow")
        velocity = self.sum()
        self.expect("}")
        return Along(start, self._operand(), target, velocity)

    def extreme(self, start: int, name: str) -> Node:
        r"""Read ``\max_i f``: of the product that follows it."""
        index = ""
        if self.peek() == "_":
            self.take()
            index = self.plain_text()
        return Extreme(start, name, index, self.product())

    def total(self, start: int) -> Node:
        """Read a sum with its bounds."""
        index, upper = "", None
        while self.peek() in ("_", "^"):
            if self.take().text == "_":
                index = self.plain_text()
            else:
                upper = self.group()
        labels, _, lower = index.partition("=")
        several = labels.split(",")
        body = self.signed(first=True)
        if len(several) > 1 and all(len(label) == 1 for label in several):
            starts = [f"{label}={lower}" if lower else label for label in several]
            for each in reversed(starts[1:]):
                body = Total(start, each, upper, body)
            index = starts[0]
        return Total(start, index, upper, body)
