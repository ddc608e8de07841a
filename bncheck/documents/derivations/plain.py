"""Reads formulas in plain text, ``gamma / s (dy - mean(dy))``, and writes them as LaTeX.

What stands before a slash is above the bar, as far back as a sign; what follows the next factor
is beside the fraction. Anything that is not in this little grammar is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bncheck.documents.derivations.tokens import (
    CALLED,
    NAMES,
    RELATIONS,
    Token,
    tokens,
)
from bncheck.errors import NotSupported


def latex(among: Sequence[Token]) -> str:
    """Return LaTeX for all of these tokens. Raises NotSupported for what is no formula."""
    reader = _Reader(list(among))
    shown = reader.relation()
    if reader.at < len(reader.tokens):
        raise NotSupported(f"'{reader.tokens[reader.at].text}' is not expected here")
    return shown


class _Reader:
    def __init__(self, among: list[Token]) -> None:
        self.tokens = among
        self.at = 0
        self.bars = 0

    def next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def sees(self, *texts: str) -> bool:
        token = self.next()
        return token is not None and token.kind == "sign" and token.text in texts

    def take(self, text: str) -> None:
        if not self.sees(text):
            raise NotSupported(f"'{text}' is missing")
        self.at += 1

    def relation(self) -> str:
        shown = self.sum()
        while self.sees(*RELATIONS) and self._is_spaced():
            sign = self.tokens[self.at].text
            self.at += 1
            shown += f" {RELATIONS[sign]} {self.sum()}"
        return shown

    def _is_spaced(self) -> bool:
        token = self.tokens[self.at]
        return token.before and token.after

    def sum(self) -> str:
        shown = ""
        if self.sees("-"):
            self.at += 1
            shown = "-"
        shown += self.product()
        while self.sees("+", "-"):
            shown += f" {self.tokens[self.at].text} "
            self.at += 1
            shown += self.product()
        return shown

    def product(self) -> str:
        done: list[str] = []
        factors = [self.factor()]
        while True:
            if self.sees("/"):
                self.at += 1
                below = self.factor(bare=True)
                done.append(_quotient(factors, below))
                factors = []
            elif self._starts():
                factors.append(self.factor())
            else:
                return _joined([*done, *factors])
            if not factors and self.sees("/"):
                raise NotSupported("two slashes")

    def _starts(self) -> bool:
        token = self.next()
        if token is None:
            return False
        if token.kind != "sign":
            return True
        if token.text == "<":
            return not token.after
        return token.text == "(" or (token.text == "|" and not self.bars)

    def factor(self, bare: bool = False) -> str:
        token = self.next()
        brackets = token is not None and token.kind == "sign" and token.text == "("
        start = self.at
        shown = self.atom()
        if self.sees("^"):
            self.at += 1
            raised = self.exponent()
            twice = ("^" in shown or "'" in shown or shown.startswith(r"\frac")) and not brackets
            return rf"({shown})^{{{raised}}}" if twice else f"{shown}^{{{raised}}}"
        if bare and brackets and "," not in shown:
            end, self.at = self.at, start + 1
            shown = self.sum()
            self.at = end
        return shown

    def exponent(self) -> str:
        token = self.next()
        if token is None or token.before:
            raise NotSupported("an exponent is missing")
        if self.sees("{", "("):
            closing = {"{": "}", "(": ")"}[token.text]
            self.at += 1
            start = self.at
            shown = self.sum()
            among = self.tokens[start : self.at]
            if all(each.kind == "number" or each.text in "-/" for each in among):
                shown = "".join(each.text for each in among)  # -3/2
            self.take(closing)
            return shown
        return self.atom()

    def atom(self) -> str:
        token = self.next()
        if token is None:
            raise NotSupported("something is missing at the end")
        self.at += 1
        if token.kind == "number":
            return token.text
        if token.kind == "slope":
            above, below = (name(part[1:]) for part in token.text.split("/"))
            return rf"\frac{{\partial {above}}}{{\partial {below}}}"
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            return f"({self._list(')')})"
        if token.text == "|":
            self.bars += 1
            shown = self.sum()
            self.bars -= 1
            self.take("|")
            return f"|{shown}|"
        if token.text == "<" and not token.after:
            return rf"\langle {self._list('>')} \rangle"
        raise NotSupported(f"'{token.text}' is not expected here")

    def _list(self, closing: str) -> str:
        bars, self.bars = self.bars, 0
        parts = [self.relation() if closing == ")" else self.sum()]
        while self.sees(","):
            self.at += 1
            parts.append(self.sum())
        self.take(closing)
        self.bars = bars
        return ", ".join(parts)

    def _named(self, token: Token) -> str:
        head, _, below = token.text.partition("_")
        called = self.sees("(") and not self.tokens[self.at].before
        if token.text == "sqrt":
            if not called:
                raise NotSupported("a root of what?")
            self.at += 1
            return rf"\sqrt{{{self._list(')')}}}"
        if head == "sum":
            return self._sum(below)
        if head in CALLED and (called or head not in NAMES):
            shown = NAMES["xhat"] if head == "xhat" else rf"\mathrm{{{head}}}"
            if below:
                shown = f"{shown}_{{{_below(below.strip('{}'))}}}"
            if called:
                self.at += 1
                return f"{shown}({self._list(')')})"
            return f"{shown}({self.factor()})" if self._starts() else shown
        of = self.next()
        if head == "var" and of is not None and of.text in ("x", "y", "z"):
            return rf"\mathrm{{var}}({self.factor()})"
        return name(token.text)

    def _sum(self, below: str) -> str:
        shown = r"\sum"
        if below:
            inside = below.strip("{}")
            shown += f"_{{{inside if inside.isalnum() else latex(tokens(_spaced(inside)))}}}"
        if self.sees("^") and not self.tokens[self.at].before:
            self.at += 1
            shown += f"^{{{self.exponent()}}}"
        return f"{shown} {self.product()}"


def _spaced(text: str) -> str:
    """Return the bounds of a sum with spaces around their sign, as relations have."""
    return re.sub(r"\s*(<=|!=|=|<)\s*", r" \1 ", text)


def _is_tall(shown: str) -> bool:
    return r"\frac" in shown or r"\sum" in shown


def _is_bracket(shown: str) -> bool:
    """Whether a factor is one bracket, and of one thing."""
    inside = shown[1:-1]
    return shown[0] + shown[-1] == "()" and not set("(),") & set(inside)


def _quotient(factors: list[str], below: str) -> str:
    """Return a fraction; fractions and sums stand beside it, and not above its bar."""
    tall = [each for each in factors if _is_tall(each)]
    low = [each for each in factors if not _is_tall(each)]
    if len(low) == 1 and _is_bracket(low[0]):
        low = [low[0][1:-1]]
    return " ".join([rf"\frac{{{_joined(low)}}}{{{below}}}", *tall])


def _joined(factors: list[str]) -> str:
    """Return a product; between two words a dot."""
    shown = " ".join(factors)
    return shown.replace(r"} \mathrm{", r"} \cdot \mathrm{") or "1"


def name(text: str) -> str:
    """Return a name with what stands below it, and its prime."""
    if text.endswith("'"):
        return f"{name(text[:-1])}'"
    if text in NAMES:
        return NAMES[text]
    head, _, below = text.partition("_")
    if len(head) == 2 and head[1].isdigit():
        head, below = head[0], head[1]
    shown = NAMES.get(head, head)
    if len(shown) > 1 and "\\" not in shown:
        shown = rf"\mathrm{{{shown}}}"
    if not below:
        return shown
    below = _below(below.strip("{}"))
    if shown.startswith(r"\frac"):
        return f"{shown[:-1]}_{{{below}}}}}"
    return f"{shown}_{{{below}}}"


def _below(text: str) -> str:
    """Return what stands below a name: letters, or formulas with commas between them."""
    if text.isalnum():
        return NAMES.get(text, text)
    return ", ".join(latex(tokens(part)) for part in text.split(", "))
