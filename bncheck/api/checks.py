"""What the tests of ``bncheck.parametrize`` call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bncheck.api.sharing import STALE, Key, SharedRun, complain, settle


class Check:
    """What a test calls: it passes if a law holds."""

    def __init__(self, run: SharedRun, key: Key, selected: set[Key]) -> None:
        """Remember whose finding it is. selected: the keys of all tests of the run that will be."""
        self._run, self._key, self._selected = run, key, selected

    def __call__(self) -> None:
        """Pass if the law holds, skip or xfail with the finding's reason, or raise."""
        __tracebackhide__ = True
        keys = self._selected or set(self._run.planned())
        finding = self._run.finding(self._key, keys | {self._key})
        settle(finding, lambda: self._run.report(keys))

    def select(self) -> None:
        """Have the run, when it comes, decide this law."""
        self._selected.add(self._key)

    def forget(self) -> None:
        """Forget what was selected."""
        self._selected.clear()

    def __repr__(self) -> str:
        """Name the law and the dtype."""
        return f"<check {self._key[0]} in {self._key[1]}>"


class Whole(Check):
    """Passes if a run has nothing to say of what is required of the target, or was expected."""

    def __init__(self, run: SharedRun, what: str, selected: set[Key]) -> None:
        """Remember the run. what: requirements or expectations."""
        super().__init__(run, (what, ""), selected)

    def __call__(self) -> None:
        """Pass, or raise for each ability that is missing, or each entry that is stale."""
        __tracebackhide__ = True
        report = self._run.report(self._run.planned())
        if self._key[0] == "requirements":
            complain(report.missing)
        else:
            complain(report.stale, STALE)

    def select(self) -> None:
        """Have the run, when it comes, decide all laws: an entry may speak of any."""
        self._selected.update(self._run.planned())

    def __repr__(self) -> str:
        """Name what is asked."""
        return f"<check of {self._key[0]}>"


def select(items: Iterable[Any]) -> None:
    """Have runs decide what is asked by these tests, of those that are parametrized here."""
    params = (getattr(getattr(item, "callspec", None), "params", {}) for item in items)
    checks = [one for each in params if isinstance(one := each.get("check"), Check)]
    for check in checks:
        check.forget()
    for check in checks:
        check.select()
