"""The table as text: columns that all rows share are said once, below it."""

from __future__ import annotations

from collections import Counter

from bncheck.reports.merged.gathering import Merged
from bncheck.reports.merged.rows import VERDICTS, Row
from bncheck.terminal import Style, beginning

# of a cause, or of why something could not be checked
_MOST_SAID = 200


def render(merged: Merged, style: Style | None = None) -> str:
    """Return the table, what people should know, and a last line that counts."""
    shown = style or Style(width=160)
    lines = [*_table(merged, shown), *_shared(merged, shown)]
    lines += shown.listed(merged.remarks)
    looks = ("green" if merged.exit_code == 0 else "red", "bold")
    lines += [shown.paint(line, *looks) for line in shown.wrap(last_line(merged))]
    return "\n".join(lines) + "\n"


def last_line(merged: Merged) -> str:
    """Count targets by what came out, and say the exit code and why it is no better."""
    counts = Counter(each.exit_code for each in merged.rows)
    told = [f"{counts[code]} {name}" for code, name in VERDICTS.items() if counts[code]]
    end = [] if not merged.refused else ["not all is here, or one of two things is wrong"]
    return f"exit {merged.exit_code}: {'; '.join([', '.join(told) or 'no report', *end])}"


def header(merged: Merged) -> list[str]:
    """Return the names of the columns: what differs between rows, and the dtypes."""
    names = ["target", *_differing(merged), "exit", *merged.dtypes]
    return [*names, "laws failing", "seconds", "causes"]


def cells(one: Row, merged: Merged) -> list[str]:
    """Return the cells of a row under `header`."""
    own = [_shown(one, name) for name in _differing(merged)]
    seconds = "" if one.seconds is None else f"{one.seconds:.1f}"
    said = "; ".join(filter(None, (", ".join(one.causes), one.note)))
    failing = str(one.failing) if one.findings else ""
    verdicts = [_cell(one, dtype) for dtype in merged.dtypes]
    return [
        *(one.target, *own, str(one.exit_code), *verdicts),
        *(failing, seconds, beginning(said, _MOST_SAID)),
    ]


def _cell(one: Row, dtype: str) -> str:
    verdict, laws = one.cell(dtype)
    return f"{verdict} {laws}" if verdict in ("fails", "error") else verdict


def _table(merged: Merged, style: Style) -> list[str]:
    if not merged.rows:
        return []
    names = header(merged)
    rows = [[style.text(name) for name in names]]
    rows += [[style.text(cell) for cell in cells(each, merged)] for each in merged.rows]
    right = "".join("r" if name in ("laws failing", "seconds") else "l" for name in names)
    spare = [place for place, name in enumerate(names) if name in _SPARE]
    folded = style.table(rows, right, len(names) - 1, spare)
    return [line for lines in folded for line in lines] + [""]


# what tells rows apart, and what is left out first where there is no room
_TELLING = ("device", "versions", "budget", "seed", "files")
_SPARE = ("seconds", "laws failing")


def _shown(one: Row, name: str) -> str:
    value = getattr(one, name)
    if name == "versions":
        return ", ".join([f"bncheck {one.bncheck}", f"python {one.python}", *one.versions])
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _differing(merged: Merged) -> list[str]:
    """Return what differs between the rows that were checked, or, for files, tells them apart."""
    checked = [each for each in merged.rows if each.findings]
    differing = [name for name in _TELLING[:-1] if len({_shown(r, name) for r in checked}) > 1]
    told = {(each.target, *(_shown(each, name) for name in differing)) for each in merged.rows}
    return [*differing, *(["files"] if len(told) < len(merged.rows) else [])]


def _shared(merged: Merged, style: Style) -> list[str]:
    """Say what all rows have in common."""
    checked = [each for each in merged.rows if each.findings]
    if not checked:
        return []
    told = [(name, _shown(checked[0], name)) for name in _TELLING[:-1]]
    shared = [(name, value) for name, value in told if value and name not in _differing(merged)]
    said = "; ".join(v if name == "versions" else f"{name} {v}" for name, v in shared)
    return style.wrap(f"all: {said}") if said else []
