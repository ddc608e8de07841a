"""What a run tells while it goes on. The engine yields these; it never prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bncheck.model import Finding, Report


@dataclass(frozen=True)
class Started:
    """The target was loaded and its conventions were looked at."""

    target: str
    dtypes: tuple[str, ...]
    laws: tuple[str, ...]
    observed: Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """So many of so many steps of a stage are done; failing: laws that fail so far."""

    done: int
    total: int
    label: str
    stage: Literal["survey", "judging", "diagnosis"] = "survey"
    failing: int = 0


@dataclass(frozen=True)
class Found:
    """A law was decided for a dtype. Its causes are looked for later: the report has them."""

    finding: Finding


@dataclass(frozen=True)
class Interrupted:
    """Ctrl-C reached the engine: what follows tells what is known so far."""


@dataclass(frozen=True)
class Finished:
    """The end of every run, also of one that was interrupted."""

    report: Report


Event = Started | Progress | Found | Interrupted | Finished
