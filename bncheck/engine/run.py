"""A run: load, recognise, survey, search, judge. It yields events and never prints."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.engine import expectations, opening
from bncheck.engine.diagnosing import explain
from bncheck.engine.events import Event, Finished, Found, Interrupted, Progress, Started
from bncheck.engine.judge import SKIPPED, judged
from bncheck.engine.options import Budget, Options, budget_of, chosen, excluded
from bncheck.engine.pool import Pool
from bncheck.engine.session import Died, Session
from bncheck.engine.survey import Task, count, tasks
from bncheck.engine.tally import Tally
from bncheck.errors import InternalError
from bncheck.laws import LAWS
from bncheck.model import Domain, Finding, Implementation, Report
from bncheck.trial.law import Law
from bncheck.version import __version__

# A target that ends its process this often has shown what it does; each hang costs a timeout.
MOST_DEATHS = {"crash": 5, "hang": 3}
# Cases that bncheck itself failed at, after which there is no point in more.
MOST_FAULTS = 10
# Part of a limit in seconds that the survey may use; the rest is for searching.
_SURVEY_SHARE = 0.7

FEW_SHAPES = (
    "every new shape is compiled for, so shapes are those of a small pool, another one for each "
    "seed: for each kind of input every rank, batch size, number of channels and spatial size, "
    "but few combinations of them"
)

Key = tuple[str, str]


@dataclass
class _State:
    """What is known so far; enough to report from at any moment."""

    target: str
    options: Options
    laws: tuple[Law, ...]
    dtypes: tuple[tuple[str, str], ...]
    abilities: frozenset[str]
    promised: Mapping[str, Any]
    measured: frozenset[str]
    domain: Domain
    known: Mapping[str, Any]
    observed: dict[str, Any]
    notes: list[str]
    stability: Mapping[str, Any] | None = None
    tallies: dict[Key, Tally] = field(default_factory=dict)
    fatal: list[tuple[Task, tuple[str, ...], Died]] = field(default_factory=list)
    findings: dict[Key, Finding] = field(default_factory=dict)
    small: list[Recipe] = field(default_factory=list)
    causes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    interrupted: bool = False
    out_of_time: bool = False

    def tally(self, law: str, dtype: str) -> Tally:
        return self.tallies.setdefault((law, dtype), Tally())


def run(
    target: str | Implementation, options: Options | None = None
) -> Generator[Event, None, None]:
    """Check a target. The last event is always `Finished`, also after Ctrl-C.

    A KeyboardInterrupt that came to the caller may be thrown into the generator: the rest of the
    events then tell what is known so far.

    Raises UsageError, TargetError or NotSupported where nothing can be checked.
    """
    options = options or Options()
    expected = expectations.read(options.expected) if options.expected else ()
    budget, laws = budget_of(options.budget), chosen(options.laws, LAWS)
    began = time.monotonic()
    pool = opening.pool(target, options)
    try:
        state = _prepare(target, options, laws, pool)
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
                yield Progress(1, 1, "diagnosis")
                explain(state, pool.first)
        except KeyboardInterrupt:
            state.interrupted = True
            yield Interrupted()
            yield from _findings(state, None, budget, expected, began)
        yield Finished(_report(state, expected))
    finally:
        pool.close()


def plan(target: str | Implementation, options: Options | None = None) -> list[Key]:
    """List the pairs (law, dtype) that a run will decide, without running a law."""
    options = options or Options()
    laws = chosen(options.laws, LAWS)
    pool = opening.pool(target, options, single=True)
    try:
        dtypes = opening.dtypes(pool.first.loaded, options)
        return [(law.id, dtype) for law in laws for dtype, _ in dtypes]
    finally:
        pool.close()


def verify(target: str | Implementation, **options: Any) -> Report:
    """Run to the end and return the report; the options are those of `Options`."""
    for event in run(target, Options(**options)):
        if isinstance(event, Finished):
            report = event.report
    return report


def _prepare(
    target: str | Implementation, options: Options, laws: tuple[Law, ...], pool: Pool
) -> _State:
    loaded = pool.first.loaded
    dtypes = opening.dtypes(loaded, options)
    seen = opening.look(pool, dtypes)
    notes = list(seen.notes)
    stability = opening.stability(pool, dtypes[0][0], seen, notes)
    domain = opening.domain(loaded)
    if domain.few_shapes:
        notes.append(FEW_SHAPES)
    if isinstance(target, Implementation):
        notes.insert(
            0,
            "the implementation lives in this process: a crash or a hang would have ended the run",
        )
    return _State(
        target=target if isinstance(target, str) else target.name,
        options=options,
        laws=laws,
        dtypes=dtypes,
        abilities=frozenset(loaded["abilities"]),
        promised=loaded["promised"],
        measured=frozenset(loaded["measured"]),
        domain=domain,
        known=seen.known,
        observed=dict(seen.observed),
        notes=notes,
        stability=stability,
        findings={
            (law.id, dtype): Finding(
                law.id,
                law.title,
                "skipped",
                dtype,
                reason=SKIPPED["excluded"],
                statement=law.statement,
            )
            for law in excluded(options.laws, LAWS)
            for dtype, _ in dtypes
        },
    )


def _survey(state: _State, pool: Pool, budget: Budget, began: float) -> Iterator[Event]:
    laws = [law for law in state.laws if law.needs <= state.abilities]
    total = count(state.domain, state.dtypes, budget)
    limit = budget.seconds and began + _SURVEY_SHARE * budget.seconds
    planned = tasks(laws, state.domain, state.dtypes, budget, state.options.seed)
    for done, (task, answer) in enumerate(pool.map(_try, planned, _kind), 1):
        if isinstance(answer, Died):
            state.fatal.append((task, task.laws, answer))
        elif isinstance(answer, InternalError):
            state.faults.append(f"{answer} on {task.recipe!r}")
        else:
            for result in answer["results"]:
                state.tally(result["law"], task.dtype).add(task, result)
        yield Progress(done, total, task.regime)
        if limit and time.monotonic() > limit:
            state.out_of_time = True
            return
        if state.options.fail_fast and _wrong(state):
            return
        deaths = Counter(death.kind for _, _, death in state.fatal)
        if any(deaths[kind] >= most for kind, most in MOST_DEATHS.items()):
            state.notes.append(
                f"the target ended its process, or hung, {deaths.total()} times; no more cases "
                "were tried"
            )
            return
        if len(state.faults) >= MOST_FAULTS:
            return


def _kind(task: Task) -> tuple[str, tuple[int, ...]]:
    return task.dtype, task.recipe.shape


def _try(session: Session, task: Task) -> dict[str, Any] | Died | InternalError:
    request = {"do": "measure", "recipe": task.recipe.plain(), "laws": list(task.laws)}
    try:
        return session.ask(request)
    except (Died, InternalError) as outcome:
        return outcome


def _wrong(state: _State) -> bool:
    policies = {law.id for law in state.laws if law.policy}
    return bool(state.fatal) or any(
        (tally.failing or tally.raised) and law not in policies
        for (law, _), tally in state.tallies.items()
    )


def _findings(
    state: _State,
    session: Session | None,
    budget: Budget,
    expected: Sequence[expectations.Expectation],
    began: float,
) -> Iterator[Event]:
    """Judge what has no finding yet; without a session from what was measured alone."""
    order = [(law, dtype) for dtype, _ in state.dtypes for law in state.laws]
    for done, (law, dtype) in enumerate(order, 1):
        if (law.id, dtype) in state.findings:
            continue
        calls = 0 if _late(budget, began) or not state.options.shrink else budget.shrink
        finding = judged(state, session, law, dtype, calls)
        finding = expectations.apply(expected, finding)
        state.findings[law.id, dtype] = finding
        yield Progress(done, len(order), law.id)
        yield Found(finding)


def _late(budget: Budget, began: float) -> bool:
    return bool(budget.seconds) and time.monotonic() > began + (budget.seconds or 0)


def _report(state: _State, expected: Sequence[expectations.Expectation]) -> Report:
    findings = tuple(
        state.findings[law.id, dtype]
        for law in LAWS
        for dtype, _ in state.dtypes
        if (law.id, dtype) in state.findings
    )
    return Report(
        target=state.target,
        findings=findings,
        promised={k: v for k, v in state.promised.items() if k not in state.measured},
        observed={
            **{k: v for k, v in state.promised.items() if k in state.measured},
            **state.observed,
        },
        stability=state.stability,
        abilities=tuple(sorted(state.abilities)),
        causes=tuple(state.causes),
        environment=_environment(state),
        notes=tuple(state.notes),
        stale=() if state.interrupted else expectations.stale(expected, findings),
        interrupted=state.interrupted,
        faults=(*state.faults, *(t.fault for t in state.tallies.values() if t.fault)),
    )


def _environment(state: _State) -> dict[str, Any]:
    return {
        "bncheck": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "dtypes": [d for d, _ in state.dtypes],
        "budget": state.options.budget,
        "seed": state.options.seed,
    }
