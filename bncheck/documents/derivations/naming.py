"""Local names until every line fits the page: what is long and comes often gets a letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bncheck.documents.derivations.letters import Letters
from bncheck.documents.derivations.measure import PAGE, width
from bncheck.documents.derivations.outlines import (
    Local,
    Outline,
    defined,
    opened,
    outline,
    printed,
    put,
)
from bncheck.documents.derivations.powers import gathered
from bncheck.documents.derivations.quantities import natural
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Power,
    Symbol,
    free_indices,
    rename,
    sqrt,
)
from bncheck.symbolic.printers.notation import Spelling
from bncheck.symbolic.stating.surface import form
from bncheck.symbolic.trees import is_negative

SHORT, MOST = 5.0, 14
"""What is not worth a name, and how many names a theorem gets at most."""
WORTH = 28.0
"""How many em of print a name has to save where all lines fit already."""
TWIN = 4.0
"""The same, for what is like a term that has a name: a gradient at other weights."""
DEFINITION = 4.0
"""What a definition takes beside what it defines."""


@dataclass(frozen=True)
class Naming:
    """Expressions in which local names stand, and what these mean, each in terms of those before.

    original: the expressions as they were, powers gathered and unprinted names opened
    """

    exprs: tuple[Expr, ...]
    locals: tuple[Local, ...]
    original: tuple[Expr, ...]

    @property
    def spellings(self) -> dict[str, Spelling]:
        """How the names are spelled."""
        return {local.key: local.spelling for local in self.locals}

    def used(self, exprs: Iterable[Expr]) -> list[Local]:
        """Return the names that are printed in these, and those that they are made of."""
        wanted: set[str] = set()
        todo = list(exprs)
        by_key = {local.key: local for local in self.locals}
        while todo:
            for node in printed(todo.pop()):
                if isinstance(node, Named) and node.name in by_key and node.name not in wanted:
                    wanted.add(node.name)
                    todo.append(by_key[node.name].body)
        return [local for local in self.locals if local.key in wanted]


def named(exprs: Sequence[Expr], usual: Mapping[object, str] = MappingProxyType({})) -> Naming:
    """Return the expressions with names for what is long.

    usual: letters that the theorem's author has, by the `said` of what they stand for
    """
    letters = Letters(exprs)
    original = tuple(gathered(opened(expr)) for expr in exprs)
    locals_ = [replace(each, body=gathered(each.body)) for each in natural(exprs, letters)]
    lines = list(original)
    for local in locals_:
        lines = [put(line, local) for line in lines]
    while len(locals_) < MOST:
        best = _best(lines, locals_)
        if best is None:
            break
        spelling = _spelling(best, letters, usual.get(said(best), ""))
        local = defined(best, f"local {spelling.base}", spelling)
        lines = [put(line, local) if line != best else line for line in lines]
        locals_ = _sorted([*(replace(e, body=put(e.body, local)) for e in locals_), local])
    return Naming(tuple(lines), tuple(locals_), original)


def said(term: Expr) -> object:
    """Return what a term says, whatever its order and the letters of its indices."""
    free = sorted(free_indices(term), key=lambda index: (index.size, index.name))
    return form(rename(term, {index: Index(f"at {n}", index.size) for n, index in enumerate(free)}))


def _spelling(term: Expr, letters: Letters, usual: str) -> Spelling:
    if usual and letters.asked(usual):
        return Spelling(usual)
    if isinstance(term, Power) and letters.asked("s"):
        return Spelling("s")
    return Spelling(letters.vector() if outline(term)[1] else letters.scalar())


def _best(lines: Sequence[Expr], locals_: Sequence[Local]) -> Expr | None:
    """Return the term whose name saves most, or None where names help no more."""
    everything = [*lines, *(local.body for local in locals_)]
    wide = [line for line in everything if width(line) > PAGE]
    counts: dict[Outline, int] = defaultdict(int)
    terms: dict[Outline, Expr] = {}
    for whole in everything:
        for node in _candidates(whole):
            label = outline(node)[0]
            counts[label] += 1
            terms.setdefault(label, node)
    saved = {label: _saved(terms[label], counts[label]) for label in terms}
    within = {outline(node)[0] for line in wide for node in _candidates(line)}
    pool = within if wide else set(saved)
    best = max(pool, key=lambda label: (saved[label], repr(label)), default=None)
    if best is None:
        return None
    if wide:
        return terms[best] if saved[best] > 0 else _half(wide)
    if saved[best] > WORTH:
        return terms[best]
    likes = {_likeness(local.body) for local in locals_ if not local.role}
    twins = [label for label in pool if saved[label] > TWIN and _likeness(terms[label]) in likes]
    return terms[min(twins, key=repr)] if twins else None


def _likeness(term: Expr) -> object:
    """Return the outline of a term, whatever its quantities are."""
    return _anonymous(outline(term)[0])


def _anonymous(part: object) -> object:
    if not isinstance(part, tuple):
        return part
    if part and part[0] == "named":
        return ("named", *part[2:])
    return tuple(map(_anonymous, part))


def _saved(term: Expr, count: int) -> float:
    name = 0.7 + 0.4 * len(outline(term)[1])
    return (count - 1) * width(term) - count * name - DEFINITION


def _half(wide: Sequence[Expr]) -> Expr | None:
    """Return a term that a line is cut in two by, where it is one that no break helps."""
    for line in wide:
        if _breaks(line):
            continue
        fitting = [node for node in _candidates(line) if width(node) <= PAGE]
        if fitting:
            return max(fitting, key=width)
    return None


def _breaks(line: Expr) -> bool:
    """Whether a line can be broken between its terms into a few that fit."""
    terms = line.terms if isinstance(line, Add) else (line,)
    return all(width(term) <= PAGE for term in terms) and width(line) <= 2.5 * PAGE


def _candidates(whole: Expr) -> Iterator[Expr]:
    for node in printed(whole):
        if isinstance(node, Power) and node.exponent.denominator == 2:
            if width(node.base) > SHORT / 2 and not free_indices(node):
                yield sqrt(node.base)
            continue
        if node is whole or isinstance(node, Named | Number | Symbol | Element | Delta | Power):
            continue
        if width(node) < SHORT or is_negative(node) or len(outline(node)[1]) > 2:
            continue
        if isinstance(node, Mul) and all(isinstance(f, Number | Symbol) for f in node.factors):
            continue
        yield node


def _sorted(locals_: Sequence[Local]) -> list[Local]:
    """Return the names so that each is made of those before it."""
    keys = {local.key for local in locals_}
    done: list[Local] = []
    left = list(locals_)
    while left:
        known = {local.key for local in done}
        for local in left:
            needs = {n.name for n in printed(local.body) if isinstance(n, Named)} & keys
            if needs <= known:
                done.append(local)
                left.remove(local)
                break
        else:
            raise ValueError("local names are defined by one another")
    return done
