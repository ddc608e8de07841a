"""Tokens to a syntax tree, by Pratt's method; what it means is decided in `meaning`.

Precedence, loosest first: relations, + and -, products (written, ``/``, or by juxtaposition),
powers and indices. ``\\sum`` takes the product that follows it. Depth is limited, so a formula
with ten thousand brackets is refused in one sentence.
"""

from __future__ import annotations

from fractions import Fraction

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
    Total,
)

MAX_DEPTH = 60

RELATIONS = frozenset(
    {"=", r"\le", r"\ge", "<", ">", r"\approx", r"\leftarrow", r"\equiv", r"\neq"}
)
CLOSING = frozenset({"}", ")", "]", r"\}", r"\rangle"})
ACCENTS = frozenset({r"\hat", r"\bar", r"\tilde"})
FONTS = frozenset(
    {
        r"\mathcal",
        r"\mathrm",
        r"\mathbf",
        r"\boldsymbol",
        r"\text",
        r"\textrm",
        r"\operatorname",
        r"\mathbb",
        r"\mathit",
        r"\bm",
        r"\mathsf",
    }
)
GREEK = frozenset(
    {
        r"\mu",
        r"\sigma",
        r"\gamma",
        r"\beta",
        r"\epsilon",
        r"\ell",
        r"\alpha",
        r"\lambda",
        r"\eta",
        r"\rho",
        r"\delta",
        r"\phi",
        r"\theta",
        r"\tau",
    }
)


FUNCTIONS = {"BN": "BN", "Var": "Var", "E": "E", "var": "Var", "VAR": "Var"}


