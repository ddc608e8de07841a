"""The places of a syntax tree at which something can be changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bncheck.symbolic.claims.mending.edit import Edit, Path, rebuilt_sum
from bncheck.symbolic.claims.nodes import (
    Along,
    Call,
    Name,
    Node,
    Num,
    Operation,
    Quotient,
    Root,
    Total,
)
from bncheck.symbolic.claims.walking import bare, children, walk

WHOLE = frozenset({"side", "over", "under", "radicand", "body", "argument"})
"""Where a sum needs no bracket."""
ONE = Num(0, Fraction(1))


@dataclass(frozen=True)
class Place:
    """A node, the way to it, the indices of the sums around it, and what it is there.

    line: the fraction above or below whose line it is
    """

    node: Node
    path: Path
    bound: tuple[str, ...]
    role: str
    line: Node | None = None

    def edit(self, new: Node, says: str, slip: Hashable, weight: int) -> Edit:
        """Put another node here."""
        return Edit(self.path, new, says, slip, weight)

    @property
    def is_sum(self) -> bool:
        """Whether terms stand here, if only one."""
        if self.role == "term" and is_operation(self.node, "neg"):
            return False
        return self.role in WHOLE or is_operation(self.node, "+", "neg")

    @property
    def is_product(self) -> bool:
        """Whether factors stand here, if only one."""
        if is_operation(self.node, "+", "neg"):
            return False
        if self.role in WHOLE or self.role in ("term", "signed"):
            return True
        return self.role != "chain" and is_operation(self.node, "*")


def places(side: Node) -> Iterator[Place]:
    """Yield every place of a side, each before those inside it; a derivative is one place."""
    yield from _inside(Place(side, (), (), "side"))


def _inside(place: Place) -> Iterator[Place]:
    yield place
    node = place.node
    bound = (*place.bound, label_of(node)) if isinstance(node, Total) else place.bound
    for at, part, role in _parts(node):
        line = node if role in ("over", "under") else None
        yield from _inside(Place(part, (*place.path, at), bound, role, line))


def _parts(node: Node) -> Iterator[tuple[int, Node, str]]:
    match node:
        case Operation(_, "+", terms):
            yield from ((at, term, "term") for at, term in enumerate(terms))
        case Operation(_, "neg", (body,)):
            yield 0, body, "signed"
        case Operation(_, "*", (left, right)):
            yield 0, left, "chain" if is_operation(left, "*") else "factor"
            yield 1, right, "factor"
        case Operation(_, "/", (top, bottom)):
            yield 0, top, "over"
            yield 1, bottom, "under"
        case Operation(_, "^", (base, _)) if not is_sigma(base):
            yield 0, base, "base"
        case Root(_, body):
            yield 0, body, "radicand"
        case Total(_, _, upper, body):
            yield (0 if upper is None else 1), body, "body"
        case Call(_, _, argument):
            yield 0, argument, "argument"
        case Quotient() | Along():
            return


def is_operation(node: Node, *signs: str) -> bool:
    """Whether a node is one of these operations."""
    return isinstance(node, Operation) and node.sign in signs


def is_sigma(node: Node) -> bool:
    """Whether a node is sigma, which is a symbol only together with its exponent."""
    return isinstance(node, Name) and node.base == r"\sigma" and not node.accent


def label_of(total: Total) -> str:
    """Return the index of a sum."""
    return total.index.partition("=")[0]


def chain(node: Node) -> list[Node]:
    """Return the factors that stand beside one another; those in a bracket are one."""
    parts: list[Node] = []
    while isinstance(node, Operation) and node.sign == "*":
        node, last = node.arguments
        parts.insert(0, last)
    return [node, *parts]


def product(parts: Sequence[Node]) -> Node:
    """Return the product of factors, beside one another; none are 1."""
    flat = [part for factor in parts for part in chain(factor)]
    result: Node = flat[0] if flat else ONE
    for part in flat[1:]:
        result = Operation(result.position, "*", (result, part))
    return result


def over(top: Node, bottom: Node) -> Node:
    """Return a fraction."""
    return Operation(top.position, "/", (top, bottom))


def negative(node: Node) -> Node:
    """Return a node with the other sign."""
    if isinstance(node, Operation) and node.sign == "neg":
        return node.arguments[0]
    return Operation(node.position, "neg", (node,))


def summands(node: Node) -> list[Node]:
    """Return the terms with their signs."""
    if isinstance(node, Operation) and node.sign == "+":
        return list(node.arguments)
    return [node]


def total_of(terms: Sequence[Node]) -> Node:
    """Return the sum of terms; none are 0."""
    return rebuilt_sum(list(terms)) if terms else Num(0, Fraction(0))


def unsigned(node: Node) -> tuple[bool, Node]:
    """Return whether a term is negative, and the term without its sign."""
    if isinstance(node, Operation) and node.sign == "neg":
        return True, node.arguments[0]
    return False, node


def signed(is_negative: bool, node: Node) -> Node:
    """Return a term with its sign."""
    return negative(node) if is_negative else node


def uncancelled(node: Node) -> int:
    """Return how many factors stand above and below the same line, or terms with both signs."""
    found = 0
    for part in walk(node):
        if isinstance(part, Operation) and part.sign in ("*", "/"):
            above, under = lines(part)
            found += len(set(above) & set(under) - {ONE})
        if isinstance(part, Operation) and part.sign == "+":
            terms = [unsigned(term) for term in summands(part)]
            added = {bare(term) for is_negative, term in terms if not is_negative}
            found += len(added & {bare(term) for is_negative, term in terms if is_negative})
    return found


def lines(node: Node) -> tuple[list[Node], list[Node]]:
    """Return the factors above and below the line, without their positions."""
    above, under = [], []
    for part in chain(node):
        if isinstance(part, Operation) and part.sign == "/":
            above += [bare(factor) for factor in chain(unsigned(part.arguments[0])[1])]
            under += [bare(factor) for factor in chain(part.arguments[1])]
        else:
            above.append(bare(part))
    return above, under


def with_paths(tree: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node, and the way to it."""
    yield path, tree
    for at, part in enumerate(children(tree)):
        yield from with_paths(part, (*path, at))


def is_product_of(side: Node, term: Node) -> bool:
    """Whether a term has the factors, or some, of a product of a side."""
    inside = {bare(factor) for factor in chain(unsigned(term)[1])}
    products = ({bare(factor) for factor in chain(node)} for node in walk(side))
    return any(inside < factors for factors in products)
