"""What a printed formula says about batch normalization, or a relative of it.

The vocabulary is that of the literature: x (or z where no x is printed) is the input of one
channel, mu its mean, sigma^2 its biased variance, a hat the normalized value, y the output, and
partial derivatives of a loss (L, l, ell, J, E) are those of Ioffe & Szegedy. What a page defines
in words is given with the claim as ``where``.
"""

from __future__ import annotations

from fractions import Fraction

from bncheck.symbolic.claims.derivatives import (
    along,
    by,
    by_weights,
    by_with_statistics_held,
    moving,
    of_loss,
    scaled_weights,
)
from bncheck.symbolic.claims.labels import index_of, key_of, labels_of
from bncheck.symbolic.claims.lexer import ClaimError, TwoMeanings
from bncheck.symbolic.claims.nodes import (
    Absolute,
    Along,
    Call,
    Name,
    Node,
    Num,
    Operation,
    Quotient,
    Root,
    Total,
    factors,
)
from bncheck.symbolic.claims.symbols import BARE_SIGMA, Symbols
from bncheck.symbolic.claims.walking import names_in
from bncheck.symbolic.claims.words import CALLED, LOSSES
from bncheck.symbolic.expression import (
    Expr,
    Index,
    Number,
    Power,
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
    m,
    mean,
    mu,
    preactivation,
    square,
    var,
    w,
    x,
)

MAX_EXPONENT = 24
MAX_BITS = 2_000


