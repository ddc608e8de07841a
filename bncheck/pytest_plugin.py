"""``pytest --bncheck TARGET``: one test for each law and dtype, without a test file.

The engine runs once per process and target, when the first of its tests runs; every test then
reads its own finding. This module is loaded in every pytest run of an environment in which
bncheck is installed, so it imports nothing but pytest until it is asked for.
"""

from __future__ import annotations

import traceback
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bncheck.engine import Options
    from bncheck.model import Finding, Report

    Key = tuple[str, str]  # law, dtype


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; they are those of ``bncheck verify``."""
    group = parser.getgroup("bncheck", "laws of batch normalization")
    for name, metavar, what in (
        ("", "TARGET", "check this implementation: file.py, package.module, module:NAME"),
        ("-laws", "PATTERN", "only laws with such an id; '!PATTERN' leaves out"),
        ("-dtype", "NAME", "only this dtype"),
    ):
        group.addoption(
            f"--bncheck{name}",
            action="append",
            default=[],
            metavar=metavar,
            help=f"{what}; repeatable",
        )
    group.addoption("--bncheck-budget", default="standard", metavar="AMOUNT", help="as in verify")
    group.addoption("--bncheck-seed", default="0", metavar="N", help="of the cases that are tried")
    group.addoption("--bncheck-profile", metavar="NAME", help="promise a framework's conventions")
    group.addoption("--bncheck-expected", metavar="FILE", help="TOML file of known failures")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options before anything is collected, in the controller of xdist too."""
    if config.getoption("--bncheck"):
        _options(config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Put the targets behind what the session collects itself, in the order they were given."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        config = collector.config
        for target in dict.fromkeys(config.getoption("--bncheck")):
            report.result.append(
                Target.from_parent(
                    collector, name=target, nodeid=f"bncheck::{target}", options=_options(config)
                )
            )
    return report


def _options(config: pytest.Config) -> Options:
    from bncheck.cli.options import budget, seed
    from bncheck.engine import Options
    from bncheck.errors import UsageError

    given = config.getoption
    expected = given("--bncheck-expected")
    try:
        return Options(
            laws=tuple(given("--bncheck-laws")),
            dtypes=tuple(given("--bncheck-dtype")),
            budget=budget(given("--bncheck-budget")),
            seed=seed(given("--bncheck-seed")),
            profile=given("--bncheck-profile"),
            expected=Path(expected) if expected else None,
        )
    except UsageError as error:
        raise pytest.UsageError(f"--bncheck: {error}") from None


# of a traceback, the innermost frames; the others are pytest's
_FRAMES = 8


class Broken(Exception):
    """A law does not hold; the message is all that the test shows."""


class Target(pytest.Collector):
    """The tests of one target, and the one run of the engine that they share."""

    def __init__(self, *, options: Options, **kwargs: Any) -> None:
        """Remember how to run; nothing runs yet."""
        super().__init__(**kwargs)
        self.extra_keyword_matches.add("bncheck")  # so that -k bncheck selects these tests
        self.options = options
        self._outcome: Report | Exception | None = None
        self._told = False  # whether what went wrong was told, which is done once

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each law and dtype, known without running the engine.

        Raises CollectError if the target cannot be planned, or if no law applies to it.
        """
        for law, dtype in self._plan():
            yield LawItem.from_parent(self, name=f"{law}[{dtype}]", key=(law, dtype))
        if self.options.expected:
            yield Expectations.from_parent(self, name="expectations")

    def _plan(self) -> list[Key]:
        from bncheck.engine import plan
        from bncheck.errors import NotSupported, TargetError, UsageError

        try:
            planned = list(plan(self.name, self.options))
        except (UsageError, TargetError, NotSupported) as error:
            raise self.CollectError(_said(error)) from None
        if not planned:
            raise self.CollectError(f"no law applies to {self.name}, so nothing can be checked")
        return planned

    def report(self) -> Report:
        """Run the engine, the first time.

        Raises what stopped it, the first time, and Broken afterwards. A fault of bncheck in one
        law, or in the diagnosis, is raised once, too, and costs nothing of what else is known.
        """
        from bncheck.errors import InternalError

        if self._outcome is None:
            self._outcome = self._run()
        outcome, told = self._outcome, self._told
        self._told = True
        if isinstance(outcome, Exception):
            if told:
                raise Broken("the run ended with the error of this target's first test")
            raise outcome
        if outcome.faults and not told:
            raise InternalError("; ".join(outcome.faults)[:2000])
        return outcome

    def _run(self) -> Report | Exception:
        from dataclasses import asdict

        from bncheck.engine import verify

        try:
            report = verify(self.name, **asdict(self.options))
        except Exception as error:
            return error
        if report.interrupted:  # the engine took the Ctrl-C, but it is pytest that was meant
            raise KeyboardInterrupt
        return report


class _Item(pytest.Item):
    """A test that reads the report of its target."""

    def target(self) -> Target:
        """Return the collector, which runs the engine."""
        if not isinstance(self.parent, Target):
            raise TypeError(f"{self.nodeid} is not a test of a target")
        return self.parent

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the test; it is in no file."""
        return self.path, None, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show messages as they are; only a fault of bncheck has a traceback, of its own frames."""
        from bncheck.errors import NotSupported, TargetError, UsageError

        if isinstance(excinfo.value, Broken | TargetError | UsageError | NotSupported):
            return str(excinfo.value) if isinstance(excinfo.value, Broken) else _said(excinfo.value)
        return "".join(traceback.format_exception(excinfo.value, limit=-_FRAMES)).rstrip()


class LawItem(_Item):
    """One law in one dtype."""

    def __init__(self, *, key: Key, **kwargs: Any) -> None:
        """Remember which finding is this test's."""
        super().__init__(**kwargs)
        self.key = key

    def runtest(self) -> None:
        """Pass if the law holds, skip or xfail with the finding's reason, or raise Broken."""
        finding = _finding(self.target().report(), self.key)
        self.user_properties += _properties(finding)
        if finding.warning:
            self.add_report_section("call", "bncheck", f"warning: {_said(finding.warning)}")
        if finding.verdict == "skipped":
            pytest.skip(_said(finding.reason) or "no reason given")
        if finding.verdict == "expected":
            pytest.xfail(_said(finding.reason))
        if finding.verdict != "holds":
            from bncheck.reports.text import explain

            raise Broken(explain(finding))


class Expectations(_Item):
    """Every entry of the file of expected failures still fails."""

    def runtest(self) -> None:
        """Raise Broken for entries that no longer fail."""
        stale = self.target().report().stale
        if stale:
            raise Broken("\n".join(f"stale expectation: {_said(entry)}" for entry in stale))


def _finding(report: Report, key: Key) -> Finding:
    for finding in report.findings:
        if (finding.law, finding.dtype) == key:
            return finding
    from bncheck.errors import InternalError

    raise InternalError(f"{key[0]} in {key[1]} was planned, but the run has no finding for it")


def _said(what: object) -> str:
    """Bring somebody's words onto one line that is harmless on a terminal."""
    from bncheck.terminal import sentence

    return sentence(str(what))


def _properties(finding: Finding) -> Iterable[tuple[str, str]]:
    """Properties for --junitxml: the law, and how near to its bound the error is."""
    yield "bncheck-law", finding.law
    yield "bncheck-dtype", finding.dtype
    if finding.margin is not None:
        yield "bncheck-margin", f"{finding.margin:.3g}"
