"""What a target is asked: the failing cases, fresh ones, and further ones where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bncheck.cases import Recipe
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.failures import Failure, Subject
from bncheck.diagnosis.further import further
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.panel import panel
from bncheck.diagnosis.places import places
from bncheck.diagnosis.scripts import SCRIPTS, read

# Failing cases are looked at as well as fresh ones, but not the large ones of a long list.
_FAILING_CASES = 6

Ask = Callable[[dict[str, Any]], dict[str, Any]]


def fresh_cases(subject: Subject, dtype: str) -> tuple[Recipe, ...]:
    """Return the panel for the target."""
    return tuple(
        panel(
            subject.domain,
            dtype,
            subject.parameters.get(dtype, dtype),
            cumulative="cumulative" in subject.abilities,
            one_value=subject.convention.one_value != "raises",
        )
    )


def evidence(
    fresh: Sequence[Recipe], dtype: str, failures: Sequence[Failure], ask: Ask
) -> Iterable[Observed]:
    """Ask for the answers to the smallest failing cases, then to the fresh ones."""
    failing = {f.recipe for f in failures if f.recipe is not None and f.dtype == dtype}
    ordered = sorted(failing, key=lambda r: (r.size, repr(r)))
    for recipe in dict.fromkeys((*ordered[:_FAILING_CASES], *fresh)):
        yield from asked(recipe, ask)


def asked(recipe: Recipe, ask: Ask, scripts: Sequence[str] = tuple(SCRIPTS)) -> Iterable[Observed]:
    """Run scripts on one case, where the target lives."""
    answer = ask({"do": "answers", "recipe": recipe.plain(), "scripts": list(scripts)})
    for script, data in answer["answers"].items():
        yield Observed(recipe, script, read(data))


def with_more(
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


def of_many_sizes(subject: Subject, dtype: str, ask: Ask) -> Iterator[Observed]:
    """Ask for the answers to cases of many sizes; see `places`."""
    for recipe in places(subject.domain, dtype, subject.parameters.get(dtype, dtype)):
        yield from asked(recipe, ask, ("train", "infer"))
