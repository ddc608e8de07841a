"""What a printed formula says about batch normalization.

The vocabulary is that of the literature: x (or z where no x is printed) is the input of one
channel, mu its mean, sigma^2 its biased variance, a hat the normalized value, y the output, and
partial derivatives of a loss (L, l, ell, J, E) are those of Ioffe & Szegedy. What a page defines
in words is given with the claim as ``where``. A symbol that could mean two things is refused
with the question that would decide it; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bncheck.symbolic.claims.labels import index_of, key_of, labels_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import (
    Call,
    Name,
    Node,
    Num,
    Operation,
    Quotient,
    Root,
    Total,
    factors,
    names_in,
)
from bncheck.symbolic.claims.quantities import PARTIALS, QUANTITIES
from bncheck.symbolic.expression import (
    Element,
    Expr,
    Index,
    Named,
    Number,
    Sum,
    Symbol,
    add,
    free_indices,
    i,
    mul,
    power,
    rename,
    sqrt,
)
from bncheck.symbolic.vocabulary import (
    batchnorm,
    beta,
    c,
    derivative,
    eps,
    gamma,
    gradient,
    loss,
    m,
    mean,
    mu,
    preactivation,
    square,
    u,
    var,
    w,
    x,
    xhat,
)

FREE_SCALARS = frozenset({"a", r"\alpha", "b", "c", "k", r"\lambda", "t"})
LOSSES = frozenset({"L", "l", r"\ell", "J", "E", "C"})
SIZES = frozenset({"m", "N", "n"})
CHANNEL_LABELS = frozenset({"B", r"\B", "batch", "k"})
MAX_EXPONENT = 24
BARE_SIGMA = "is a bare sigma sqrt(var), or sqrt(var + eps)?"


@dataclass
class Reading:
    """How the symbols of one formula are read."""

    where: Mapping[str, str] = field(default_factory=dict)
    input_letter: str = "x"
    size_letter: str = ""
    channels: frozenset[str] = frozenset()
    scopes: list[str] = field(default_factory=list)

    def expression(self, node: Node) -> Expr:
        """Return what the node means.

        Raises ClaimError for what is unknown or ambiguous.
        """
        match node:
            case Num(_, value):
                return Number(value)
            case Name():
                return self.name(node)
            case Root(_, body):
                return sqrt(self.expression(body))
            case Total():
                return self.total(node)
            case Quotient():
                return self.partial(node)
            case Call():
                return self.call(node)
            case Operation(_, "^", (base, exponent)):
                return self.raised(base, _rational(exponent), node.position)
            case Operation(_, "neg", (body,)):
                return -self.expression(body)
            case Operation(_, "+", terms):
                return add(*map(self.expression, terms))
            case Operation(_, "/", (top, bottom)):
                return self.expression(top) / self.divisor(bottom)
            case Operation(_, "*", _):
                return self.product(node)
        raise ClaimError("this construct is not known", node.position)

    def divisor(self, node: Node) -> Expr:
        """Return a denominator, which must not be identically zero."""
        value = self.expression(node)
        if isinstance(value, Number) and value.value == 0:
            raise ClaimError("division by zero", node.position)
        return value

    def raised(self, base: Node, exponent: Fraction, position: int) -> Expr:
        """Return a power; even powers of sigma are powers of the variance."""
        if abs(exponent) > MAX_EXPONENT:
            raise ClaimError(f"an exponent larger than {MAX_EXPONENT}", position)
        if isinstance(base, Name) and base.base == r"\sigma" and key_of(base) not in self.where:
            half = exponent / 2
            if half.denominator != 1:
                raise ClaimError(BARE_SIGMA, position)
            return power(self.variance(base), half)
        if exponent.denominator > 2:
            raise ClaimError("only whole and half exponents are known", position)
        return power(self.expression(base), exponent)

    def variance(self, node: Name) -> Expr:
        """Return the variance that a sigma squared stands for."""
        self.no_sample_index(node)
        return var()

    def name(self, node: Name) -> Expr:
        """Return what a symbol means."""
        given = self.where.get(key_of(node))
        if given is not None:
            return self.at_index(QUANTITIES[given](), node)
        base, accent = node.base, node.accent
        if accent == "" and base == r"\sigma":
            raise ClaimError(BARE_SIGMA, node.position)
        if accent == "tilde":
            raise ClaimError(
                f"what is {base} with a tilde: the normalized value, or the output?", node.position
            )
        if accent == "bar":
            if base.lower() == self.input_letter:
                return mu()
            raise ClaimError(f"what is {base} with a bar?", node.position)
        if accent == "hat" or node.below.startswith("norm"):
            if base.lower() in (self.input_letter, "x"):
                return self.at_index(xhat(), node)
            raise ClaimError(f"what is the hat of {base}?", node.position)
        return self.plain(node)

    def plain(self, node: Name) -> Expr:
        """Return what a symbol without an accent means."""
        base = node.base
        scalars = {r"\mu": mu(), r"\gamma": gamma, r"\beta": beta, r"\epsilon": eps}
        if base in scalars:
            self.no_sample_index(node)
            return scalars[base]
        if base in SIZES and base == self.size_letter and not node.below and not node.above:
            return m
        if base == "y" or (base == "z" and self.input_letter == "x"):
            return self.at_index(batchnorm(), node)
        if base.lower() == self.input_letter:
            return self.at_index(x, node)
        if base in ("a", r"\alpha", "b", "c", "k", r"\lambda", "t") and not (
            node.below or node.above
        ):
            return Symbol(base.strip("\\"))
        raise ClaimError(f"what is {key_of(node)}? say it with `where`", node.position)

    def no_sample_index(self, node: Name) -> None:
        """Refuse a statistic of the batch with the index of a sample."""
        for label in labels_of(node):
            if label not in self.channels and label not in CHANNEL_LABELS and label in self.scopes:
                raise ClaimError(f"{key_of(node)} carries the index of a sum", node.position)

    def at_index(self, value: Expr, node: Name) -> Expr:
        """Return the entry of a vector that the symbol's index names."""
        if i not in free_indices(value):
            return value
        labels = [label for label in labels_of(node) if label not in self.channels]
        if len(labels) > 1:
            raise ClaimError(f"{key_of(node)} has two indices; which is the sample?", node.position)
        if not labels:
            if self.scopes:
                raise ClaimError(f"{key_of(node)} has no index inside a sum", node.position)
            return value
        return rename(value, {i: index_of(labels[0], node.position)})

    def total(self, node: Total) -> Expr:
        """Return a sum over the batch."""
        index, _, lower = node.index.partition("=")
        if not index or lower not in ("", "1"):
            raise ClaimError("the sum names no index, or does not start at 1", node.position)
        if node.upper is not None and self.expression(node.upper) != m:
            raise ClaimError("the sum does not end at the batch size", node.position)
        self.scopes.append(index)
        body = self.expression(node.body)
        self.scopes.pop()
        return Sum(index_of(index, node.position), body)

    def partial(self, node: Quotient) -> Expr:
        """Return a partial derivative: of the loss, or of a quantity."""
        if isinstance(node.body, Name) and node.body.base in LOSSES and not node.body.accent:
            return self.loss_derivative(node.target)
        body = self.expression(node.body)
        if isinstance(node.target, Name) and node.target.base == "u":
            return derivative(body, u, Element("r", (i, c)))
        target, factor = _scaled_weights(node.target)
        if target is not None:
            return derivative(body, w, Element("q", (c,)) / self.expression(factor or _ONE))
        by = self.expression(node.target)
        return _moved(body, by, node.position)

    def loss_derivative(self, target: Node) -> Expr:
        """Return dL / d(target), by the name that Ioffe & Szegedy give it."""
        value = self.expression(target)
        named = value.name if isinstance(value, Named | Element | Symbol) else ""
        if named == "eps":
            return gradient(loss(), eps)
        if named not in PARTIALS:
            raise ClaimError("a derivative by this is not known", target.position)
        found = PARTIALS[named]
        if isinstance(value, Element | Named) and value.indices:
            (at,) = value.indices
            return rename(found, {i: at}) if isinstance(at, Index) else found
        return found

    def call(self, node: Call) -> Expr:
        """Return BN(...), Var[...] or E[...]."""
        argument = self.expression(node.argument)
        if node.name == "BN":
            return batchnorm(argument)
        if node.name == "Var":
            return mean(square(argument - mean(argument)))
        return mean(argument)

    def product(self, node: Operation) -> Expr:
        """Return a product; W u is the preactivation of one unit."""
        parts = list(factors(node))
        letters = [part.base for part in parts if isinstance(part, Name) and not part.accent]
        if "W" in letters or "u" in letters or "U" in letters:
            if letters.count("W") == 1 and letters.count("u") + letters.count("U") == 1:
                rest = [p for p in parts if not (isinstance(p, Name) and p.base in ("W", "u", "U"))]
                return preactivation(mul(*map(self.expression, rest)) * w)
            raise ClaimError("W and u are known only as the product W u", node.position)
        return mul(*map(self.expression, parts))


