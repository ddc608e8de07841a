"""What a printed formula claims: two sides and a relation, as expressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.assignments import Update, defined, update
from bncheck.symbolic.claims.extremes import without_extremes
from bncheck.symbolic.claims.letters import SIZES, refuse_two_things
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.matrices import entries, uses_arrays
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Relation
from bncheck.symbolic.claims.page import Before, understood
from bncheck.symbolic.claims.populations import Population, population
from bncheck.symbolic.claims.rows import of_one_row
from bncheck.symbolic.claims.walking import names_in
from bncheck.symbolic.expression import ZERO, Element, Expr, Symbol, free_indices
from bncheck.symbolic.trees import degree, substitute

MAX_DEGREE = 5_000
DECIDED = frozenset({"=", r"\leftarrow", r"\equiv", ":=", r"\le", r"\ge", "<", ">"})
"""The relation signs that are decided."""


@dataclass(frozen=True)
class Statement:
    """Both sides of a claim, as expressions, and as they were printed.

    printed: the syntax tree; reading: what its symbols mean, with which an edited tree is read
    assumed: the relations under which the claim is made, put in on both sides
    update: the update that it is; defines: the new symbol on the left of a definition
    beside: the other relations of the formula; sized: it is claimed for one batch size only
    population: the mean over batches that it is
    """

    left: Expr
    right: Expr
    sign: str = "="
    printed: Relation | None = None
    reading: Reading | None = None
    assumed: tuple[Relation, ...] = ()
    update: Update | None = None
    defines: str = ""
    beside: tuple[Relation, ...] = ()
    sized: bool = False
    population: Population | None = None


def statements(
    latex: str, where: Mapping[str, str], before: Before | None = None
) -> Iterator[Statement]:
    """Yield what a printed formula claims, relation by relation.

    before: what a page has said until there

    Raises ClaimError for what is not read or is ambiguous.
    """
    page = understood(latex, where, before)
    how = page.reading
    claimed = [without_extremes(relation, how) for relation in page.claimed]
    updates = [(relation, update(relation, how, where)) for relation in claimed]
    others = [*page.assumed, *(relation for relation, new in updates if new is None)]
    refuse_two_things((side for r in others for side in (r.left, r.right)), how)
    for relation, new in updates:
        if (over_batches := population(relation, how)) is not None:
            yield Statement(ZERO, ZERO, relation.sign, relation, how, population=over_batches)
            continue
        if new is not None:
            yield Statement(new.old, new.new, relation.sign, relation, new.reading, update=new)
            continue
        if name := defined(relation, how):
            right = how.expression(relation.right)
            yield Statement(right, right, relation.sign, relation, how, defines=name)
            continue
        _refuse_update(relation)
        if relation.sign not in DECIDED:
            raise ClaimError(f"the relation '{relation.sign}' is not one that is decided")
        left, right = sides(how, relation, page.assumed)
        _refuse_two_sizes(left, right)
        if max(degree(left), degree(right)) > MAX_DEGREE:
            raise ClaimError("the powers in this formula are too large to evaluate")
        sized = any(_is_size(each) for each in page.assumed)
        kept = Statement(left, right, relation.sign, relation, how, page.assumed)
        yield replace(kept, beside=page.claimed, sized=sized)


def sides(how: Reading, relation: Relation, assumed: Iterable[Relation]) -> tuple[Expr, Expr]:
    """Return both sides of a relation, with what is assumed put in; of sums over rows, one row's.

    Raises ClaimError for what is not read or is ambiguous.
    """
    relation = of_one_row(relation, how)
    if uses_arrays((relation.left, relation.right)):
        left, right = entries(how, relation.left, relation.right)
    else:
        left, right = how.expression(relation.left), how.expression(relation.right)
    return under(how, assumed, left), under(how, assumed, right)


def under(how: Reading, assumed: Iterable[Relation], side: Expr) -> Expr:
    """Return a side with what is assumed put in.

    Raises ClaimError for what cannot be assumed.
    """
    for assumption in assumed:
        if not _is_size(assumption):
            side = _assume(how, assumption, side)
    return side


NTH = ("first", "second", "third", "fourth", "fifth", "sixth")


def part_of(found: Sequence[Statement], at: int) -> str:
    """Say which of several relations one is: the second = of a chain, relation 1 of 2.

    Empty where there is only one.
    """
    if len(found) == 1:
        return ""
    nth = NTH[at] if at < len(NTH) else f"{at + 1}th"
    sides = [statement.printed for statement in found]
    chained = all(
        one is not None and other is not None and one.right is other.left
        for one, other in pairwise(sides)
    )
    return f"the {nth} {found[at].sign}" if chained else f"relation {at + 1} of {len(found)}"


def _is_size(assumption: Relation) -> bool:
    """Whether an assumption is about the batch size, whatever its letter."""
    left = assumption.left
    return isinstance(left, Name) and left.base in SIZES and not (left.below or left.above)


def _assume(how: Reading, assumption: Relation, side: Expr) -> Expr:
    symbol = how.expression(assumption.left)
    if isinstance(symbol, Element) and symbol.name in ("gamma", "beta"):
        return _assume_of_all(how, assumption, symbol, side)
    if not isinstance(symbol, Symbol):
        raise ClaimError("an assumption must set gamma, beta or eps", assumption.left.position)
    if assumption.sign == ">" and how.expression(assumption.right) == ZERO:
        return substitute(without_derivatives(side), symbol.name, Symbol(symbol.name, True))
    if assumption.sign != "=":
        raise ClaimError("an assumption is an equation, or > 0", assumption.left.position)
    return substitute(without_derivatives(side), symbol.name, how.expression(assumption.right))


def _assume_of_all(how: Reading, assumption: Relation, symbol: Element, side: Expr) -> Expr:
    """Put in what is assumed of gamma or beta where each value has its own: the same for all."""
    value = how.expression(assumption.right)
    if assumption.sign != "=" or free_indices(value):
        raise ClaimError("of all entries a number is assumed", assumption.left.position)
    return substitute(without_derivatives(side), symbol.name, value)


def _refuse_update(relation: Relation) -> None:
    left = relation.left
    if isinstance(left, Name) and _bare(left) in map(_bare, names_in(relation.right)):
        raise ClaimError(
            f"an assignment that gives {left.base} a new value, not an equation", left.position
        )


def _refuse_two_sizes(left: Expr, right: Expr) -> None:
    """Refuse a free index that runs to one size in one place and to another elsewhere."""
    sizes: dict[str, str] = {}
    for index in free_indices(left) | free_indices(right):
        other = sizes.setdefault(index.name, index.size)
        if other != index.size:
            both = " and ".join(sorted((other, index.size)))
            raise ClaimError(f"the index {index.name} runs to {both}")


def _bare(name: Name) -> Name:
    return Name(0, name.base, name.accent, name.below, name.above)
