"""Looks for the smallest change: one, the same at every place, two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice

from bncheck.symbolic.claims.mending import brackets, factors, powers, swaps, terms
from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import Edit, apart, replaced
from bncheck.symbolic.claims.mending.places import (
    is_operation,
    is_product_of,
    places,
    summands,
    total_of,
    uncancelled,
    unsigned,
    with_paths,
)
from bncheck.symbolic.claims.mending.trials import Trials, as_floats
from bncheck.symbolic.claims.nodes import Name, Node, Num, Quotient, Total
from bncheck.symbolic.claims.walking import bare, walk

MAX_NODES = 120
"""Nodes of a side that is mended; dL/dx as it is mostly printed has 34."""
MAX_EDITS = 1500
"""Changes of a side, likely ones first; dL/dx has about 570."""
MAX_VISITS = 150_000
"""Nodes of all changed sides together."""
MAX_PAIRS = 4000
"""Pairs of changes that are looked at where sums and products do not point at one."""
MAX_POINTED = 400
"""Pairs that sums and products point at."""
MAX_NESTED = 8
"""Pairs with one change inside the other: all changes of the changed side are made again."""
MAX_REFUSED = 8
"""Changes that make both sides equal, and are not accepted: then none is looked for any more."""
MAX_WEIGHT = 4
"""Of two changes together: one that puts something in stands beside a small one only."""
KINDS = (
    *(swaps.swaps, swaps.deviations, terms.signs),
    *(powers.powers, powers.epsilons, powers.inside, terms.exchanged),
    *(terms.too_many, factors.too_many, factors.sums, factors.missing),
    *(brackets.wider, brackets.narrower),
    *(terms.missing, terms.partials_missing, terms.statistics_constant),
)
"""What is tried, the likeliest first."""
PLACES = {2: "in both places", 3: "in all three places"}

NEAR = 1e-9
"""How near floats are that may be the same number: they only say which pairs are looked at exactly.

