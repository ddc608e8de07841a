"""The table as CSV, always with the same columns but for the dtypes: one row per target.

Spreadsheets take a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and names of
files and errors come from whoever wrote the target: such a cell is given a ``'`` in front.
"""

from __future__ import annotations

import csv
import io

from bncheck.reports.merged.gathering import Merged
from bncheck.reports.merged.rows import Row
from bncheck.terminal import sentence

COLUMNS = ("target", "device", "exit_code", "verdict")
MORE = (
    *("laws_failing", "causes", "note", "not_checked", "seconds", "started", "budget", "seed"),
    *("bncheck", "python", "versions", "files"),
)
# also in the width of East Asian signs, which some spreadsheets read alike
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def render(merged: Merged) -> str:
    """Return the table; texts are quoted, numbers are not."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([safe(name) for name in (*COLUMNS, *merged.dtypes, *MORE)])
    for each in merged.rows:
        verdicts = [safe(each.cell(dtype)[0]) for dtype in merged.dtypes]
        writer.writerow([*_before(each), *verdicts, *_after(each)])
    return written.getvalue()


def safe(text: str) -> str:
    """Return a text on one line that no spreadsheet takes for a formula."""
    line = sentence(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def _before(one: Row) -> list[str | int]:
    return [safe(one.target), safe(one.device), one.exit_code, one.verdict]


def _after(one: Row) -> list[str | int | float]:
    texts = (one.started, one.budget, one.seed, one.bncheck, one.python)
    return [
        one.failing if one.findings else "",
        safe(", ".join(one.causes)),
        safe(one.note),
        safe(", ".join(one.untried)),
        "" if one.seconds is None else one.seconds,
        *map(safe, texts),
        safe(", ".join(one.versions)),
        safe(", ".join(one.files)),
    ]
