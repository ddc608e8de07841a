"""Equal calls that differ: seen again here, or only by the laws that failed for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bncheck.cases import Recipe
from bncheck.deviations import BY_NAME
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.evidence import Ask
from bncheck.diagnosis.failures import Failure
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.kind import WRITES
from bncheck.diagnosis.memory import DIFFERS, UNSTEADY, Lie, lie
from bncheck.diagnosis.outcome import Cause, Diagnosis
from bncheck.diagnosis.scripts import Answer

# Laws that ask the same twice; on so many of their cases the diagnosis does, too.
REPEATS = ("P02",)
_REPEATED_CASES = 3

IMPURE = "the target is not a function of its input"


def differed(failures: Sequence[Failure], found: Diagnosis) -> Iterator[Cause]:
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


def untruth(
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


def impure(untrue: Lie, failures: Sequence[Failure]) -> Diagnosis:
    """Name what two calls showed, as the cause of all that fails."""
    keys = tuple(f.key for f in failures)
    causes = tuple(
        Cause(name, keys, f"{untrue.says or BY_NAME[name].says}; {untrue.shown}")
        for name in untrue.deviations
    )
    return Diagnosis(causes, (f"{IMPURE}: {untrue.shown}",))
