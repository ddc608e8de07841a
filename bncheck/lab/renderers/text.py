"""The text for terminals and logs: a line for each claim, then a section for each."""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.lab.judging import Claim
from bncheck.lab.renderers import facts, numbers
from bncheck.terminal import Style

LOOKS = {
    "supported": ("green",),
    "holds": ("green",),
    "opposite": ("red",),
    "broken": ("red", "bold"),
    "depends": ("yellow",),
    "undecided": ("dim",),
    "not run": ("dim",),
}
# on narrower terminals each statistic has lines of its own
_TABLE = 90
# columns in front of what follows a label
_ROOM = 14


def render(claims: Sequence[Claim], style: Style) -> str:
    """Return claims with their statistics."""
    lines = listed(claims, style).splitlines() if len(claims) > 1 else []
    for claim in claims:
        lines += [*([""] if lines else []), *_section(claim, style)]
    told = facts.notes(claims)
    lines += ["", *(line for note in told for line in style.wrap(note))] if told else []
    return "\n".join(lines) + "\n"


def listed(claims: Sequence[Claim], style: Style) -> str:
    """Return one line for each claim: id, title, verdict, the strongest statistic."""
    if not claims:
        return ""
    told = [(c.experiment.id, c.experiment.title, numbers.word(c), facts.line(c)) for c in claims]
    cells = [tuple(map(style.text, row)) for row in told]
    folded = 3 if any(row[3] for row in cells) else 1  # a column of nothing cannot be folded
    lines = []
    for claim, row in zip(claims, style.table(cells, "llll", folded), strict=True):
        lines += [_painted(row[0], numbers.word(claim), style), *row[1:]]
    return "\n".join(lines) + "\n"


def _painted(line: str, word: str, style: Style) -> str:
    """Colour the last place where a verdict stands by itself."""
    looks = LOOKS.get(word, ())
    head, found, tail = line.partition(f"  {word}")
    return f"{head}  {style.paint(word, *looks)}{tail}" if found and looks else line


def _section(claim: Claim, style: Style) -> list[str]:
    word = numbers.word(claim)
    said = f"{claim.experiment.title}: {word}"
    lines = style.wrap(said, "    ", f"{claim.experiment.id} ")
    if len(lines) == 1:  # what is folded stays plain
        title = style.paint(lines[0].removesuffix(word).rstrip(), "bold")
        lines = [f"{title} {style.paint(word, *LOOKS.get(word, ()))}"]
    for label, said in facts.about(claim):
        if said:
            lines += style.wrap(said, " " * _ROOM, f"  {label}")
    return lines + _table(claim, style)


def _table(claim: Claim, style: Style) -> list[str]:
    rows = facts.rows(claim)
    if not rows:
        return []
    if style.width < _TABLE:
        return ["", *(line for row in rows for line in _block(row, style))]
    cells = [tuple(map(style.text, row.cells)) for row in rows]
    narrow = Style(style.width - 2, style.color, style.unicode)
    spare = [facts.HEADER.index(name) for name in ("seeds", "p", "unit")]
    head, *body = narrow.table([facts.HEADER, *cells], "llrlrrrl", 1, spare)
    lines = ["", *head]
    for row, shown in zip(rows, body, strict=True):
        lines += [_painted(shown[0], row.verdict, style), *shown[1:]]
        lines += [line for note in row.notes for line in narrow.wrap(note, "    ", "  - ")]
    return [f"  {line}".rstrip() for line in lines]


def _block(row: facts.Row, style: Style) -> list[str]:
    """Return a statistic as lines of its own."""
    effect = " ".join(filter(None, (row.effect, row.interval, row.unit)))
    seeds, p = (f"{row.seeds} seeds" if row.seeds else ""), (f"p {row.p}" if row.p else "")
    told = ", ".join(filter(None, (effect, seeds, p)))
    lines = style.wrap(f"{row.cell}, {row.says}: {told}; {row.verdict}", "    ", "  ")
    return lines + [line for note in row.notes for line in style.wrap(note, "      ", "    - ")]
