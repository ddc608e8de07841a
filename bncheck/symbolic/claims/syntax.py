"""Tokens to a syntax tree, by Pratt's method; what it means is decided in `meaning`.

Precedence, loosest first: relations, + and -, products (written, ``/``, or by juxtaposition),
powers and indices. ``\\sum`` takes the product that follows it, a derivative that stands alone
(``\\frac{d}{dx}``) the one factor that follows it. Depth is limited, so a formula with ten
thousand brackets is refused in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from fractions import Fraction

from bncheck.symbolic.claims.bracketed import BracketReader
from bncheck.symbolic.claims.cursor import (
    ACCENTS,
    BRACKETS,
    CLOSING,
    ENDS,
    FONTS,
    GREEK,
    OVER,
    RELATIONS,
)
from bncheck.symbolic.claims.dots import summed
from bncheck.symbolic.claims.labels import full_key_of, labels_of
from bncheck.symbolic.claims.layout import laid_out
from bncheck.symbolic.claims.lexer import ClaimError, Token, tokens
from bncheck.symbolic.claims.nodes import (
    Call,
    Name,
    Node,
    Num,
    Operation,
    Quotient,
    Relation,
    Root,
)
from bncheck.symbolic.claims.walking import names_in
from bncheck.symbolic.claims.words import CALLED, TYPED

MAX_DEPTH = 60
MAX_FACTORS = 200
FUNCTIONS = {
    **{name: name for name in CALLED},
    "RMS": "RMS",
    **dict.fromkeys(("Var", "var", "VAR"), "Var"),
    **dict.fromkeys(("E", "mean", "Mean", "avg"), "E"),
    **dict.fromkeys(("std", "Std"), "std"),
    **dict.fromkeys(("diag", "Diag"), "diag"),
    **dict.fromkeys(("tr", "Tr", "trace"), "tr"),
}
STEP = re.compile(r"(?:\([0-9]{0,2}[a-z]{0,3}\)|[0-9]{0,2}|[a-e])")
"""Over a relation sign: the number of a step, which is explained beside the formula."""
DEFINED_BY = ("def", "def.", "definition", r"\triangle", r"\delta")


def parse(text: str) -> list[Relation]:
    """Parse one formula and nothing beside it.

    Raises ClaimError, with the position, for anything outside the dialect.
    """
    return parse_tokens(laid_out(tokens(text)))


def parse_tokens(found: Sequence[Token], words: Set[str] = TYPED) -> list[Relation]:
    """Parse ``a = b = c ...`` into the relations of neighbours.

    words: names of several letters that a page has, next to the usual ones

    Raises ClaimError, with the position, for anything outside the dialect.
    """
    reader = _Reader(list(found), words)
    sides = [reader.sum()]
    signs = []
    while reader.peek() in RELATIONS | OVER:
        signs.append(reader.relation())
        sides.append(reader.sum())
    if (rest := reader.peek()) is not None:
        raise ClaimError(f"unexpected '{rest}'", reader.position)
    if not signs:
        raise ClaimError("there is no relation sign, so nothing is claimed", reader.position)
    return [
        Relation(sign, left, right)
        for sign, left, right in zip(signs, sides[:-1], sides[1:], strict=True)
    ]


def parse_symbol(text: str) -> Node:
    """Parse one symbol, as `where` names it: ``\\tilde{z}``, ``\\epsilon_2``, ``\\sigma^2_2``.

    Raises ClaimError for anything else.
    """
    reader = _Reader(tokens(text), TYPED | ({text} if text.isalpha() else set()))
    found = reader.name()
    if reader.peek() is not None:
        raise ClaimError(f"'{text}' is not one symbol", reader.position)
    return found


def parse_gradient(text: str) -> Quotient | None:
    """Parse one derivative, as `where` names that of another batch; ``None`` for anything else.

    Raises ClaimError for what is no formula.
    """
    reader = _Reader(tokens(text), TYPED)
    found = reader.sum()
    return found if isinstance(found, Quotient) and reader.peek() is None else None


class _Reader(BracketReader):
    """Reads formulas."""

    def __init__(self, found: list[Token], words: Set[str] = frozenset()) -> None:
        super().__init__(found, words)
        self.depth = 0

    def relation(self) -> str:
        r"""Read a relation sign; ``\stackrel{def}{=}`` is one that defines."""
        token = self.take()
        if token.text not in OVER:
            return token.text
        over = self.plain_text()
        if STEP.fullmatch(over) and self.comes("{", "=", "}"):
            self.at += 3
            return "="
        if over.lower() not in DEFINED_BY or not self.comes("{", "=", "}"):
            raise ClaimError(f"what is '{over}' over a relation sign?", token.position)
        self.at += 3
        return ":="

    def sum(self) -> Node:
        """Read terms joined by + and -."""
        start = self.position
        terms = [self.dots() or self.signed(first=True)]
        while self.peek() in ("+", "-"):
            terms.append(self.signed())
        terms = summed(terms)
        return terms[0] if len(terms) == 1 else Operation(start, "+", tuple(terms))

    def signed(self, *, first: bool = False) -> Node:
        start = self.position
        if first and self.peek() == "+":
            raise ClaimError("a plus sign with nothing before it", start)
        sign = self.take().text if self.peek() in ("+", "-") else ""
        if (dots := self.dots()) is not None:
            return Operation(start, "neg", (dots,)) if sign == "-" else dots
        if sign and self.peek() in ("+", "-"):
            raise ClaimError("two signs after one another", self.position)
        term = self.product()
        return Operation(start, "neg", (term,)) if sign == "-" else term

    def product(self) -> Node:
        start = self.position
        result = self.factor()
        divided = False
        count = 1
        while not self.ends(sign := self.peek()) and sign is not None:
            count += 1
            if count > MAX_FACTORS:
                raise ClaimError(f"more than {MAX_FACTORS} factors", self.position)
            if sign in (r"\cdot", r"\odot", r"\circ"):
                self.take()
                of_entries = sign != r"\cdot"
                by = self._signed_factor()
                result = Operation(start, "odot" if of_entries else "*", (result, by))
            elif sign == "/":
                self.take()
                result = Operation(start, "/", (result, self._signed_factor()))
                divided = True
                continue
            elif divided and sign not in ("(", "[", r"\sum", r"\frac"):
                raise ClaimError("a / b c is ambiguous: (a / b) c, or a / (b c)?", self.position)
            else:
                result = Operation(start, "*", (result, self.factor()))
            divided = False
        return result

    def ends(self, sign: str | None) -> bool:
        """Whether no product goes on with this sign: a bar closes what the last one opened."""
        return sign is None or sign in ENDS or self.bars[-1:] == [sign]

    def _signed_factor(self) -> Node:
        if self.peek() == "-":
            start = self.take().position
            return Operation(start, "neg", (self.factor(),))
        return self.factor()

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ClaimError(f"nested deeper than {MAX_DEPTH}", self.position)
        result = self._powers(self._atom())
        self.depth -= 1
        return result

    def _powers(self, base: Node) -> Node:
        while self.peek() == "^":  # a symbol has taken its own, this follows a bracket
            start = self.take().position
            base = Operation(start, "^", (base, self.group()))
        if self.peek() == "_" and not isinstance(base, Name):
            raise ClaimError("an index on something that is not a symbol", self.position)
        return base

    def group(self) -> Node:
        """Read ``{...}`` or, as TeX does, a single token; ``\\frac12`` has two of them."""
        if self.peek() == "{":
            opened = self.take().position
            body = self.sum()
            self.close("}", opened)
            return body
        token = self.single()
        if token.text.isdigit():
            return Num(token.position, Fraction(token.text))
        self.at -= 1
        return self._atom()

    def _atom(self) -> Node:
        token = self.take()
        word, start = token.text, token.position
        if word[0].isdigit() or word[0] == "." != word:
            return Num(start, Fraction(word))
        if word == "{" or word in BRACKETS:
            body = self.sum() if word == "{" else self.list(start)
            self.close(BRACKETS.get(word, "}"), start)
            return body
        if word == r"\frac":
            return self.fraction(start)
        if word == r"\sqrt":
            if self.peek() == "[":
                raise ClaimError("only square roots are known", self.position)
            return Root(start, self.group())
        if word == r"\surd":
            return Root(start, self.factor())
        if word == "|" and self.comes("|"):
            self.take()
            return self.norm_of_bars(start)
        if word == "|":
            return self.between_bars(start)
        if word == r"\|":
            return self.norm(start)
        if word == r"\langle":
            return self.inner(start)
        if word == r"\top":
            return Name(start, word)
        if word == r"\partial":
            return self.in_line(start)
        if word == r"\nabla":
            return self.gradient(start)
        if word in (r"\max", r"\min"):
            return self.extreme(start, word[1:])
        if word == r"\sum":
            return self.total(start)
        if word in ACCENTS | FONTS | GREEK or word.isalpha():
            self.at -= 1
            if (derivative := self.typed_derivative(start)) is not None:
                return derivative
            if self.comes(r"\mathrm", "{", "D", "}", "_", "{"):
                return self.along(start)
            return self._name_or_call()
        if word in (r"\pm", r"\mp"):
            raise ClaimError(f"'{word}' is two formulas: write each with its sign", start)
        if word in CLOSING or word in ("^", "_"):
            raise ClaimError(f"'{word}' is out of place", start)
        raise ClaimError(f"'{word}' is not part of the dialect", start)

    def _name_or_call(self) -> Node:
        node = self.name()
        if isinstance(node, Name) and node.base in FUNCTIONS and self.peek() in BRACKETS:
            call = Call(node.position, FUNCTIONS[node.base], self._atom())
            self._refuse_label(node, call.argument)
            return call
        return node

    def _refuse_label(self, node: Name, argument: Node) -> None:
        """Refuse a mean or variance over what is not the batch: ``E_A[x]``."""
        over = {label for name in names_in(argument) for label in labels_of(name)}
        usual = {"", "B", "batch", r"\gamma,\beta" if node.base == "BN" else ""}
        if node.above or node.accent or node.below not in usual | over:
            raise ClaimError(f"what is {full_key_of(node)}?", node.position)
