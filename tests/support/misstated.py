"""Statements with one thing changed, as somebody might mistype them."""

from __future__ import annotations

import re
from collections.abc import Iterator

CHANGES: dict[str, tuple[str, str]] = {
    "sign": (r" \+ ", " - "),
    "sign ": (r" - ", " + "),
    "relation": (r" = ", r" \\le "),
    "relation ": (r" \\le ", r" \\ge "),
    "relation  ": (r" \\le ", r" = "),
    "exponent": (r"\^2\b", "^3"),
    "exponent ": (r"\^3\b", "^2"),
    "coefficient": (r"(?<![_^\w{=])1\b", "2"),
    "coefficient ": (r"(?<=\\frac\{)1(?=\})", "2"),
    "coefficient  ": (r"(?<![_^\w])2\b", "3"),
    "coefficient   ": (r" 0$", " 1"),
    "index": (r"(?<!sum)(?<=[A-Za-z}])_[ijk]\b(?!\s*=)", "_1"),
    "factor": (r"\\gamma (?!=)", ""),
    "factor ": (r"\\epsilon (?![+=])", ""),
    "symbol": (r"\\hat\{x\}_", "x_"),
    "symbol ": (r"\\sigma\^2(?!_)", r"\\mu"),
}
"""What is changed -> where it stands, and what comes instead."""


def misstated(formula: str) -> Iterator[tuple[str, str]]:
    """Yield a formula with one change at one place, and what was changed."""
    for what, (pattern, other) in CHANGES.items():
        for found in re.finditer(pattern, formula):
            written = formula[: found.start()] + found.expand(other) + formula[found.end() :]
            yield what.strip(), written


def widened(condition: str) -> Iterator[str]:
    """Yield what is weaker than a condition, or another one; empty where it is left out."""
    yield ""
    for sign, others in {
        ">": (r"\ge", "="),
        r"\ge": ("=",),
        r"\le": ("=",),
        "<": (r"\le",),
    }.items():
        if f" {sign} " in condition:
            yield from (condition.replace(f" {sign} ", f" {other} ") for other in others)
    yield from (condition.replace("2", "1") for _ in range(r"\ge 2" in condition))
    if r"\neq" in condition:
        yield condition.replace(r"\neq", r"\ge")
