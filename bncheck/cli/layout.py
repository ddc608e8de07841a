"""How explanations are laid out: a heading, labels, commands that can be pasted."""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.terminal import LABELS, Style


def heading(text: str, style: Style) -> list[str]:
    """Return the first lines of an explanation, in bold."""
    first, _, rest = style.text(text).partition(" ")
    return [style.paint(line, "bold") for line in style.wrap(rest, "  ", f"{first} ")]


def command(label: str, line: str, style: Style) -> list[str]:
    """Return a line of code beside its label; it is not folded, so that it can be pasted."""
    return [f"  {style.text(label)} ".ljust(len(LABELS)) + style.code(line)]


def several(label: str, texts: Sequence[str], style: Style) -> list[str]:
    """Fold texts beside one label, each in lines of its own."""
    labels = [f"  {style.text(label)} ", *[LABELS] * (len(texts) - 1)]
    return [
        line
        for text, start in zip(texts, labels, strict=False)
        for line in style.wrap(text, LABELS, start)
    ]
