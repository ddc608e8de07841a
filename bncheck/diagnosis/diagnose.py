"""From the failures of a run to what explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bncheck.cases import Recipe
from bncheck.deviations import BY_NAME
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis import facts, kind, telling
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.failures import Failure, Key, Measure, SharedFailures, Subject
from bncheck.diagnosis.further import further
from bncheck.diagnosis.memory import DIFFERS, UNSTEADY, Lie, lie
from bncheck.diagnosis.panel import panel
from bncheck.diagnosis.partial import Share, shares, wrong_outputs
from bncheck.diagnosis.pattern import dtypes, narrowing
from bncheck.diagnosis.places import places, where
from bncheck.diagnosis.scripts import SCRIPTS, Answer, read
from bncheck.diagnosis.search import (
    CANDIDATES,
    Court,
    Hypothesis,
    Observed,
    called,
    pairs,
    singles,
)
from bncheck.diagnosis.terms.constants import estimated
from bncheck.diagnosis.terms.hypotheses import MIXED, read_off

# Failing cases are looked at as well as fresh ones, but not the large ones of a long list.
_FAILING_CASES = 6
# The law about inputs that are written to: the next question is then another one.
WRITES = "P01"
# Laws that ask the same twice; on so many of their cases the diagnosis does, too.
REPEATS = ("P02",)
_REPEATED_CASES = 3

# Weights are mixed where one of these has the right ones.
_BOTH = {"running mean", "running variance"}

# Where only the laws that fail speak, and so many deviations fail them alike, none is named.
_ALIKE = 3

Ask = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Cause:
    """A deviation, the findings that it explains, and what in the numbers says so.

    outputs: where it explains some of the outputs only, these
    """

    deviation: str
    explains: tuple[Key, ...]
    text: str
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """Causes, the likeliest first, and facts where there are none."""

    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = field(default=())


def diagnose(
    subject: Subject, failures: Sequence[Failure], ask: Ask, measure: Measure
) -> Diagnosis:
    """Name the deviations that reproduce what the target answered.

    ask: sends a request to where the target lives; measure: tries laws on one case with an
    implementation in this process. What ``ask`` raises goes to the caller.
    """
    kinds = tuple(kind.wrong_dtypes(failures, ask))
    rest = kind.left(failures, kinds)
    found = _of_numbers(subject, rest, ask, measure)
    causes = tuple(Cause(k.deviation, k.explains, k.text) for k in kinds)
    return replace(found, causes=(*causes, *found.causes, *_differed(rest, found)))


def _of_numbers(
    subject: Subject, failures: Sequence[Failure], ask: Ask, measure: Measure
) -> Diagnosis:
    """Name what explains numbers that are wrong, and calls that behave wrongly."""
    if not failures:
        return Diagnosis()
    dtype = _commonest(failures)
    fresh = _fresh(subject, dtype)
    court = Court(
        conforming(subject.convention),
        subject.abilities,
        subject.algorithms,
        tuple(_evidence(fresh, dtype, failures, ask)),
    )
    pattern = SharedFailures(subject, court, failures, measure)
    candidates = [d for d in CANDIDATES if subject.may(d)]
    wrong = court.contradicting(Hypothesis())
    untrue = _lie(court, fresh, failures, ask)
    if untrue is not None:
        return _impure(untrue, failures)
    seen = tuple(f"{_IMPURE}: {told}" for told in unrepeated(failures))
    if not wrong:
        # every answer is right: what fails is how the calls behave
        if any(f.unsteady for f in failures) and WRITES not in {f.law for f in failures}:
            return Diagnosis(notes=seen)
        # who was asked the same again, and answered alike, is not told to toss coins
        candidates = [d for d in candidates if not (seen and d.name in UNSTEADY)]
        found = [h for h in pattern.explaining(candidates) if court.contradiction(h) is None]
        found = _sharing_most(pattern, found)
        if len(found) > _ALIKE:
            names = telling.listed([called(h.names[0]) for h in found])
            return Diagnosis(notes=(*seen, f"the same laws fail, among others, with {names}"))
        return _told(court, pattern, wrong, found, () if found else seen)
    ordered = court.sorted(wrong)
    found = [h for h in singles(ordered, wrong, candidates) if court.tells(h, wrong)]
    found = found or _but_for_one(ordered, wrong, candidates)
    if found:
        return _told(court, pattern, wrong, found)
    court, wrong, ordered, fresh = _with_more(court, wrong, fresh, subject, dtype, ask)
    if set(wrong_outputs(court, wrong)) >= _BOTH:
        candidates = [d for d in candidates if d.name != MIXED]
    parts = shares(court, wrong, candidates, set(fresh), _reading)
    whole = _whole(ordered, wrong, parts)
    if whole and len(parts) == 1:
        return _told(court, pattern, wrong, [whole])
    # equal calls were seen to answer alike, so that nothing is a toss of coins
    steady = [d for d in candidates if d.name not in UNSTEADY]
    found = _pairs(ordered, pattern, wrong, steady)
    if found:
        return _told(court, pattern, wrong, found)
    if seen and not parts:
        return Diagnosis(notes=seen)
    sizes = tuple(where(court, list(_of_many_sizes(subject, dtype, ask))))
    return _partly(court, pattern, wrong, parts, sizes)


def _with_more(
    court: Court,
    wrong: Sequence[Observed],
    fresh: tuple[Recipe, ...],
    subject: Subject,
    dtype: str,
    ask: Ask,
) -> tuple[Court, tuple[Observed, ...], Court, tuple[Recipe, ...]]:
    """Ask for further cases where there are too few that show anything; see `further`."""
    known = {id(item) for item in wrong}
    right = [item for item in court.evidence if id(item) not in known]
    parameters = subject.parameters.get(dtype, dtype)
    more = tuple(dict.fromkeys(further(wrong, right, fresh, subject.domain, dtype, parameters)))
    heard = [item for recipe in more for item in asked(recipe, ask)]
    court = court.on((*court.evidence, *heard))
    wrong = (*wrong, *court.on(heard).contradicting(Hypothesis()))
    return court, wrong, court.sorted(wrong), (*fresh, *more)


def _of_many_sizes(subject: Subject, dtype: str, ask: Ask) -> Iterator[Observed]:
    for recipe in places(subject.domain, dtype, subject.parameters.get(dtype, dtype)):
        yield from asked(recipe, ask, ("train", "infer"))


def _but_for_one(
    court: Court, wrong: Sequence[Observed], candidates: Sequence[Deviation]
) -> list[Hypothesis]:
    """Single deviations that every case shows but those with one value per channel.

    What is done there is a matter of its own: it is guarded, left alone or refused.
    """
    several = court.on(i for i in court.evidence if i.recipe.size > i.recipe.shape[1])
    bad = [i for i in wrong if i.recipe.size > i.recipe.shape[1]]
    if len(several.evidence) == len(court.evidence) or not bad:
        return []
    return [h for h in singles(several, bad, candidates) if several.tells(h, bad)]


def _reading(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    yield from read_off(court, base, output)
    yield from estimated(court, base, output)


def _sharing_most(pattern: SharedFailures, found: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Those that share the most failures: no plain answer tells them apart."""
    shared = {h.names: len(pattern.all_explained(h)) for h in found}
    return [h for h in found if shared[h.names] == max(shared.values())]


