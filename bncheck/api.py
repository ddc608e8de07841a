"""The top room for people who write Python: check a target, or raise with the report."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bncheck.engine import replay as replay
from bncheck.engine import verify as verify
from bncheck.errors import BncheckError
from bncheck.model import Implementation, Report
from bncheck.reports.text import render
from bncheck.targets import adapt as adapt


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


def jitted(given: Implementation) -> Implementation:
    """Return the same implementation with each of its functions under ``jax.jit``.

    Raises UsageError for an implementation that is not of a JAX framework.
    """
    tools = import_module("bncheck.targets.jax.tools")  # it needs JAX
    compiled: Implementation = tools.jitted(given)
    return compiled
