"""Which normalization a part of a page says that it is about: in a title, or in a comment.

    % bncheck: norm = layer          in LaTeX
    <!-- bncheck: norm = layer -->   in Markdown

A title that names one normalization is about it, as are the parts below; one that names several, or
none, says nothing. A comment is about the part that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bncheck.errors import UsageError
from bncheck.symbolic.claims.norms import NORMS
from bncheck.terminal import brief

_TEX = (
    *("title", "part", "chapter", "section", "subsection", "subsubsection", "paragraph"),
    "subparagraph",
)
_TITLES = {
    "latex": re.compile(
        rf"\\(?P<level>{'|'.join(_TEX)})\*?\s{{0,9}}(?:\[[^\]]{{0,300}}\])?\s{{0,9}}\{{(?P<text>(?:[^{{}}]|\{{[^{{}}]*\}}){{1,300}})\}}"
    ),
    "markdown": re.compile(
        r"^(?P<level>#{1,6})[ \t]+(?P<text>[^\n]+)$"
        r"|^(?P<under>[^\n]{1,300})\n(?P<line>=+|-+)[ \t]*$",
        re.MULTILINE,
    ),
}
_SAID = re.compile(r"(?:<!--|%)[ \t]*bncheck:[ \t]*norm[ \t]*=[ \t]*(?P<norm>\w+)")
_NORM = r"[- ]?norm(?:s|ali[sz]ations?|ali[sz]ed|ali[sz]ing|ed|ing)?\b"
_NAMES = {
    "rms": rf"\b(?:root[- ]mean[- ]squared?(?:[- ]layer)?|RMS(?:[- ]layer)?){_NORM}",
    **{name: rf"\b{name}{_NORM}" for name in NORMS if name != "rms"},
}
"""RMS normalization comes first: it is called root mean square layer normalization, too."""


@dataclass
class Sections:
    """Where we are on a page: the titles above, by their level, and what each says."""

    above: list[tuple[int, str]] = field(default_factory=list)

    @property
    def norm(self) -> str:
        """What is said here; empty if nothing is."""
        return next((said for _, said in reversed(self.above) if said), "")

    def enter(self, level: int, said: str) -> None:
        """Go into a part with a title."""
        while self.above and self.above[-1][0] >= level:
            self.above.pop()
        self.above.append((level, said))

    def say(self, said: str) -> None:
        """Say what the part is about that we are in."""
        level = self.above.pop()[0] if self.above else 0
        self.above.append((level, said))


@dataclass(frozen=True)
class Mark:
    """A place of a page that says something: of a title its level, of a comment none."""

    start: int
    said: str
    level: int | None = None


def marks(text: str, shown: str, kind: str) -> list[Mark]:
    """Return the titles and comments of a text, in order.

    shown: the text with spaces for its code and comments

    Raises UsageError for a comment with a norm that is none.
    """
    return sorted([*_titles(shown, kind), *_comments(text)], key=lambda mark: mark.start)


def apply(mark: Mark, here: Sections) -> None:
    """Change where we are by what stands there."""
    if mark.level is None:
        here.say(mark.said)
    else:
        here.enter(mark.level, mark.said)


def _titles(shown: str, kind: str) -> Iterator[Mark]:
    latex = kind == "latex"
    for found in _TITLES["latex" if latex else "markdown"].finditer(shown):
        if latex:
            level, text = _TEX.index(found["level"]), found["text"]
        elif found["under"]:
            level, text = 1 + (found["line"][0] == "-"), found["under"]
        else:
            level, text = len(found["level"]), found["text"]
        yield Mark(found.start(), named(text), level)


def _comments(text: str) -> Iterator[Mark]:
    for found in _SAID.finditer(text):
        if found["norm"] not in NORMS:
            known = ", ".join(NORMS)
            raise UsageError(
                f"the page says norm = {brief(found['norm'])}, but should say one of {known}"
            )
        yield Mark(found.start(), found["norm"])


def named(title: str) -> str:
    """Return the normalization that a title names; empty if it names none, or several."""
    found = []
    for name, pattern in _NAMES.items():
        title, times = re.subn(pattern, " ", title, flags=re.IGNORECASE)
        found += [name] if times else []
    return found[0] if len(found) == 1 else ""
