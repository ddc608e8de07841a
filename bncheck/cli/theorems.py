"""The theorems as people read them in a terminal: a list of all, or what one states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bncheck.cli.layout import command, heading
from bncheck.terminal import LABELS

if TYPE_CHECKING:
    from bncheck.symbolic.library import Proof
    from bncheck.terminal import Style

HEADER = ("theorem", "title", "file")
TITLE = HEADER.index("title")
# on narrower terminals the file has a line of its own
TABLE = 90
PARAPHRASE = "\n(A paraphrase: what is checked is the statement.)"


def listing(proofs: Iterable[Proof], style: Style) -> list[str]:
    """Return the table of theorems: id, title, and the stem of the file in proofs/."""
    cells = [(p.theorem.id, p.theorem.title, p.stem) for p in proofs]
    told = f"{len(cells)} theorems; bncheck derive ID prints the derivation of one, --all the book"
    end = ["", *style.wrap(told)]
    if style.width < TABLE:
        return [line for row in cells for line in _block(*row, style)] + end
    head, *rows = style.table([HEADER, *(tuple(map(style.text, c)) for c in cells)], "lll", TITLE)
    return [*head, style.rule(), *(line for row in rows for line in row), *end]


def _block(name: str, title: str, stem: str, style: Style) -> list[str]:
    return [*style.wrap(title, "      ", f"{name} "), *style.wrap(stem, "      ")]


def explain(proof: Proof, style: Style, kind_of_id: str = "") -> list[str]:
    """Return what a theorem states, how it is shown, and its source; kind_of_id: opens it."""
    from bncheck.symbolic.proving import HOW
    from bncheck.symbolic.stating.sections import DOMAIN, STATEMENT, WORDS, joined, parts

    theorem = proof.theorem
    lines = heading(f"{kind_of_id} {theorem.id} {theorem.title}", style)
    for label, body in parts(proof.text):
        if label == STATEMENT:
            lines += _each(label.lower(), joined(body), style)
        elif label != DOMAIN:
            lines += _folded(label.lower(), body + PARAPHRASE * (label == WORDS), style)
    return [
        *lines,
        *style.labelled("domain", theorem.domain),
        *style.labelled("checked by", f"{HOW[theorem.kind]} ({theorem.kind})"),
        *style.labelled("file", f"proofs/{proof.stem}.py"),
        *command("read on", f"bncheck derive {theorem.id}", style),
    ]


def _each(label: str, formulas: Iterable[str], style: Style) -> list[str]:
    """Fold formulas beside their label, each from a line of its own."""
    lines: list[str] = []
    for formula in formulas:
        start = LABELS if lines else f"  {label} ".ljust(len(LABELS))
        lines += style.wrap(formula, LABELS, start)
    return lines


def _folded(label: str, body: str, style: Style) -> list[str]:
    """Fold prose beside its label; formulas, which are indented, keep lines of their own."""
    lines: list[str] = []
    for indent, text in _paragraphs(body):
        start = LABELS if lines else f"  {label} ".ljust(len(LABELS))
        lines += style.wrap(text, LABELS + indent, start + indent)
    return lines


def _paragraphs(body: str) -> Iterator[tuple[str, str]]:
    """Yield prose with its lines joined, and each formula, with its indent."""
    prose: list[str] = []
    for line in body.splitlines():
        if line.startswith(" "):
            if prose:
                yield "", " ".join(prose)
                prose = []
            yield "  ", line
        else:
            prose.append(line)
    if prose:
        yield "", " ".join(prose)
