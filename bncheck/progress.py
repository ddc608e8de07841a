"""One line about how far a run is: what part is done, what fails so far, the time, what is on."""

from __future__ import annotations

from typing import Protocol

from bncheck.terminal import columns, sentence

BAR = 20  # characters

# which part of the bar a stage fills: the survey takes most of the time
STAGES = {"survey": (0.0, 0.7), "judging": (0.7, 0.9), "diagnosis": (0.9, 1.0)}


class Step(Protocol):
    """What `bncheck.engine.events.Progress` is."""

    @property
    def done(self) -> int:
        """Steps of the stage that are done."""

    @property
    def total(self) -> int:
        """Steps of the stage."""

    @property
    def label(self) -> str:
        """What is on."""

    @property
    def stage(self) -> str:
        """A key of `STAGES`."""

    @property
    def failing(self) -> int:
        """Laws that fail so far."""


def line(step: Step, seconds: float, room: int) -> str:
    """Return the line, cut to so many columns. seconds: since the run began"""
    begin, end = STAGES[step.stage]
    share = begin + (end - begin) * min(step.done, step.total) / max(step.total, 1)
    filled = int(BAR * share)
    laws = "law fails" if step.failing == 1 else "laws fail"
    told = [f"{step.failing} {laws} so far"] if step.failing else []
    told += [f"{seconds:.0f} s", f"{step.stage} {step.label}"]
    drawn = f"[{'#' * filled}{' ' * (BAR - filled)}] {share:4.0%}  {sentence(', '.join(told))}"
    while columns(drawn) > room:
        drawn = drawn[:-1]
    return drawn