def parse(text: str) -> list[Relation]:
    """Parse ``a = b = c ...`` into the relations of neighbours.

    Raises ClaimError, with the position, for anything outside the dialect.
    """
    reader = _Reader(tokens(text))
    sides = [reader.sum()]
    signs = []
    while reader.peek() in RELATIONS:
        signs.append(reader.take().text)
        sides.append(reader.sum())
    if (rest := reader.peek()) is not None and rest not in (".", ","):
        raise ClaimError(f"unexpected {rest!r}", reader.position)
    if not signs:
        raise ClaimError("there is no relation sign, so nothing is claimed", reader.position)
    return [
        Relation(sign, left, right)
        for sign, left, right in zip(signs, sides[:-1], sides[1:], strict=True)
    ]


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self.found, self.at, self.depth = found, 0, 0

    @property
    def position(self) -> int:
        if self.at < len(self.found):
            return self.found[self.at].position
        return self.found[-1].position + 1 if self.found else 0

    def peek(self, ahead: int = 0) -> str | None:
        at = self.at + ahead
        return self.found[at].text if at < len(self.found) else None

    def take(self) -> Token:
        if self.at >= len(self.found):
            raise ClaimError("the formula ends too early", self.position)
        self.at += 1
        return self.found[self.at - 1]

    def expect(self, text: str) -> None:
        if self.peek() != text:
            got = "the end" if self.peek() is None else repr(self.peek())
            raise ClaimError(f"expected {text!r}, found {got}", self.position)
        self.at += 1

    def sum(self) -> Node:
        """Read terms joined by + and -."""
        start = self.position
        terms = [self._signed()]
        while self.peek() in ("+", "-"):
            terms.append(self._signed())
        return terms[0] if len(terms) == 1 else Operation(start, "+", tuple(terms))

    def _signed(self) -> Node:
        start, negative = self.position, False
        while self.peek() in ("+", "-"):
            negative ^= self.take().text == "-"
        term = self._product()
        return Operation(start, "neg", (term,)) if negative else term

    def _product(self) -> Node:
        start = self.position
        result = self._factor()
        divided = False
        while (sign := self.peek()) is not None and sign not in RELATIONS | CLOSING | {
            "+",
            "-",
            ",",
            ".",
            "|",
            r"\|",
        }:
            if sign in (r"\cdot", r"\odot", r"\circ"):
                self.take()
                result = Operation(start, "*", (result, self._signed_factor()))
            elif sign == "/":
                self.take()
                result = Operation(start, "/", (result, self._signed_factor()))
                divided = True
                continue
            elif divided and sign not in ("(", "[", r"\sum", r"\frac", r"\left"):
                raise ClaimError("a / b c is ambiguous: (a / b) c, or a / (b c)?", self.position)
            else:
                result = Operation(start, "*", (result, self._factor()))
            divided = False
        return result

    def _signed_factor(self) -> Node:
        if self.peek() == "-":
            start = self.take().position
            return Operation(start, "neg", (self._factor(),))
        return self._factor()

    def _factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ClaimError(f"nested deeper than {MAX_DEPTH}", self.position)
        result = self._powers(self._atom())
        self.depth -= 1
        return result

    def _powers(self, base: Node) -> Node:
        while self.peek() == "^":  # a symbol has taken its own, this follows a bracket
            start = self.take().position
            base = Operation(start, "^", (base, self._group()))
        if self.peek() == "_" and not isinstance(base, Name):
            raise ClaimError("an index on something that is not a symbol", self.position)
        return base

    def _group(self) -> Node:
        """Read ``{...}`` or, as TeX does, a single token; ``\\frac12`` has two of them."""
        if self.peek() == "{":
            self.take()
            body = self.sum()
            self.expect("}")
            return body
        token = self.take()
        if token.text.isdigit() and len(token.text) > 1:  # TeX takes one digit
            rest = Token(token.text[1:], token.position + 1)
            self.found.insert(self.at, rest)
            token = Token(token.text[0], token.position)
        self.at -= 1
        self.found[self.at] = token
        return self._atom()

    def _atom(self) -> Node:
        token = self.take()
        word, start = token.text, token.position
        if word[0].isdigit():
            return Num(start, Fraction(word))
        if word in ("(", "[", "{", r"\{"):
            body = self.sum()
            self.expect({"(": ")", "[": "]", "{": "}", r"\{": r"\}"}[word])
            return body
        if word == r"\frac":
            return self._fraction(start)
        if word == r"\sqrt":
            if self.peek() == "[":
                raise ClaimError("only square roots are known", self.position)
            return Root(start, self._group())
        if word == r"\sum":
            return self._total(start)
        if word in ACCENTS | FONTS | GREEK or word.isalpha():
            self.at -= 1
            return self._name()
        if word in CLOSING or word in ("^", "_"):
            raise ClaimError(f"{word!r} is out of place", start)
        raise ClaimError(f"{word!r} is not part of the dialect", start)

    def _fraction(self, start: int) -> Node:
        partial = self._is_partial()
        top = self._differential() if partial else self._group()
        if partial or self._is_partial():
            if not (partial and self._is_partial()):
                raise ClaimError(
                    "a derivative needs a partial sign above and below the line", self.position
                )
            return Quotient(start, top, self._differential())
        return Operation(start, "/", (top, self._group()))

    def _is_partial(self) -> bool:
        return (
            self.peek() == "{"
            and self.peek(1) in (r"\partial", "d")
            and (self.peek(1) == r"\partial" or self.peek(2) not in ("}", "^", "_", None))
        )

    def _differential(self) -> Node:
        self.expect("{")
        self.take()
        body = self._product()
        self.expect("}")
        return body

    def _total(self, start: int) -> Node:
        index, upper = "", None
        while self.peek() in ("_", "^"):
            if self.take().text == "_":
                index = self._text()
            else:
                upper = self._group()
        return Total(start, index, upper, self._signed())

    def _name(self) -> Node:
        start = self.position
        base, accent = self._letters()
        below = above = ""
        while self.peek() in ("_", "^", "'"):
            sign = self.peek()
            if sign == "^" and self._is_exponent():
                break
            self.take()
            if sign == "'":
                above += "'"
            elif sign == "_":
                below += self._text()
            else:
                above += self._text()
        name = FUNCTIONS.get(base)
        if name is not None and self.peek() in ("(", "[", r"\{"):
            argument = self._atom()
            return Call(start, name, argument)
        node: Node = Name(start, base, accent, below, above)
        while self.peek() == "^" or (self.peek() == "_" and not below):
            sign = self.take().text
            if sign == "_":  # as in \sigma^2_B
                below = self._text()
                node = _with_below(node, below)
            else:
                node = Operation(start, "^", (node, self._group()))
        return node

    def _letters(self) -> tuple[str, str]:
        word = self.take().text
        if word in ACCENTS:
            braced = self.peek() == "{"
            if braced:
                self.take()
            base, inner = self._letters()
            if inner:
                raise ClaimError("two accents on one symbol", self.position)
            if braced:
                self.expect("}")
            return base, word[1:]
        if word in FONTS:
            return self._text(), ""
        if word == "B" and self.peek() == "N":
            self.take()
            return "BN", ""
        if word in GREEK or (len(word) == 1 and word.isalpha()):
            return word, ""
        raise ClaimError(f"{word!r} is not a symbol that is known", self.position)

    def _is_exponent(self) -> bool:
        """Whether ``^`` starts a number: then it is a power, and else an index."""
        after = self.peek(1)
        if after == "{":
            after = self.peek(2)
            if after == "-":
                return True
        return after is not None and (after[0].isdigit() or after in (r"\frac", "-"))

    def _text(self) -> str:
        """Read a group, or a token, as plain text: the index of a symbol."""
        if self.peek() != "{":
            token = self.take()
            if token.text in FONTS:
                return self._text()
            return token.text
        start, depth, words = self.position, 0, []
        while True:
            word = self.take().text
            depth += (word == "{") - (word == "}")
            if word not in ("{", "}") and word not in FONTS:
                words.append(word)
            if depth == 0:
                return "".join(words)
            if len(words) > 20:
                raise ClaimError("an index of more than 20 symbols", start)


def _with_below(node: Node, below: str) -> Node:
    if isinstance(node, Name):
        return Name(node.position, node.base, node.accent, below, node.above)
    if isinstance(node, Operation) and node.sign == "^":
        first, *rest = node.arguments
        return Operation(node.position, "^", (_with_below(first, below), *rest))
    raise ClaimError("an index out of place", node.position)
