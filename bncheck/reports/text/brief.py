"""The report at a glance: the verdict, each thing that is wrong once, what was not tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from bncheck.reports.common import concluding
from bncheck.reports.common.blocks import found as all_found
from bncheck.reports.common.blocks import meant
from bncheck.reports.common.blocks import shown as shown_causes
from bncheck.reports.common.grouping import worst
from bncheck.reports.text import blocks, changes, failures, families, summary
from bncheck.terminal import beginning, columns

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.reports.common.blocks import Block
    from bncheck.terminal import Style

# lines at 100 columns, and how many causes are shown in them; more are counted
MOST_LINES = 25
MOST_BLOCKS = 3
MOST_HOLDING = 8  # lines, where all holds
# characters of one sentence beside the verdict, and how many of a kind are shown
_MOST_SAID = 190
_A_LINE = 90
_MOST_TOLD = 2
_MOST_CHANGES = 5
_MOST_TARGET = 160

# exit code -> the looks of its word
_LOOKS = {0: "green", 1: "red", 2: "yellow", 3: "red"}


def sections(report: Report, style: Style) -> list[list[str]]:
    """Return the lines of each section, of all together no more than a screen has."""
    found, head = all_found(report), _head(report, style)
    most = MOST_HOLDING - len(head) - 1 if report.ok else None
    for said in (_MOST_SAID, _A_LINE):  # a sentence is cut where it takes the room of what is wrong
        tail = _tail(report, found, style, most, said)
        room = MOST_LINES - len(head) - len(tail) - 2
        shown, whole = _fitted(found[:MOST_BLOCKS], style, room)
        if whole:
            break
    return [head, *shown, tail]


def more_sections(report: Report, style: Style) -> list[list[str]]:
    """Return all that is wrong, with inputs as Python, the laws by family, and what is beside."""
    # notes have a section of their own
    found = [replace(block, notes=()) for block in all_found(report)]
    return [
        _head(report, style),
        *(_block(b, n, style, 0) + _pasteable(b, style) for n, b in enumerate(found, 1)),
        families.table(report.findings, style),
        summary.expected(report.findings, style),
        summary.warnings(report, style),
        summary.skipped(report.findings, style),
        summary.convention(report, style),
        summary.notes(report, style),
        changes.section(report, style),
        [
            *style.wrap("; ".join(concluding.counted(report))),
            *style.wrap(f"-vv shows everything{_about(report, found)}"),
            *summary.verdict(report, style),
        ],
    ]


def one_line(report: Report, style: Style) -> str:
    """Return the verdict, the causes, how many laws fail and what was not checked, in a line."""
    word = concluding.WORDS[report.exit_code]
    laws = {f.law for f in report.findings}
    wrong = list(dict.fromkeys(f.law for f in report.findings if f.verdict in ("fails", "error")))
    hold = [law for law, verdict in worst(report.findings).items() if verdict == "holds"]
    causes = ", ".join(str(cause.get("deviation", "")) for cause in shown_causes(report))
    if wrong:
        told = [causes or f"no named cause, {' '.join(wrong[:3])}"]
        told.append(f"{len(wrong)} of {len(laws)} laws fail")
    else:
        told = [concluding.conclusion(report), f"{len(hold)} of {len(laws)} laws hold"]
    untried = [entry.partition(": ")[0] for entry in report.untried]
    told += [f"{', '.join(untried)} NOT checked"] if untried else []
    text = style.text(f"{word} {beginning(report.target, 60)}: {'; '.join(told)}")
    return text if columns(text) <= style.width else text[: style.width - 3] + "..."


def _head(report: Report, style: Style) -> list[str]:
    word = concluding.WORDS[report.exit_code]
    target = beginning(report.target, _MOST_TARGET)
    place = concluding.place_in(report)
    place = f"  ({place})" if place else ""
    another = f": this is {norm}" if (norm := meant(report)) else ""
    first, *rest = style.wrap(target + place + another, "   ", f"{word}  ")
    painted = style.paint(word, _LOOKS[report.exit_code], "bold") + first[len(word) :]
    return [painted, *rest, *style.wrap(concluding.setting(report))]


def _fitted(shown: list[Block], style: Style, room: int) -> tuple[list[list[str]], bool]:
    """Return the blocks with as much of each as there is room for, and whether that is all."""
    for detail in range(5):
        told = [_block(block, number, style, detail) for number, block in enumerate(shown, 1)]
        apart = detail == 0
        if sum(map(len, told)) + (len(told) - 1) * apart <= room:
            break
    return (told if apart else [[line for block in told for line in block]]), detail < 2


def _block(block: Block, number: int, style: Style, detail: int) -> list[str]:
    """Return a block.

    detail: 0 and 1 everything, 2 the input of the first only, 3 the example of the first only,
    4 its title cut as well
    """
    with_input = detail < 2 or (detail == 2 and number == 1)
    with_example = detail < 3 or number == 1
    told = blocks.example(block, style, with_input=with_input) if with_example else []
    return blocks.title(block, number, style, cut=detail == 4) + told


def _pasteable(block: Block, style: Style) -> list[str]:
    shown = block.example
    return failures.pasteable(shown.case, style) if shown and shown.case else []


def _tail(
    report: Report, found: list[Block], style: Style, most: int | None, said: int
) -> list[str]:
    """Return what ends a report.

    most: lines, where there is nothing else to tell; said: characters of a sentence beside
    """
    hidden = len(found) - MOST_BLOCKS
    lines = style.wrap(f"{hidden} more things are wrong, see -v") if hidden > 0 else []
    warned = sum(bool(f.warning) for f in report.findings)
    more = f"; {warned} warning{'s' * (warned > 1)} in -v" if warned else ""
    counts = "; ".join(concluding.counted(report)) + more
    hint = f"-v shows the laws, -vv everything{_about(report, found)}" if report.findings else ""
    told = _beside(report, found[:MOST_BLOCKS], style, said)
    if most is None:
        last = [*style.wrap(counts), *(style.wrap(hint) if hint else [])]
        return [*lines, *told, *last, *summary.verdict(report, style, _MOST_TOLD, said)]
    # the last line names all that was not checked; its reasons give way to what is told beside
    begin = style.wrap(f"{counts}; {hint}")
    for reasons, length in ((2, said), (2, _A_LINE), (1, said), (1, _A_LINE), (0, _A_LINE)):
        beside = _beside(report, found[:MOST_BLOCKS], style, length)
        last = begin + summary.verdict(report, style, reasons, length)
        if len(beside) + len(last) <= most:
            return [*beside, *last]
    told = _beside(report, found[:MOST_BLOCKS], style, _A_LINE)
    last = begin + summary.verdict(report, style, 1, _A_LINE)
    return [*_cut(told, most - len(last), style), *last]


def _cut(told: list[str], room: int, style: Style) -> list[str]:
    """Return as many lines as there is room for, and how many are not shown."""
    shown = told[: max(room - 1, 0)]
    rest = len(told) - len(shown)
    more = f"{rest} line{'s' * (rest > 1)} more in -v"
    return [*shown, *(style.wrap(more, "  ", "  ") if rest else [])]


def _beside(report: Report, found: list[Block], style: Style, most: int) -> list[str]:
    """What is told beside the verdict, a few sentences of each kind, of so many characters."""
    kinds: dict[str, Iterable[str]] = {
        "warning": report.warnings,
        "stale expectation": report.stale,
        "a fault of bncheck itself, please report it": report.faults,
    }
    if report.exit_code == 2:
        kinds["skipped"] = dict.fromkeys(f.reason for f in report.findings if f.reason)
    beside = {note for block in found for note in block.notes}
    notes = [note for note in report.notes if note not in beside]
    told = [line for kind, said in kinds.items() for line in _few(kind, said, most)]
    told += _few("note", notes, most, 1 if report.causes else _MOST_TOLD)
    # these were asked for
    told += _few("change", report.changes, _MOST_SAID, _MOST_CHANGES)
    return [line for sentence in told for line in style.wrap(sentence, "  ")]


def _few(kind: str, sentences: Iterable[str], most: int, count: int = _MOST_TOLD) -> list[str]:
    told = [beginning(f"{kind}: {sentence}", most) for sentence in sentences]
    rest = len(told) - count
    return told[:count] + ([f"{kind}: {rest} more, see -v"] if rest > 0 else [])


def _about(report: Report, found: list[Block]) -> str:
    name = found[0].findings[0].law if found and found[0].findings else ""
    if causes := shown_causes(report):
        name = str(causes[0].get("deviation", "")) if found else ""
    return f"; bncheck explain {name} says what that is" if name else ""
