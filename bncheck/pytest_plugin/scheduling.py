"""Under pytest-xdist, one target is one worker's: its tests share one run of the engine."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

PREFIX = "bncheck::"
# those that would hand the tests of one target to several workers
SPREADING = ("load", "loadgroup", "worksteal")


class ByTarget(LoadGroupScheduling):  # type: ignore[misc, unused-ignore] # xdist may be absent
    """Spreads tests one by one, or by their groups, and targets as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(PREFIX):
            return nodeid.rpartition("::")[0]
        return str(super()._split_scope(nodeid))


def scheduler(config: pytest.Config, log: Any) -> ByTarget | None:
    """Return what spreads the tests; None where the mode that was chosen keeps targets together.

    In mode ``each`` every worker is meant to run everything.
    """
    return ByTarget(config, log) if config.getvalue("dist") in SPREADING else None
