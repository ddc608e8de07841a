"""The verdict on one law and dtype, from what was measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bncheck.cases import build, python_of
from bncheck.engine import keeping, saved, search
from bncheck.engine.reasons import SKIPPED
from bncheck.engine.session import Died, Session
from bncheck.engine.state import State
from bncheck.engine.survey import Task
from bncheck.engine.tally import Tally
from bncheck.errors import InternalError
from bncheck.model import Counterexample, Finding
from bncheck.trial.law import Law

SURVIVES = "P07"

# How often a target may be lost while its fatal case is made smaller: each hang costs a timeout.
_DEATHS_FOR = {"crash": 10, "hang": 1}

Death = tuple[Task, tuple[str, ...], Died]

# How the reason of a failure ends that did not show a second time.
ANSWERED_WELL = "asked again on this input, the target answered well"


def judged(state: State, session: Session | None, law: Law, dtype: str, calls: int) -> Finding:
    """Decide one law in one dtype; searches for the smallest counterexample where it fails.

    session: None where nothing may be asked any more, so that only what was measured counts
    """
    began = time.monotonic()
    found = _judged(state, session, law, dtype, calls)
    measured = state.tallies.get((law.id, dtype), Tally()).seconds
    return replace(found, seconds=round(measured + time.monotonic() - began, 6))


def _judged(state: State, session: Session | None, law: Law, dtype: str, calls: int) -> Finding:
    blank = Finding(law.id, law.title, "skipped", dtype, statement=law.statement)
    if not law.needs <= state.abilities:
        missing = ", ".join(sorted(law.needs - state.abilities))
        return replace(blank, reason=SKIPPED["ability"].format(needs=missing))
    tally = state.tallies.get((law.id, dtype), Tally())
    blank = replace(
        blank,
        examples=tally.examples,
        follows=tally.follows,
        no_promise=tally.no_promise,
        warning=_warning(tally),
        sees=_best(tally.sees),
        typically_sees=median(tally.sees) if tally.sees else None,
        blind=tally.blind,
    )
    died = _deaths(state, law.id, dtype)
    if law.id == SURVIVES and died:
        return _fatal(state, session, blank, died, calls)
    if law.id == SURVIVES:
        raised = _anything_raised(state, dtype)
        if raised is not None:
            return _raised(state, session, blank, raised, calls)
    if tally.failing is not None:
        finding = _failing(state, session, blank, law, tally, calls)
        if finding is not None:
            return finding
    unreported = SURVIVES not in {law.id for law in state.laws}
    if tally.raised is not None and (tally.examples == 0 or unreported):
        return _raised(state, session, blank, tally, calls)
    if died and unreported and tally.examples:
        return _fatal(state, session, blank, died, calls)
    # a law that was asked on other cases, and says nothing about any of them, says nothing here
    silent = _lasting(tally) or (tally.reasons and not unreported)
    return _quiet(state, blank, tally, [] if silent else died)


def _deaths(state: State, law: str, dtype: str) -> list[Death]:
    """Cases that ended the process while this law was tried on them; for P07 whatever was."""
    return [
        (task, laws, death)
        for task, laws, death in state.fatal
        if task.dtype == dtype and (law == SURVIVES or law in laws)
    ]


def _quiet(state: State, blank: Finding, tally: Tally, died: list[Death]) -> Finding:
    """Nothing is wrong: it holds, or says nothing about this target."""
    if tally.examples and tally.worst is not None:
        worst = tally.worst
        return replace(blank, verdict="holds", error=worst["error"], bound=worst["bound"])
    if died:
        reason = f"the target's process ended before anything was measured (see {SURVIVES})"
        if SURVIVES not in {law.id for law in state.laws}:
            reason = f"before anything was measured, {died[0][2].detail}"
        return replace(blank, verdict="error", reason=reason)
    text = SKIPPED[reason] if (reason := _silence(state, tally)) in SKIPPED else reason
    return replace(blank, reason=text.format(needs="way to be given what the law needs"))


def _silence(state: State, tally: Tally) -> str:
    """Why nothing was measured."""
    if tally.fault:
        return "fault"
    if lasting := _lasting(tally):
        return lasting
    if state.given_up and not tally.reasons:
        return "lost"
    if state.interrupted or state.out_of_time:
        return "interrupted" if state.interrupted else "time"
    if state.own is None:
        return "budget"
    return "silent" if tally.reasons else "data"


def _lasting(tally: Tally) -> str:
    """Why the law says nothing about this target, whatever else happened to it."""
    return next((r for r in tally.reasons if r), "no-promise" if tally.no_promise else "")


def _best(powers: list[float]) -> float | None:
    """Return the best detection power; an exact comparison among others does not speak for all."""
    return min((p for p in powers if p), default=0.0 if powers else None)


def _warning(tally: Tally) -> str:
    if not tally.warning:
        return ""
    return f"{tally.warning} ({tally.warnings} of {tally.examples + tally.no_promise} cases)"


def _failing(
    state: State,
    session: Session | None,
    blank: Finding,
    law: Law,
    tally: Tally,
    calls: int,
) -> Finding | None:
    if tally.failing is None:
        return None
    task, first = tally.failing
    if law.policy:
        told = f"{first['what']}: got {first['got']:g}"
        return replace(blank, reason="convention: a policy, not promised", warning=told)
    if session is None and not first["certain"]:
        return replace(blank, reason=SKIPPED["unconfirmed"])
    why = tally.where()
    shown = _smallest(state, session, law.id, task, calls, _fails)
    if shown is None and first["certain"]:
        shown = search.Shown(task.recipe, first)
        why += "" if session is None else f"; {ANSWERED_WELL}"
    if shown is None:
        return None
    return replace(
        blank,
        verdict="fails",
        error=shown.result["error"],
        bound=shown.result["bound"],
        reason=why,
        case=_counterexample(state, law.id, blank.dtype, shown),
    )


def _fails(result: dict[str, Any]) -> bool:
    return bool(result.get("fails"))


def _smallest(
    state: State,
    session: Session | None,
    law: str,
    task: Task,
    calls: int,
    bad: Callable[[dict[str, Any]], bool],
) -> search.Shown | None:
    """Search, unless nothing may be asked; None where the target does not do it again."""
    if session is None:
        return None
    try:
        shown = search.smallest(session, law, task, state.small, calls, bad)
    except Died:
        return None
    except InternalError as error:
        state.faults.append(f"law {law}, while its failing case was made smaller: {error}")
        return None
    if shown is not None and shown.recipe not in state.small:
        state.small.append(shown.recipe)
    return shown


def _counterexample(
    state: State, law: str, dtype: str, shown: search.Shown, *, keep: bool = True
) -> Counterexample:
    file = keeping.kept(state, law, dtype, shown.recipe) if keep else ""
    result = shown.result
    return Counterexample(
        python=result.get("python") or python_of(build(shown.recipe, state.domain.norm.simple)),
        recipe=shown.recipe.plain(),
        what=result.get("what", ""),
        got=result.get("got", float("nan")),
        expected=result.get("expected", float("nan")),
        file=file,
        target="" if not file or saved.is_own(Path(file)) else state.target,
    )


def _anything_raised(state: State, dtype: str) -> Tally | None:
    """The first call that raised, in whatever law, on an input that has no NaN or infinity."""
    for (_, kind), tally in state.tallies.items():
        if kind == dtype and tally.raised is not None and not tally.raised[0].recipe.special:
            return tally
    return None


def _raised(
    state: State, session: Session | None, blank: Finding, tally: Tally, calls: int
) -> Finding:
    if tally.raised is None:
        return blank
    task, result = tally.raised

    def again(other: dict[str, Any]) -> bool:
        return all(other.get(key) == result[key] for key in ("status", "kind", "where"))

    law = result["law"]
    shown = _smallest(state, session, law, task, calls, again) or search.Shown(task.recipe, result)
    result = shown.result
    message = f": {result['message']}" if result["message"] else ""
    reason = f"{result['where']} raised {result['kind']}{message}"
    if result["kind"] in ("shape", "type"):
        reason = result["message"]
    input_only = search.Shown(shown.recipe, {"python": result["python"], "what": result["where"]})
    case = _counterexample(state, law, blank.dtype, input_only)
    return replace(blank, verdict="error", reason=reason, case=case)


def _fatal(
    state: State,
    session: Session | None,
    blank: Finding,
    died: list[Death],
    calls: int,
) -> Finding:
    task, laws, death = died[0]
    shown, guilty = search.Shown(task.recipe, {}), None
    if session is not None:
        guilty, shown = search.fatal(session, task, laws, _DEATHS_FOR[death.kind] if calls else 0)
    case = _counterexample(state, guilty or laws[0], blank.dtype, shown, keep=guilty is not None)
    times = f" ({len(died)} cases did so)" if len(died) > 1 else ""
    unsteady = "" if guilty or session is None else "; asked again on this input, it did not"
    return replace(blank, verdict="error", reason=f"{death.detail}{times}{unsteady}", case=case)