def _whole(court: Court, wrong: Sequence[Observed], parts: Sequence[Share]) -> Hypothesis | None:
    """All that was found, if together it explains every answer."""
    together = Hypothesis(tuple(share.deviation for share in parts))
    if not parts or court.contradiction(together) is not None:
        return None
    return together if court.tells(together, wrong) else None


def _pairs(
    court: Court,
    pattern: SharedFailures,
    wrong: Sequence[Observed],
    candidates: Sequence[Deviation],
) -> list[Hypothesis]:
    """Pairs that explain all answers, up to the first that explains all failures, too."""
    found: list[Hypothesis] = []
    for alike in pairs(court, wrong, candidates):
        known = {frozenset(h.names) for h in found}  # in the other order
        fresh = (h for h in alike if frozenset(h.names) not in known)
        found += (h for h in fresh if court.tells(h, wrong))
        if any(len(pattern.all_explained(h)) == len(pattern.failures) for h in found):
            break
    return found


_IMPURE = "the target is not a function of its input"


def _differed(failures: Sequence[Failure], found: Diagnosis) -> Iterator[Cause]:
    """Name what a law saw and the diagnosis did not see again: equal calls that differ."""
    explained = {key for cause in found.causes for key in cause.explains}
    left = [f for f in failures if f.key not in explained]
    shown = next(unrepeated(left), "")
    if shown and WRITES not in {f.law for f in failures}:
        yield Cause(UNSTEADY[0], tuple(f.key for f in left), f"{DIFFERS}: {shown}")


