"""The top room for people who write Python: check a target, or raise with the report."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bncheck.engine import replay as replay
from bncheck.engine import verify as verify
from bncheck.errors import BncheckError, UsageError
from bncheck.model import Convention, Implementation, Report
from bncheck.reports.text import render
from bncheck.targets import adapt as adapt
from bncheck.terminal import brief


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


def from_ctypes(
    library: str | Path,
    prototypes: str,
    *,
    dtypes: Sequence[str] | None = None,
    layout: str = "NCHW",
    convention: Convention | Mapping[str, Any] | None = None,
) -> Implementation:
    """Return the kernel of a shared library, called as its C prototypes say.

    library: its path, from the working folder or from that of the calling file
    prototypes: the functions as they stand in the header: a forward pass, and, where there are,
        a backward pass, inference, its backward pass, an update of the running statistics. What
        an argument is for is read from its name; what cannot be told is refused
    dtypes: which to try, where there are functions for several; needed for ``uint16_t``
    layout: "NCHW", or "NHWC" for a kernel that wants the channels last
    convention: what is promised, as in a module's ``CONVENTION``

    The kernel gets contiguous copies, between zones that it must not write to.

    Raises TargetError, in five lines at most, for a library or prototypes that cannot be taken.
    """
    adapting = import_module("bncheck.targets.native.adapting")  # it needs ctypes
    frame = sys._getframe(1)
    made: Implementation = adapting.adapt(
        library,
        prototypes,
        dtypes=dtypes,
        layout=layout,
        convention=convention,
        where=(frame.f_code.co_filename, frame.f_lineno),
    )
    return made


def jitted(given: Implementation) -> Implementation:
    """Return the same implementation with each of its functions under ``jax.jit``.

    Raises UsageError for an implementation that is not of a JAX framework.
    """
    if not isinstance(given, Implementation):
        raise UsageError(f"given={brief(given)}, but should be a bncheck.Implementation of JAX")
    tools = import_module("bncheck.targets.jax.tools")  # it needs JAX
    compiled: Implementation = tools.jitted(given)
    return compiled
