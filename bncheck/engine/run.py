"""A run: load, recognise, survey, search, judge. It yields events and never prints."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bncheck import arguments
from bncheck.engine import opening, own_data
from bncheck.engine.diagnosing import explain
from bncheck.engine.events import Event, Finished, Found, Interrupted, Progress, Started
from bncheck.engine.judge import judged
from bncheck.engine.options import Budget, Options, budget_of, chosen, patterns
from bncheck.engine.pool import Pool
from bncheck.engine.resuming import Earlier
from bncheck.engine.session import Died, Session
from bncheck.engine.state import Key, State, prepared, reported
from bncheck.engine.survey import Task, count, tasks
from bncheck.engine.untried import required
from bncheck.engine.worker.warm import kept
from bncheck.errors import InternalError
from bncheck.known import Entry, annotated, apply, wanted
from bncheck.laws import LAWS
from bncheck.model import Implementation, Report

# A target that ends its process this often has shown what it does; each hang costs a timeout.
MOST_DEATHS = {"crash": 5, "hang": 3}
_Answer = dict[str, Any] | Died | InternalError

# Cases that bncheck itself failed at, after which there is no point in more.
MOST_FAULTS = 10
# Part of a limit in seconds that the survey may use; the rest is for searching.
_SURVEY_SHARE = 0.7


def run(
    target: str | Path | Implementation, options: Options | None = None
) -> Generator[Event, None, None]:
    """Check a target. The last event is always `Finished`, also after Ctrl-C.

    A KeyboardInterrupt that came to the caller may be thrown into the generator: the rest of the
    events then tell what is known so far.

    Raises UsageError, TargetError or NotSupported where nothing can be checked.
    """
    target, options = opening.asked(target, options)
    expected = wanted(options.expected, options.baseline)
    data = None if options.data is None else own_data.read(options.data)
    budget, laws = budget_of(options.budget), chosen(patterns(options), LAWS)
    required(options.require)  # a name that does not exist is told before anything is loaded
    began, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    earlier = Earlier(target, options)
    if (unchanged := earlier.unchanged()) is not None:
        yield from map(Found, unchanged.findings)
        yield Finished(unchanged)
        return
    with contextlib.ExitStack() as stack:
        if options.jobs > 1:  # workers beyond the first one need not import everything again
            stack.enter_context(kept())
        pool = opening.pool(target, options)
        stack.callback(pool.close)
        state = prepared(target, options, laws, pool, data)
        try:
            yield Started(
                state.target,
                tuple(d for d, _ in state.dtypes),
                tuple(law.id for law in laws),
                dict(state.observed),
            )
            yield from _survey(state, pool, budget, began)
            yield from _findings(state, pool.first, budget, expected, began)
            if options.diagnose and not _late(budget, began):
                yield Progress(0, 1, "", "diagnosis", len(_failing(state)))
                explain(state, pool.first, expected)
        except KeyboardInterrupt:
            state.interrupted = True
            pool.abandon()
            yield Interrupted()
            yield from _findings(state, None, budget, expected, began)
        took = round(time.monotonic() - began, 3)
        report = replace(reported(state, expected), started=started, seconds=took)
        try:
            report = earlier.kept(report, pool)
        except KeyboardInterrupt:
            # all was checked, but whoever wants to stop wants no further target
            report = replace(report, interrupted=True)
            pool.abandon()
            yield Interrupted()
        yield Finished(report)


def plan(target: str | Path | Implementation, options: Options | None = None) -> list[Key]:
    """List the pairs (law, dtype) that a run will decide, without running a law."""
    target, options = opening.asked(target, options)
    data = None if options.data is None else own_data.read(options.data)
    laws = chosen(patterns(options), LAWS)
    pool = opening.pool(target, options, single=True)
    try:
        dtypes = opening.dtypes(pool.first.loaded, options)
        if data is not None:
            dtypes = own_data.chosen(data, target, pool.first.loaded, dtypes, options).dtypes
        return [(law.id, dtype) for law in laws for dtype, _ in dtypes]
    finally:
        pool.close()


def verify(target: str | Path | Implementation, **options: Any) -> Report:
    """Run to the end and return the report; the options are those of `Options`.

    target: a name as on the command line, the path of a file, or a `bncheck.Implementation`

    Raises UsageError, TargetError or NotSupported where nothing can be checked.
    """
    arguments.known(options, (option.name for option in fields(Options)))
    for event in run(target, Options(**options)):
        if isinstance(event, Finished):
            report = event.report
    return report


def _survey(state: State, pool: Pool, budget: Budget, began: float) -> Iterator[Event]:
    laws = [law for law in state.laws if law.needs <= state.abilities]
    if state.own is not None:
        own = own_data.tasks(state.own, laws, budget)
        planned, total = iter(own), len(own)
    else:
        planned = tasks(laws, state.domain, state.dtypes, budget, state.options.seed)
        total = count(state.domain, state.dtypes, budget)
    # held by a name: a generator that is dropped on the way would wait for what is being asked
    answers = pool.map(_try, planned, _kind)
    try:
        yield from _tallied(state, answers, budget, began, total)
        answers.close()  # a session is asked by one thread at a time
        with contextlib.suppress(Died):
            pool.each(lambda session: session.ask({"do": "names"}))
    except KeyboardInterrupt:
        pool.abandon()
        raise
    finally:
        answers.close()


def _tallied(
    state: State,
    answers: Iterator[tuple[Task, _Answer]],
    budget: Budget,
    began: float,
    total: int,
) -> Iterator[Event]:
    limit = budget.seconds and began + _SURVEY_SHARE * budget.seconds
    for done, (task, answer) in enumerate(answers, 1):
        state.largest = max(state.largest, task.recipe.size)
        if isinstance(answer, Died):
            state.fatal.append((task, task.laws, answer))
        elif isinstance(answer, InternalError):
            own_data.still_there(task.recipe)
            state.faults.append(f"{answer} on {task.recipe!r}")
        else:
            for result in answer["results"]:
                state.tally(result["law"], task.dtype).add(task, result)
        yield Progress(done, total, task.regime, "survey", len(_failing(state)))
        if limit and time.monotonic() > limit:
            state.out_of_time = True
            return
        if state.options.fail_fast and _wrong(state):
            return
        if _too_many_deaths(state) or len(state.faults) >= MOST_FAULTS:
            return


def _too_many_deaths(state: State) -> bool:
    deaths = Counter(death.kind for _, _, death in state.fatal)
    state.given_up = any(deaths[kind] >= most for kind, most in MOST_DEATHS.items())
    if state.given_up:
        state.notes.append(
            f"the target ended its process, or hung, {deaths.total()} times; no more cases "
            "were tried"
        )
    return state.given_up


def _kind(task: Task) -> tuple[str, tuple[int, ...]]:
    return task.dtype, task.recipe.shape


def _try(session: Session, task: Task) -> _Answer:
    request = {
        "do": "measure",
        "recipe": task.recipe.plain(),
        "laws": list(task.laws),
        "inferred": list(task.inferred),
    }
    try:
        return session.ask(request)
    except (Died, InternalError) as outcome:
        return outcome


def _wrong(state: State) -> bool:
    return bool(state.fatal) or bool(_failing(state))


def _failing(state: State) -> set[str]:
    """Laws that fail so far, on what was measured."""
    policies = {law.id for law in state.laws if law.policy}
    wrong = {law for (law, _), tally in state.tallies.items() if tally.failing or tally.raised}
    return wrong - policies


def _findings(
    state: State,
    session: Session | None,
    budget: Budget,
    expected: Sequence[Entry],
    began: float,
) -> Iterator[Event]:
    """Judge what has no finding yet; without a session from what was measured alone."""
    order = [(law, dtype) for dtype, _ in state.dtypes for law in state.laws]
    for done, (law, dtype) in enumerate(order, 1):
        if (law.id, dtype) in state.findings:
            continue
        calls = 0 if _late(budget, began) or not state.options.shrink else budget.shrink
        found = judged(state, session, law, dtype, calls)
        finding = apply(expected, state.target, found)
        finding = annotated(state.target, finding, shows=state.shows, expect=state.options.known)
        state.findings[law.id, dtype] = finding
        if finding.verdict == "expected":
            state.judged[law.id, dtype] = found
        yield Progress(done, len(order), law.id, "judging", len(_failing(state)))
        yield Found(finding)


def _late(budget: Budget, began: float) -> bool:
    return bool(budget.seconds) and time.monotonic() > began + (budget.seconds or 0)
