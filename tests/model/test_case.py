"""A case as Python that can be pasted."""

from dataclasses import fields, replace

import numpy as np
import pytest

import bncheck
from bncheck.cases import Recipe, build

SEVERAL = np.arange(8, dtype=np.float32).reshape(4, 2)


@pytest.mark.parametrize(
    ("dy", "written"),
    [
        (np.zeros((4, 2), np.float32), "dy=np.full((4, 2), 0.0, dtype=np.float32),"),
        (np.full((4, 2), -np.inf, np.float32), "dy=np.full((4, 2), -np.inf, dtype=np.float32),"),
        (np.full((4, 2), np.nan, np.float32), "dy=np.array([[np.nan, np.nan], "),
        (np.full((3, 2), 1.5, np.float32), "dy=np.array([[1.5, 1.5], [1.5, 1.5], [1.5, 1.5]], "),
        (SEVERAL, "dy=np.array([[0.0, 1.0], [2.0, 3.0], "),
        (np.array([[0.0, -0.0]] * 4, np.float32), "dy=np.array([[0.0, -0.0], "),
    ],
)
def test_constant_arrays_are_short_and_all_read_back(dy, written):
    one = np.ones(2, np.float32)
    case = bncheck.Case(SEVERAL[: len(dy)], one, 0 * one, dy, 0 * one, one)
    assert written in repr(case)
    again = eval(repr(case), {"np": np, "Case": bncheck.Case})  # noqa: S307 # our own text
    assert again.dy.dtype == dy.dtype
    assert again.dy.tobytes() == dy.tobytes()


def test_a_changed_case_is_what_replace_makes():
    case = build(Recipe(shape=(4, 2)))
    other, same = case.changed(eps=0.5), replace(case, eps=0.5)
    assert {f.name: getattr(other, f.name) for f in fields(other)} == {
        f.name: getattr(same, f.name) for f in fields(same)
    }
    assert case.eps != 0.5
    with pytest.raises(TypeError, match="no field 'epsilon'"):
        case.changed(epsilon=1)
