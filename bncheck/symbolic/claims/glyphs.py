"""How the same sign is typed: commands with one meaning, Unicode, and what only moves ink."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import decomposition, name, normalize

SPACING = frozenset(
    [r"\,", r"\;", r"\!", r"\:", r"\>", r"\ ", r"\/", "~", r"\displaystyle", r"\textstyle"]
    + [r"\nonumber", r"\notag", r"\thinspace", r"\enspace", r"\hfill", r"\noindent"]
    + [rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")]
)
"""What may be left out anywhere without another meaning."""

SAME = {
    r"\varepsilon": r"\epsilon",
    r"\widehat": r"\hat",
    r"\widetilde": r"\tilde",
    r"\overline": r"\bar",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\cfrac": r"\frac",
    r"\times": r"\cdot",
    r"\ast": r"\cdot",
    r"\gets": r"\leftarrow",
    r"\longleftarrow": r"\leftarrow",
    r"\to": r"\rightarrow",
    r"\implies": r"\Rightarrow",
    r"\Longrightarrow": r"\Rightarrow",
    r"\therefore": r"\Rightarrow",
    r"\lVert": r"\|",
    r"\rVert": r"\|",
    r"\Vert": r"\|",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\vert": "|",
    r"\mid": "|",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\lbrack": "[",
    r"\rbrack": "]",
    r"\leq": r"\le",
    r"\leqslant": r"\le",
    r"\geq": r"\ge",
    r"\geqslant": r"\ge",
    r"\ne": r"\neq",
    r"\coloneqq": ":=",
    r"\triangleq": ":=",
    r"\doteq": ":=",
    r"\qquad": r"\quad",
    r"\newline": r"\\",
    r"\cr": r"\\",
    r"\ldots": r"\dots",
    r"\cdots": r"\dots",
    r"\dotsc": r"\dots",
    r"\prime": "'",
    r"\intercal": r"\top",
    "*": r"\cdot",
    "<=": r"\le",
    "=>": r"\Rightarrow",
    ">=": r"\ge",
    "<-": r"\leftarrow",
    "...": r"\dots",
    "..": r"\dots",
}
"""Other spellings of a token, in LaTeX and in plain text."""

UNICODE = {
    **dict.fromkeys("\N{EN DASH}\N{MINUS SIGN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"),
    **dict.fromkeys("\N{MIDDLE DOT}\N{DOT OPERATOR}\N{MULTIPLICATION SIGN}", r"\cdot"),
    **dict.fromkeys("\N{ASTERISK OPERATOR}\N{BULLET OPERATOR}", r"\cdot"),
    **dict.fromkeys("\N{DIVISION SLASH}\N{FRACTION SLASH}\N{DIVISION SIGN}", "/"),
    "\N{CIRCLED DOT OPERATOR}": r"\odot",
    "\N{SQUARE ROOT}": r"\surd",
    "\N{N-ARY SUMMATION}": r"\sum",
    "\N{GREEK CAPITAL LETTER SIGMA}": r"\sum",
    "\N{PARTIAL DIFFERENTIAL}": r"\partial",
    "\N{NABLA}": r"\nabla",
    "\N{LESS-THAN OR EQUAL TO}": r"\le",
    "\N{GREATER-THAN OR EQUAL TO}": r"\ge",
    "\N{NOT EQUAL TO}": r"\neq",
    "\N{ALMOST EQUAL TO}": r"\approx",
    "\N{IDENTICAL TO}": r"\equiv",
    "\N{LEFTWARDS ARROW}": r"\leftarrow",
    "\N{RIGHTWARDS ARROW}": r"\rightarrow",
    "\N{RIGHTWARDS DOUBLE ARROW}": r"\Rightarrow",
    **dict.fromkeys("\N{COLON EQUALS}\N{DELTA EQUAL TO}\N{EQUAL TO BY DEFINITION}", ":="),
    "\N{ELEMENT OF}": r"\in",
    "\N{FOR ALL}": r"\forall",
    **dict.fromkeys("\N{HORIZONTAL ELLIPSIS}\N{MIDLINE HORIZONTAL ELLIPSIS}", r"\dots"),
    **dict.fromkeys("\N{PRIME}\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    "\N{DOUBLE VERTICAL LINE}": r"\|",
    "\N{UP TACK}": r"\top",
}
"""Signs that stand for a command."""

COMBINING = {
    "\N{COMBINING CIRCUMFLEX ACCENT}": r"\hat",
    "\N{COMBINING TILDE}": r"\tilde",
    "\N{COMBINING MACRON}": r"\bar",
    "\N{COMBINING OVERLINE}": r"\bar",
}


def signs(text: str) -> Iterator[tuple[str, int]]:
    """Yield the text with Unicode put into LaTeX, piece by piece, each with its position.

    x with a circumflex is ``\\hat{x}``, a small 2 above is ``^{2}``, a Greek letter its command.
    """
    level = ""
    for at, sign in enumerate(text):
        mark = text[at + 1 : at + 2]
        shift = "" if sign.isascii() else SHIFTS.get(decomposition(sign).partition(" ")[0], "")
        if shift != level:
            yield ("}" if level else "") + (f"{shift}{{" if shift else ""), at
            level = shift
        if sign in COMBINING and at and text[at - 1].isalpha():
            continue
        spelled = _spelled(sign)
        yield f"{COMBINING[mark]}{{{spelled}}}" if mark in COMBINING else spelled, at
    if level:
        yield "}", len(text)


SHIFTS = {"<super>": "^", "<sub>": "_"}


def _spelled(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign in UNICODE:
        return f"{UNICODE[sign]} " if UNICODE[sign][0] == "\\" else UNICODE[sign]
    if sign.isspace():
        return " "
    plain = normalize("NFKD", sign)
    if len(plain) == 2 and plain[1] in COMBINING and plain[0].isalpha():
        return f"{COMBINING[plain[1]]}{{{_spelled(plain[0])}}}"
    if plain != sign:
        return "".join(map(_spelled, plain))
    words = name(sign, "").split()
    if words[:3] == ["GREEK", "SMALL", "LETTER"] and len(words) == 4:
        return f"\\{words[3].lower()} "
    return sign