No verdict hangs on it. Too small, it costs a correction that could have been offered; too large,
it costs time. Values at a point come of a few dozen roundings, each of 2^-53 of small numbers.
"""


@dataclass(frozen=True)
class Found:
    """A mended side, and what was wrong."""

    side: Node
    says: str


def edits(side: Node, author: Author) -> list[Edit]:
    """Return every single change of a side, the smallest first."""
    there = list(places(side))
    found = (edit for kind in KINDS for place in there for edit in kind(place, author))
    return sorted(islice(found, MAX_EDITS), key=lambda edit: edit.weight)


class Search:
    """Looks for the smallest change of a side that makes it equal the other.

    accepted: what is asked last about a side that does
    """

    accepted: Callable[[Node], bool] | None = None

    def __init__(self, side: Node, other: Node, author: Author, trials: Trials) -> None:
        """Make all single changes of the side."""
        self.side, self.trials, self.author = side, trials, author
        self.other = bare(other)
        self.before = (self._times(side), uncancelled(side))
        self.nodes = sum(1 for _ in walk(side))
        sums = [node for node in walk(side) if is_operation(node, "+")]
        sums += [side, *(node.body for node in walk(side) if isinstance(node, Total))]
        self.terms = {bare(unsigned(term)[1]) for node in sums for term in summands(node)}
        self.edits = edits(side, author) if self.nodes <= MAX_NODES else []
        self.left = MAX_VISITS // self.nodes
        self.refused, self.is_copied = 0, False
        self.values: dict[int, tuple[float, ...]] = {}

    def smallest(self) -> Found | None:
        """Return one change, the same change everywhere, or two, if that makes the side right."""
        found = self.single() or self.everywhere()
        # where one change says a = a, two that are right say the same in disguise
        return found if found or self.is_copied else self.two()

    def _times(self, tree: Node) -> int:
        """Return how often the other side stands in a tree."""
        return sum(1 for node in walk(tree) if bare(node) == self.other)

    def passes(self, tree: Node, at: int | None = None) -> bool:
        """Whether a tree is a correction: true, and no formula a = a."""
        self.left -= 1
        if self.left < 0:
            return False
        expr = self.trials.read(tree)
        if expr is None:
            return False
        self.is_copied = self.is_copied or bare(tree) == self.other
        if at is None and not self.trials.may_agree(expr):
            return False
        values = self.trials.values(expr)
        if at is not None:
            self.values[at] = tuple(as_floats(values))
        if not self.trials.agrees(values) or self._is_empty(tree) or self._is_padded(tree):
            return False
        if self.refused > MAX_REFUSED or not self.trials.passes(expr):
            return False
        if self.accepted is None or self.accepted(tree):
            return True
        self.refused += 1
        return False

    def _is_empty(self, tree: Node) -> bool:
        """Whether a tree has come to say a = a or a - a, or to divide something by itself."""
        return self._times(tree) > self.before[0] or uncancelled(tree) > self.before[1]

    def _is_padded(self, tree: Node) -> bool:
        """Whether a term that was no term before could be left out: sum (dy + xhat) is sum dy."""
        for path, node in with_paths(tree):
            terms = summands(node)
            for at, term in enumerate(terms if len(terms) > 1 else []):
                if bare(unsigned(term)[1]) in self.terms or not is_product_of(self.side, term):
                    continue
                rest = total_of([*terms[:at], *terms[at + 1 :]])
                shorter = self.trials.read(replaced(tree, {path: rest}))
                if shorter is not None and self.trials.agrees(self.trials.values(shorter)):
                    return True
        return False

    def single(self) -> Found | None:
        """Try every change alone."""
        for at, edit in enumerate(self.edits):
            tree = replaced(self.side, {edit.path: edit.new})
            if self.passes(tree, at):
                return Found(tree, edit.says)
        return None

    def everywhere(self) -> Found | None:
        """Try the same change at every place where it can be made."""
        slips: dict[Hashable, list[Edit]] = defaultdict(list)
        for edit in self.edits:
            if all(apart(edit.path, known.path) for known in slips[edit.slip]):
                slips[edit.slip].append(edit)
        for same in slips.values():
            if len(same) > 1:
                tree = replaced(self.side, {edit.path: edit.new for edit in same})
                if self.passes(tree):
                    where = PLACES.get(len(same), f"in all {len(same)} places")
                    return Found(tree, f"{same[0].says}, {where}")
        return None

    def two(self) -> Found | None:
        """Try two changes: first those whose effects add up or multiply to what is missing."""
        pointed = sorted(filter(self._fits, self._pointed_at()), key=self._order)
        is_short = self.nodes <= MAX_NODES // 2
        beside = [pair for pair in pointed if self._are_apart(pair)][:MAX_POINTED]
        inside = [pair for pair in pointed if is_short and not self._are_apart(pair)][:MAX_NESTED]
        pairs = filter(self._fits, combinations(range(len(self.edits)), 2))
        rest = islice(filter(self._are_apart, pairs), MAX_PAIRS)
        found = (self._pair(*(self.edits[at] for at in pair)) for pair in beside)
        nested = (self._one_in_the_other(*pair) for pair in inside)
        others = (self._pair(*(self.edits[at] for at in pair)) for pair in rest)
        return next(filter(None, chain(found, nested, others)), None)

    def _pair(self, one: Edit, other: Edit) -> Found | None:
        tree = replaced(self.side, {one.path: one.new, other.path: other.new})
        if _is_single(tree) or not self.passes(tree):
            return None
        first, second = sorted((one, other), key=lambda edit: edit.path)
        return Found(tree, f"{first.says}, and {second.says}")

    def _one_in_the_other(self, at: int, inner: int) -> Found | None:
        """Make one change, and then the other where it can still be made."""
        for first, second in ((at, inner), (inner, at)):
            one, other = self.edits[first], self.edits[second]
            tree = replaced(self.side, {one.path: one.new})
            for edit in edits(tree, self.author):
                if edit.slip == other.slip and not apart(edit.path, one.path):
                    both = replaced(tree, {edit.path: edit.new})
                    if not _is_single(both) and self.passes(both):
                        return Found(both, f"{one.says}, and {edit.says}")
        return None

    def _fits(self, pair: tuple[int, int]) -> bool:
        """Whether two changes are little enough together."""
        return sum(self.edits[at].weight for at in pair) <= MAX_WEIGHT

    def _are_apart(self, pair: tuple[int, int]) -> bool:
        one, other = (self.edits[at] for at in pair)
        return apart(one.path, other.path)

    def _order(self, pair: tuple[int, int]) -> tuple[int, bool, tuple[int, int]]:
        """Say which pairs come first: of little changes, and of the same slip twice."""
        one, other = (self.edits[at] for at in pair)
        return one.weight + other.weight, one.slip != other.slip, pair

    def _pointed_at(self) -> Iterator[tuple[int, int]]:
        """Yield pairs whose values together give the wanted one, if they are in different terms.

        With the value v of the side, a and b with one change each, and w wanted: both together
        give a + b - v where they change different terms, and a b / v where different factors.
        """
        trials = self.trials
        v, w = (tuple(as_floats(x)) for x in (trials.values(trials.original), trials.wanted))
        known = sorted((values[0], at) for at, values in self.values.items() if _real(values))
        keys = [value for value, _ in known]
        pairs: set[tuple[int, int]] = set()
        for at, a in self.values.items():
            if not _real(a):
                continue
            partners = [[wn - an + vn for wn, an, vn in zip(w, a, v, strict=True)]]
            if all(a):
                partners.append([wn * vn / an for wn, an, vn in zip(w, a, v, strict=True)])
            for b in partners:
                if not _real(tuple(b)):
                    continue
                near = NEAR * (1 + abs(b[0]))
                for place in range(bisect_left(keys, b[0] - near), bisect_right(keys, b[0] + near)):
                    partner = known[place][1]
                    if at < partner and _alike(self.values[partner], b):
                        pairs.add((at, partner))
        yield from pairs


def _is_single(tree: Node) -> bool:
    """Whether a side has become one symbol: no correction of it, but the answer in its place."""
    return isinstance(tree, Name | Num | Quotient)


def _real(values: tuple[float, ...]) -> bool:
    return all(value == value and abs(value) < 1e300 for value in values)


def _alike(values: tuple[float, ...], wanted: list[float]) -> bool:
    """Whether floats may be equal; only says what is looked at exactly."""
    return all(abs(a - b) <= NEAR * (1 + abs(b)) for a, b in zip(values, wanted, strict=True))
