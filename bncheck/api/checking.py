"""``bncheck.verify`` and ``bncheck.assert_holds``: options with their types, objects as targets."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from os import PathLike
from typing import Any, Never

from bncheck import arguments
from bncheck.api.batches import own_batches
from bncheck.api.objects import target_of
from bncheck.api.report import Report
from bncheck.engine import Options, events, run
from bncheck.engine.saved import FOLDER
from bncheck.errors import BncheckError, InternalError, UsageError
from bncheck.model import Case, Implementation
from bncheck.terminal import brief

Path = str | PathLike[str]

_NAMES = tuple(option.name for option in fields(Options))


class LawsBroken(BncheckError, AssertionError):
    """Laws do not hold, or none could be checked; the message is the short text report.

    ``report`` is the whole `bncheck.Report`.
    """

    def __init__(self, report: Report) -> None:
        """Say it in the words of the text report, from a new line on."""
        super().__init__(f"\n{report.text()}")
        self.report = report


def verify(
    target: object,
    *,
    laws: str | Sequence[str] = (),
    dtypes: str | Sequence[str] = (),
    budget: str | float = "standard",
    seed: int = 0,
    jobs: int = 1,
    fail_fast: bool = False,
    profile: str | None = None,
    expected: Path | None = None,
    baseline: Path | None = None,
    timeout: float = 10.0,
    load_timeout: float = 60.0,
    save: Path | None = FOLDER,
    shrink: bool = True,
    diagnose: bool = True,
    require: str | Sequence[str] = (),
    known: bool = False,
    device: str = "",
    data: Path | None = None,
    resume: bool = False,
    keep: bool = False,
    norm: str | None = None,
    cases: Sequence[Case] = (),
    on_event: Callable[[events.Event], object] | None = None,
    **unknown: Never,  # so that a type checker finds a name that does not exist
) -> Report:
    """Check a target and return the report.

    target: a name or path as on the command line, a class, an instance, a function, a module, or
        a `bncheck.Implementation`. What has an importable name is loaded in a process of its own;
        all else runs in this one, where a crash or a hang is not survived, and the report says so
    laws: ids or patterns, ``"!B*"`` leaves out; dtypes: none for all that the target takes
    budget: "smoke" (the ten most telling laws), "quick", "standard", "thorough" or a limit in
        seconds; seed: of the cases
    jobs: worker processes; fail_fast: stop at the first law that fails
    profile: promise the conventions of "torch", "keras", "flax", "onnx" ...
    norm: which normalization it is: "batch", "layer", "rms", "group" or "instance"; wins over the
        ``NORM`` of its file
    expected, baseline: TOML files of laws that are known to fail
    known: expect the known faults of the installed version of a framework
    timeout, load_timeout: seconds for one call of the target, and for loading it
    save: folder for counterexamples, None to save nothing
    shrink: look for the smallest inputs; diagnose: look for causes
    require: abilities that the target must have; device: where torch or JAX computes
    data: a .npz file of batches that are tried in place of bncheck's own (see
        `bncheck.cases.data`); cases: the same, as `bncheck.Case`, which are written to a file in
        the folder of counterexamples, so that what fails can be replayed
    resume: show the report of an earlier run where nothing has changed since: `report.resumed`
    keep: keep the report for one that resumes, beside the counterexamples; so does one that resumes
    on_event: is called with each event of the run, as it happens (see `bncheck.engine.events`)

    Raises UsageError for an option that is wrong, or does not exist, TargetError or NotSupported
    where nothing can be checked.
    """
    given = locals()
    if cases and data is not None:
        raise UsageError("cases and data are both given, but the batches come from one of them")
    options = {name: given[name] for name in _NAMES}
    arguments.known(unknown, (*_NAMES, "on_event"))
    if on_event is not None and not callable(on_event):
        raise UsageError(f"on_event={brief(on_event)}, but should be a function of one event")
    with own_batches(cases, save) as file:
        wanted = Options(**(options if file is None else {**options, "data": file}))
        return report_on(target_of(target, wanted.profile, wanted.norm), wanted, on_event)


def report_on(
    target: str | Implementation,
    options: Options,
    on_event: Callable[[events.Event], object] | None = None,
) -> Report:
    """Run to the end and return the report. Raises as `verify` does."""
    for event in run(target, options):
        if on_event is not None:
            on_event(event)
        if isinstance(event, events.Finished):
            return Report.of(event.report)
    raise InternalError("the engine ended without a report")


def assert_holds(target: object, **options: Any) -> Report:
    """Verify the target and return the report, if at least one law was checked and all hold.

    The options are those of `bncheck.verify`. Raises LawsBroken, an AssertionError, if a law
    does not hold, if nothing could be checked, or if an expectation is stale; UsageError and
    TargetError as `bncheck.verify` does.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    report = verify(target, **options)
    if not report.ok:
        raise LawsBroken(report)
    return report


# completion in notebooks reads it; the options stand in one place
assert_holds.__signature__ = inspect.signature(verify)  # type: ignore[attr-defined] # it is read by inspect
