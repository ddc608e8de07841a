r"""Letters in other alphabets: ``\mathbf``, ``\boldsymbol``, ``\mathbb``, ``\mathcal`` as Unicode.

A letter of the tree carries its alphabet in its sign, as Unicode has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase, digits

BOLD, BOLD_ITALIC, DOUBLE, SCRIPT = r"\mathbf", r"\boldsymbol", r"\mathbb", r"\mathcal"

_GREEK = "αβγδεζηθικλμνξοπρςστυφχψω"
_DOUBLE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
_SCRIPT = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))


def _from(letters: str, first: int) -> dict[str, str]:
    return {letter: chr(first + at) for at, letter in enumerate(letters)}


ALPHABETS: Mapping[str, Mapping[str, str]] = {
    BOLD: {
        **_from(ascii_uppercase, 0x1D400),
        **_from(ascii_lowercase, 0x1D41A),
        **_from(digits, 0x1D7CE),
    },
    BOLD_ITALIC: {
        **_from(ascii_uppercase, 0x1D468),
        **_from(ascii_lowercase, 0x1D482),
        **_from(_GREEK, 0x1D736),
        **_from("ϵϑϰϕϱϖ", 0x1D750),
    },
    DOUBLE: {**_from(ascii_uppercase, 0x1D538), **_DOUBLE},
    SCRIPT: {**_from(ascii_uppercase, 0x1D49C), **_SCRIPT},
}
"""Command -> letter -> the same letter in that alphabet."""

SAME = {r"\bm": BOLD_ITALIC, r"\pmb": BOLD_ITALIC, r"\mathbfit": BOLD_ITALIC, r"\mathscr": SCRIPT}
"""Other spellings of these commands."""

PLAIN: Mapping[str, tuple[str, str]] = {
    styled: (command, letter)
    for command, letters in ALPHABETS.items()
    for letter, styled in letters.items()
}
"""Letter in an alphabet -> the command, and the letter it is made from."""
