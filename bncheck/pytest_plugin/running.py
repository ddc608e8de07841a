"""The hooks of a session that checks targets; in all other sessions they are not there."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from bncheck.pytest_plugin.asking import Asked
from bncheck.pytest_plugin.items import Target
from bncheck.terminal import sentence


class Running:
    """Puts the targets into the session."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        """Remember what is asked for."""
        self._asked = asked

    def pytest_report_header(self, config: pytest.Config) -> list[str]:
        """Say which targets are not checked, since ids were given and none is of them."""
        words = dict.fromkeys(config.getoption("--bncheck"))
        left = [word for word in words if not any(each.is_of(word) for each in self._asked)]
        return [f"bncheck: no id names {sentence(word)}, so it is not checked" for word in left]

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Put the targets behind what the session collects itself, in the order they were given."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result += [
                Target.from_parent(
                    collector, name=each.label, nodeid=f"bncheck::{each.label}", asked=each
                )
                for each in self._asked
            ]
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Give each target to one worker."""
        from bncheck.pytest_plugin.scheduling import scheduler

        return scheduler(config, log)
