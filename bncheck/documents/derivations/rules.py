"""What a rule does to a line, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.documents.derivations.marking import changed
from bncheck.documents.derivations.outlines import outline, printed
from bncheck.symbolic.expression import Derivative, Element, Expr, Named, Number, Symbol
from bncheck.symbolic.trees import walk

SPOKEN = {
    "mu": "the mean",
    "var": "the variance",
    "xhat": "the normalized values",
    "y": "the output",
    "dxhat": "the gradient by the normalized values",
    "dvar": "the gradient by the variance",
    "dmu": "the gradient by the mean",
    "dx": "the gradient by the input",
    "dgamma": "the gradient by gamma",
    "dbeta": "the gradient by beta",
}
MOVES = {"mu": "the mean", "var": "the variance"}
"""What an input moves beside itself."""
PLAIN = {
    "definition": "by definition",
    "sum rule": "a sum of sums is taken term by term",
    "product rule": "product rule: one factor moves at a time",
    "chain rule": "chain rule",
    "power rule": "power rule: the exponent comes down and is one less",
    "linearity": "what does not depend on the index moves out of the sum",
    "substitute": "what was shown before, or is supposed, is put in",
    "collect": "equal terms are gathered",
    "expand": "multiplied out",
    "cancel": "equal terms cancel",
    "centred": "deviations from the mean sum to 0",
    "normalized": "the normalized values sum to 0, and their squares to "
    "m times the variance over variance + eps",
    "symmetry": "the same with the indices exchanged",
    "root": "the positive root of a square",
}
OF_DERIVATIVES = {
    "sum rule": "the derivative of a sum is the sum of the derivatives",
    "linearity": "the derivative is linear: constants stay, and each term is derived by itself",
}


def words(rule: str, before: Expr, after: Expr, shown: Sequence[tuple[str, Expr, Expr]]) -> str:
    """Return what the rule does here; ``shown`` are the equations derived before, by name."""
    old, new = changed(before, after)
    derives = any(isinstance(node, Derivative) for node in printed(old))
    if rule == "definition":
        return _definition(old, new)
    if rule == "chain rule" and derives:
        return _chain_rule(old)
    if rule == "substitute":
        return _substitution(before, after, shown)
    if derives and rule in OF_DERIVATIVES:
        return OF_DERIVATIVES[rule]
    return PLAIN[rule]


def _names(expr: Expr) -> set[str]:
    return {node.name for node in printed(expr) if isinstance(node, Named)} & SPOKEN.keys()


def _definition(old: Expr, new: Expr) -> str:
    opened, closed = _names(old) - _names(new), _names(new) - _names(old)
    if opened and not closed:
        return f"definition of {_listed(opened)}"
    if closed:
        return f"definition of {_listed(closed)}, read from right to left"
    return PLAIN["definition"]


def _listed(names: set[str]) -> str:
    spoken = [SPOKEN[name] for name in SPOKEN if name in names]
    return " and ".join(filter(None, (", ".join(spoken[:-1]), spoken[-1])))


def _chain_rule(old: Expr) -> str:
    derivative = next(node for node in printed(old) if isinstance(node, Derivative))
    target = derivative.target
    inside = {n.name for n in walk(derivative.body) if isinstance(n, Named) and _has(n, target)}
    ways = [spoken for name, spoken in MOVES.items() if name in inside and name != target]
    moving = SPOKEN.get(target) or f"{target}"
    one = isinstance(derivative.velocity, Number) or target not in SPOKEN
    verb = "moves" if one else "move"
    if not ways or target in MOVES and target == "var":
        return f"chain rule: only {moving} {verb}"
    return f"chain rule: {moving} {verb} {' and '.join(ways)}, too"


def _has(named: Named, target: str) -> bool:
    return any(
        isinstance(node, Element | Symbol | Named) and node.name == target
        for node in walk(named.body)
    )


def _substitution(before: Expr, after: Expr, shown: Sequence[tuple[str, Expr, Expr]]) -> str:
    """Say what is put in, where it is an equation derived before."""
    gone = {outline(node)[0] for node in printed(before)} - {
        outline(node)[0] for node in printed(after)
    }
    used = [name for name, start, end in shown if outline(start)[0] in gone]
    if used:
        return f"{', '.join(used)}, as derived above, {'is' if len(used) == 1 else 'are'} put in"
    return PLAIN["substitute"]
