"""Finds the smallest change that makes a false formula true, and prints it as its author would.

The syntax tree is edited (`mending`), read as the formula was, and printed back with the author's
symbols. A correction is true; it is never a formula a = a.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.domain import conditions_of
from bncheck.symbolic.claims.matrices import entries, uses_arrays
from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.averages import averages
from bncheck.symbolic.claims.mending.places import Place
from bncheck.symbolic.claims.mending.rereading import Rereading
from bncheck.symbolic.claims.mending.search import Found, Search
from bncheck.symbolic.claims.mending.swaps import answers
from bncheck.symbolic.claims.mending.trials import Trials
from bncheck.symbolic.claims.nodes import Name, Node, Num, Quotient, Relation
from bncheck.symbolic.claims.plain import is_plain
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.claims.spelling import spelling
from bncheck.symbolic.claims.statement import Statement, under
from bncheck.symbolic.claims.walking import bare, walk
from bncheck.symbolic.expression import Expr
from bncheck.symbolic.trees import shape

EQUATIONS = ("=", r"\equiv", r"\leftarrow", ":=")
Judge = Callable[[str], str]
"""Tells the verdict on a formula."""
SHORT = 3
"""Nodes of a side that is a short quantity: one that could be another."""

RIGHT = ("true", "definition")
"""What a correction has to be judged, of an equation and of what `:=` defines."""

_BY_CASES = re.compile(r"=.*\\begin\{(?:d?cases|array)", re.DOTALL)


@dataclass(frozen=True)
class Repair:
    """A corrected formula, and what was wrong in one sentence."""

    corrected: str
    says: str


def is_true(left: Expr, right: Expr) -> bool:
    """Whether both sides are equal wherever the first has a value."""
    return same(left, right) and {*conditions_of(left, right)} <= {*conditions_of(left)}


def repaired(
    statement: Statement,
    text: str = "",
    judged: Judge | None = None,
    is_read: Callable[[str], bool] | None = None,
) -> Repair | None:
    """Return the smallest repair that makes a formula true, if there is one.

    text: as it was printed, for the spelling; judged: tells the verdict on a formula, which has to
    be true for a correction; where it cannot be read apart from its page, as `is_read` tells, the
    proof is enough
    """
    printed, reading = statement.printed, statement.reading
    if printed is None or reading is None or printed.sign not in EQUATIONS:
        return None
    typed = text if is_plain(text) and text.isascii() else ""
    author = Author(printed, Rereading.of(reading), spelling(text), typed)
    if statement.update is not None:
        return _of_an_update(printed, author, judged)
    if _BY_CASES.search(text):
        return None  # of what its author wrote nothing would be seen
    if isinstance(printed.left, Name) and isinstance(printed.right, Num):
        return None  # a setting, as beta = 0: nothing would be left of it
    try:
        of_arrays = uses_arrays((printed.left, printed.right))
        if statement.sized or (of_arrays and statement.assumed):
            return None
        held = _Held(author, statement.assumed)
        if not of_arrays and shape(statement.left) != shape(held.meaning(printed.left)):
            return None  # as an update, whose symbols are read otherwise
        if typed and is_read is not None and not is_read(held.tex(printed)):
            author.typed = ""  # a part of it has no usual form in plain text
        if is_read is not None and not is_read(held.tex(printed)):
            judged = None
        return _repaired(printed, held, judged)
    except (NotSupported, ValueError, ZeroDivisionError):
        return None


@dataclass(frozen=True)
class _Held:
    """How an author writes, and what is assumed, which holds of an edited side too."""

    author: Author
    assumed: tuple[Relation, ...]

    def meaning(self, node: Node) -> Expr:
        """Return what an edited side means."""
        return under(self.author.reading, self.assumed, self.author.reading.expression(node))

    def tex(self, relation: Relation) -> str:
        """Print a relation with what it is under."""
        said = ", ".join(self.author.tex(each) for each in self.assumed)
        under_it = f" if {said}" if self.author.typed else rf" \quad \text{{if }} {said}"
        return self.author.tex(relation) + (under_it if said else "")


def _of_an_update(printed: Relation, author: Author, judged: Judge | None) -> Repair | None:
    for new in averages(printed):
        shown = author.tex(new)
        if judged is not None and judged(shown) == "update":
            return Repair(shown, author.instead(printed.right, new.right))
    return None


def _repaired(printed: Relation, held: _Held, judged: Judge | None) -> Repair | None:
    author = held.author
    for side, other, is_right in _sides(printed):

        def whole(new: Node, other: Node = other, is_right: bool = is_right) -> str:
            pair = (other, new) if is_right else (new, other)
            return held.tex(Relation(printed.sign, *pair))

        trials = _trials(side, other, held)
        search = Search(side, other, author, trials)
        if judged is not None:
            search.accepted = lambda new, whole=whole: judged(whole(new)) in RIGHT
        found = search.smallest() or _answer(search, "right" if is_right else "left")
        if found is not None:
            return Repair(whole(found.side), found.says)
    return None


def _trials(side: Node, other: Node, held: _Held) -> Trials:
    reading = held.author.reading
    if uses_arrays((side, other)):
        target, original = entries(reading, other, side)
        return Trials(
            reading, target, original, is_true, lambda new: entries(reading, other, new)[1]
        )
    target, original = map(held.meaning, (other, side))
    return Trials(reading, target, original, is_true, held.meaning)


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


def _answer(search: Search, which: str) -> Found | None:
    """Put a short quantity in place of a short side, where no change of it helps."""
    if not _is_plain(search.side):
        return None
    for edit in answers(Place(search.side, (), (), "side"), search.author, which):
        if bare(edit.new) != search.other and search.passes(edit.new):
            return Found(edit.new, edit.says)
    return None