def unrepeated(failures: Sequence[Failure]) -> Iterator[str]:
    """Say which laws saw equal calls differ, where that did not happen again.

    Who writes to its inputs is asked another question the second time, which is another matter.
    """
    laws = {f.law for f in failures}
    for failure in failures:
        if failure.unsteady:
            yield (
                f"law {failure.law} ({failure.dtype}) failed, with {failure.shown}, and held when "
                "it was tried again on the same case"
            )
        elif failure.law in REPEATS and WRITES not in laws:
            yield (
                f"law {failure.law} ({failure.dtype}) asked the same twice, with {failure.shown}; "
                "asked again here, it answered alike"
            )


def _lie(
    court: Court, fresh: Sequence[Recipe], failures: Sequence[Failure], ask: Ask
) -> Lie | None:
    """See whether the target's answers depend on their input alone."""

    def right(recipe: Recipe, script: str, answer: Answer) -> bool:
        return court.explains(Hypothesis(), Observed(recipe, script, answer))

    if WRITES in {f.law for f in failures}:
        return lie(fresh[:1], ask, right)  # its second call is another question
    # those that saw equal calls differ first
    seen = sorted(failures, key=lambda f: not (f.law in REPEATS or f.unsteady))
    known = dict.fromkeys(f.recipe for f in seen if f.recipe is not None)
    return lie((*fresh[:1], *list(known)[:_REPEATED_CASES]), ask, right)


def _impure(untrue: Lie, failures: Sequence[Failure]) -> Diagnosis:
    keys = tuple(f.key for f in failures)
    causes = tuple(
        Cause(name, keys, f"{untrue.says or BY_NAME[name].says}; {untrue.shown}")
        for name in untrue.deviations
    )
    return Diagnosis(causes, (f"{_IMPURE}: {untrue.shown}",))


def _commonest(failures: Sequence[Failure]) -> str:
    dtypes = [f.dtype for f in failures]
    return max(dict.fromkeys(dtypes), key=dtypes.count)


def _fresh(subject: Subject, dtype: str) -> tuple[Recipe, ...]:
    return tuple(
        panel(
            subject.domain,
            dtype,
            subject.parameters.get(dtype, dtype),
            cumulative="cumulative" in subject.abilities,
            one_value=subject.convention.one_value != "raises",
        )
    )


def _evidence(
    fresh: Sequence[Recipe], dtype: str, failures: Sequence[Failure], ask: Ask
) -> Iterable[Observed]:
    failing = {f.recipe for f in failures if f.recipe is not None and f.dtype == dtype}
    ordered = sorted(failing, key=lambda r: (r.size, repr(r)))
    for recipe in dict.fromkeys((*ordered[:_FAILING_CASES], *fresh)):
        yield from asked(recipe, ask)


def asked(recipe: Recipe, ask: Ask, scripts: Sequence[str] = tuple(SCRIPTS)) -> Iterable[Observed]:
    """Run scripts on one case, where the target lives."""
    answer = ask({"do": "answers", "recipe": recipe.plain(), "scripts": list(scripts)})
    for script, data in answer["answers"].items():
        yield Observed(recipe, script, read(data))


