"""From a run's failures to causes in its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from bncheck.cases import Recipe, from_plain
from bncheck.deviations import BY_NAME
from bncheck.deviations.elsewhere import in_words_of
from bncheck.diagnosis import Cause, Diagnosis, Failure, Subject, diagnose, refused
from bncheck.diagnosis.panel import own, unbent
from bncheck.engine.judge import ANSWERED_WELL
from bncheck.engine.measure import measure
from bncheck.engine.service import BY_ID
from bncheck.engine.session import Died, Session
from bncheck.engine.state import State
from bncheck.engine.target import Target
from bncheck.known import FAILS, Entry, diagnosed, faults, says_how, surprising
from bncheck.known import failing as failing_otherwise
from bncheck.model import Convention, Finding, Implementation
from bncheck.trial.activation import ACTIVATIONS, fused
from bncheck.trial.trial import Guard
from bncheck.truth.conventions import merged

Ask = Callable[[dict[str, Any]], dict[str, Any]]

_ENDED = "the diagnosis ended the target's process"


def explain(state: State, session: Session, expected: Sequence[Entry] = ()) -> None:
    """Name causes: adds them to the findings that they explain, and to the run.

    What is expected to fail is in the numbers all the same, so that it is explained, too; and it
    fails after all where it is told how it is expected to, and does so otherwise.
    """
    if not any(
        f.verdict in FAILS or (f.verdict == "expected" and says_how(expected, state.target, f))
        for f in state.findings.values()
    ):
        return
    failing = [f for f in state.findings.values() if f.verdict in (*FAILS, "expected")]
    if _explained(state, session, [state.judged.get(_key(f), f) for f in failing]):
        seen = diagnosed(state.causes, state.wrong_outputs)
        told = surprising(expected, state.target, state.findings.values(), seen)
        for key, how in told.items():
            found, causes = state.judged[key], state.findings[key].causes
            state.findings[key] = replace(failing_otherwise(found, how), causes=causes)


def _key(finding: Finding) -> tuple[str, str]:
    return finding.law, finding.dtype


def _explained(state: State, session: Session, failing: list[Finding]) -> bool:
    """Add causes to findings; whether the diagnosis came to its end."""
    ended = not state.fatal
    refusal: list[Cause] = []
    if state.fatal:
        found = _lost(state, failing)
    else:
        try:
            ask = _asking(session, failing)
            subject, failing, refusal = _without_refused(state, failing, ask)
            found = diagnose(subject, _failures(state, failing), ask, _measure)
        except Died as died:
            found, ended = Diagnosis(notes=(f"{_ENDED}: {died.detail}",)), False
    state.wrong_outputs = found.outputs
    if found.causes or not all(f.known for f in failing):
        state.notes.extend(found.notes)
    for cause in (*refusal, *found.causes):
        laws = dict.fromkeys(law for law, _ in cause.explains)
        told: dict[str, Any] = {"deviation": cause.deviation, "explains": list(laws)}
        text = in_words_of(state.domain.norm, cause.text)
        told |= {"text": text} | ({"outputs": list(cause.outputs)} if cause.outputs else {})
        if cause.deviation in BY_NAME:
            # what no formula was heard for is told in the words of what was seen
            told["says"] = in_words_of(state.domain.norm, cause.says) or text.partition(";")[0]
            if BY_NAME[cause.deviation].unless and session.loaded.get("modeless"):
                told["unless"] = BY_NAME[cause.deviation].unless
        state.causes.append(told)
        for key in cause.explains:
            finding = state.findings[key]
            state.findings[key] = replace(finding, causes=(*finding.causes, cause.deviation))
    _known(state)
    return ended


def _without_refused(
    state: State, failing: list[Finding], ask: Ask
) -> tuple[Subject, list[Finding], list[Cause]]:
    """Say of what raises on shapes that a promise would leave out which promise that is.

    Returns what is known of the target on the other shapes, what fails there, and the deviation
    that raises on just those shapes, if there is one.
    """
    subject = _subject(state)
    raised = [f for f in failing if f.verdict == "error"]
    if not raised:
        return subject, failing, []
    first = raised[0]
    inference = not state.domain.training or "inference" in first.reason.partition(" raised ")[0]
    told = refused(subject, first.dtype, ask, inference=inference)
    if told is None:
        return subject, failing, []
    rest: list[Finding] = []
    explains: list[tuple[str, str]] = []
    for finding in failing:
        recipe = _recipe(state, finding)
        if finding.verdict != "error" or recipe is None or told.admits(recipe.shape):
            rest.append(finding)
            continue
        # one example for all, so that it is told once
        reason = f"{told.told}; for example, {first.reason.partition(' raised ')[2]}"
        explains.append(_key(finding))
        here = state.findings[_key(finding)]
        if here.verdict == "error":  # and not expected to be
            state.findings[_key(finding)] = replace(here, reason=reason)
    named = [Cause(told.deviation, tuple(explains), told.told)] if told.deviation else []
    return replace(subject, domain=told.left(subject.domain)), rest, named if explains else []


def _known(state: State) -> None:
    """Name the known fault of a framework where nothing else explains what it is about."""
    laws: dict[str, list[str]] = {}
    for key, finding in state.findings.items():
        if finding.verdict in FAILS and finding.known and not finding.causes:
            laws.setdefault(finding.known, []).append(finding.law)
            state.findings[key] = replace(finding, causes=(finding.known,))
    for fault in faults():
        if explained := laws.pop(fault.name, None):
            told = {"deviation": fault.name, "explains": list(dict.fromkeys(explained))}
            state.causes.append({**told, "text": f"a known fault: {fault.reason}"})


def _asking(session: Session, failing: list[Finding]) -> Ask:
    """Return how to ask the target: by a further backward pass where all that fails is of that."""
    shown = [f.case.what if f.case is not None else "" for f in failing]
    for name in session.loaded.get("alternatives", ()):
        if all(what.startswith(f"{name}: ") for what in shown):
            return lambda request: session.ask({**request, "alternative": name})
    return session.ask


def _lost(state: State, failing: list[Finding]) -> Diagnosis:
    """The target ended its process, or had to be ended: that is the cause."""
    died = state.fatal[0][2]
    name = "hangs" if died.kind == "hang" else "exits" if "exit code" in died.detail else "crashes"
    explained = tuple((f.law, f.dtype) for f in failing if f.verdict == "error")
    return Diagnosis((Cause(name, explained, died.detail),))


def _subject(state: State) -> Subject:
    promised = Convention.from_mapping(state.promised)
    told = (k for k, v in state.promised.items() if v is not None and k not in state.measured)
    return Subject(
        cast(Any, state.abilities),
        merged(promised, state.known),
        state.domain,
        dict(state.dtypes),
        frozenset(told),
        frozenset(f.dtype for f in state.findings.values() if f.verdict != "skipped"),
    )


def _failures(state: State, failing: list[Finding]) -> list[Failure]:
    return [
        Failure(
            f.law,
            f.dtype,
            _recipe(state, f),
            _shown(f),
            f.reason.endswith(ANSWERED_WELL),
            *((f.case.what, f.case.got) if f.case is not None else ()),
        )
        for f in failing
    ]


def _shown(finding: Finding) -> str:
    case = finding.case
    if case is None or not case.what:
        return "an answer that no call gave again"
    return f"{case.what}: {case.got!r}, not {case.expected!r}"


def _recipe(state: State, finding: Finding) -> Recipe | None:
    """The case that a finding shows, as small as it was found."""
    tally = state.tallies.get((finding.law, finding.dtype))
    seen = None if tally is None else tally.failing or tally.raised
    shown = None if seen is None else seen[0].recipe
    if finding.case is not None and finding.case.recipe:
        shown = from_plain(finding.case.recipe)
    if shown is not None:
        shown = own(shown, state.domain)
    bent = state.domain.activation
    if shown is not None and bent and shown.data is not None:
        return None  # its beta is the user's own
    # causes are known of the normalization, so it is looked at where its activation does nothing
    return unbent(shown, bent) if shown is not None and bent else shown


def _measure(
    made: Implementation, convention: Convention, recipe: Mapping[str, Any], laws: Sequence[str]
) -> list[dict[str, Any]]:
    act = ACTIVATIONS.get(convention.activation or "")
    target = Target(made if act is None else fused(made, act), convention, Guard())
    return measure(target, dict(recipe), [BY_ID[law] for law in laws], confirm=False, explain=False)
