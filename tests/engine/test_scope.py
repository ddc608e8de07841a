"""What a comparison says beyond agreement."""

import numpy as np
import pytest
from correct import CORRECT

from bncheck.deviations import BY_NAME
from bncheck.engine import Options, compare, scope
from bncheck.engine.compared import Agreement

REFERENCE = CORRECT[0]
F32 = Options(dtypes=("float32",))


def agreement(output="y", dtype="float32", **changes):
    return Agreement(output, dtype, compared=3, agreed=3, **changes)


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ((0.5, 1.0), []),
        ((2.0, 0.5), ["A is off by itself: y (float32); bncheck verify one says why"]),
        ((0.5, float("inf")), ["B is off by itself: y (float32); bncheck verify two says why"]),
    ],
)
def test_who_is_off_by_itself(shares, told):
    assert list(scope.off([agreement(shares=shares)], "one", "two")) == told


def test_many_outputs_are_counted():
    found = [agreement(output=name, shares=(9.0, 0.0)) for name in "uvwxyz"]
    (told,) = scope.off(found, "one", "two")
    assert "u (float32), v (float32), w (float32), x (float32) and 2 more;" in told


def test_two_that_are_wrong_alike_are_both_named():
    wrong = BY_NAME["missing-mean-term"].apply()
    notes = " ".join(compare(wrong, wrong, F32).notes)
    assert "A is off by itself: dx (float32)" in notes
    assert "B is off by itself: dx (float32)" in notes


def test_agreement_says_what_was_not_compared():
    found = compare(REFERENCE, REFERENCE, F32)
    assert found.exit_code == 0
    assert "Not compared: exact laws" in found.notes[-1]
    wrong = compare(REFERENCE, BY_NAME["eps-outside-root"].apply(), F32)
    assert "Not compared" not in " ".join(wrong.notes)


def test_a_dtype_of_one_side_only_is_told():
    narrow = CORRECT[1]
    wide = REFERENCE
    assert list(scope.alone("t", [])) == []
    assert "float16 not compared" in next(scope.alone("t", ["float16"]))
    found = compare(narrow, wide, F32)
    assert not any("not compared:" in note for note in found.notes)


def test_one_that_writes_to_its_inputs_is_told():
    notes = compare(REFERENCE, BY_NAME["mutates-input"].apply(), F32).notes
    assert any("it writes to the arrays that it is given" in note for note in notes)
    assert not np.any(["writes" in note for note in compare(REFERENCE, REFERENCE, F32).notes])