def _partly(
    court: Court,
    pattern: SharedFailures,
    wrong: Sequence[Observed],
    found: Sequence[Share],
    sizes: Sequence[str],
) -> Diagnosis:
    """Name what explains outputs one by one, and say what narrows the rest down."""
    explained = tuple(output for share in found for output in share.outputs)
    left = tuple(o for o in wrong_outputs(court, wrong) if o not in explained)
    notes = [telling.remainder(explained, left)] if found else []
    notes += narrowing(court, wrong, explained)
    notes += sizes
    notes += dtypes((f.dtype for f in pattern.failures), pattern.subject.parameters)
    causes = tuple(
        Cause(
            called(share.deviation.name),
            pattern.all_explained(Hypothesis((share.deviation,))),
            f"{share.deviation.says}; "
            + telling.share(
                share.outputs,
                share.cases,
                [called(name) for name in share.hypothesis.names[:-1]],
                share.alike,
            ),
            share.outputs,
        )
        for share in found
    )
    return Diagnosis(causes, tuple(notes))


def _told(
    court: Court,
    pattern: SharedFailures,
    wrong: Sequence[Observed],
    found: Sequence[Hypothesis],
    notes: tuple[str, ...] = (),
) -> Diagnosis:
    if not found:
        return Diagnosis(notes=(*notes, *narrowing(court, wrong)))
    explained = {h.names: pattern.all_explained(h) for h in found}
    alike = {h.names: facts.identical(court, h, wrong) for h in found}
    ranked = sorted(found, key=lambda h: (-len(explained[h.names]), -alike[h.names]))
    best = _plainer(ranked)
    most = len(explained[best.names])
    others = [
        " and ".join(map(called, h.names)) for h in ranked[1:] if len(explained[h.names]) == most
    ]
    text = facts.evidence(court, best, wrong, others)
    causes = [
        Cause(called(d.name), keys, f"{d.says}; {text}")
        for d, keys in zip(best.deviations, _shares_of(pattern, best), strict=True)
    ]
    causes.sort(key=lambda cause: -len(cause.explains))
    if len(best.deviations) == 1:
        causes += _beside(pattern, best, explained[best.names])
    return Diagnosis(tuple(causes), notes)


def _shares_of(pattern: SharedFailures, found: Hypothesis) -> tuple[tuple[Key, ...], ...]:
    """What each deviation explains: alone, or only with the other, or not without the other.

    The last where the failing cases show one of them only; the numbers are wrong without either.
    """
    if len(found.deviations) == 1:
        return (pattern.all_explained(found),)
    alone = [pattern.all_explained(Hypothesis((d,))) for d in found.deviations]
    both = pattern.all_explained(found)
    rest = [[k for k in both if k not in other] for other in reversed(alone)]
    return tuple(own or tuple(more) or both for own, more in zip(alone, rest, strict=True))


# A deviation that is another one and something more is named where the other is contradicted.
_MORE = {"one-pass-variance-clamped": "one-pass-variance"}


def _plainer(ranked: Sequence[Hypothesis]) -> Hypothesis:
    """The best, or one beside it that says less and is not contradicted either."""
    best = ranked[0]
    less = tuple(_MORE.get(name, name) for name in best.names)
    return next((h for h in ranked if h.names == less), best)


def _beside(pattern: SharedFailures, best: Hypothesis, explained: Sequence[Key]) -> Iterator[Cause]:
    """Name a second cause, of failures that the first one leaves and no plain answer shows."""
    left = [f for f in pattern.failures if f.key not in explained]
    second = pattern.adding(best, left, filter(pattern.subject.may, CANDIDATES))
    if second is not None:
        keys = tuple(f.key for f in left)
        yield Cause(called(second.name), keys, f"{second.says}; {telling.beside(best.names, keys)}")
