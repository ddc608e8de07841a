"""A printed formula as it was understood: what is claimed, under what, and what symbols are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bncheck.symbolic.claims.definitions import Definition, definition, said
from bncheck.symbolic.claims.given import Given, given
from bncheck.symbolic.claims.labels import key_of, labels_of
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
class Understood:
    """The relations of a formula, and how its symbols are read."""

    claimed: tuple[Relation, ...]
    assumed: tuple[Relation, ...]
    reading: Reading


def understood(latex: str, where: Mapping[str, str]) -> Understood:
    """Read a formula.

    Raises ClaimError for what is not read or is ambiguous.
    """
    known = given(where)
    words = TYPED | {key for key in (*where, *known.meanings) if key.isalpha() and len(key) > 1}
    found = parts(latex)
    read = [(part, parse_tokens(part.tokens, words)) for part in found if part.kind != "range"]
    assumed, claimed, defined = _sorted(read, known)
    nodes = [side for r in (*assumed, *claimed) for side in (r.left, r.right)]
    if not claimed:
        raise ClaimError("nothing is claimed of what is known")
    how = reading(nodes, known, [*said(known.expressions), *defined])
    _check_ranges(found, nodes)
    return Understood(tuple(claimed), tuple(assumed), how)


def _sorted(
    read: Sequence[tuple[Part, list[Relation]]], known: Given
) -> tuple[list[Relation], list[Relation], list[Definition]]:
    assumed: list[Relation] = []
    claimed: list[Relation] = []
    defined: list[Definition] = []
    for part, relations in read:
        others = [r for other, rs in read if other is not part for r in rs]
        made = definition(relations[0]) if len(relations) == 1 else None
        if part.kind == "assumption" or (part.kind == "premise" and _sets(relations)):
            assumed += relations
        elif made and _defines(part, relations[0], known, others):
            defined.append(made)
        else:
            claimed += relations
    return assumed, claimed, defined


def _sets(relations: Sequence[Relation]) -> bool:
    """Whether an equation sets gamma, beta or eps."""
    left = relations[0].left
    return isinstance(left, Name) and left.base in (r"\gamma", r"\beta", r"\epsilon")


def _defines(part: Part, relation: Relation, known: Given, others: Sequence[Relation]) -> bool:
    """Whether a relation says what a symbol is that nobody knows, and something else uses it."""
    left = relation.left
    if not isinstance(left, Name) or relation.sign not in ("=", ":=", r"\equiv"):
        return False
    if known.meaning(left) or known.scalar(left) or known.sizes_of(left):
        return False
    used = any(key_of(left) == key_of(name) for r in others for name in _names(r))
    return used and _is_unknown(left, part)


def _is_unknown(left: Name, part: Part) -> bool:
    if left.base in FREE_SCALARS and not left.accent:
        return True
    try:
        reading([left], Given()).expression(left)
    except ClaimError:
        return True
    return False


def _names(relation: Relation) -> Iterator[Name]:
    yield from names_in(relation.left)
    yield from names_in(relation.right)


def _check_ranges(found: Sequence[Part], nodes: Sequence[Node]) -> None:
    """Refuse a range of an index that no symbol has."""
    indices = {label for node in nodes for name in names_in(node) for label in labels_of(name)}
    for part in found:
        if part.kind == "range" and part.tokens[0].text not in indices:
            token = part.tokens[0]
            raise ClaimError(f"nothing has the index {token.text}", token.position)
