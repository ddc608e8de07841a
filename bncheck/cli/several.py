"""Several targets, told in turn: one that cannot be checked does not stop the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bncheck.cli import output
from bncheck.cli.ahead import Verify, ahead
from bncheck.cli.asked import Asked, Run, beside
from bncheck.cli.faults import report_fault
from bncheck.cli.streams import complain
from bncheck.errors import NotSupported, TargetError, UsageError

if TYPE_CHECKING:
    from bncheck.model import NotChecked, Outcome, Report

_INTERRUPTED = "interrupted before it was checked"


def run(asked: Run, verify: Verify, pressed: list[int]) -> int:
    """Check each target, tell of it, then write a line for each; return the exit code of all.

    pressed: signals that came, after which no further target is tried
    """
    from bncheck.engine import kept
    from bncheck.model import NotChecked, exit_code_of

    outcomes: list[Outcome] = []
    stopped = False
    with kept(), ahead(asked.targets, verify, pressed) as reports:
        for each in asked.targets:
            outcome = (
                NotChecked(each.target, _INTERRUPTED)
                if stopped and not reports.has(each)
                else _outcome(asked, each, reports.of, pressed)
            )
            if isinstance(outcome, NotChecked):
                stopped = stopped or outcome.error == _INTERRUPTED
                whose = "" if each.label in outcome.error else f"{each.label}: "
                complain(f"error: {whose}{outcome.error}")
                output.write_unchecked(outcome, list(each.destinations))
            else:
                stopped = stopped or outcome.interrupted
                output.show_in_turn(outcome, asked.destinations, asked.verbosity)
            outcomes.append(outcome)
    labels = [each.label for each in asked.targets]
    if asked.shard is not None and not outcomes:
        complain(
            f"shard {asked.shard.name} is empty: the list has {asked.shard.targets} targets, so "
            f"nothing was checked; --shard I/{max(1, asked.shard.targets)} has no empty one"
        )
    beside, shard = asked.annotates, asked.shard
    output.write_several(
        outcomes, labels, asked.destinations, asked.verbosity, beside=beside, shard=shard
    )
    return exit_code_of(outcomes)


def unchecked(target: str, error: BaseException, pressed: list[int]) -> NotChecked:
    """Return why there is no report on a target. pressed: signals that came."""
    from bncheck.model import NotChecked

    if isinstance(error, UsageError | TargetError | NotSupported):
        return NotChecked(target, str(error))
    # some imports make another error of an interruption
    if pressed or isinstance(error, KeyboardInterrupt):
        return NotChecked(target, _INTERRUPTED)
    return NotChecked(target, f"a fault of bncheck itself: {error}", exit_code=3)


def _outcome(
    asked: Run, each: Asked, report_of: Callable[[Asked], Report], pressed: list[int]
) -> Outcome:
    try:
        report = report_of(each)
        try:
            report = beside(report, asked, each)
        except UsageError:  # what was found is shown all the same
            output.show_in_turn(report, asked.destinations, asked.verbosity)
            raise
        finally:
            if each.destinations:
                output.write(report, list(each.destinations), asked.verbosity)
        return report
    except (Exception, KeyboardInterrupt) as error:
        outcome = unchecked(each.target, error, pressed)
        if outcome.exit_code == 3 and isinstance(error, Exception):
            report_fault(error, asked.argv)
        return outcome
