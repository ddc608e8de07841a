r"""A syntax tree as LaTeX: what `parse` reads as the same tree, but for the positions.

Brackets stand where the reader needs them and nowhere else. What a tree does not keep (``\dfrac``,
``\left(``, a dot between factors) is printed the plain way; how an author spells a symbol can be
given (`spelling`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bncheck.symbolic.claims.cursor import GREEK
from bncheck.symbolic.claims.nodes import (
    Absolute,
    Along,
    Call,
    Extreme,
    Inner,
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
from bncheck.symbolic.claims.syntax import FUNCTIONS
from bncheck.symbolic.claims.walking import bare

_COMMANDS = sorted(GREEK | {r"\in"}, key=len, reverse=True)
GLUED = re.compile(f"({'|'.join(map(re.escape, _COMMANDS))})(?=[A-Za-z])")
"""A command in an index, which is kept without the space behind it."""


@dataclass(frozen=True)
class Spelling:
    """How an author types.

    symbols: symbols, powers of symbols and exponents, without their positions; labels: indices;
    slanted: whether fractions in exponents are typed with a slash
    """

    symbols: Mapping[Node, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    slanted: bool = False


PLAIN = Spelling()


def latex(node: Node | Relation, spelling: Spelling = PLAIN) -> str:
    """Print a formula, or a part of one."""
    return _Printer(spelling).text(node)


@dataclass(frozen=True)
class _Printer:
    spelling: Spelling

    def text(self, node: Node | Relation) -> str:
        """Print a node on its own: as a side, or in braces."""
        if isinstance(node, Relation):
            return f"{self.text(node.left)} {node.sign} {self.text(node.right)}"
        match node:
            case Operation(_, "+", terms):
                return "".join(self.terms(terms))
            case Operation(_, "neg", (body,)):
                return f"-{self.term(body)}"
            case Operation(_, "*" | "odot", _):
                return self.product(node)
            case Total():
                return self.total(node)
            case Extreme(_, name, index, body):
                below = f"_{self.label(index)}" if index else ""
                return rf"\{name}{below} {self.term(body)}"
            case Along(_, body, target, velocity):
                at = rf"{self.text(target)} \to {self.text(velocity)}"
                return rf"\mathrm{{D}}_{{{at}}} {self.factor(body)}"
        return self.closed(node)

    def closed(self, node: Node) -> str:
        """Print a node that no bracket is needed around."""
        match node:
            case Operation(_, "/", (top, bottom)):
                return rf"\frac{{{self.over(top)}}}{{{self.over(bottom)}}}"
            case Operation(_, "^", (base, exponent)):
                return self.spelling.symbols.get(bare(node)) or self.power(base, exponent)
            case Root(_, body):
                return rf"\sqrt{{{self.text(body)}}}"
            case Norm(_, body):
                return rf"\|{self.text(body)}\|"
            case Inner(_, left, right):
                return rf"\langle {self.text(left)}, {self.text(right)} \rangle"
            case Absolute(_, body):
                return f"|{self.text(body)}|"
            case Quotient(_, body, target):
                return rf"\frac{{\partial {self.term(body)}}}{{\partial {self.term(target)}}}"
            case Call(_, "BN", argument):
                return f"BN({self.text(argument)})"
            case Call(_, name, argument):
                return rf"\mathrm{{{name}}}[{self.text(argument)}]"
            case Num():
                return _number(node)
            case Name():
                return self.spelling.symbols.get(bare(node)) or self.name(node)
        raise TypeError(f"not a node of a formula: {node!r}")

    def terms(self, terms: tuple[Node, ...]) -> Iterator[str]:
        """Print terms with their signs between them."""
        for at, term in enumerate(terms):
            negative = isinstance(term, Operation) and term.sign == "neg"
            body = term.arguments[0] if negative and isinstance(term, Operation) else term
            sign = "-" if negative else "+"
            if at:
                yield f" {sign} "
            elif negative:
                yield sign
            yield self.term(body)

    def term(self, node: Node) -> str:
        """Print what stands behind a sign: in brackets if it has a sign itself."""
        signed = isinstance(node, Operation) and node.sign in ("+", "neg")
        return f"({self.text(node)})" if signed else self.text(node)

    def product(self, node: Node) -> str:
        """Print factors, with a dot where they would be read as something else."""
        parts: list[Node] = []
        signs: list[str] = []
        while isinstance(node, Operation) and node.sign in ("*", "odot"):
            signs.insert(0, node.sign)
            node, last = node.arguments
            parts.insert(0, last)
        parts.insert(0, node)
        printed = self.factor(parts[0])
        for at, (sign, part) in enumerate(zip(signs, parts[1:], strict=True), 1):
            is_last = at == len(parts) - 1
            shown = self.total(part) if is_last and isinstance(part, Total) else self.factor(part)
            dot = r" \cdot" if _needs_dot(parts[at - 1], shown) else ""
            printed += rf" \odot {shown}" if sign == "odot" else f"{dot} {shown}"
        return printed

    def factor(self, node: Node) -> str:
        """Print a factor that others may follow."""
        is_open = isinstance(node, Total | Along | Extreme)
        is_open = is_open or (
            isinstance(node, Operation) and node.sign in ("+", "neg", "*", "odot")
        )
        return f"({self.text(node)})" if is_open else self.text(node)

    def over(self, node: Node) -> str:
        """Print what stands above or below a line; a d in front would be a differential."""
        text = self.text(node)
        return f"({text})" if text.startswith("d ") else text

    def power(self, base: Node, exponent: Node) -> str:
        """Print a power; what is no number in an exponent would be an index of a symbol."""
        above = self.spelling.symbols.get(bare(exponent)) or self.exponent(exponent)
        shown = above if above.isdigit() and len(above) == 1 else f"{{{above}}}"
        is_number = above[0].isdigit() or above.startswith(("-", r"\frac"))
        if isinstance(base, Name):
            plain = is_number and not base.above.strip("'")
        else:
            plain = isinstance(base, Num | Call | Root | Norm | Absolute)
        return f"{self.text(base)}^{shown}" if plain else f"({self.text(base)})^{shown}"

    def exponent(self, node: Node) -> str:
        """Print an exponent: -3/2 for authors who write fractions there like this."""
        sign, body = "", node
        if isinstance(node, Operation) and node.sign == "neg":
            sign, body = "-", node.arguments[0]
        if self.spelling.slanted:
            match body:
                case Operation(_, "/", (Num() as top, Num() as bottom)):
                    return f"{sign}{_number(top)}/{_number(bottom)}"
        return self.text(node)

    def total(self, node: Total) -> str:
        """Print a sum with its bounds."""
        below = f"_{self.label(node.index)}" if node.index else ""
        above = "" if node.upper is None else f"^{_in_braces(self.text(node.upper))}"
        return rf"\sum{below}{above} {self.term(node.body)}"

    def name(self, node: Name) -> str:
        """Print a symbol with its accent and indices."""
        base = node.base
        if base == "|B|":
            return base
        if not (base.startswith("\\") or base == "BN" or (len(base) == 1 and base.isalpha())):
            base = rf"\mathrm{{{base}}}".replace("_", r"\_")
        shown = rf"\{node.accent}{{{base}}}" if node.accent else base
        below = f"_{self.label(node.below)}" if node.below else ""
        rest = node.above.lstrip("'")
        primes = node.above[: len(node.above) - len(rest)]
        return shown + below + primes + (f"^{self.label(rest)}" if rest else "")

    def label(self, text: str) -> str:
        """Print an index: in braces unless it is one sign."""
        return _in_braces(self.spelling.labels.get(text) or GLUED.sub(r"\1 ", text))


def _needs_dot(before: Node, shown: str) -> bool:
    """Whether two factors beside one another would be read as something else."""
    if isinstance(before, Name) and before.base in FUNCTIONS and shown[0] in "([":
        return True
    return shown[0].isdigit() or (before == Name(before.position, "B") and shown.startswith("N"))


def _number(node: Num) -> str:
    """Print a number as a whole one or a decimal, and only what is neither as a fraction."""
    value, places = node.value, 0
    while (value * 10**places).denominator != 1 and places < 60:
        places += 1
    if not places:
        return str(value)
    if (value * 10**places).denominator != 1:
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    digits = str(value * 10**places).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"


def _in_braces(text: str) -> str:
    """Leave the braces out around one sign, unless a bracket behind it would be its argument."""
    return text if len(text) == 1 and text not in FUNCTIONS else f"{{{text}}}"
