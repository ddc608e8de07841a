"""The part of the report that compares it with an earlier one, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.terminal import Style


def section(report: Report, style: Style) -> list[str]:
    """Tell what is new, fixed or worse; nothing where the report was compared with none."""
    if not report.changes:
        return []
    return [style.paint("Changes", "bold"), *style.listed(report.changes)]
