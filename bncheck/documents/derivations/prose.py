"""The words of a proof's file as prose: symbols that are surely symbols are typeset.

What is not surely one stays text. Indented lines are formulas in plain text, and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.documents.model import Block, Formula, Inline, Link, Paragraph, Program, Prose, Text

NAMES = {
    "xhat": r"\hat{x}",
    "gamma": r"\gamma",
    "beta": r"\beta",
    "eps": r"\epsilon",
    "mu": r"\mu",
    "var": r"\sigma^2",
    "dy": r"\frac{\partial L}{\partial y}",
    "dx": r"\frac{\partial L}{\partial x}",
    "dgamma": r"\frac{\partial L}{\partial \gamma}",
    "dbeta": r"\frac{\partial L}{\partial \beta}",
}
RELATIONS = {">=": r"\ge", "<=": r"\le", "!=": r"\neq", "=": "=", ">": ">", "<": "<"}
_NAME = "|".join(NAMES)
_ATOM = (
    rf"(?:dL/d(?:{_NAME}|[a-z])(?:_[a-z])?|\|?\b(?:{_NAME}|[A-Za-z])(?:_[a-z0-9])?\b(?![({{'])\|?"
    r"|\b\d+\b)(?:\^\d\b)?"
)
_SIGN = r" (?:>=|<=|!=|[=<>+-]) "
SPAN = re.compile(rf"(?<![\w'({{^/|-]){_ATOM}(?:{_SIGN}{_ATOM})*(?![\w({{'/^_~\]|-])")
"""Symbols and numbers with signs between them, and nothing that goes on."""
SURE = re.compile(rf"dL/d|_|\b(?:xhat|gamma|beta|eps|mu)\b|{_SIGN}")
"""What an article or an ordinary word has not."""
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


def paragraphs(body: str, label: str) -> Iterator[Block]:
    """Yield the paragraphs of a part of a docstring; what is indented stays as it is."""
    lines: list[str] = []
    kept: list[str] = []
    for line in [*body.splitlines(), ""]:
        indented = line.startswith("    ")
        if kept and not indented:
            yield Program("\n".join(kept))
            kept = []
        if lines and (indented or not line.strip()):
            yield Paragraph(inlines(" ".join(lines)), label)
            lines, label = [], ""
        if indented:
            kept.append(line[4:])
        elif line.strip():
            lines.append(line.strip())
    if kept:
        yield Program("\n".join(kept))


def inlines(text: str) -> Prose:
    """Return a line of words with its symbols typeset."""
    parts: list[Inline] = []
    done = 0
    for found in _spans(text):
        if found.start() > done:
            parts.append(Text(text[done : found.start()]))
        parts.append(_inline(found))
        done = found.end()
    if done < len(text):
        parts.append(Text(text[done:]))
    return tuple(parts)


def _spans(text: str) -> Iterator[re.Match[str]]:
    links = list(ARXIV.finditer(text))
    inside = [range(*link.span()) for link in links]
    symbols = (
        found
        for found in SPAN.finditer(text)
        if SURE.search(found[0]) and not any(found.start() in span for span in inside)
    )
    yield from sorted([*links, *symbols], key=lambda found: found.start())


def _inline(found: re.Match[str]) -> Inline:
    if found.re is ARXIV:
        return Link(f"https://arxiv.org/abs/{found[1]}", found[0])
    return Formula(tex(found[0]), found[0])


def tex(span: str) -> str:
    """Return LaTeX for a span."""
    return " ".join(_part(part) for part in span.split(" "))


def _part(part: str) -> str:
    if part in RELATIONS:
        return RELATIONS[part]
    if part.startswith("dL/d"):
        return rf"\frac{{\partial L}}{{\partial {_part(part[4:])}}}"
    atom, _, power = part.partition("^")
    atom, _, below = atom.partition("_")
    bars = atom.startswith("|") and part.endswith("|")
    atom = atom.strip("|")
    shown = NAMES.get(atom, atom)
    if below:
        below = below.strip("|")
        closing = shown.endswith("}") and shown.startswith(r"\frac")
        shown = f"{shown[:-1]}_{{{below}}}}}" if closing else f"{shown}_{{{below}}}"
    if power:
        shown = f"({shown})^{{{power.strip('|')}}}" if "^" in shown else f"{shown}^{{{power}}}"
    return f"|{shown}|" if bars else shown
