"""What a diagnosis knows of a target in this process: its subject, its answers, and the court."""

from __future__ import annotations

from functools import cache

from bncheck.diagnosis import Failure, Subject, asked
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Observed
from bncheck.diagnosis.panel import panel
from bncheck.diagnosis.scripts import SCRIPTS, read
from bncheck.engine.diagnosing import _measure
from bncheck.engine.recognition import observe
from bncheck.model import Convention, Domain
from bncheck.trial.trial import Guard
from bncheck.truth.conventions import merged


def convention_of(target) -> Convention:
    """The promises, completed by what a run observes."""
    known = observe(target, Guard(), ["float32"])["known"]
    return merged(target.convention, known)


def subject_of(target) -> Subject:
    return Subject(target.abilities, convention_of(target), target.domain, {})


def asking(target):
    def ask(request):
        answers = asked(target, target.convention, Guard(), request["recipe"], request["scripts"])
        return {"answers": answers}

    return ask


@cache
def recipes(dtype="float32"):
    return tuple(panel(Domain(), dtype, dtype, cumulative=True, one_value=True))


def court_of(target, dtype="float32") -> Court:
    found = []
    convention = convention_of(target)
    for recipe in recipes(dtype):
        answers = asked(target, convention, Guard(), recipe.plain(), list(SCRIPTS))
        found += [Observed(recipe, script, read(data)) for script, data in answers.items()]
    subject = subject_of(target)
    return Court(conforming(subject.convention), target.abilities, subject.algorithms, tuple(found))


def failures_of(target, laws, recipes) -> list[Failure]:
    """The laws that fail, each with the first of these cases on which it does."""
    convention = convention_of(target)
    found: dict[str, Failure] = {}
    for recipe in recipes:
        for law, measured in zip(
            laws, _measure(target, convention, recipe.plain(), laws), strict=True
        ):
            if measured.get("fails"):
                found.setdefault(law, Failure(law, recipe.dtype, recipe))
    return list(found.values())
