"""A copy of a page in which what is wrong is said where it stands."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from bncheck.symbolic.notes.judging import Said
from bncheck.symbolic.notes.rendering import LEVELS, reasons
from bncheck.symbolic.notes.sources import Page, text_of
from bncheck.terminal import clean

COMMENTS = {"latex": "% bncheck: {}", "markdown": "<!-- bncheck: {} -->"}


def marked(page: Page, said: Iterable[Said]) -> str:
    """Return the page with a comment after each formula that is not simply true."""
    notes: dict[int | None, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in said:
        if one.verdict and one.verdict.verdict in LEVELS:
            lines = one.formula.text.count("\n")
            notes[one.formula.cell][one.formula.line + lines] += _comments(page.kind, one)
    if page.kind != "notebook":
        return _with_notes(page.cells[0][1], notes[None])
    data = json.loads(text_of(page.path))
    for number, text in page.cells:
        if number is not None and notes[number]:
            marked_text = _with_notes(text, notes[number])
            data["cells"][number - 1]["source"] = marked_text.splitlines(keepends=True)
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _comments(kind: str, one: Said) -> list[str]:
    if one.verdict is None:
        return []
    said = [one.verdict.verdict, *reasons(one.verdict)]
    form = COMMENTS.get(kind, COMMENTS["markdown"])
    # no comment ends before its end
    return [form.format(clean(line).replace("--", "- -")) for line in said]


def _with_notes(text: str, notes: dict[int, list[str]]) -> str:
    """Put comments after lines, by their numbers; a display that goes on is not broken."""
    done: list[str] = []
    waiting: list[str] = []
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        done.append(line)
        waiting += notes.get(number, [])
        inside ^= line.count("$$") % 2 == 1
        if waiting and not inside:
            done += waiting
            waiting = []
    return "\n".join([*done, *waiting])