_ONE = Num(0, Fraction(1))


def _scaled_weights(node: Node) -> tuple[Node | None, Node | None]:
    """Split a W into W and a; ``None`` where it is not about W."""
    parts = list(factors(node))
    weights = [p for p in parts if isinstance(p, Name) and p.base == "W"]
    if len(weights) != 1 or len(parts) > 2:
        return None, None
    others = [p for p in parts if p is not weights[0]]
    return weights[0], others[0] if others else None


def _moved(body: Expr, by: Expr, position: int) -> Expr:
    if isinstance(by, Symbol):
        return derivative(body, by, 1)
    if isinstance(by, Element | Named):
        if not by.indices:
            return derivative(body, by, 1)
        (at,) = by.indices
        if isinstance(at, Index):
            target = rename(by, {at: i})
            return gradient(body, target, at)
    raise ClaimError("a derivative by this is not known", position)


def _rational(node: Node) -> Fraction:
    match node:
        case Num(_, value):
            return value
        case Operation(_, "neg", (body,)):
            return -_rational(body)
        case Operation(_, "/", (top, bottom)) if _rational(bottom):
            return _rational(top) / _rational(bottom)
    raise ClaimError("an exponent that is not a number", node.position)


def reading(nodes: list[Node], where: Mapping[str, str]) -> Reading:
    """Find out how a formula uses its letters.

    Raises ClaimError for an unknown meaning in `where`, or two letters for the batch size.
    """
    for symbol, meaning in where.items():
        if meaning not in QUANTITIES:
            raise ClaimError(
                f"where[{symbol!r}] = {meaning!r}, but should be one of {', '.join(QUANTITIES)}"
            )
    names = [name for node in nodes for name in names_in(node)]
    letters = {name.base.lower() for name in names}
    if "W" in {n.base for n in names} and letters & {"x", "z"}:
        raise ClaimError("beside W u, what are x and z? the formula defines them")
    given = {key for key in where if len(key) == 1}
    inputs = {key for key, meaning in where.items() if meaning == "x"}
    sizes = {n.base for n in names if n.base in SIZES and not (n.below or n.above)} - given
    if len(sizes) > 1:
        raise ClaimError(f"which of {', '.join(sorted(sizes))} is the batch size?")
    statistics = (r"\gamma", r"\beta", r"\mu", r"\sigma", *given)
    channels = {
        label for n in names if n.base in statistics for label in labels_of(n) if len(label) == 1
    }
    letter = "x" if "x" in letters or "z" not in letters else "z"
    if len(inputs) == 1 and len(only := next(iter(inputs))) == 1:
        letter = only.lower()
    return Reading(where, letter, next(iter(sizes), "m"), frozenset(channels))
