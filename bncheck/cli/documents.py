"""Documents that commands write: in which format, to where, and what the catalogue adds to them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck.cli import output
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from bncheck.documents.books.catalogue import Catalogue
    from bncheck.documents.model import Document
    from bncheck.symbolic.notes.judging import Said
    from bncheck.symbolic.proving import Outcome

FORMATS = ("text", "markdown", "myst", "latex", "typst", "pdf", "html", "notebook")
BINARY = ("pdf",)
BOOKS = ("book", "summary", "claims", "exercises")


def check(name: str, path: Path | None, *, folder: bool = False) -> None:
    """Try the format and the place before the work.

    folder: the place is one, of a file for each theorem

    Raises UsageError where a library is missing, or where what is binary has no file.
    """
    if name in BINARY:
        if path is None:
            where = "a folder with --output PATH" if folder else f"a file with --output FILE.{name}"
            raise UsageError(f"{name} is not for a terminal; write it to {where}")
        from bncheck.documents.formats import pdf

        pdf.available()
    if not folder:
        output.check(path)


def write(
    document: Document, name: str, path: Path | None, outcomes: Iterable[Outcome] = ()
) -> None:
    """Render a document and write it, whole or not at all.

    outcomes: of the theorems in it; a notebook gets a cell for each, which checks it again
    """
    made = rendered(document, name, outcomes)
    if isinstance(made, str):
        output.write_text(made, path)
    elif path is not None:
        output.write_bytes(made, path)


def rendered(document: Document, name: str, outcomes: Iterable[Outcome]) -> str | bytes:
    """Return a document in a format."""
    from bncheck.documents.formats.table import FORMATS
    from bncheck.documents.recomputing import cells

    if FORMATS[name].recomputes:
        document = cells.with_cells(document, (o.proof.theorem for o in outcomes))
    return FORMATS[name].render(document)


def suffix(name: str) -> str:
    """Return how files of a format end."""
    from bncheck.documents.formats.table import FORMATS

    return FORMATS[name].suffix


def theorems(outcomes: list[Outcome]) -> Document:
    """Return a document with a section for each theorem."""
    from bncheck.documents.derivations import families, theorem
    from bncheck.documents.model import Document

    blocks = tuple(block for outcome in outcomes for block in theorem.blocks(outcome, 1))
    about = families.title(outcome.proof.theorem.id for outcome in outcomes)
    return Document(f"{about}: derivations", blocks, contents=len(outcomes) > 1)


def book(kind: str, outcomes: list[Outcome]) -> Document:
    """Return one of the books. outcomes: of all theorems, where the book is of them"""
    from bncheck.documents.books import book, claims, exercises, summary

    if kind == "summary":
        return summary.document()
    if kind == "claims":
        return claims.document()
    if kind == "exercises":
        return exercises.document(catalogue())
    return book.document(outcomes, catalogue())


def notes(said: list[Said], name: str) -> Document:
    """Return the formulas of a page of notes with their verdicts."""
    from bncheck.documents.books import page

    return page.document(said, name)


def catalogue() -> Catalogue:
    """Return what books say of the named ways of being wrong."""
    from bncheck.deviations import DEVIATIONS
    from bncheck.documents.books.catalogue import Deviation
    from bncheck.killtable import read

    table = read()
    return {
        each.name: Deviation(
            each.name,
            each.says,
            tuple(table.catching(each.name)),
            each.regime,
            each.seen,
            each.family,
        )
        for each in DEVIATIONS
    }
