"""Renders a document as a Jupyter notebook, unexecuted: words in cells of Markdown, and programs.

The same document gives the same bytes: cells are numbered, and nothing tells when it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bncheck.documents.formats.characters import program
from bncheck.documents.formats.dialects import NOTEBOOK
from bncheck.documents.formats.markdown import Writer
from bncheck.documents.formats.numbering import numbered
from bncheck.documents.model import Block, Document, Heading, Program

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def render(document: Document) -> str:
    """Return the document as a notebook of format 4.5."""
    found = numbered(document)
    writer = Writer(found, NOTEBOOK)
    cells = [_cell("markdown", "\n\n".join(writer.title()))]
    cells += _cells(writer, found.document.blocks)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:04d}"
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _cells(writer: Writer, blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    """Yield a cell for each program that runs, and one for all words between two headings."""
    said: list[str] = []
    for block in blocks:
        runs = isinstance(block, Program) and block.runs
        if said and (runs or isinstance(block, Heading)):
            yield _cell("markdown", "\n\n".join(said))
            said = []
        if isinstance(block, Program) and block.runs:
            yield _cell("code", "\n".join(program(block.text)).strip("\n"))
        else:
            said += writer.block(block)
    if said:
        yield _cell("markdown", "\n\n".join(said))


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text.splitlines(True)}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
