"""A syntax tree as people type formulas in chats and in code: what `plain` reads as that tree."""

from __future__ import annotations

from fractions import Fraction

from bncheck.symbolic.claims.nodes import (
    Absolute,
    Call,
    Name,
    Node,
    Norm,
    Num,
    Operation,
    Quotient,
    Relation,
    Root,
    Total,
)

CALLS = {"E": "mean", "Var": "var", "std": "std", "BN": "BN", "diag": "diag", "tr": "trace"}
SIGNS = {r"\leftarrow": "<-", r"\le": "<=", r"\ge": ">=", r"\neq": "!=", r"\equiv": "="}
PLACES = 6
"""Digits after the point of a decimal."""
SHORT = {r"\epsilon": "eps", r"\ell": "l"}


class NotPlain(ValueError):
    """A part of a formula that plain text has no usual form for."""


def plain_text(node: Node | Relation, typed: str = "") -> str:
    """Print a formula, or a part of one; `typed` is the text whose spellings are kept.

    Raises NotPlain for what plain text has no form for.
    """
    if isinstance(node, Relation):
        sign = SIGNS.get(node.sign, node.sign)
        return f"{plain_text(node.left, typed)} {sign} {plain_text(node.right, typed)}"
    return _Plain(typed).sum(node)


class _Plain:
    def __init__(self, typed: str) -> None:
        self.typed = typed

    def sum(self, node: Node) -> str:
        """Print terms with their signs between them."""
        match node:
            case Operation(_, "+", terms):
                said = self.product(terms[0])
                for term in terms[1:]:
                    negative = isinstance(term, Operation) and term.sign == "neg"
                    inner = term.arguments[0] if negative and isinstance(term, Operation) else term
                    said += (" - " if negative else " + ") + self.product(inner)
                return said
        return self.product(node)

    def product(self, node: Node) -> str:
        """Print factors, and what is divided."""
        match node:
            case Operation(_, "neg", (body,)):
                return "-" + self.factor(body, signed=True)
            case Operation(_, "*", (left, right)):
                return f"{self.product(left)} * {self.factor(right)}"
            case Operation(_, "/", (top, bottom)):
                return f"{self.over(top)} / {self.factor(bottom)}"
        return self.factor(node)

    def over(self, node: Node) -> str:
        """Print what is divided: a product needs no bracket."""
        if isinstance(node, Operation) and node.sign == "*":
            return self.product(node)
        return self.factor(node)

    def factor(self, node: Node, *, signed: bool = False) -> str:
        """Print a factor that others may stand beside."""
        match node:
            case Num(_, value):
                shown = _number(value)
                return f"({shown})" if "/" in shown else shown
            case Name():
                return self.name(node)
            case Root(_, body):
                return f"sqrt({self.sum(body)})"
            case Absolute(_, body):
                return f"abs({self.sum(body)})"
            case Norm(_, body):
                return f"norm({self.sum(body)})"
            case Call(_, name, argument):
                return f"{CALLS[name]}({self.sum(argument)})"
            case Quotient(_, Name(_, base, ""), Name() as target) if len(base) == 1:
                return f"d{base}/d{self.name(target)}"
            case Operation(_, "^", (base, exponent)):
                return self.power(base, exponent)
            case Total(_, "", None, body):
                return f"sum({self.sum(body)})"
            case Total(_, index, _, body):
                return f"(sum_{index.partition('=')[0]} {self.inner(body)})"
            case Operation(_, "+" | "/", _):
                return f"({self.sum(node)})"
            case Operation(_, "neg" | "*", _):
                return self.product(node) if signed else f"({self.sum(node)})"
        raise NotPlain

    def inner(self, body: Node) -> str:
        """Print what is summed: in brackets if it has terms or a sign."""
        signed = isinstance(body, Operation) and body.sign in ("+", "neg")
        return f"({self.sum(body)})" if signed else self.product(body)

    def power(self, base: Node, exponent: Node) -> str:
        """Print a power; sigma is written sigma^2, as a symbol."""
        above = _exponent(exponent)
        if isinstance(base, Name):
            shown = above if above.isdigit() else f"({above})"
            return f"{self.name(base)}{'^' if above.isdigit() else '**'}{shown}"
        return f"{self.factor(base)}**{above if above.isdigit() else f'({above})'}"

    def name(self, node: Name) -> str:
        """Print a symbol; a word as it is, a Greek letter by its name."""
        if node.above or (node.accent and node.accent != "hat"):
            raise NotPlain
        base = SHORT.get(node.base, node.base).removeprefix("\\")
        if base == "eps" and "epsilon" in self.typed:
            base = "epsilon"
        if node.accent:
            base = f"{base}hat" if f"{base}hat" in self.typed else f"{base}_hat"
        if not base.replace("_", "").isalnum():
            raise NotPlain
        return f"{base}_{node.below}" if node.below else base


def _number(value: Fraction) -> str:
    """Print a number as a whole one or a short decimal, and only what is neither as a fraction."""
    for places in range(PLACES + 1):
        if (value * 10**places).denominator == 1:
            digits = str(abs(value) * 10**places).zfill(places + 1)
            return digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return str(value)


def _exponent(node: Node) -> str:
    match node:
        case Num(_, value):
            return _number(value)
        case Operation(_, "neg", (body,)):
            return "-" + _exponent(body)
        case Operation(_, "/", (Num(_, top), Num(_, bottom))):
            return f"{_number(top)}/{_number(bottom)}"
    raise NotPlain
