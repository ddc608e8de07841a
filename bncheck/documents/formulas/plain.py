"""Writes a formula as one line of ASCII, as in mail or in a program's comments.

The names are those of `bncheck derive`: xhat, eps, and var for sigma^2.
"""

from __future__ import annotations

from unicodedata import name, normalize

from bncheck.documents.formulas.alphabets import PLAIN
from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Cases,
    Digits,
    Fenced,
    Letter,
    Marked,
    Over,
    Part,
    Root,
    Row,
    Script,
    Sign,
    Stacked,
    Word,
)
from bncheck.documents.formulas.signs import COMMANDS, MINUS, PRIME, QUAD

_SIGNS = {
    **{MINUS: "-", "⋅": "*", "∗": "*", "×": "*", "⊙": "*", "±": "+-", "∓": "-+", "÷": "/"},
    **{"≤": "<=", "≥": ">=", "≠": "!=", "≈": "~=", "≡": "==", "∼": "~", "≔": ":=", "≕": "=:"},
    **{"∈": "in", "→": "->", "←": "<-", "⇒": "=>", "⇐": "<==", "⇔": "<=>", "⟺": "<=>"},
    **{"↦": "|->", "↔": "<->", "∣": "|", "∥": "||", "≪": "<<", "≫": ">>", "∘": "o"},
    **{"∂": "d", "∇": "grad", "∀": "for all", "∃": "there is", "¬": "not"},
    **{"…": "...", "⋯": "...", "∶": ":", QUAD: "  ", "∞": "inf", PRIME: "'", "⊤": "T", "†": "+"},
    **{"∑": "sum", "∏": "prod", "∫": "int", "ϵ": "eps", "ε": "eps", "∎": "", "ℏ": "hbar"},
    **{"⟨": "<", "⟩": ">", "‖": "||", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"},
}
_SLASH = Sign("/", "binary")
_VARIANCE = Script(Row((Letter("σ"),)), None, Row((Digits("2"),)))


def write(row: Row) -> str:
    """Return the formula as a line of ASCII."""
    return " ".join(_row(row).split())


def _row(row: Row) -> str:
    shown, is_tight = "", True
    for at, part in enumerate(row.parts):
        before = row.parts[at - 1] if at else None
        after = row.parts[at + 1] if at + 1 < len(row.parts) else None
        text = _part(part)
        if isinstance(part, Over) and (_ties(before) or _ties(after)):
            text = text if _is_derivative(part) else f"({text})"
        is_between = part == _SLASH and isinstance(before, Digits) and isinstance(after, Digits)
        shown += ("" if is_tight or is_between or not _apart(before, part) else " ") + text
        is_tight = is_between  # 3/2
    return shown


def _apart(before: Part | None, part: Part) -> bool:
    match before, part:
        case _, Sign(sign, "punctuation"):
            return sign in (QUAD, "…", "⋯")
        case Sign(sign, "prefix"), _:
            return sign in "∀∃¬∇!"
        case _, Sign("!"):
            return False
        case Letter("d"), (Letter(sign) | Script(Row((Letter(sign),)))):
            return sign == "d"
        case Letter("d"), (Accent() | Script(Row((Accent(),)))):
            return False
        case ((Word() | Script(Row((Word(),)))), Fenced()):
            return False
        case Big(sign), Fenced(left):
            return sign in "∑∏∫" or left not in "(["
    return True


def _ties(part: Part | None) -> bool:
    """Whether a fraction beside this part needs brackets."""
    return part is not None and (not isinstance(part, Sign | Stacked) or part == _SLASH)


def _part(part: Part) -> str:
    match part:
        case Letter(sign):
            return _letter(sign)
        case Word(text):
            return _ascii(text)
        case Digits(text):
            return text
        case Sign(sign):
            return _sign(sign)
        case Stacked(base, above):
            return f"{_sign(base.sign)}[{_row(above)}]"
        case Row():
            return _row(part)
        case Marked(body):
            return _row(body)
        case Over(top, bottom):
            return _over(part, top, bottom)
        case Root(body):
            return f"sqrt({_row(body)})"
        case Script(base, below, above):
            return "var" if part == _VARIANCE else _script(base, below, above)
        case Accent(kind, body):
            inside = _row(body)
            return f"{inside}{kind}" if inside.isalnum() else f"{kind}({inside})"
        case Big(sign, below, above):
            return _big(sign, below, above)
        case Fenced(left, right, body):
            return f"{_SIGNS.get(left, left)}{_row(body)}{_SIGNS.get(right, right)}"
        case Cases(rows):
            lines = (f"{_row(value)} {_row(when)}".strip() for value, when in rows)
            return f"{{{'; '.join(lines)}}}"
    raise TypeError(f"not a part of a formula: {part!r}")


def _over(part: Over, top: Row, bottom: Row) -> str:
    if _is_derivative(part):
        return f"{_row(top)}/{_row(bottom)}"
    above, below = _row(top), _row(bottom)
    above = f"({above})" if _is_sum(top) or _has(top, Big) else above
    held = len(bottom.parts) == 1 and not _has(bottom, Over) and not _has(bottom, Big)
    below = below if held else f"({below})"
    return f"{above}/{below}" if " " not in above + below else f"{above} / {below}"


def _is_derivative(part: Over) -> bool:
    return all(row.parts and row.parts[0] == Sign("∂", "prefix") for row in (part.top, part.bottom))


def _is_sum(row: Row) -> bool:
    return any(isinstance(part, Sign) and part.kind != "prefix" for part in row.parts)


def _has(row: Row, kind: type[Part]) -> bool:
    return any(isinstance(part, kind) for part in row.parts)


def _script(base: Row, below: Row | None, above: Row | None) -> str:
    shown = _row(base)
    shown = shown if _is_atom(base) else f"({shown})"
    if below is not None:
        shown += f"_{_label(below)}"
    if above is None:
        return shown
    raised = _row(above)
    if raised and not raised.strip("'"):
        return shown + raised
    is_plain = raised.isalnum() or (raised[:1] == "(" and len(above.parts) == 1)
    return f"{shown}^{raised}" if is_plain else f"{shown}^({raised})"


def _is_atom(row: Row) -> bool:
    match row.parts:
        case (Letter() | Word() | Digits() | Accent() | Root() | Fenced() | Sign(),):
            return True
        case (Script(_, _, None),):
            return True
        case (Marked(body),):
            return _is_atom(body)
    return not row.parts


def _label(row: Row) -> str:
    """Return an index: close together where it is letters and digits only."""
    shown = _row(row)
    if all(isinstance(part, Letter | Digits) and len(_part(part)) == 1 for part in row.parts):
        shown = "".join(map(_part, row.parts))
    return shown if shown.replace("_", "").isalnum() else f"{{{shown}}}"


def _big(sign: str, below: Row | None, above: Row | None) -> str:
    shown = _SIGNS.get(sign, _ascii(sign))
    if below is not None and above is not None:
        under = "".join(_row(below).split(" "))
        return f"{shown}_{{{under}..{_row(above)}}}"
    if below is not None:
        shown += f"_{_label(below)}"
    return shown if above is None else f"{shown}^{_label(above)}"


def _letter(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    plain = PLAIN[sign][1] if sign in PLAIN else sign
    if plain != sign:
        return _letter(plain)
    command = COMMANDS.get(sign, sign)
    return command.removeprefix("\\").removeprefix("var")


def _sign(sign: str) -> str:
    return _SIGNS.get(sign) or (
        sign if sign.isascii() else COMMANDS.get(sign, name(sign, "?").lower()).strip("\\")
    )


def _ascii(text: str) -> str:
    return normalize("NFKD", text.replace("–", "-")).encode("ascii", "ignore").decode() or "?"
