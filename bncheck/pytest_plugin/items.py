"""The tests: those of a target share one run of the engine, each reads its own finding."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bncheck.api.sharing import STALE, Broken, Ended, Key, SharedRun, complain, settle
from bncheck.errors import NotSupported, TargetError, UsageError
from bncheck.model import Finding, Report
from bncheck.pytest_plugin.asking import EXPECTATIONS, REQUIREMENTS, Asked
from bncheck.terminal import sentence

# of a traceback, the innermost frames; the others are pytest's
_FRAMES = 8


class Target(pytest.Collector):
    """The tests of one target, and the one run of the engine that they share."""

    def __init__(self, *, asked: Asked, **kwargs: Any) -> None:
        """Remember how to run; nothing runs yet."""
        super().__init__(**kwargs)
        self.extra_keyword_matches.add("bncheck")  # so that -k bncheck selects these tests
        from bncheck.engine import plan, verify

        self.asked = asked
        self.run = SharedRun(asked.target, asked.options, plan, verify)

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each law and dtype, known without running the engine.

        Raises CollectError if the target cannot be planned, or if it has none of these tests.
        """
        tests = [test for test in self._tests() if self.asked.is_meant(test.name)]
        if not tests:
            names = ", ".join(sorted(self.asked.only or ()))
            raise self.CollectError(_said(f"{self.name} has no such test: {names}"))
        yield from tests

    def _tests(self) -> Iterator[pytest.Item]:
        for law, dtype in self._planned():
            yield self._test(LawItem, f"{law}[{dtype}]", key=(law, dtype))
        if self.asked.options.require:
            yield self._test(Requirements, REQUIREMENTS)
        if self.asked.expects:
            yield self._test(Expectations, EXPECTATIONS)

    def _test(self, kind: type[pytest.Item], name: str, **more: Any) -> pytest.Item:
        # with an id that is read from a text, as --last-failed will read it
        return kind.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", **more)

    def _planned(self) -> tuple[Key, ...]:
        try:
            planned = self.run.planned()
        except (UsageError, TargetError, NotSupported) as error:
            raise self.CollectError(_said(error)) from None
        if not planned:
            raise self.CollectError(f"no law applies to {self.name}, so nothing can be checked")
        return planned

    def wanted(self) -> frozenset[Key]:
        """Return what has to be decided for the tests that were selected."""
        mine = [item for item in self.session.items if item.parent is self]
        if any(isinstance(item, Expectations) for item in mine):
            return frozenset(self.run.planned())  # an entry may speak of any law
        keys = frozenset(item.key for item in mine if isinstance(item, LawItem))
        return keys or frozenset(self.run.planned()[:1])


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

    def report(self) -> Report:
        """Return what was found out about the target."""
        return self.target().run.report(self.target().wanted())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show messages as they are; only a fault of bncheck has a traceback, of its own frames."""
        error = excinfo.value
        if isinstance(error, Broken):
            told = summary = str(error)
        elif isinstance(error, TargetError | UsageError | NotSupported | Ended):
            told = summary = _said(error)
        else:
            told = "".join(traceback.format_exception(error, limit=-_FRAMES)).rstrip()
            summary = _said(f"{type(error).__name__}: {error}")
        shown = pytest.ExceptionInfo.from_exc_info((Broken, Broken(told), excinfo.tb))
        made = shown.getrepr(style="value", chain=False)
        if made.reprcrash is not None:  # what the line of the short summary says
            made.reprcrash.path, made.reprcrash.lineno = self.target().asked.target, 1
            made.reprcrash.message = summary.partition("\n")[0]
        return made


class LawItem(_Item):
    """One law in one dtype."""

    def __init__(self, *, key: Key, **kwargs: Any) -> None:
        """Remember which finding is this test's."""
        super().__init__(**kwargs)
        self.key = key

    def runtest(self) -> None:
        """Pass if the law holds, skip or xfail with the finding's reason, or raise Broken."""
        target = self.target()
        finding = target.run.finding(self.key, target.wanted() | {self.key})
        self.user_properties += _properties(finding)
        if finding.warning:
            self.add_report_section("call", "bncheck", f"warning: {_said(finding.warning)}")
        settle(finding, self.report)


class Requirements(_Item):
    """The target has the abilities that are required of it."""

    def runtest(self) -> None:
        """Raise Broken for what it has not."""
        complain(self.report().missing)


class Expectations(_Item):
    """Everything that is expected to fail still fails."""

    def runtest(self) -> None:
        """Raise Broken for entries that no longer fail."""
        complain(self.report().stale, STALE)


def _said(what: object) -> str:
    """Bring somebody's words onto one line that is harmless on a terminal."""
    return sentence(str(what))


def _properties(finding: Finding) -> Iterable[tuple[str, str]]:
    """Properties for --junitxml: the law, and how near to its bound the error is."""
    yield "bncheck-law", finding.law
    yield "bncheck-dtype", finding.dtype
    if finding.margin is not None:
        yield "bncheck-margin", f"{finding.margin:.3g}"
