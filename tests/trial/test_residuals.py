"""Where a comparison says that it is worst: in the coordinates of the user's array."""

import numpy as np
import pytest

from bncheck.cases import Recipe, build
from bncheck.model import NORMS
from bncheck.trial.residuals import near, same


@pytest.mark.parametrize(
    ("norm", "place"),
    [("batch", "[1, 4, 0]"), ("layer", "[4, 1, 0]"), ("instance", "[2, 0, 1, 0]")],
)
def test_the_worst_place_is_one_of_the_users_array(norm, place):
    case = build(Recipe(shape=(2, 6, 3)), NORMS[norm])  # instance: 3 samples of 2 channels
    assert case.norm.samples == (3 if norm == "instance" else 1)
    got = np.zeros((6, 6))
    got[3, 4] = 1.0  # of set 4 the first value of the second N
    for found in (near("y", got, 0.0, 0.5, (case,)), same("y", got, 0.0 * got, (case,))):
        assert found.what == f"y{place}"


def test_the_worst_place_is_the_first_of_several_in_any_layout():
    random = np.random.default_rng(0)
    for shape in ((3000, 3), (2, 3000), (70, 70), (4, 2)):
        got = random.integers(0, 3, shape).astype(np.float64)
        row, column = np.unravel_index(int(np.argmax(got)), shape)
        for order in "CF":
            for kind in (np.float64, np.longdouble):
                found = near("y", np.asarray(got, kind, order=order), 0.0, np.ones(shape))
                assert found.what == f"y[{row}, {column}]"
                assert found.error == 2.0


def test_in_long_double_a_difference_is_taken_before_it_is_rounded():
    one = np.longdouble(1)
    got = np.array([[one + np.finfo(np.longdouble).eps]])
    found = near("y", got, np.array([[one]]), np.array([[0.0]]))
    assert found.error == float(np.finfo(np.longdouble).eps)
    assert found.error > found.bound
