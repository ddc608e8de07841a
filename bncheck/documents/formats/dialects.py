"""What dialects of Markdown differ in: how formulas and anchors are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bncheck.documents.formulas import latex
from bncheck.documents.formulas.nodes import Row

MARK = r"\underline"
"""What marks a term where nothing is defined but what MathJax and KaTeX know."""


@dataclass(frozen=True)
class Dialect:
    """How one dialect writes what others write differently."""

    inline: Callable[[str], str]
    display: Callable[[str, str], str]
    target: Callable[[str], str]
    folds: bool = True


def tex(row: Row) -> str:
    """Return a formula as LaTeX that GitHub, MathJax and KaTeX know."""
    return latex.write(row, MARK)


def aligned(lines: list[str]) -> str:
    """Return a formula of one or several lines; those that follow are indented."""
    if len(lines) == 1:
        return lines[0]
    inside = " \\\\\n".join(["& " + lines[0], *(rf"& \quad {line}" for line in lines[1:])])
    return f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}"


def _tagged(formula: str, number: str) -> str:
    return rf"{formula} \tag{{{number}}}" if number else formula


def _anchor(anchor: str) -> str:
    return f'<a id="{anchor}"></a>'


GITHUB = Dialect(
    inline=lambda formula: f"$`{formula}`$",
    display=lambda formula, number: f"```math\n{_tagged(formula, number)}\n```",
    target=_anchor,
)
MYST = Dialect(
    inline=lambda formula: f"{{math}}`{formula}`",
    display=lambda formula, number: f"```{{math}}\n{_tagged(formula, number)}\n```",
    target=lambda anchor: f"({anchor})=",
    folds=False,
)
NOTEBOOK = Dialect(
    inline=lambda formula: f"${formula}$",
    display=lambda formula, number: f"$$\n{_tagged(formula, number)}\n$$",
    target=_anchor,
)
