"""Finds the formulas of a page: LaTeX, Markdown, or a notebook's Markdown cells.

Each formula keeps where it stands, so that what is said about it can point there. Comments, code
and verbatim text have no formulas.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from bncheck import files
from bncheck.errors import UsageError
from bncheck.symbolic.notes.macros import ALWAYS, Defined, Macro, at, definitions
from bncheck.symbolic.notes.sections import Sections, apply, marks
from bncheck.terminal import brief

MAX_BYTES = 50_000_000
MAX_FORMULAS = 5_000
KINDS = {".tex": "latex", ".md": "markdown", ".markdown": "markdown", ".ipynb": "notebook"}

ENVIRONMENTS = (
    r"(?:equation|align|aligned|alignat|gather|multline|eqnarray|flalign|displaymath|math)"
)
_SKIPPED_TEX = re.compile(
    r"(?<!\\)%[^\n]*|\\begin\{(verbatim|lstlisting|minted|comment)\*?\}.*?\\end\{\1\*?\}"
    r"|\\verb\*?(\W).*?\2",
    re.DOTALL,
)
_SKIPPED_MARKDOWN = re.compile(
    r"(?P<kept>^`{3,}\s*(?:math|\{math\})[^\n]*\n.*?^`{3,}[ \t]*$)"
    r"|^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|<!--.*?-->|(?<!`)(?P<tick>`{1,2})(?!`)[^\n]*?(?<!`)(?P=tick)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_FORMULA = re.compile(
    rf"\\begin\{{(?P<env>{ENVIRONMENTS}\*?)\}}.*?\\end\{{(?P=env)\}}"
    r"|(?<!\\)\$\$(?P<display>.+?)(?<!\\)\$\$"
    r"|(?<!\\)\\\[(?P<bracket>.+?)(?<!\\)\\\]"
    r"|(?<!\\)\\\((?P<paren>.+?)(?<!\\)\\\)"
    r"|^`{3,}\s*(?:math|\{math\})[^\n]*\n(?P<fenced>.*?)^`{3,}"
    # a dollar that a space follows opens nothing, unless one is before the other, too
    r"|(?<![\\$])\$(?P<inline>(?=[^\s$])(?:(?!\n\s*\n)[^$])*?(?<=[^\s\\]))\$(?![$0-9])"
    r"|(?<![\\$])\$(?P<spaced>[ ][^$\n]*?[ ])\$(?![$0-9])",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Formula:
    """A formula and where it stands.

    text: LaTeX, without its delimiters; before: the words before it in its paragraph; cell: the
    number of a notebook's cell, from 1 on; line, column: of its first sign, from 1 on; start:
    where that is in the text of the page or cell; macros: what the page has defined until there;
    places: where each sign is, of the text without macros; norm: the normalization that its part
    of the page says it is about, empty if it says none
    """

    text: str
    before: str
    line: int
    column: int
    start: int
    cell: int | None = None
    macros: Mapping[str, Macro] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    norm: str = ""


@dataclass(frozen=True)
class Page:
    """A file that was read: its cells, one for a file that is no notebook."""

    path: Path
    kind: str
    cells: tuple[tuple[int | None, str], ...]

    def formulas(self) -> Iterator[Formula]:
        """Yield every formula, in order.

        Raises UsageError for more than are read, and for a norm that is none.
        """
        count = 0
        known: list[Defined] = []
        part = Sections()
        for number, text in self.cells:
            shown = _without_code(text, self.kind)
            here = list(definitions(shown))
            said = deque(marks(text, shown, self.kind))
            for formula in _formulas(text, self.kind, number, here):
                now = at(formula.start, here)
                before = {each.name: each.macro for each in known}
                while said and said[0].start < formula.start:
                    apply(said.popleft(), part)
                formula = replace(formula, macros={**ALWAYS, **before, **now}, norm=part.norm)
                count += 1
                if count > MAX_FORMULAS:
                    raise UsageError(f"more than {MAX_FORMULAS} formulas are not read")
                yield formula
            for mark in said:
                apply(mark, part)
            known += here


def page(path: Path) -> Page:
    """Read a file.

    Raises UsageError for a file that is missing, too large, no text, or of another kind.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(sorted(KINDS))
        raise UsageError(f"{path.name} is none of {known}; rename it, or save it as one of these")
    text = text_of(path)
    cells = _cells(text, path) if kind == "notebook" else ((None, text),)
    return Page(path, kind, tuple(cells))


def text_of(path: Path) -> str:
    """Read the text of a file.

    Raises UsageError for a file that is missing, too large, or no text.
    """
    text = files.read_text(path, MAX_BYTES)
    if "\0" in text:
        raise UsageError(f"{path.name} is no text: it has a zero byte")
    return text


def _cells(text: str, path: Path) -> Iterator[tuple[int | None, str]]:
    """Yield the Markdown cells of a notebook, with their numbers among all cells."""
    try:
        cells = json.loads(text)["cells"]
        found = [(n, cell["cell_type"], cell["source"]) for n, cell in enumerate(cells, 1)]
    except (ValueError, KeyError, TypeError, RecursionError) as reason:
        said = brief(str(reason))
        raise UsageError(f"{path.name} is not a notebook that can be read: {said}") from None
    for number, kind, source in found:
        lines = source if isinstance(source, list) else [source]
        if kind == "markdown" and all(isinstance(line, str) for line in lines):
            yield number, "".join(lines)


def _formulas(
    text: str, kind: str, cell: int | None, defined: Iterable[Defined]
) -> Iterator[Formula]:
    shown = _blanked(text, kind)
    for each in defined:
        gone = re.sub(r"[^\n]", " ", shown[each.start : each.end])
        shown = shown[: each.start] + gone + shown[each.end :]
    lines = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
    last = 0
    for match in _FORMULA.finditer(shown):
        group = match.lastgroup
        start, end = match.span() if group in (None, "env") else match.span(group)
        start += len(shown[start:end]) - len(shown[start:end].lstrip())
        if start == end:
            continue  # macros alone
        line = bisect_right(lines, start)
        before = shown[last : match.start()].rpartition("\n\n")[2]
        last = match.end()
        yield Formula(shown[start:end], before, line, start - lines[line - 1] + 1, start, cell)


def _blanked(text: str, kind: str) -> str:
    """Put spaces where no formula is, so that all positions stay."""
    shown = _without_code(text, kind)
    begin = shown.find(r"\begin{document}") if kind == "latex" else -1
    return shown if begin < 0 else re.sub(r"[^\n]", " ", shown[:begin]) + shown[begin:]


def _without_code(text: str, kind: str) -> str:
    pattern = _SKIPPED_TEX if kind == "latex" else _SKIPPED_MARKDOWN
    return pattern.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    is_kept = "kept" in found.re.groupindex and found["kept"]
    return found[0] if is_kept else re.sub(r"[^\n]", " ", found[0])
