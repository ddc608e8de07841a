"""The two moments of a run at which an earlier one matters: its beginning, and its end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bncheck.engine.options import Options
from bncheck.engine.pool import Pool
from bncheck.engine.resuming import keeping, plan
from bncheck.engine.resuming.digests import Digests
from bncheck.engine.session import Died
from bncheck.errors import InternalError, UsageError
from bncheck.model import Implementation, Report


class Earlier:
    """An earlier run of the same target with the same options, if there is one."""

    def __init__(self, target: str | Implementation, options: Options) -> None:
        """Note what is asked for, and when, before anything of it is read."""
        self._target = target
        self._options = options
        self._at = time.time_ns()
        self._plan: Mapping[str, Any] | None = None
        asked = options.keep or options.resume
        if asked and isinstance(target, str) and options.save is not None:
            folder = Path(options.save) / keeping.FOLDER
            with contextlib.suppress(OSError):  # as where the working folder was removed
                self._plan = plan.told(target, options, Digests(folder))

    def unchanged(self) -> Report | None:
        """Return its report where that is asked for, and nothing has changed since."""
        if not self._options.resume or self._plan is None or not isinstance(self._target, str):
            return None
        return keeping.unchanged(self._target, self._options, self._plan)

    def kept(self, report: Report, pool: Pool) -> Report:
        """Keep a report for the next time; where that was asked for, the report says why not."""
        why = self._keep(report, pool)
        if not why or not self._options.resume:
            return report
        return replace(report, notes=(*report.notes, f"--resume will run this again: {why}"))

    def _keep(self, report: Report, pool: Pool) -> str:
        if not isinstance(self._target, str):
            return "it is an object in this process, whose files are not known"
        if self._plan is None:
            return "there is no folder to keep it in, or no working folder"
        told: list[Mapping[str, Any]] = []
        try:
            if not report.interrupted:
                pool.each(lambda session: told.append(session.ask({"do": "loaded"})))
            begun = keeping.Begun(self._plan, self._at)
            return keeping.keep(report, self._options, begun, told)
        except (Died, InternalError, UsageError) as error:
            return f"what it has read could not be asked: {error}"
