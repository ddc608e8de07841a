"""A printed formula as it was understood: what is claimed, under what, and what symbols are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bncheck.symbolic.claims.definitions import Definition, defined_symbol, definition, said
from bncheck.symbolic.claims.given import Given, given, symbols_of
from bncheck.symbolic.claims.labels import full_key_of, key_of, labels_of, root_of, squared
from bncheck.symbolic.claims.letters import reading
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Node, Relation
from bncheck.symbolic.claims.parts import Part, parts
from bncheck.symbolic.claims.symbols import FREE_SCALARS
from bncheck.symbolic.claims.syntax import parse_tokens
from bncheck.symbolic.claims.walking import names_in
from bncheck.symbolic.claims.words import TYPED


@dataclass(frozen=True)
class Before:
    """What a page has said before a formula.

    defined: symbols; assumed: what holds from there on, as gamma = 1
    """

    defined: tuple[Definition, ...] = ()
    assumed: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Understood:
    """The relations of a formula, and how its symbols are read."""

    claimed: tuple[Relation, ...]
    assumed: tuple[Relation, ...]
    defined: tuple[Definition, ...]
    reading: Reading


def understood(latex: str, where: Mapping[str, str], before: Before | None = None) -> Understood:
    """Read a formula; `before` is what the page has said until there.

    Raises ClaimError for what is not read or is ambiguous.
    """
    known = given(where)
    keys = (*symbols_of(where), *known.meanings)
    words = TYPED | {key for key in keys if key.isalpha() and len(key) > 1}
    found = parts(latex)
    read = [(part, parse_tokens(part.tokens, words)) for part in found if part.kind != "range"]
    assumed, claimed, defined = _sorted(read, known, before)
    nodes = [side for r in (*assumed, *claimed) for side in (r.left, r.right)]
    if not (claimed or (before and (assumed or defined))):
        raise ClaimError("nothing is claimed of what is known")
    here = [*said(known.expressions), *defined]
    earlier = _used(before.defined, [*nodes, *(each.body for each in here)]) if before else []
    own = {each.key for each in here}
    how = reading(nodes, known, [*(each for each in earlier if each.key not in own), *here])
    _check_ranges(found, nodes)
    held = before.assumed if before else ()
    return Understood(tuple(claimed), (*held, *assumed), tuple(defined), how)


def _used(defined: Sequence[Definition], nodes: Sequence[Node]) -> list[Definition]:
    """Return the definitions that formulas use, those that these use among them."""
    latest = {each.key: each for each in defined}
    found: dict[str, Definition] = {}
    names = [name for node in nodes for name in names_in(node)]
    while names:
        name = names.pop()
        square = squared(name)
        for key in (full_key_of(name), key_of(name), full_key_of(square), key_of(square)):
            if key in latest and key not in found:
                found[key] = latest[key]
                names += names_in(latest[key].body)
    return list(found.values())


def _sorted(
    read: Sequence[tuple[Part, list[Relation]]], known: Given, before: Before | None
) -> tuple[list[Relation], list[Relation], list[Definition]]:
    assumed: list[Relation] = []
    claimed: list[Relation] = []
    defined: list[Definition] = []
    for part, relations in read:
        others = [r for other, rs in read if other is not part for r in rs]
        made = definition(relations[0])
        chained = len(relations) > 1
        if made and before and made.key in {each.key for each in before.defined}:
            made = None  # said again: it has to agree
        is_set = part.kind == "equation" and others and _sets_a_number(relations)
        if is_set or part.kind == "assumption" or (part.kind == "premise" and _sets(relations)):
            assumed += relations
        elif made and _defines(
            relations[0], known, others if before is None and not chained else None
        ):
            defined.append(made)
            claimed += relations[1:]
        else:
            claimed += relations
    return assumed, claimed, defined


def _sets(relations: Sequence[Relation]) -> bool:
    """Whether an equation sets gamma, beta or eps."""
    left = relations[0].left
    return isinstance(left, Name) and left.base in (r"\gamma", r"\beta", r"\epsilon")


def _sets_a_number(relations: Sequence[Relation]) -> bool:
    """Whether an equation gives gamma, beta or eps a number: ``\\epsilon = 10^{-5}``."""
    (first, *rest) = relations
    return not rest and first.sign == "=" and _sets(relations) and not names_in(first.right)


def _defines(relation: Relation, known: Given, others: Sequence[Relation] | None) -> bool:
    """Whether a relation says what a symbol is that nobody knows, and something else uses it.

    others: the relations beside it; ``None`` on a page, where what follows may use it
    """
    left = defined_symbol(relation.left)
    if left is None or relation.sign not in ("=", ":=", r"\equiv"):
        return False
    if known.meaning(left) or known.scalar(left) or known.sizes_of(left):
        return False
    if others is not None:
        names = [name for r in others for name in (*names_in(r.left), *names_in(r.right))]
        if not any(root_of(key_of(left)) == key_of(name) for name in names):
            return False
    is_new = left.accent == "hat" and left.base == r"\sigma^2"  # with eps in it, or without
    return is_new or _is_unknown(relation.left)


def _is_unknown(left: Node) -> bool:
    if isinstance(left, Name) and left.base in FREE_SCALARS and not left.accent:
        return True
    try:
        reading([left], Given()).expression(left)
    except ClaimError:
        return True
    return False


def _check_ranges(found: Sequence[Part], nodes: Sequence[Node]) -> None:
    """Refuse a range of an index that no symbol has."""
    indices = {label for node in nodes for name in names_in(node) for label in labels_of(name)}
    for part in found:
        if part.kind == "range" and part.tokens[0].text not in indices:
            token = part.tokens[0]
            raise ClaimError(f"nothing has the index {token.text}", token.position)
