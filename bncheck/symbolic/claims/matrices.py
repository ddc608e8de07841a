"""Vectors and matrices in print: ``\\hat{x}^T \\hat{x}``, ``I - \\frac1m 1 1^T``, ``diag(v)``.

A vector without an index is a column of m entries, one channel of the batch; ``1`` in bold is the
column of ones and ``I`` the identity. Each value carries the index of its rows and of its columns,
so a product is a sum over the index that both share. A product of two columns has no meaning of its
own and is refused, as are values of different shapes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from bncheck.symbolic.claims.derivatives import by
from bncheck.symbolic.claims.labels import labels_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import (
    Absolute,
    Call,
    Inner,
    Name,
    Node,
    Norm,
    Num,
    Operation,
    Quotient,
    Root,
    Total,
)
from bncheck.symbolic.claims.walking import walk
from bncheck.symbolic.claims.words import LOSSES
from bncheck.symbolic.expression import (
    ONE,
    ZERO,
    Expr,
    Index,
    Number,
    Sum,
    add,
    delta,
    free_indices,
    fresh,
    i,
    power,
    rename,
    sqrt,
)
from bncheck.symbolic.vocabulary import square

TRANSPOSED = frozenset({"T", r"\top"})
SIZE = frozenset({"", "m", "N", "n"})
j = Index("j", "m")


@dataclass(frozen=True)
class Array:
    """A value, and the indices of its rows and columns; a number has neither."""

    value: Expr
    row: Index | None = None
    column: Index | None = None

    @property
    def shape(self) -> str:
        """What it is called."""
        names = {(False, False): "a number", (True, False): "a column", (False, True): "a row"}
        return names.get((self.row is not None, self.column is not None), "a matrix")

    def transposed(self) -> Array:
        """Return it with rows and columns exchanged."""
        return Array(self.value, self.column, self.row)

    def at(self, row: Index | None, column: Index | None) -> Expr:
        """Return the entry at other indices."""
        to = {old: new for old, new in ((self.row, row), (self.column, column)) if old and new}
        return rename(self.value, dict(to))


def uses_arrays(nodes: Iterable[Node]) -> bool:
    """Whether a formula has something that only vectors and matrices have."""
    return any(_is_of_arrays(each) for node in nodes for each in walk(node))


def _is_of_arrays(node: Node) -> bool:
    match node:
        case Norm() | Inner() | Call(_, "diag" | "tr"):
            return True
        case Name(_, base, _, _, above):
            return above in TRANSPOSED or base == "1"
        case Operation(_, "^", (_, Name(_, base))):
            return base in TRANSPOSED
    return False


def entries(how: Reading, left: Node, right: Node) -> tuple[Expr, Expr]:
    """Return both sides of a relation between arrays, entry by entry.

    Raises ClaimError for sides of different shapes; 0 has any shape.
    """
    first, second = _Arrays(how).array(left), _Arrays(how).array(right)
    if first.shape != second.shape and ZERO not in (first.value, second.value):
        raise ClaimError(
            f"the left side is {first.shape}, the right side {second.shape}", right.position
        )
    used = {index.name for side in (first, second) for index in free_indices(side.value)}
    row, column = (fresh(x) if x.name in used else x for x in (i, j))
    return first.at(row, column), second.at(row, column)


class _Arrays:
    """Reads arrays."""

    def __init__(self, how: Reading) -> None:
        self.how = how

    def array(self, node: Node) -> Array:
        """Return what a node is.

        Raises ClaimError for what has no meaning.
        """
        match node:
            case Num(_, value):
                return Array(Number(value))
            case Name():
                return self.name(node)
            case Norm(_, body):
                return self.norm(self.array(body))
            case Inner(_, first, second):
                return self.product(self.array(first).transposed(), self.array(second), node)
            case Root(_, body) | Absolute(_, body):
                return self.of_a_number(node, body)
            case Total():
                return self.total(node)
            case Quotient():
                return self.partial(node)
            case Call():
                return self.call(node)
            case Operation():
                return self.operation(node)
        return Array(self.how.expression(node))

    def operation(self, node: Operation) -> Array:
        """Return a sum, a product, a quotient or a power."""
        match node.sign, node.arguments:
            case "neg", (body,):
                found = self.array(body)
                return replace(found, value=-found.value)
            case "+", terms:
                return reduce(lambda a, b: self.sum(a, b, node), map(self.array, terms))
            case "*", _:
                parts = [(part, self.array(part)) for part in _factors(node)]
                _refuse_channels([part for part, _ in parts])
                return reduce(lambda a, b: self.product(a, b, node), (found for _, found in parts))
            case "odot", (first, second):
                return self.entrywise(self.array(first), self.array(second), node)
            case "/", (top, bottom):
                below = self.array(bottom)
                if below.shape != "a number":
                    raise ClaimError(f"a quotient by {below.shape}", bottom.position)
                above = self.array(top)
                return replace(above, value=above.value / self.how.divisor(bottom))
            case "^", (base, Name(_, "T" | r"\top")):
                return self.array(base).transposed()
            case "^", (base, Num(_, exponent)):
                return self.power(base, exponent, node)
        return Array(self.how.expression(node))

    def name(self, node: Name) -> Array:
        """Return a symbol: a column where it has no index of a sample."""
        if node.above in TRANSPOSED:
            return self.name(replace(node, above="")).transposed()
        if node.base == "1" and node.below in SIZE:
            return Array(ONE, fresh(i))
        if node.base == "I" and node.below in SIZE:
            row, column = fresh(i), fresh(i)
            return Array(delta(row, column), row, column)
        value = self.how.expression(node)
        is_entry = {*labels_of(node)} - self.how.channels
        return Array(value) if is_entry else self.as_column(value)

    def sum(self, left: Array, right: Array, node: Node) -> Array:
        """Add; a number is added to each entry of a vector."""
        if left.shape == "a number" != right.shape:
            left, right = right, left
        if left.shape == "a matrix" and right.shape == "a number" and right.value != ZERO:
            raise ClaimError("a number is added to a matrix", node.position)
        if right.shape not in ("a number", left.shape):
            raise ClaimError(f"{right.shape} is added to {left.shape}", node.position)
        return replace(left, value=add(left.value, right.at(left.row, left.column)))

    def entrywise(self, left: Array, right: Array, node: Node) -> Array:
        """Multiply entry by entry."""
        if left.shape == "a number":
            left, right = right, left
        if right.shape not in ("a number", left.shape):
            raise ClaimError(f"{right.shape} is multiplied with {left.shape}", node.position)
        return replace(left, value=left.value * right.at(left.row, left.column))

    def product(self, left: Array, right: Array, node: Node) -> Array:
        """Multiply as matrices."""
        if "a number" in (left.shape, right.shape):
            return self.entrywise(left, right, node)
        if (left.column is None) != (right.row is None):
            raise ClaimError(f"{left.shape} times {right.shape}", node.position)
        if left.column is None or right.row is None:
            if left.row is None or right.column is None or left.column or right.row:
                raise ClaimError(
                    f"{left.shape} times {right.shape}: write \\odot, or x^T y", node.position
                )
            return Array(left.value * right.value, left.row, right.column)
        inner = fresh(i)
        value = Sum(inner, left.at(None, inner) * right.at(inner, None))
        return Array(value, left.row, right.column)

    def power(self, base: Node, exponent: Fraction, node: Node) -> Array:
        """Return a power: of a matrix as a product, of a vector entry by entry."""
        if isinstance(base, Name) and base.base == r"\sigma":
            return Array(self.how.expression(node))
        found = self.array(base)
        if found.shape == "a number":
            plain = not uses_arrays([base])
            return Array(self.how.expression(node) if plain else power(found.value, exponent))
        if found.shape != "a matrix":
            return replace(found, value=power(found.value, exponent))
        if exponent not in (2, 3):
            raise ClaimError("this power of a matrix is not known", node.position)
        copies = [self.array(base) for _ in range(int(exponent))]
        return reduce(lambda a, b: self.product(a, b, node), copies)

    def of_a_number(self, node: Root | Absolute, body: Node) -> Array:
        """Return a root or an absolute value."""
        found = self.array(body)
        if found.shape != "a number":
            raise ClaimError(f"a root or an absolute value of {found.shape}", body.position)
        return Array(sqrt(found.value if isinstance(node, Root) else square(found.value)))

    def total(self, node: Total) -> Array:
        """Return a sum over samples."""
        if not uses_arrays([node.body]):
            return Array(self.how.expression(node))
        raise ClaimError("vectors inside a sum over samples", node.position)

    def partial(self, node: Quotient) -> Array:
        """Return a derivative: of a loss by a vector a column, of a vector by one a matrix."""
        of_loss = isinstance(node.body, Name) and node.body.base in LOSSES
        if of_loss:
            return self.as_column(self.how.expression(node))
        body, target = self.array(node.body), self.how.expression(node.target)
        if body.row is None or body.column is not None or i not in free_indices(target):
            return self.as_column(self.how.expression(node))
        column = fresh(i)
        return Array(by(body.value, rename(target, {i: column}), node.position), body.row, column)

    def as_column(self, value: Expr) -> Array:
        """Return a value that may have the index of a sample left open."""
        if i not in free_indices(value):
            return Array(value)
        row = fresh(i)
        return Array(rename(value, {i: row}), row)

    def call(self, node: Call) -> Array:
        """Return diag(v), tr(A), or what is known of one channel."""
        if node.name not in ("diag", "tr"):
            return self.as_column(self.how.expression(node))
        found = self.array(node.argument)
        if node.name == "diag" and found.shape == "a number":
            return found  # of one channel
        if node.name == "diag" and found.shape == "a column" and found.row is not None:
            column = fresh(i)
            return Array(delta(found.row, column) * found.value, found.row, column)
        if node.name == "tr" and found.shape == "a matrix" and found.row is not None:
            return Array(Sum(found.row, found.at(None, found.row)))
        raise ClaimError(f"{node.name} of {found.shape}", node.position)

    def norm(self, found: Array) -> Array:
        """Return the root of the sum of all squares."""
        value = square(found.value)
        for index in (found.row, found.column):
            value = value if index is None else Sum(index, value)
        return Array(sqrt(value))


def _factors(node: Node) -> list[Node]:
    """Return the factors of a product of matrices; one entry by entry is a factor."""
    if isinstance(node, Operation) and node.sign == "*":
        return [part for argument in node.arguments for part in _factors(argument)]
    return [node]


def _refuse_channels(parts: Iterable[Node]) -> None:
    """Refuse ``X^T X``: with X of several channels it is a matrix, whose entries mix them."""
    names = [part for part in parts if isinstance(part, Name) and part.base in ("X", "Y", "Z")]
    if len(names) > 1 and any(name.above in TRANSPOSED for name in names):
        raise ClaimError(
            "a product of two batches mixes channels; of one channel it is x^T x", names[0].position
        )
