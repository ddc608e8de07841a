"""How things are called in a Coq proof, and how they stand in its goal by now."""

from __future__ import annotations

import re

from bncheck.symbolic.algebra import Atom, Polynomial
from bncheck.symbolic.expression import Expr, Power, Sum, Symbol
from bncheck.symbolic.normal import Normalizer
from bncheck.symbolic.printers.coq_terms import formula, polynomial


class State(Normalizer):
    """A normal form with the steps of a Coq proof: what was rewritten, and into what.

    steps: the proof so far; hypotheses: what makes the expressions meaningful, as Coq text
    """

    def __init__(self, sizes: frozenset[str], free: frozenset[str], known: frozenset[str]) -> None:
        """Know the sizes, the free indices of the equation, and what is positive by hypothesis."""
        super().__init__()
        self.sizes = sizes
        self.steps: list[str] = []
        self.hypotheses: dict[str, None] = {}
        self._free = free
        self._known_positive = known
        self._sizes |= sizes
        # texts, by the text as it is stated
        self._closed: dict[str, str] = {}
        self._squares: dict[str, str] = {}
        self._roots: dict[str, tuple[str, Polynomial]] = {}
        self._texts: dict[Atom, str] = {}
        self._solved: list[str] = []
        self._count = 0

    def normal(self, expr: Expr) -> Polynomial:
        """Follow the normal form of an expression."""
        return self._of(expr)

    def literal(self, expr: Expr) -> str:
        """Return the expression as it is stated."""
        return formula(expr, self.sizes)

    def shown(self, expr: Expr) -> str:
        """Return the expression as it stands in Coq's goal by now."""
        return formula(expr, self.sizes, self._now)

    def _now(self, expr: Expr) -> str | None:
        if self._squares and not isinstance(expr, Power) and expr.children:
            square = self._squares.get(self.literal(expr))
            if square is not None:
                return square
        match expr:
            case Sum():
                return self._closed.get(self.literal(expr))
            case Symbol(name):
                return self._texts.get(("scalar", name))
            case Power(base, exponent) if exponent.denominator == 2:
                root = self._roots.get(self.literal(base))
                if root is None:
                    return None
                count = abs(exponent.numerator)
                raised = root[0] if count == 1 else f"({root[0]} ^ {count})"
                return raised if exponent > 0 else f"(/ {raised})"
        return None

    def _text(self, p: Polynomial) -> str:
        return polynomial(p, self._texts, self.sizes)

    def _next(self, what: str) -> str:
        self._count += 1
        return f"{what}_{self._count}"

    def _replace_texts(self, target: Atom, old: str, new: str) -> None:
        self._texts[target] = new
        pattern = (
            rf"\b{re.escape(old)}\b" if target[0] == "scalar" and "(" not in old else re.escape(old)
        )

        def swap(text: str) -> str:
            return re.sub(pattern, lambda _: new, text)

        self._closed = {key: swap(text) for key, text in self._closed.items()}
        self._squares = {key: swap(text) for key, text in self._squares.items()}
        self._roots = {key: (swap(text), root) for key, (text, root) in self._roots.items()}
        self._texts = {
            key: text if key == target else swap(text) for key, text in self._texts.items()
        }

    def _eliminate(self, end: str = ". ") -> str:
        return "".join(f"rewrite ?{each}{end}" for each in self._solved)
