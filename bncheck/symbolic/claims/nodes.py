"""The syntax tree of a printed formula."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Node:
    """Base of the syntax tree; ``position`` is where it starts in the text."""

    position: int


@dataclass(frozen=True)
class Num(Node):
    """A number."""

    value: Fraction


@dataclass(frozen=True)
class Name(Node):
    """A symbol with its accent and what stands below and above it, as text: ``\\hat{x}_i``."""

    base: str
    accent: str = ""
    below: str = ""
    above: str = ""


@dataclass(frozen=True)
class Operation(Node):
    """``+``, ``*``, ``odot``, ``/``, ``^`` or ``neg`` of its arguments."""

    sign: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Root(Node):
    """A square root."""

    body: Node


@dataclass(frozen=True)
class Absolute(Node):
    """An absolute value: ``|x_i|``."""

    body: Node


@dataclass(frozen=True)
class Norm(Node):
    r"""A Euclidean norm: ``\\|x\\|``."""

    body: Node


@dataclass(frozen=True)
class Inner(Node):
    r"""An inner product: ``\\langle x, y \\rangle``."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Total(Node):
    """A sum: index, upper bound (``None`` if not printed) and body."""

    index: str
    upper: Node | None
    body: Node


@dataclass(frozen=True)
class Extreme(Node):
    """The largest or the smallest of all values: ``max`` or ``min``, the index, and of what."""

    name: str
    index: str
    body: Node


@dataclass(frozen=True)
class Quotient(Node):
    """``\\frac{\\partial f}{\\partial x}``: what is differentiated, and by what."""

    body: Node
    target: Node


@dataclass(frozen=True)
class Along(Node):
    """``\\mathrm{D}_{x_i \\to v_i} f``: the derivative of the body when x moves along v."""

    body: Node
    target: Node
    velocity: Node


@dataclass(frozen=True)
class Call(Node):
    """A named function of an argument: ``BN(Wu)``, ``\\mathrm{Var}[x]``."""

    name: str
    argument: Node


@dataclass(frozen=True)
class Relation:
    """Both sides of a printed relation."""

    sign: str
    left: Node
    right: Node


def factors(node: Node) -> list[Node]:
    """Return the factors of a product, products in it among them; else the node itself."""
    if isinstance(node, Operation) and node.sign in ("*", "odot"):
        return [part for argument in node.arguments for part in factors(argument)]
    return [node]
