"""For test suites without a plugin: check an implementation, or raise with the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bncheck.engine import verify
from bncheck.errors import BncheckError
from bncheck.reports.text import render

if TYPE_CHECKING:
    from bncheck.model import Implementation, Report


class LawsBroken(BncheckError, AssertionError):
    """Laws do not hold, or none could be checked; the message is the text report.

    ``report`` is the whole `bncheck.model.Report`.
    """

    def __init__(self, report: Report) -> None:
        """Say it in the words of the text report, from a new line on."""
        super().__init__("\n" + render(report))
        self.report = report


def assert_holds(target: str | Implementation, **options: Any) -> Report:
    """Verify the target and return the report, if at least one law was checked and all hold.

    The options are those of `bncheck.verify`. Raises LawsBroken, an AssertionError, if a law
    does not hold, if nothing could be checked, or if an expectation is stale; UsageError and
    TargetError as `bncheck.verify` does.
    """
    report = verify(target, **options)
    if not report.ok:
        raise LawsBroken(report)
    return report
