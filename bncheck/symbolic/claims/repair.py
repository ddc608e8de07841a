"""Finds the smallest change that makes a false formula true, and prints it as its author would.

The syntax tree is edited (`mending`), read as the formula was, and printed back with the author's
symbols. A correction is true; it is never a formula a = a.
"""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.domain import conditions_of
from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.places import Place
from bncheck.symbolic.claims.mending.rereading import Rereading
from bncheck.symbolic.claims.mending.search import Found, mended
from bncheck.symbolic.claims.mending.swaps import answers
from bncheck.symbolic.claims.mending.trials import Proof, Trials
from bncheck.symbolic.claims.nodes import Name, Node, Num, Quotient, Relation
from bncheck.symbolic.claims.printing import latex
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.claims.spelling import spelling
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.walking import bare, walk
from bncheck.symbolic.expression import Expr

EQUATIONS = ("=", r"\equiv", r"\leftarrow", ":=")
SHORT = 3
"""Nodes of a side that is a short quantity: one that could be another."""


@dataclass(frozen=True)
class Repair:
    """A corrected formula, and what was wrong in one sentence."""

    corrected: str
    says: str


def is_true(left: Expr, right: Expr) -> bool:
    """Whether both sides are equal wherever the first has a value."""
    return same(left, right) and {*conditions_of(left, right)} <= {*conditions_of(left)}


def repaired(statement: Statement, text: str = "", proof: Proof = is_true) -> Repair | None:
    """Return the smallest repair that makes a formula true, if there is one.

    text: as it was printed, for the spelling; proof: whether two sides make a true formula
    """
    printed, reading = statement.printed, statement.reading
    if printed is None or reading is None or printed.sign not in EQUATIONS:
        return None
    try:
        return _repaired(
            statement, printed, Author(printed, Rereading.of(reading), spelling(text)), proof
        )
    except (NotSupported, ValueError, ZeroDivisionError):
        return None


def _repaired(
    statement: Statement, printed: Relation, author: Author, proof: Proof
) -> Repair | None:
    if statement.left != author.reading.expression(printed.left):
        return None  # under an assumption, with which an edited side would have to be read too
    for side, other, is_right in _sides(printed):
        target, original = map(author.reading.expression, (other, side))
        trials = Trials(author.reading, target, original, proof)
        found = mended(side, other, author, trials)
        found = found or _answer(side, other, author, trials, "right" if is_right else "left")
        if found is not None:
            pair = (other, found.side) if is_right else (found.side, other)
            whole = Relation(printed.sign, *pair)
            return Repair(latex(whole, author.spelling), found.says)
    return None


def _sides(printed: Relation) -> list[tuple[Node, Node, bool]]:
    """Return the side that is edited, the other, and whether it is the right one."""
    right, left = (printed.right, printed.left, True), (printed.left, printed.right, False)
    if _is_plain(printed.left) and not _is_plain(printed.right):
        return [right]  # the formula says what the left side is
    if _is_plain(printed.right) and not _is_plain(printed.left):
        return [left, right]
    return [right, left]


def _is_plain(node: Node) -> bool:
    return isinstance(node, Name | Num | Quotient) or sum(1 for _ in walk(node)) <= SHORT


def _answer(side: Node, other: Node, author: Author, trials: Trials, which: str) -> Found | None:
    """Put a short quantity in place of a short side, where no change of it helps."""
    if not _is_plain(side):
        return None
    for edit in answers(Place(side, (), (), "side"), author, which):
        if bare(edit.new) == bare(other):
            continue
        expr = trials.read(edit.new)
        if expr is not None and trials.passes(expr):
            return Found(edit.new, edit.says)
    return None
