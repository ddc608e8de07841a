"""What a rule does to a line, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bncheck.documents.derivations.marking import changed
from bncheck.documents.derivations.outlines import Local, outline, printed
from bncheck.documents.derivations.writing import plain
from bncheck.symbolic.expression import (
    Delta,
    Derivative,
    Element,
    Expr,
    Named,
    Symbol,
    free_indices,
)
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
MOVES = ("mu", "var", "xhat")
"""What an input moves on its way to the output."""
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
    "normalized": "the normalized values sum to 0, their squares to m var / (var + eps)",
    "symmetry": "by symmetry",
    "root": "the positive root of a square",
}
OF_DERIVATIVES = {
    "sum rule": "the derivative of a sum is the sum of the derivatives",
    "linearity": "the derivative is linear: constants stay, and each term is derived by itself",
}


Spoken = Mapping[str, str]
"""What the names of quantities are in words, by the name of their `Named`."""


def spoken(locals_: Iterable[Local]) -> Spoken:
    """Return the usual quantities in words, and those that have a local name."""
    own = {
        local.key: f"{SPOKEN[local.role]} of {plain(local.of)}" for local in locals_ if local.role
    }
    return {**SPOKEN, **own}


def words(
    rule: str,
    before: Expr,
    after: Expr,
    shown: Sequence[tuple[str, Expr, Expr]],
    names: Spoken = SPOKEN,
) -> str:
    """Return what the rule does here; ``shown`` are the equations derived before, by name."""
    old, new = changed(before, after)
    derivative = _derivative(old)
    if rule == "definition":
        return _definition(old, new, names)
    if rule == "chain rule" and derivative is not None:
        return _chain_rule(derivative, names)
    if rule == "substitute":
        return _substitution(before, after, shown)
    if derivative is not None and rule in OF_DERIVATIVES:
        return OF_DERIVATIVES[rule]
    return PLAIN[rule]


def _derivative(expr: Expr) -> Derivative | None:
    """Return the derivative in a term, if there is one; dL/dvar is one by its name."""
    for node in printed(expr):
        if isinstance(node, Derivative):
            return node
        if isinstance(node, Named) and isinstance(node.body, Derivative):
            return node.body
    return None


def _definition(old: Expr, new: Expr, names: Spoken) -> str:
    for whole, how in ((old, ""), (new, ", read from right to left")):
        if isinstance(whole, Named) and whole.name in names:
            return f"definition of {names[whole.name]}{how}"
    opened = _names(old, names) - _names(new, names)
    closed = _names(new, names) - _names(old, names)
    if opened and _rank(opened) >= _rank(closed):  # the mean in what xhat is does not count
        return f"definition of {_listed(opened, names)}"
    if closed:
        return f"definition of {_listed(closed, names)}, read from right to left"
    return PLAIN["definition"]


def _names(expr: Expr, names: Spoken) -> set[str]:
    return {node.name for node in printed(expr) if isinstance(node, Named)} & names.keys()


def _rank(found: set[str]) -> int:
    """Return the place in the order of definitions of the last of these; -1 where there is none."""
    ranks = (list(SPOKEN).index(role) for name in found if (role := _role(name)) in SPOKEN)
    return max(ranks, default=-1)


def _listed(found: Iterable[str], names: Spoken) -> str:
    among = set(found)
    said = [names[name] for name in names if name in among]
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _chain_rule(derivative: Derivative, names: Spoken) -> str:
    """Say what moves with what the derivative is taken by."""
    target = derivative.target
    moved = {
        node.name
        for node in walk(derivative.body)
        if isinstance(node, Named) and node.name != target and _moves(node, target)
    }
    ways = [name for name in names if name in moved and _role(name) in MOVES]
    who = SPOKEN.get(target, target)
    verb = "move" if target == "xhat" else "moves"
    if not ways:
        return "chain rule: the derivative of the outer function times that of the inner one"
    return f"chain rule: {who} {verb} {_listed(ways, names)}"


def _role(name: str) -> str:
    return name.split(" of ")[0]


def _moves(named: Named, target: str) -> bool:
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
    derivative = _derivative(before)
    if derivative is None or derivative.target != "x" or _derivative(after) is not None:
        return PLAIN["substitute"]
    if isinstance(derivative.velocity, Delta) and not free_indices(derivative.body):
        return "the compact form of the gradient (B01) is put in"
    return "the closed form of the derivative of the output (B12) is put in"
