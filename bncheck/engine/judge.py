"""The verdict on one law and dtype, from what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from bncheck.cases import Recipe
from bncheck.engine import saved, search
from bncheck.engine.options import Options
from bncheck.engine.session import Died, Session
from bncheck.engine.survey import Task
from bncheck.engine.tally import Tally
from bncheck.model import Counterexample, Finding, Law

SURVIVES = "P07"

# How often a target may be lost while its fatal case is made smaller: each hang costs a timeout.
_DEATHS_FOR = {"crash": 10, "hang": 1}

SKIPPED = {
    "ability": "ability: the target has no {needs}",
    "convention": "convention: it speaks of conventions that the target has not",
    "no-promise": "no-promise: every bound was infinite, as overflow is allowed to happen there",
    "budget": "budget: no case of this size of run came to it",
}


class Evidence(Protocol):
    """What a run knows; see `bncheck.engine.run`."""

    target: str
    options: Options
    abilities: frozenset[str]
    promised: Mapping[str, Any]
    laws: tuple[Law, ...]
    tallies: dict[tuple[str, str], Tally]
    fatal: list[tuple[Task, tuple[str, ...], Died]]
    small: list[Recipe]


def judged(state: Evidence, session: Session, law: Law, dtype: str, calls: int) -> Finding:
    """Decide one law in one dtype; searches for the smallest counterexample where it fails."""
    blank = Finding(law.id, law.title, "skipped", dtype, statement=law.statement)
    if not law.needs <= state.abilities:
        missing = ", ".join(sorted(law.needs - state.abilities))
        return replace(blank, reason=SKIPPED["ability"].format(needs=missing))
    tally = state.tallies.get((law.id, dtype), Tally())
    blank = replace(
        blank, examples=tally.examples, no_promise=tally.no_promise, warning=_warning(tally)
    )
    if law.id == SURVIVES:
        died = [entry for entry in state.fatal if entry[0].dtype == dtype]
        if died:
            return _fatal(state, session, blank, died, calls)
        raised = _anything_raised(state, dtype)
        if raised is not None:
            return _raised(state, blank, raised, law.id)
    if tally.failing is not None:
        finding = _failing(state, session, blank, law, tally, calls)
        if finding is not None:
            return finding
    unreported = SURVIVES not in {law.id for law in state.laws}
    if tally.raised is not None and (tally.examples == 0 or unreported):
        return _raised(state, blank, tally, law.id)
    return _quiet(state, blank, tally, dtype)


def _quiet(state: Evidence, blank: Finding, tally: Tally, dtype: str) -> Finding:
    """Nothing is wrong: it holds, or says nothing about this target."""
    if tally.examples and tally.worst is not None:
        worst = tally.worst
        return replace(blank, verdict="holds", error=worst["error"], bound=worst["bound"])
    if any(entry[0].dtype == dtype for entry in state.fatal):
        reason = "the target's process ended before anything was measured (see P07)"
        return replace(blank, verdict="error", reason=reason)
    lasting = [r for r in tally.reasons if r]
    reason = lasting[0] if lasting else "no-promise" if tally.no_promise else "budget"
    text = SKIPPED.get(reason, reason)
    return replace(blank, reason=text.format(needs="way to be given what the law needs"))


def _warning(tally: Tally) -> str:
    if not tally.warning:
        return ""
    return f"{tally.warning} ({tally.warnings} of {tally.examples} cases)"


def _failing(
    state: Evidence, session: Session, blank: Finding, law: Law, tally: Tally, calls: int
) -> Finding | None:
    if tally.failing is None:
        return None
    task, first = tally.failing
    if law.policy:
        told = f"{first['what']}: got {first['got']:g}"
        return replace(blank, reason="convention: a policy, not promised", warning=told)
    try:
        shown = search.smallest(session, law.id, task, state.small, calls, _fails)
    except Died:
        shown = search.Shown(task.recipe, first)
    if shown is None:
        return None
    if shown.recipe not in state.small:
        state.small.append(shown.recipe)
    result = shown.result
    return replace(
        blank,
        verdict="fails",
        error=result["error"],
        bound=result["bound"],
        reason=tally.where(),
        case=_counterexample(state, law.id, blank.dtype, shown),
    )


def _fails(result: dict[str, Any]) -> bool:
    return bool(result.get("fails"))


def _counterexample(
    state: Evidence, law: str, dtype: str, shown: search.Shown, python: str = ""
) -> Counterexample:
    file = ""
    if state.options.save is not None:
        entry = saved.Saved(state.target, law, dtype, shown.recipe, state.options.profile)
        file = saved.save(state.options.save, entry)
    result = shown.result
    return Counterexample(
        python=result.get("python", python),
        recipe=shown.recipe.plain(),
        what=result.get("what", ""),
        got=result.get("got", float("nan")),
        expected=result.get("expected", float("nan")),
        file=file,
    )


def _anything_raised(state: Evidence, dtype: str) -> Tally | None:
    """The first call that raised, in whatever law, on an input that has no NaN or infinity."""
    for (_, kind), tally in state.tallies.items():
        if kind == dtype and tally.raised is not None and not tally.raised[0].recipe.special:
            return tally
    return None


def _raised(state: Evidence, blank: Finding, tally: Tally, law: str) -> Finding:
    if tally.raised is None:
        return blank
    task, result = tally.raised
    message = f": {result['message']}" if result["message"] else ""
    reason = f"{result['where']} raised {result['kind']}{message}"
    if result["kind"] in ("shape", "type"):
        reason = result["message"]
    shown = search.Shown(task.recipe, {"python": result["python"], "what": result["where"]})
    case = _counterexample(state, result["law"] if law == SURVIVES else law, blank.dtype, shown)
    return replace(blank, verdict="error", reason=reason, case=case)


def _fatal(
    state: Evidence,
    session: Session,
    blank: Finding,
    died: list[tuple[Task, tuple[str, ...], Died]],
    calls: int,
) -> Finding:
    task, laws, death = died[0]
    guilty, shown = search.fatal(
        session, task, laws, min(_DEATHS_FOR[death.kind], 10) if calls else 0
    )
    case = _counterexample(state, guilty, blank.dtype, shown, python=f"recipe: {shown.recipe!r}")
    times = f" ({len(died)} cases did so)" if len(died) > 1 else ""
    return replace(blank, verdict="error", reason=f"{death.detail}{times}", case=case)
