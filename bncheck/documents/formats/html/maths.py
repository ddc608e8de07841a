"""Formulas of HTML: MathML that is broken into chunks, of which the browser makes lines.

A formula that a phone has no room for is cut where signs stand. Where that is not enough, because
a bracket or a fraction has to be opened, it is there twice: for a page and for a phone. The style
shows one of them, to readers and to screen readers alike.
"""

from __future__ import annotations

import re

from bncheck.documents.formats import formulas
from bncheck.documents.formats.html.markup import tag
from bncheck.documents.formulas import mathml
from bncheck.documents.formulas.nodes import Part, Row

WIDE, NARROW = 40.0, 18.0
"""Of a page and of a phone, in em of the text."""


def inline(tex: str) -> str:
    """Return a formula that stands in a line of words."""
    if formulas.em(tex) <= NARROW:
        return _written(formulas.row(tex), display=False)
    chunks = [_written(row, display=False) for row in formulas.lines(tex, NARROW)]
    return " ".join(chunks)


def displayed(tex: str, less: float = 0.0) -> str:
    """Return a displayed formula. less: how much of the width something else takes"""
    if formulas.em(tex) <= NARROW - less:
        return tag("span", _written(formulas.row(tex), display=True), class_="maths")
    wide = formulas.lines(tex, WIDE - less)
    narrow = formulas.lines(tex, NARROW - less)
    if wide == narrow or (len(wide) == 1 and _joined(wide) == _joined(narrow)):
        return _chunks(narrow, "maths")
    return _chunks(wide, "maths wide") + _chunks(narrow, "maths narrow")


def _joined(rows: tuple[Row, ...]) -> list[Part]:
    return [part for row in rows for part in row.parts]


def _chunks(rows: tuple[Row, ...], kind: str) -> str:
    shown = [_written(row, display=True) for row in rows]
    first, *more = (tag("span", each, class_="chunk") for each in shown)
    return tag("span", " ".join([first, *more]), class_=kind)


def _written(row: Row, *, display: bool) -> str:
    """Return a formula without styles of its own: the policy of a page lets in none but its own."""
    return re.sub(r' style="[^"]*"', "", mathml.write(row, display=display))
