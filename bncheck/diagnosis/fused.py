"""What is wrong with a residual form, read off its own calls with a residual of 0.

A module that is only ever given ``(x, residual)`` is judged with a half of x as each, so that a
gradient which the residual lacks halves dx, and no formula of the normalization says that. With a
residual of 0 its y and the gradient by x are those of the plain form, whatever the other one is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bncheck.cases import Recipe, build
from bncheck.deviations import BY_NAME
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.evidence import Ask, asked
from bncheck.diagnosis.failures import Failure, Subject
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.outcome import Cause, Diagnosis
from bncheck.diagnosis.scripts import Answer
from bncheck.model.formats import Array

_CASES = 4
_ENOUGH = 2
# what a residual has no part in: where that is wrong, it is by something else
_OTHERS = ("dgamma", "dbeta", "running")
_SHOWN = {
    "residual-gradient-missing": "with a residual of 0, y and the gradient by x are right, and "
    "that by the residual is 0",
    "residual-handed-back-as-it-was": "with a residual of 0, y and both gradients are right, and "
    "0 is handed back in place of x",
}


def told(
    subject: Subject, court: Court, fresh: Sequence[Recipe], failures: Sequence[Failure], ask: Ask
) -> Diagnosis | None:
    """Name what each of a few cases shows, where all show the same; None where they do not."""
    if not {"residual", "residual_backward"} <= subject.abilities:
        return None
    names = []
    for recipe in fresh[:_CASES]:
        for item in asked(recipe, ask, ("fused",)):
            names.append(_name(court, item))
    said = [name for name in names if name is not None]
    if len(said) < _ENOUGH or len(set(said)) > 1 or not said[0]:
        return None
    keys = tuple(failure.key for failure in failures if not failure.what.startswith(_OTHERS))
    text = f"{BY_NAME[said[0]].says}; {_SHOWN[said[0]]}, on {len(said)} of {len(names)} cases"
    return Diagnosis((Cause(said[0], keys, text),))


def _name(court: Court, item: Observed) -> str | None:
    """Return a deviation's name, "" where another thing is seen, None where nothing shows."""
    found, case = item.answer.outputs, build(item.recipe)
    if item.answer.raised or not {"y", "dx", "dresidual", "sum"} <= found.keys():
        return ""
    if not (np.any(found["dx"]) and np.any(case.x)):
        return None
    if not _right(court, item, found["dx"]):
        return ""
    whole = np.array_equal(found["sum"], case.x)
    if whole and not np.any(found["dresidual"]):
        return "residual-gradient-missing"
    if not np.any(found["sum"]) and _right(court, item, found["dresidual"]):
        return "residual-handed-back-as-it-was"
    return ""


def _right(court: Court, item: Observed, dx: Array) -> bool:
    outputs: Mapping[str, Array] = {"y": item.answer.outputs["y"], "dx": dx}
    return court.explains(Hypothesis(), Observed(item.recipe, "train", Answer(outputs)))
