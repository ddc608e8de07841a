"""What the evidence says in words where there is a cause."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bncheck.diagnosis.comparing import RAISED, Comparison
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.scripts import channels_last
from bncheck.diagnosis.telling import listed

# so many cases are looked at where a sentence needs only an impression
_FEW = 12
RAISES = "the calls that raise"


def identical(court: Court, hypothesis: Hypothesis, wrong: Sequence[Observed]) -> float:
    """Part of the numbers that equal those of the hypothesis in the target's dtype, to the bit."""
    same = total = 0
    for item in wrong[:_FEW]:
        native = court.answered(hypothesis, item)
        for name, array in item.answer.outputs.items():
            other = native.outputs.get(name)
            if other is not None and other.shape == array.shape:
                left, right = channels_last(array), channels_last(other)
                same += int(((left == right) | (np.isnan(left) & np.isnan(right))).sum())
                total += array.size
    return same / max(total, 1)


def evidence(
    court: Court, best: Hypothesis, wrong: Sequence[Observed], others: Sequence[str]
) -> str:
    """Say what in the numbers speaks for a hypothesis."""
    spoken = [item for item in court.evidence if best.speaks_of(item, "")]
    every = {item.recipe for item in spoken}
    # one value per channel may be treated otherwise, and is then not counted as explained
    cases, kept = len(every), len(every - {i.recipe for i in spoken if not court.explains(best, i)})
    if wrong:
        outputs = _outputs(court, wrong)
        bad = len({item.recipe for item in wrong} & every)
        verb = "are" if outputs == RAISES else "equal"
        text = (
            f"{outputs} {verb} those of the reference that does so, within rounding, on {kept} "
            f"of {cases} cases; those of a right one on {cases - bad}"
        )
    else:
        text = f"all numbers are right on {cases} cases, and the same laws fail with this"
    if others:
        text += f"; {listed(others[:3])} would look the same"
    return text


def _outputs(court: Court, wrong: Sequence[Observed]) -> str:
    names: dict[str, None] = {}
    for item in wrong[:_FEW]:
        names.update(
            dict.fromkeys(RAISES if c.output == RAISED else c.output for c in _bad(court, item))
        )
    return listed(list(names)[:4])


def _bad(court: Court, item: Observed) -> list[Comparison]:
    return [c for c in court.compare(Hypothesis(), item) if not c.holds]
