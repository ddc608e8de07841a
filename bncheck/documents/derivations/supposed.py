"""Where a theorem holds, in words: read from its statement, in the names of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bncheck.documents.derivations import families
from bncheck.documents.derivations.naming import Naming, said
from bncheck.documents.derivations.outlines import opened, put, read_back
from bncheck.documents.derivations.powers import gathered
from bncheck.documents.derivations.writing import Writer
from bncheck.documents.model import Formula, Inline, Prose, Text
from bncheck.errors import NotSupported
from bncheck.symbolic.expression import Add, Expr, Named
from bncheck.symbolic.library import Proof
from bncheck.symbolic.stating.agreeing import REFUSED, equations
from bncheck.symbolic.stating.domains import NOT
from bncheck.symbolic.stating.reading import reader
from bncheck.symbolic.stating.sections import stated
from bncheck.symbolic.stating.surface import same
from bncheck.symbolic.vocabulary import m


@dataclass(frozen=True)
class Relation:
    """Something that is supposed."""

    left: Expr
    sign: str
    right: Expr


@dataclass(frozen=True)
class Supposed:
    """What is supposed of all equations, and of each by its name; ``None`` where it is not read."""

    everywhere: tuple[Relation, ...] | None
    of_each: dict[str, tuple[Relation, ...]]


def supposed(proof: Proof, naming: Naming) -> Supposed:
    """Return what the statement of a proof's file supposes."""
    proved = equations(proof.theorem)
    try:
        told = stated(proof.text, [equation.name for equation in proved])
        how = reader([side for equation in proved for side in equation.all], told.where)

        def read(texts: Iterable[str]) -> tuple[Relation, ...]:
            found = [relation for text in texts for relation in how.relations(text)]
            sides = ((r.sign, *how.sides(r)) for r in found)
            return tuple(
                Relation(recognized(left, naming), sign, recognized(right, naming))
                for sign, left, right in sides
            )

        everywhere = read(told.domain)
        return Supposed(everywhere, {e.name: read(e.supposed) for e in told.entries})
    except REFUSED:
        return Supposed(None, {})


def letters(proof: Proof) -> dict[object, str]:
    """Return the letters that the statement of a proof's file has, by what they stand for."""
    proved = equations(proof.theorem)
    found: dict[object, str] = {}
    try:
        told = stated(proof.text, [equation.name for equation in proved])
        how = reader([side for equation in proved for side in equation.all], told.where)
        for key, made in how.own.items():
            if len(key) == 1 and key.isalpha():
                found[said(gathered(opened(how.expression(made.body))))] = key
    except REFUSED:
        pass  # a statement that is not read is told so elsewhere
    return found


def recognized(expr: Expr, naming: Naming) -> Expr:
    """Return an expression with the local names for what it says, however that is spelled."""
    expr = gathered(opened(expr))
    for local in naming.locals:
        expr = put(expr, local)
    if not expr.children or isinstance(expr, Named):
        return expr
    by_key = {local.key: local for local in naming.locals}
    for local in naming.locals:
        if not local.indices and _says(expr, read_back(local.symbol, by_key)):
            return local.symbol
    if isinstance(expr, Add):
        return Add(tuple(recognized(term, naming) for term in expr.terms))
    return expr


def _says(expr: Expr, other: Expr) -> bool:
    try:
        return same(expr, other)
    except (NotSupported, ZeroDivisionError, ValueError):
        return False


def in_words(relations: Sequence[Relation], writer: Writer, theorem: str = "") -> Prose:
    """Return "For every batch size m >= 1, where ...", or where it holds if no size is limited.

    theorem: its id, by which m is the size of a batch, or of a row
    """
    every = families.of(theorem).size
    sizes = [r for r in relations if m in (r.left, r.right)]
    others = [r for r in relations if m not in (r.left, r.right)]
    if not relations:
        return (Text(f"For every {every} and all values."),)
    if not sizes:
        return (Text("Where "), *listed(others, writer), Text("."))
    parts: list[Inline] = [Text(f"For every {every} "), *listed(sizes, writer)]
    if others:
        parts += [Text(", where "), *listed(others, writer)]
    return (*parts, Text("."))


def listed(relations: Sequence[Relation], writer: Writer) -> Iterator[Inline]:
    """Yield relations with commas between them, and an "and" before the last."""
    positive = [each.left for each in relations if each.sign == ">"]
    relations = [each for each in relations if each.sign != NOT or each.left not in positive]
    for number, relation in enumerate(relations):
        if number:
            yield Text(" and " if number == len(relations) - 1 else ", ")
        yield formula(relation, writer)


def formula(relation: Relation, writer: Writer) -> Formula:
    """Return a relation as a formula."""
    return writer.relation(relation.left, relation.sign, relation.right)
