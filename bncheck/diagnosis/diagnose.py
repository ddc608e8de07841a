"""From the failures of a run to what explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bncheck.cases import Recipe
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis import fused, hiding, kind, naming, telling
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.evidence import (
    Ask,
    asked,
    evidence,
    fresh_cases,
    of_many_sizes,
    with_more,
)
from bncheck.diagnosis.failures import Failure, Measure, SharedFailures, Subject
from bncheck.diagnosis.hypothesis import Hypothesis, Observed, called
from bncheck.diagnosis.memory import UNSTEADY
from bncheck.diagnosis.modes import beside_other_conventions, of_one_mode
from bncheck.diagnosis.outcome import Cause, Diagnosis
from bncheck.diagnosis.partial import in_half, shares, wrong_outputs
from bncheck.diagnosis.places import where
from bncheck.diagnosis.search import CANDIDATES, singles
from bncheck.diagnosis.terms.axes import of_axes
from bncheck.diagnosis.terms.constants import estimated
from bncheck.diagnosis.terms.hypotheses import MIXED, read_off
from bncheck.diagnosis.unsteady import IMPURE, differed, impure, unrepeated, untruth
from bncheck.diagnosis.wholes import (
    both,
    but_for_one,
    sharing_most,
    whole,
    with_several_values,
)

# Weights are mixed where one of these has the right ones.
_BOTH = {"running mean", "running variance"}

# Where only the laws that fail speak, and so many deviations fail them alike, none is named.
_ALIKE = 3


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
    written = tuple(kind.written(rest))
    if not kind.says([cause.deviation for cause in found.causes], written):
        # it was asked on arrays that it had written to: its numbers are looked at on copies
        kinds, rest = (*kinds, *written), kind.left(rest, written)
        found = _of_numbers(subject, rest, lambda r: ask({**r, "apart": True}), measure)
    else:
        # one that says more, as what is written over x, stands behind that x is written to
        named = {cause.deviation for cause in found.causes}
        kinds = (*kinds, *(w for w in written if w.deviation not in named))
    causes = tuple(Cause(k.deviation, k.explains, k.text) for k in kinds)
    return replace(found, causes=(*causes, *found.causes, *differed(rest, found)))


@dataclass(frozen=True)
class _Inquiry:
    """What is known of a target beside its answers.

    fresh: cases that are not there because something failed on them; seen: what laws saw and did
    not see again
    """

    subject: Subject
    dtype: str
    ask: Ask
    pattern: SharedFailures
    candidates: tuple[Deviation, ...]
    fresh: tuple[Recipe, ...]
    seen: tuple[str, ...]


def _of_numbers(
    subject: Subject, failures: Sequence[Failure], ask: Ask, measure: Measure
) -> Diagnosis:
    """Name what explains numbers that are wrong, and calls that behave wrongly."""
    if not failures:
        return Diagnosis()
    dtype = _commonest(failures)
    fresh = fresh_cases(subject, dtype)
    court = Court(
        conforming(subject.convention),
        subject.abilities,
        subject.algorithms,
        tuple(evidence(fresh, dtype, failures, ask)),
    )
    wrong = court.contradicting(Hypothesis())
    if (of_residual := fused.told(subject, court, fresh, failures, ask)) is not None:
        return of_residual
    untrue = untruth(court, fresh, failures, ask)
    if untrue is not None:
        return impure(untrue, failures)
    given = _Inquiry(
        subject,
        dtype,
        ask,
        SharedFailures(subject, court, failures, measure),
        tuple(d for d in CANDIDATES if subject.may(d)),
        fresh,
        tuple(f"{IMPURE}: {told}" for told in unrepeated(failures)),
    )
    if not wrong:
        return _right_numbers(given, court)
    found = _wrong_numbers(given, court, wrong)
    return replace(found, outputs=wrong_outputs(court, wrong))


def _right_numbers(given: _Inquiry, court: Court) -> Diagnosis:
    """Every answer is right: what fails is how the calls behave."""
    pattern, seen = given.pattern, given.seen
    failures = pattern.failures
    if any(f.unsteady for f in failures) and kind.WRITES not in {f.law for f in failures}:
        return Diagnosis(notes=seen)
    # who was asked the same again, and answered alike, is not told to toss coins
    candidates = [d for d in given.candidates if not (seen and d.name in UNSTEADY)]
    found = [h for h in pattern.explaining(candidates) if court.contradiction(h) is None]
    found = sharing_most(pattern, found)
    if len(found) > _ALIKE:
        names = telling.listed([called(h.names[0]) for h in found])
        return Diagnosis(notes=(*seen, f"the same laws fail, among others, with {names}"))
    return naming.told(court, pattern, (), found, () if found else seen)


def _wrong_numbers(given: _Inquiry, court: Court, wrong: tuple[Observed, ...]) -> Diagnosis:
    """Explain all answers by one deviation; else each output by itself; else all by two."""
    pattern, candidates = given.pattern, given.candidates
    ordered = court.sorted(wrong)
    found = [h for h in singles(ordered, wrong, candidates) if court.tells(h, wrong)]
    # one that explains no failure is no cause
    found = [h for h in found if pattern.all_explained(h)] or [
        h for h in but_for_one(ordered, wrong, candidates) if pattern.all_explained(h)
    ]
    found = found or of_one_mode(ordered, wrong, candidates)
    if not found:
        return (
            _beside_conventions(given, court, wrong)
            or _hidden(given, court, wrong)
            or _by_outputs(given, court, wrong)
        )
    told = naming.told(court, pattern, wrong, found)
    if not _loosely(court, pattern, found):
        return told
    other = _by_outputs(given, court, wrong)
    return max(told, other, key=lambda d: len(d.causes[0].explains) if d.causes else 0)


def _beside_conventions(
    given: _Inquiry, court: Court, wrong: Sequence[Observed]
) -> Diagnosis | None:
    """Name a single deviation of a layer whose convention is another than was guessed."""
    tried = beside_other_conventions(given.subject, court, wrong, given.candidates)
    for other, there, left, found in tried:
        pattern = SharedFailures(other, there, given.pattern.failures, given.pattern.measure)
        if any(pattern.all_explained(h) for h in found):
            return naming.told(there, pattern, left, found)
    return None


def _loosely(court: Court, pattern: SharedFailures, found: Sequence[Hypothesis]) -> bool:
    """Whether these are only sums in half precision, which leave failures unexplained.

    What they may be off by is so much that they contradict hardly anything; see `partial`.
    """
    algorithms = court.algorithms(court.evidence[0].recipe)
    return all(
        any(in_half(d, algorithms) for d in h.deviations)
        and len(pattern.all_explained(h)) < len(pattern.failures)
        for h in found
    )


def _by_outputs(given: _Inquiry, court: Court, wrong: tuple[Observed, ...]) -> Diagnosis:
    """Explain each output by itself, and all by two deviations."""
    pattern, candidates = given.pattern, given.candidates
    more = (given.fresh, given.subject, given.dtype, given.ask)
    court, wrong, ordered, fresh = with_more(court, wrong, *more)
    if set(wrong_outputs(court, wrong)) >= _BOTH:
        candidates = tuple(d for d in candidates if d.name != MIXED)
    # terms are read off the formulas of batch normalization
    reading = _reading if given.subject.domain.norm.name == "batch" else _nothing
    parts = shares(court, wrong, candidates, set(fresh), reading)
    together = whole(ordered, wrong, parts)
    if together and len(parts) == 1 and pattern.all_explained(together):
        return naming.told(court, pattern, wrong, [together])
    # equal calls were seen to answer alike, so that nothing is a toss of coins
    steady = [d for d in candidates if d.name not in UNSTEADY]
    found = [h for h in both(ordered, pattern, wrong, steady) if pattern.all_explained(h)]
    several, bad = with_several_values(ordered, wrong)
    if bad and not found and not parts:
        found = [h for h in both(several, pattern, bad, steady) if pattern.all_explained(h)]
    if found:
        return naming.told(court, pattern, wrong, found)
    if given.seen and not parts:
        return Diagnosis(notes=given.seen)
    if given.subject.domain.norm.name != "batch":  # facts are told in its words
        return naming.partly(court, pattern, wrong, parts, ())
    sizes = tuple(where(court, list(of_many_sizes(given.subject, given.dtype, given.ask))))
    return naming.partly(court, pattern, wrong, parts, sizes)


def _hidden(given: _Inquiry, court: Court, wrong: Sequence[Observed]) -> Diagnosis | None:
    """Name a target that hides NaN and infinity, beside what else is wrong with it."""
    if not any(item.recipe.special for item in wrong):
        return None
    parameters = given.subject.parameters.get(given.dtype, given.dtype)
    recipes = hiding.cases(given.subject.domain, given.dtype, parameters)
    more = [item for recipe in recipes for item in asked(recipe, given.ask)]
    heard = court.on((*court.evidence, *more))
    plain = tuple(item for item in wrong if not item.recipe.special)
    if not plain:
        bad = heard.contradicting(Hypothesis())
        found = [h for h in singles(heard.sorted(bad), bad, hiding.ways()) if heard.tells(h, bad)]
        found = [h for h in found if given.pattern.all_explained(h)]
        if found:
            return naming.told(heard, given.pattern, bad, found)
    shown = hiding.seen(more, given.ask)
    keys = given.pattern.all_explained(Hypothesis((next(hiding.ways()),))) if shown else ()
    if not keys:
        return None
    text = f"NaN in x leaves y finite there, on {shown} of {shown} cases that have any"
    cause = Cause(hiding.NAME, keys, text)
    if not plain:
        return Diagnosis((cause,))
    rest = _wrong_numbers(given, court.on(i for i in court.evidence if not i.recipe.special), plain)
    return replace(rest, causes=(*rest.causes, cause))


def _reading(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    yield from read_off(court, base, output)
    yield from estimated(court, base, output)
    yield from of_axes(court, base, output)


def _nothing(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    del court, base, output
    return iter(())


def _commonest(failures: Sequence[Failure]) -> str:
    dtypes = [f.dtype for f in failures]
    return max(dict.fromkeys(dtypes), key=dtypes.count)
