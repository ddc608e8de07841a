"""Numbers of a table as somebody printed them: read within limits, exactly.

A number costs as much as it is long, and a short text can name a very long one: ``1e9999999999``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from bncheck.terminal import brief

MAX_DIGITS = 50
MAX_EXPONENT = 100
MAX_BITS = 2_000
"""Of a number that all numbers of a table are divided by; a decimal has at most 500."""
MAX_LENGTH = 20_000
"""Characters of all numbers of a table; as many as a formula may have."""

_NUMBER = re.compile(r"([+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+)(?:[eE]([+-]?[0-9]+)|/([0-9]+))?")

_POWER = re.compile(r" ?[x×*·] ?10\^\{?([+-]?[0-9]+)\}?$")


def plain(text: str) -> str:
    """Write a number as Python does: with the hyphen for the minus sign, 1.2e-3 for 1.2×10^-3."""
    if len(text) > MAX_DIGITS:
        return text
    return _POWER.sub(r"e\1", text.strip().replace("\N{MINUS SIGN}", "-"))


def check(columns: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Look at the numbers of a table, before one is computed with.

    columns: names and texts

    Raises ValueError naming the first that is none, or is too large, too small or too long.
    """
    total, divisor = 0, 1
    for name, texts in columns:
        for row, text in enumerate(texts, 1):
            total += len(text)
            if total > MAX_LENGTH:
                raise ValueError(f"more than {MAX_LENGTH} characters of numbers are not judged")
            if why := _wrong(text):
                raise ValueError(f"row {row} of {name} is {brief(text)}, {why}")
            divisor = lcm(divisor, Fraction(text).denominator)
            if divisor.bit_length() > MAX_BITS:
                raise ValueError("fractions of so many different divisors are not judged")


def _wrong(text: str) -> str:
    """Why a text is no number that is judged; empty where it is one."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return "which is not a finite number"
    if len(text) > MAX_DIGITS:
        return f"and numbers of more than {MAX_DIGITS} characters are not judged"
    _, exponent, divisor = match.groups()
    if exponent is not None and abs(int(exponent)) > MAX_EXPONENT:
        return f"and exponents beyond {MAX_EXPONENT} are not judged"
    return "which is divided by zero" if divisor is not None and int(divisor) == 0 else ""
