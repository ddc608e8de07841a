"""Laws of inference on cases that no regime draws, but somebody's own batches have."""

from dataclasses import replace

import numpy as np
import pytest
from correct import CORRECT

from bncheck.cases import Recipe, Values, build
from bncheck.laws import LAWS
from bncheck.trial.trial import Trial

I05 = next(law for law in LAWS if law.id == "I05")
STEP = next(each for each in CORRECT if each.name == "step average")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1e3, 1e7, 1e15])
def test_old_statistics_may_be_far_larger_than_those_of_the_batch(dtype, size):
    # old + 1 (new - old) keeps of the new what old's last digit leaves
    case = build(Recipe(dtype, (8, 2), Values((3, -1, 7, 2), "noise")))
    old = np.full_like(case.running_mean, size)
    case = replace(case, running_mean=old, running_var=old)
    found = list(I05.measure(Trial(case, STEP, STEP.convention)))
    assert [r.what for r in found if r.error > r.bound] == []
    if size == 1e3:
        assert all(r.error < r.bound < np.inf for r in found)
