"""What documents are made of in tests: outcomes without proving, and the catalogue as data."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from bncheck.deviations import DEVIATIONS
from bncheck.documents.books.catalogue import Deviation
from bncheck.documents.model import Document
from bncheck.killtable import read
from bncheck.symbolic import library
from bncheck.symbolic.proving import Outcome
from bncheck.symbolic.theorem import CHECKERS, Check


def catalogue() -> dict[str, Deviation]:
    """Return the deviations as the command line hands them in."""
    table = read()
    return {
        d.name: Deviation(d.name, d.says, table.catching(d.name), d.regime, d.seen, d.family)
        for d in DEVIATIONS
    }


def outcome(name: str, refuted: str | None = None) -> Outcome:
    """Return an outcome that says of every equation that it holds, or the same reason why not."""
    [proof] = library.find((name,))
    equations = (*proof.theorem.derivations, *proof.theorem.inequalities)
    checks = [Check(each.name, checker, refuted) for each in equations for checker in CHECKERS]
    return Outcome(proof, tuple(checks), 0.0)


def parts(node: Any, kind: type) -> Iterator[Any]:
    """Yield all parts of a document of a kind, in order."""
    if isinstance(node, kind):
        yield node
    if isinstance(node, tuple):
        for each in node:
            yield from parts(each, kind)
    elif is_dataclass(node):
        for each in fields(node):
            yield from parts(getattr(node, each.name), kind)


def words(document: Document) -> str:
    """Return all words of a document, formulas included."""
    found = [document.title, document.subtitle]
    for part in parts(document.blocks, object):
        if isinstance(part, str):
            found.append(part)
    return " ".join(found)
