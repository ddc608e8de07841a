"""Deviations where only part of a layer has them: one mode, or another convention beside it.

Tried where no deviation explains all answers by itself. What is done in training may be done
rightly in inference, where the same is written down a second time; and a layer whose running
statistics match no convention may have any of them, which the first guess need not have met.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields, replace
from itertools import product
from typing import Any

from bncheck.deviations import Reference
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.failures import Subject
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.partial import wrong_outputs
from bncheck.diagnosis.search import singles
from bncheck.model import Convention

# stages that are given a pass and so can tell its mode
_STAGES = frozenset(
    {
        *("mean", "variance", "inverse", "normalize", "affine", "finish", "recall", "count"),
        *("saved", "backward_count", "mean_term", "variance_term", "dgamma", "dbeta"),
    }
)
_RUNNING = {"running mean", "running variance"}


def of_one_mode(
    court: Court, wrong: Sequence[Observed], candidates: Sequence[Deviation]
) -> list[Hypothesis]:
    """Single deviations that explain all answers if the other mode is left as it should be."""
    if "eval" not in court.able:  # there is no other mode
        return []
    inference = {o.startswith("inference ") for o in wrong_outputs(court, wrong)}
    if len(inference) != 1:
        return []
    training = not inference.pop()
    made = [variant for d in candidates for variant in _variants(court.base, d, training=training)]
    return [h for h in singles(court, wrong, made) if court.tells(h, wrong)]


def _variants(base: Reference, deviation: Deviation, *, training: bool) -> Iterator[Deviation]:
    if deviation.change is None:
        return
    apply, changed = deviation.change, deviation.change(base)
    names = [f.name for f in fields(base) if getattr(base, f.name) is not getattr(changed, f.name)]
    if not names or not set(names) <= _STAGES:
        return

    def change(rules: Reference) -> Reference:
        other = apply(rules)
        stages: dict[str, Any] = {
            name: _in_mode(getattr(other, name), getattr(rules, name), training=training)
            for name in names
        }
        return replace(rules, **stages)

    mode = "training" if training else "inference"
    says = f"in {mode} only: {deviation.says}"
    yield replace(deviation, name=f"{deviation.name}: in {mode} only", says=says, change=change)


def _in_mode(
    there: Callable[[Pass], Any], elsewhere: Callable[[Pass], Any], *, training: bool
) -> Callable[[Pass], Any]:
    return lambda p: there(p) if p.training == training else elsewhere(p)


def _others(convention: Convention, promised: Collection[str]) -> Iterator[Convention]:
    """Conventions of the running statistics that were not promised away, those in use first."""
    free: dict[str, tuple[Any, ...]] = {
        "debiased": (False, True),
        "momentum_weighs": ("new", "old"),
        "running_var": ("unbiased", "biased"),
    }
    kept = {key: values for key, values in free.items() if key not in promised}
    for values in product(*kept.values()):
        other = replace(convention, **dict(zip(kept, values, strict=True)))
        if other != convention:
            yield other


def beside_other_conventions(
    subject: Subject, court: Court, wrong: Sequence[Observed], candidates: Sequence[Deviation]
) -> Iterator[tuple[Subject, Court, tuple[Observed, ...], list[Hypothesis]]]:
    """Single deviations that explain all answers of a layer with another convention.

    Only where running statistics are wrong and nothing was promised of them.
    """
    promised = subject.promised if subject.promised is not None else frozenset()
    if subject.promised is None or not _RUNNING & set(wrong_outputs(court, wrong)):
        return
    for convention in _others(subject.convention, promised):
        other = replace(subject, convention=convention)
        there = Court(conforming(convention), court.able, other.algorithms, court.evidence)
        left = there.contradicting(Hypothesis())
        ordered = there.sorted(left)
        found = [h for h in singles(ordered, left, candidates) if there.tells(h, left)]
        if left and found:
            yield other, there, left, found
