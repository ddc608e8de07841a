"""Which quantities a printed formula shows: what it shows may not be given a value.

``y = gamma xhat`` says nothing of beta, so it may be about a layer without one; ``y = gamma xhat
- beta`` shows beta, and beta = 0 would be a way of saying that it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.matrices import uses_arrays
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Call, Name, Node, Quotient, Total
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.walking import children
from bncheck.symbolic.claims.words import LOSSES
from bncheck.symbolic.expression import Element, Expr, Mul, Named, Sum, Symbol
from bncheck.symbolic.trees import walk

FIXABLE = frozenset({"eps", "gamma", "beta", "mu"})
HIDDEN_IN = {"std+eps": "eps"}
"""What a meaning in ``where`` shows beside itself."""


def shown(statement: Statement) -> frozenset[str]:
    """Return which of eps, gamma, beta and mu the formula shows."""
    if statement.printed is None or statement.reading is None:
        return FIXABLE
    relations = (statement.printed, *statement.assumed, *statement.beside)
    sides = [(r.left, r.right) for r in relations]
    defined = [(each.body,) for each in statement.reading.defined.values()]
    nodes = [node for pair in (*sides, *defined) for side in pair for node in _shown_in(side)]
    seen = {name for node in nodes for name in _shown_by(node, statement.reading)}
    # 1^T x is a sum of x
    arrays = uses_arrays((statement.printed.left, statement.printed.right))
    return frozenset(seen | ({"mu"} if arrays else set()))


def _shown_in(node: Node) -> Iterator[Node]:
    """Yield the nodes that show something: dL/dgamma names gamma, and says nothing of its value."""
    if isinstance(node, Quotient) and is_of_loss(node) and _is_parameter(node.target):
        return
    yield node
    for part in children(node):
        yield from _shown_in(part)


def _is_parameter(target: Node) -> bool:
    return isinstance(target, Name) and target.base in (r"\gamma", r"\beta", r"\epsilon")


def is_of_loss(node: Quotient) -> bool:
    """Whether a derivative is one of the loss."""
    return isinstance(node.body, Name) and node.body.base in LOSSES and not node.body.accent


def _shown_by(node: Node, how: Reading) -> Iterator[str]:
    meant = None
    try:
        match node:
            case Name():
                said = how.given.meaning(node) or ""
                if said in HIDDEN_IN:
                    yield HIDDEN_IN[said]
                meant = how.name(node)
            case Call(_, "E", argument):
                meant = how.expression(argument)
                if isinstance(meant, Element) and meant.name == "x":
                    yield "mu"
                return
            case Total():
                meant = how.expression(node)
                if isinstance(meant, Sum) and _is_plain(meant.body):
                    yield "mu"
                return
    except (ClaimError, ValueError, ZeroDivisionError):
        return  # part of something larger, as the sigma of sigma^2
    if isinstance(meant, Symbol | Element | Named) and meant.name in FIXABLE:
        yield meant.name


def _is_plain(body: Expr) -> bool:
    """Whether a summand is an entry of x, perhaps times numbers and sizes."""
    factors = body.factors if isinstance(body, Mul) else (body,)
    entries = [f for f in factors if isinstance(f, Element)]
    others = [n for f in factors if f not in entries for n in walk(f)]
    plain = [n for n in others if not isinstance(n, Symbol) or n.name != "m"]
    return [e.name for e in entries] == ["x"] and not any(
        isinstance(n, Element | Symbol | Sum | Named) for n in plain
    )
