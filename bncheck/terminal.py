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

# a column of words that is narrower than this is hard to read
_READABLE = 24

# characters of a stranger's sentence that any text shows; all of it is in the JSON report
_ENOUGH = 10_000

_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


def clean(text: str) -> str:
    """Make one line of anybody's text harmless.

    Whatever is not printable (control characters, terminal escapes, bidirectional overrides,
    lone surrogates) is shown as Python's ``repr`` would spell it.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def sentence(text: str) -> str:
    """Bring anybody's text onto one harmless line."""
    return clean(" ".join(text.split()))


def excerpt(text: str, most: int) -> str:
    """Bring anybody's text onto one harmless line of ``most`` characters: its start and its end."""
    head = most // 3
    if len(text) > 2 * _ENOUGH:  # of what is much too long, only the ends are looked at
        return f"{sentence(text[:_ENOUGH])[:head]} ... {sentence(text[-_ENOUGH:])[head - most :]}"
    line = sentence(text)
    return line if len(line) <= most else f"{line[:head]} ... {line[head - most :]}"


def beginning(text: str, most: int) -> str:
    """Bring anybody's text onto one harmless line of ``most`` characters: its first words."""
    line = sentence(text[:_ENOUGH])
    if len(line) <= most and len(text) <= _ENOUGH:
        return line
    head, space, _ = line[: most - 3].rpartition(" ")
    return f"{head if space else line[: most - 3]} ..."


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
        safe = sentence(text) if len(text) <= _ENOUGH else beginning(text, _ENOUGH)
        return safe if self.unicode else _escaped(safe.translate(_SPELLED))

    def code(self, line: str) -> str:
        """Return one line of code: harmless, its spaces and signs as they are."""
        safe = clean(line)
        return safe if self.unicode else _escaped(safe)

    def folded_code(self, line: str) -> list[str]:
        """Return a line of code in lines of the width, broken after commas in brackets.

        What stays longer than that has no such comma.
        """
        safe = self.code(line)
        if columns(safe) <= self.width:
            return [safe]
        indent = " " * (len(safe) - len(safe.lstrip()) + 4)
        lines = [""]
        for piece in _pieces(safe):
            if lines[-1].strip() and columns(lines[-1] + piece.rstrip()) > self.width:
                lines.append(indent)
                piece = piece.lstrip()  # the indent stands for its spaces
            lines[-1] += piece
        return [line.rstrip() for line in lines]

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
            break_on_hyphens=False,  # words that are longer than a line are broken, though
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

    def table(
        self, rows: Sequence[Sequence[str]], right: str, folds: int, spare: Sequence[int] = ()
    ) -> list[list[str]]:
        """Align rows of safe cells; return the lines of each row.

        right: one letter a column, ``r`` for flush right
        folds: the column that is folded where the width does not suffice
        spare: columns that are left out, in this order, where folding would leave it too narrow
        """
        widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        shown = list(range(len(widths)))
        for column in spare:
            if self._room(widths, shown, folds) >= min(widths[folds], _READABLE):
                break
            shown.remove(column)
        widths[folds] = max(
            min(widths[folds], self._room(widths, shown, folds)), min(widths[folds], 16)
        )
        cut = [[row[column] for column in shown] for row in rows]
        widths, folds = [widths[column] for column in shown], shown.index(folds)
        right = "".join(right[column] for column in shown)
        return [self._row(row, widths, right, folds) for row in cut]

    def _room(self, widths: Sequence[int], shown: Sequence[int], folds: int) -> int:
        """Columns that are left for the one that is folded."""
        others = sum(widths[column] for column in shown if column != folds)
        return self.width - others - 2 * (len(shown) - 1)

    def _row(self, row: Sequence[str], widths: Sequence[int], right: str, folds: int) -> list[str]:
        pieces = textwrap.wrap(row[folds], widths[folds], break_on_hyphens=False) or [""]
        lines = []
        for number, piece in enumerate(pieces):
            cells = list(row) if number == 0 else [""] * len(row)
            cells[folds] = piece
            padded = map(_padded, cells, widths, right)
            lines.append("  ".join(padded).rstrip())
        return lines


def _pieces(code: str) -> list[str]:
    """Cut a line of code after the commas that are in brackets and in no string or comment."""
    pieces, depth, quote = [""], 0, ""
    for place, char in enumerate(code):
        pieces[-1] += char
        if quote:
            quote = "" if char == quote and code[place - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char == "#":
            return [*pieces[:-1], pieces[-1] + code[place + 1 :]]
        else:
            depth += (char in "([{") - (char in ")]}")
            # the fields of a case are lines of their own, in its brackets
            if char == "," and (depth > 0 or code.startswith("    ")):
                pieces.append("")
    return pieces


def _padded(cell: str, width: int, side: str) -> str:
    room = " " * max(width - columns(cell), 0)
    return room + cell if side == "r" else cell + room


def _escaped(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")