class Reading(Symbols):
    """How one formula is read."""

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
            case Absolute(_, body):
                return sqrt(square(self.expression(body)))
            case Total():
                return self.total(node)
            case Quotient():
                return self.partial(node)
            case Along():
                return self.along(node)
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
            case Operation(_, "*" | "odot", _):
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
        known = self.square_of(base) if isinstance(base, Name) else None
        if known is not None:
            if exponent.numerator % 2:
                raise ClaimError("the square is known, but not this power", position)
            return power(known, exponent / 2)
        said = isinstance(base, Name) and (self.given.meaning(base) or self.definition(base))
        if isinstance(base, Name) and base.base == r"\sigma" and not said:
            half = exponent / 2
            if half.denominator != 1:
                raise TwoMeanings(BARE_SIGMA, position, key_of(base))
            return power(self.variance(base), half)
        if exponent.denominator > 2:
            raise ClaimError("only whole and half exponents are known", position)
        value = self.expression(base)
        if isinstance(value, Number) and _bits(value.value) * abs(exponent) > MAX_BITS:
            raise ClaimError("a number that is too large", position)
        result = power(value, exponent)
        if isinstance(result, Power) and abs(result.exponent) > MAX_EXPONENT:
            raise ClaimError(f"an exponent larger than {MAX_EXPONENT}", position)
        return result

    def total(self, node: Total) -> Expr:
        """Return a sum over the batch, or as far as its size says."""
        if not node.index:
            return self.over_the_only_index(node)
        label, _, lower = node.index.partition("=")
        from_zero = lower == "0" and node.upper is not None
        if not label or not (lower in ("", "1") or from_zero):
            raise ClaimError("the sum does not start at 1", node.position)
        label = _index_in_set(label, node.position)
        if label == self.input_letter:
            return self.over_values(node)
        if label in self.channels and self.given.norm.by_rows:
            raise ClaimError(f"a sum over {label}, the index of the row", node.position)
        index = index_of(label, node.position)
        if not isinstance(index, Index):
            raise ClaimError("the sum names no index", node.position)
        index = Index(index.name, self.upper(node, less=int(from_zero)))
        self.scopes.append(index)
        body = self.expression(node.body)
        self.scopes.pop()
        return Sum(index, body)

    def over_the_only_index(self, node: Total) -> Expr:
        r"""Return a sum that names no index, ``\sum x_i``: its body has one, which is meant."""
        body = self.expression(node.body)
        free = [index for index in free_indices(body) if index not in self.scopes]
        if len(free) != 1 or (node.upper and self.upper(node) != free[0].size):
            raise ClaimError("the sum names no index, and what is summed is not one", node.position)
        return Sum(free[0], body)

    def over_values(self, node: Total) -> Expr:
        r"""Return a sum over the values themselves, ``\sum_{x \in B} x``: x is one of them."""
        index = Index("x", "m")
        if self.over is not None or any(labels_of(name) for name in names_in(node.body)):
            raise ClaimError("a sum over the values, and an index in it", node.position)
        self.over = index
        self.scopes.append(index)
        body = self.expression(node.body)
        self.scopes.pop()
        self.over = None
        return Sum(index, body)

    def upper(self, node: Total, less: int = 0) -> str:
        """Return the size that says how far a sum runs; one that starts at 0 runs to one less."""
        if node.upper is None:
            return "m"
        value = self.expression(node.upper) + less
        if value == m:
            return "m"
        sizes = [key for key, kind in self.given.meanings.items() if kind == "size"]
        if isinstance(value, Symbol) and isinstance(node.upper, Name) and node.upper.base in sizes:
            return value.name
        raise ClaimError("the sum does not end at the batch size", node.position)

    def partial(self, node: Quotient) -> Expr:
        """Return a partial derivative: of the loss, or of a quantity; or an array said to be it."""
        said = self.given.array_of(node)
        if said is not None:
            return self.entry(*said)
        if isinstance(node.body, Name) and node.body.base in LOSSES and not node.body.accent:
            known, self.inference = self.inference, False  # L is of the output, whichever it is
            target_of_loss = self.expression(node.target)
            self.inference = known
            return of_loss(target_of_loss, node.target.position, self.given.norm)
        body = self.expression(node.body)
        target, factor = scaled_weights(node.target, self.given)
        if target is not None:
            return by_weights(body, target, None if factor is None else self.expression(factor))
        how = by if self.totals else by_with_statistics_held
        return how(body, self.expression(node.target), node.position)

    def along(self, node: Along) -> Expr:
        """Return a derivative along a velocity, which is written in the target's own indices."""
        body, target = self.expression(node.body), self.expression(node.target)
        formal = moving(target, node.position)
        self.scopes.extend(formal)
        velocity = self.expression(node.velocity)
        del self.scopes[len(self.scopes) - len(formal) :]
        return along(body, target, velocity, formal)

    def call(self, node: Call) -> Expr:
        """Return BN(...), Var[...] or E[...]."""
        argument = self.expression(node.argument)
        free = free_indices(argument)
        if len(free) > 1 or any(index.size != "m" for index in free):
            raise ClaimError(f"{node.name} of this: which index is the sample?", node.position)
        at = next(iter(free), i)
        values = rename(argument, {at: i})
        if node.name in CALLED:
            return rename(self.layer(node, values), {i: at})
        if at in self.scopes:
            raise ClaimError(f"{node.name} of the values that a sum is over", node.position)
        if not free:
            raise ClaimError(f"{node.name} of one number: over batches?", node.position)
        if node.name == "RMS":
            return self.root_mean_square(node, values)
        if node.name in ("Var", "std"):
            spread = var() if values == x else mean(square(values - mean(values)))
            return spread if node.name == "Var" else sqrt(spread)
        return mu() if values == x else mean(values)

    def product(self, node: Operation) -> Expr:
        """Return a product; W u is the preactivation of one unit."""
        parts = list(factors(node))
        layer = [p for p in parts if isinstance(p, Name) and self.is_of_a_layer(p)]
        if not layer:
            return mul(*map(self.expression, parts))
        if sorted(p.base.lower() for p in layer) != ["u", "w"]:
            raise ClaimError("W and u are known only as the product W u", node.position)
        rest = [self.expression(p) for p in parts if p not in layer]
        return preactivation(mul(*rest) * w)

    def is_of_a_layer(self, node: Name) -> bool:
        """Whether a symbol is the W or the u of W u."""
        return node.base in ("W", "u", "U") and key_of(node) not in self.given.meanings


def _index_in_set(label: str, position: int) -> str:
    r"""Return the index of a sum over a set: ``i \in B``."""
    index, inside, over = label.partition(r"\in")
    if inside and over not in ("B", r"\{1,\dots,m\}", r"\B"):
        raise ClaimError(f"a sum over {over}, which is not the batch", position)
    return index


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length()) - 1


def _rational(node: Node) -> Fraction:
    match node:
        case Num(_, value):
            return value
        case Operation(_, "neg", (body,)):
            return -_rational(body)
        case Operation(_, "/", (top, bottom)) if _rational(bottom):
            return _rational(top) / _rational(bottom)
    raise ClaimError("an exponent that is not a number", node.position)
