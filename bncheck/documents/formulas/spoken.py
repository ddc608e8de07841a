"""Says a formula in English words, for who hears a document.

What is nested is told apart by where it begins and ends: "the fraction ... over ... end fraction",
and by "quantity ... end quantity" for brackets.
"""

from __future__ import annotations

import re
from unicodedata import name

from bncheck.documents.formulas.alphabets import BOLD, BOLD_ITALIC, DOUBLE, PLAIN, SCRIPT
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
    **{"+": "plus", "=": "equals", "<": "is less than", ">": "is greater than", "/": "over"},
    **{"≤": "is at most", "≥": "is at least", "≠": "is not equal to", "≈": "is about"},
    **{"≡": "is the same as", "≔": "is defined as", "←": "becomes", "→": "goes to", "⇒": "implies"},
    **{"∈": "in", "∉": "not in", "∼": "is distributed as", "∝": "is proportional to"},
    **{"⋅": "times", "×": "times", "∗": "times", "⊙": "times, entry by entry,", "÷": "divided by"},
    **{"±": "plus or minus", "∓": "minus or plus", "∘": "after", "∣": "given", "∥": "parallel to"},
    **{
        ",": ",",
        ";": ";",
        ".": "",
        ":": ":",
        "∶": ":",
        QUAD: ",",
        "…": "and so on",
        "⋯": "and so on",
    },
    **{"∂": "partial", "∇": "the gradient of", "∀": "for all", "∃": "there is", "¬": "not"},
    **{"!": "factorial", "⟺": "if and only if", "⇔": "if and only if", "∪": "union"},
    **{"∩": "intersected with", "∖": "without", "⊂": "is a subset of", "⊆": "is a subset of"},
    **{"∑": "the sum", "∏": "the product", "∫": "the integral", "max": "the maximum"},
    **{"min": "the minimum", "sup": "the supremum", "inf": "the infimum", "lim": "the limit"},
    **{"∞": "infinity", "⊤": "transposed", "∅": "the empty set", "ℓ": "l", "%": "percent"},
}
_ALPHABETS = {BOLD: "bold", BOLD_ITALIC: "bold", DOUBLE: "blackboard", SCRIPT: "script"}
_BRACKETS = {
    ("|", "|"): ("the absolute value of", "end absolute value"),
    ("‖", "‖"): ("the norm of", "end norm"),
    ("⟨", "⟩"): ("the inner product of", "end inner product"),
    ("⌊", "⌋"): ("the floor of", "end floor"),
    ("⌈", "⌉"): ("the ceiling of", "end ceiling"),
    ("{", "}"): ("the set", "end set"),
    ("[", "]"): ("bracket", "end bracket"),
}
_TO = Sign("→", "relation")
_POWERS = {"2": "squared", "3": "cubed"}


def say(row: Row) -> str:
    """Return the formula in words."""
    said = re.sub(r" (?=[,;:])", "", _say(row))
    return re.sub(r",+", ",", said).strip(",")


def _say(row: Row) -> str:
    words: list[str] = []
    for part in row.parts:
        if isinstance(part, Sign) and part.sign == MINUS:
            words.append("negative" if part.kind == "prefix" else "minus")
        else:
            words.append(_part(part))
    return " ".join(" ".join(words).split())


def _part(part: Part) -> str:
    match part:
        case Letter(sign):
            return _letter(sign)
        case Word(text) | Digits(text):
            return text
        case Sign(sign):
            return _SIGNS.get(sign) or name(sign, sign).lower()
        case Stacked(base, above):
            return f"{_part(base)}, with {_say(above)} over the sign,"
        case Row():
            return _say(part)
        case Over(top, bottom):
            return _over(top, bottom)
        case Root(body):
            is_short = len(body.parts) == 1 and isinstance(body.parts[0], Letter | Digits)
            return f"the square root of {_say(body)}" + ("" if is_short else ", end root,")
        case Script(base, below, above):
            return _script(base, below, above)
        case Accent(kind, body):
            return f"{_say(body)} {kind}"
        case Big(sign, below, above):
            return _big(sign, below, above)
        case Fenced(left, right, body):
            begin, end = _BRACKETS.get((left, right), ("the quantity", "end quantity"))
            return f"{begin} {_say(body)}, {end},"
        case Cases(rows):
            lines = "; ".join(f"{_say(value)}, {_say(when)}" for value, when in rows)
            return f"{len(rows)} cases: {lines}; end cases"
        case Marked(body):
            return f"marked: {_say(body)}, end mark,"
    raise TypeError(f"not a part of a formula: {part!r}")


def _letter(sign: str) -> str:
    if sign in PLAIN:
        command, letter = PLAIN[sign]
        return f"{_ALPHABETS[command]} {_letter(letter)}"
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign.isascii():
        return f"capital {sign}" if sign.isupper() else sign
    return COMMANDS.get(sign, sign).removeprefix("\\").removeprefix("var")


def _over(top: Row, bottom: Row) -> str:
    above, below = _say(top), _say(bottom)
    if _is_partial(top) and _is_partial(bottom):
        rest = _say(Row(top.parts[1:]))
        by = _say(Row(bottom.parts[1:]))
        return (
            f"the partial derivative of {rest} by {by}," if rest else f"the derivative by {by} of"
        )
    if len(top.parts) == len(bottom.parts) == 1 and _is_short(top) and _is_short(bottom):
        return f"{above} over {below}"
    return f"the fraction {above} over {below}, end fraction,"


def _is_partial(row: Row) -> bool:
    return row.parts[:1] == (Sign("∂", "prefix"),)


def _is_short(row: Row) -> bool:
    return all(isinstance(part, Letter | Digits | Word) for part in row.parts)


def _script(base: Row, below: Row | None, above: Row | None) -> str:
    if base == Row((Word("D"),)) and below is not None and _TO in below.parts:
        at = below.parts.index(_TO)
        moving, by = _say(Row(below.parts[:at])), _say(Row(below.parts[at + 1 :]))
        return f"the derivative, where {moving} moves by {by}, of"
    shown = _say(base)
    if below is not None:
        shown += f" sub {_say(below)}"
        shown += "" if _is_short(below) else ","
    if above is None:
        return shown
    if above.parts and all(part == Letter(PRIME) for part in above.parts):
        return shown + " prime" * len(above.parts)
    match above.parts:
        case (Digits(text),) if text in _POWERS:
            return f"{shown} {_POWERS[text]}"
        case (Letter("⊤" | "T"),):
            return f"{shown} transposed"
        case (Fenced("(", ")", body),):
            return f"{shown} super {_say(body)}"
    return f"{shown} to the power {_say(above)}" + ("" if _is_short(above) else ",")


def _big(sign: str, below: Row | None, above: Row | None) -> str:
    shown = _SIGNS.get(sign, sign)
    if below is not None and above is not None:
        at = Row(tuple(part for part in below.parts if part != Sign("=", "relation")))
        split = at.parts[:1], below.parts[1:2], below.parts[2:]
        if split[1] == (Sign("=", "relation"),):
            return (
                f"{shown} over {_say(Row(split[0]))} from {_say(Row(split[2]))} to {_say(above)} of"
            )
        return f"{shown} over {_say(below)} to {_say(above)} of"
    if below is not None:
        return f"{shown} over {_say(below)} of"
    return f"{shown} of"
