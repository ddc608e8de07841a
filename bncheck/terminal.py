"""Text for people: harmless on any terminal, aligned, and plain ASCII where it must be."""

import reprlib
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

# How the signs of our own sentences are spelled where only ASCII can be shown.
_SPELLED = str.maketrans(
    {
        "·": "*",
        "─": "-",
        "−": "-",
        "–": "-",
        "×": "x",
        "±": "+/-",
        "²": "^2",
        "→": "->",
        "\u0302": "hat",  # the hat of x̂
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "√": "sqrt",
        "∞": "inf",
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "ε": "eps",
        "μ": "mu",
        "σ": "sigma",
        "Σ": "sum",
        "∂": "d",
        "“": '"',
        "”": '"',
        "’": "'",
        "…": "...",
    }
)

LABELS = " " * 12  # room for the labels in front of what they label

_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


def clean(text: str) -> str:
    """Make one line of anybody's text harmless.

    Whatever is not printable (control characters, terminal escapes, bidirectional overrides,
    lone surrogates) is shown as Python's ``repr`` would spell it.
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def sentence(text: str) -> str:
    """Bring anybody's text onto one harmless line."""
    return clean(" ".join(text.split()))


def excerpt(text: str, most: int) -> str:
    """Bring anybody's text onto one harmless line of ``most`` characters: its start and its end."""
    line = sentence(text)
    head = most // 3
    return line if len(line) <= most else f"{line[:head]} ... {line[head - most :]}"


def brief(value: object) -> str:
    """Write a value of a stranger's file as Python would, but never deep, long or for long."""
    return excerpt(_Brief().repr(value), 120)


class _Brief(reprlib.Repr):
    """Looks no deeper than three levels, at no more than a few entries of each."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 3, 80, 80

    def repr_int(self, x: int, level: int) -> str:
        """Write an integer, of which Python itself refuses to write the longest."""
        del level
        return repr(x) if x.bit_length() <= 256 else f"an integer of {x.bit_length()} bits"


def nearest(given: str, known: Iterable[str], listed: str = "") -> str:
    """Say what was probably meant, or what there is: the second half of a usage error.

    listed: what lists all that is known, where that is too much for a sentence
    """
    names = list(known)
    folded = {name.casefold(): name for name in reversed(names)}
    close = get_close_matches(given.casefold(), folded, n=1)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    return listed or f"known: {', '.join(names)}"


def short(value: float | None) -> str:
    """Write an error or a bound with two digits; a dash for what was not measured."""
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value:.1e}"


def times(margin: float | None) -> str:
    """Write a margin, ``error / bound``; one that is just above 1 does not read as 1."""
    if margin is None:
        return "-"
    told = f"{margin:.2g}"
    return ">1" if margin > 1 and told == "1" else told


def columns(text: str) -> int:
    """Return how many terminal columns a printable line takes."""
    return sum(_columns(c) for c in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(frozen=True)
class Style:
    """Where text is going to be shown: how wide, with colour or not, in Unicode or ASCII."""

    width: int = 100
    color: bool = False
    unicode: bool = True

    def text(self, text: str) -> str:
        """Return prose on one line, harmless and within the character set."""
        safe = sentence(text)
        return safe if self.unicode else _escaped(safe.translate(_SPELLED))

    def code(self, line: str) -> str:
        """Return one line of code: harmless, its spaces and signs as they are."""
        safe = clean(line)
        return safe if self.unicode else _escaped(safe)

    def paint(self, text: str, *looks: str) -> str:
        """Colour text that is already safe; does nothing without colour."""
        if not self.color:
            return text
        return f"\x1b[{';'.join(_CODES[look] for look in looks)}m{text}\x1b[0m"

    def wrap(self, text: str, indent: str = "", label: str = "") -> list[str]:
        """Fold prose to the width; ``label`` opens the first line in place of the indent."""
        first = label.ljust(len(indent)) if label else indent
        return textwrap.wrap(
            self.text(text),
            width=max(self.width, len(indent) + 20),
            initial_indent=first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first.rstrip()]

    def labelled(self, label: str, text: str) -> list[str]:
        """Fold prose beside a label; nothing where there is no text."""
        return self.wrap(text, LABELS, f"  {self.text(label)} ") if text else []

    def listed(self, items: Iterable[str]) -> list[str]:
        """Fold each item of a list beside its dash."""
        return [line for item in items for line in self.wrap(item, "    ", "  - ")]

    def rule(self, title: str = "") -> str:
        """Return a horizontal line, with a title at its left."""
        line = "─" if self.unicode else "-"
        head = f"{title} " if title else ""
        return head + line * max(self.width - columns(head), 3)

    def table(self, rows: Sequence[Sequence[str]], right: str, folds: int) -> list[list[str]]:
        """Align rows of safe cells; return the lines of each row.

        right: one letter a column, ``r`` for flush right
        folds: the column that is folded where the width does not suffice
        """
        widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        spare = self.width - sum(widths) - 2 * (len(widths) - 1)
        widths[folds] = max(widths[folds] + min(spare, 0), min(widths[folds], 16))
        return [self._row(row, widths, right, folds) for row in rows]

    def _row(self, row: Sequence[str], widths: Sequence[int], right: str, folds: int) -> list[str]:
        pieces = textwrap.wrap(row[folds], widths[folds], break_on_hyphens=False) or [""]
        lines = []
        for number, piece in enumerate(pieces):
            cells = list(row) if number == 0 else [""] * len(row)
            cells[folds] = piece
            padded = map(_padded, cells, widths, right)
            lines.append("  ".join(padded).rstrip())
        return lines


def _padded(cell: str, width: int, side: str) -> str:
    room = " " * max(width - columns(cell), 0)
    return room + cell if side == "r" else cell + room


def _escaped(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")
