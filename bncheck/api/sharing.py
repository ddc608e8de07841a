"""One run of the engine that several tests share, and what a test says of its finding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from importlib import import_module

from bncheck.engine import Options
from bncheck.errors import BncheckError, InternalError
from bncheck.model import Finding, Implementation, Report
from bncheck.reports import text
from bncheck.reports.common import blocks
from bncheck.reports.common.telling import apart
from bncheck.terminal import sentence

Key = tuple[str, str]  # law, dtype
Target = str | Implementation
STALE = "stale expectation: "

_MOST_SAID = 2000  # characters of the faults of a run


class Broken(BncheckError, AssertionError):
    """A law does not hold; the message is all that a test shows, and its first line the cause."""

    __module__ = "bncheck"  # by which it is imported: the short summary has little room


class Ended(BncheckError):
    """The run that a test needs ended with an error that was told before."""


class SharedRun:
    """A run that is made when it is first needed, of no more than the tests that were chosen."""

    def __init__(
        self,
        target: Target,
        options: Options,
        plan: Callable[[Target, Options], Collection[Key]],
        verify: Callable[..., Report],
    ) -> None:
        """Remember how to run; nothing runs yet. plan, verify: those of the engine."""
        self._target, self._options = target, options
        self._plan, self._verify = plan, verify
        self._planned: tuple[Key, ...] | None = None
        self._ran: frozenset[Key] = frozenset()  # what the outcome is of
        self._outcome: Report | Exception | None = None
        self._told = False  # whether what went wrong was told, which is done once

    def planned(self) -> tuple[Key, ...]:
        """Return the laws and dtypes that a run would decide; the target is loaded for that."""
        if self._planned is None:
            self._planned = tuple(self._plan(self._target, self._options))
        return self._planned

    def report(self, wanted: Collection[Key]) -> Report:
        """Run the engine, the first time, and return what it found.

        wanted: what has to be decided, at least one law; no others are run. Where more is wanted
        later, there is another run

        Raises what stopped the run, the first time, and Ended afterwards. A fault of bncheck in
        one law, or in the diagnosis, is raised once, too, and costs nothing of what else is known.
        """
        if self._outcome is None or not self._ran.issuperset(wanted):
            self._ran, self._told = frozenset(wanted), False
            self._outcome = self._run()
        outcome, told = self._outcome, self._told
        self._told = True
        if isinstance(outcome, Exception):
            if told:
                raise Ended("the run ended with the error of this target's first test")
            raise outcome
        if outcome.faults and not told:
            raise InternalError("; ".join(outcome.faults)[:_MOST_SAID])
        return outcome

    def finding(self, key: Key, wanted: Collection[Key]) -> Finding:
        """Return what a run found for one law and dtype. Raises as `report` does."""
        for finding in self.report(wanted).findings:
            if (finding.law, finding.dtype) == key:
                return finding
        raise InternalError(f"{key[0]} in {key[1]} was planned, but the run has no finding for it")

    def _run(self) -> Report | Exception:
        try:
            report = self._verify(self._target, **asdict(self._narrowed()))
        except Exception as error:
            return error
        if report.interrupted:  # the engine took the Ctrl-C, but it is pytest that was meant
            raise KeyboardInterrupt
        return report

    def _narrowed(self) -> Options:
        """Return the options of a run that decides what is wanted, with the same findings."""
        keys = [key for key in self.planned() if key in self._ran]
        if len(keys) == len(self.planned()):
            return self._options
        laws, dtypes = (dict.fromkeys(names) for names in zip(*keys, strict=True))
        return replace(self._options, laws=tuple(laws), dtypes=tuple(dtypes))


def cause(report: Report, finding: Finding) -> str:
    """Say in a line why a law does not hold: its causes, else what was measured or raised.

    What differs from law to law stands first, since a summary of tests has little room.
    """
    texts = {str(each.get("deviation")): blocks.says(each) for each in report.causes}
    causes = [": ".join(filter(None, (name, texts.get(name)))) for name in finding.causes]
    if causes:
        return sentence("; ".join(causes))
    case = finding.case
    if finding.verdict == "fails" and case is not None and case.what:
        got, exact = apart(case.got, case.expected)
        measured = f"{case.what}: got {got}, exact {exact}"
        return sentence("; ".join(filter(None, (measured, finding.title, finding.reason))))
    return sentence("; ".join(filter(None, (finding.reason, finding.title))))


def settle(finding: Finding, report: Callable[[], Report]) -> None:
    """End a test as its finding says: pass, skip, xfail, or raise Broken.

    report: where the causes are, asked for only where the law does not hold
    """
    __tracebackhide__ = True
    pytest = import_module("pytest")  # which only tests need
    if finding.verdict == "skipped":
        pytest.skip(sentence(finding.reason) or "no reason given")
    if finding.verdict == "expected":
        pytest.xfail(sentence(finding.reason))
    if finding.verdict != "holds":
        raise broken(report(), finding)


def complain(told: Sequence[str], kind: str = "") -> None:
    """Raise Broken where there is something to tell, a line each."""
    __tracebackhide__ = True
    if told:
        raise Broken("\n".join(f"{kind}{sentence(each)}" for each in told))


def broken(report: Report, finding: Finding) -> Broken:
    """Return the error of a law that does not hold: the cause, then the law as reports tell it."""
    return Broken(f"{cause(report, finding)}\n\n{text.explain(finding)}")
