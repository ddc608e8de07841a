r"""The parts of a proof's docstring, and its statement, formula by formula.

    Statement.
        along xhat: \sum_{i=1}^{m} dx_i \hat{x}_i = \frac{\gamma \epsilon dgamma}{s^3}
        where s = \sqrt{\sigma^2 + \epsilon}

Each line names one equation of the theorem, or says with ``where`` what a symbol stands for; a
line that is indented goes on with the one before. What only one equation supposes follows it after
``, if``. What no formula says is in the section ``In words``, which nothing is compared with.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bncheck.errors import NotSupported

STATEMENT, DOMAIN, WORDS = "Statement", "Domain", "In words"
WHERE, IF = "where ", ", if "
EVERYWHERE = "everywhere"
"""The domain of what holds for all numbers and all m."""


@dataclass(frozen=True)
class Entry:
    """What is said of one equation: its name, the relation, what is supposed for it alone."""

    name: str
    formula: str
    supposed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stated:
    """A statement: an entry for each equation, the symbols that it defines, and where it holds."""

    entries: tuple[Entry, ...]
    where: tuple[str, ...]
    domain: tuple[str, ...]


def parts(docstring: str) -> Iterator[tuple[str, str]]:
    """Yield the labelled parts of a proof's docstring: Statement, Domain, Sketch, Source."""
    label = ""
    body: list[str] = []
    for line in docstring.splitlines()[1:]:
        if line and not line.startswith(" ") and line.endswith("."):
            if label:
                yield label, textwrap.dedent("\n".join(body)).strip()
            label, body = line.rstrip("."), []
        else:
            body.append(line)
    if label:
        yield label, textwrap.dedent("\n".join(body)).strip()


def stated(docstring: str, names: Iterable[str]) -> Stated:
    """Return what a docstring states of the equations with these names.

    Raises NotSupported for a line that is neither about one of them nor a definition.
    """
    found = dict(parts(docstring))
    entries, where = [], []
    for line in joined(found.get(STATEMENT, "")):
        if line.startswith(WHERE):
            where.append(line.removeprefix(WHERE))
        else:
            entries.append(_entry(line, names))
    return Stated(tuple(entries), tuple(where), split(" ".join(found.get(DOMAIN, "").split())))


def split(relations: str) -> tuple[str, ...]:
    """Return the relations of a list."""
    if relations.strip() == EVERYWHERE:
        return ()
    return tuple(part.strip() for part in relations.split(", ") if part.strip())


def joined(text: str) -> Iterator[str]:
    """Yield the lines, each with those that are indented below it."""
    line = ""
    for part in text.splitlines():
        if line and part.startswith(" "):
            line = f"{line} {part.strip()}"
            continue
        if line:
            yield line
        line = part.strip()
    if line:
        yield line


def _entry(line: str, names: Iterable[str]) -> Entry:
    name = max((n for n in names if line.startswith(f"{n}: ")), key=len, default="")
    if not name:
        raise NotSupported(
            f"'{textwrap.shorten(line, 60)}' is neither the name of an equation and a formula, nor "
            "a definition after 'where'; what is no formula belongs under 'In words.'"
        )
    formula, _, supposed = line.removeprefix(f"{name}: ").partition(IF)
    return Entry(name, formula, split(supposed))
