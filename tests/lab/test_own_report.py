"""What is said of a net that was trained with somebody's layer, word for word."""

import golden_files
import pytest

from bncheck.lab import own_report
from bncheck.lab.nets import Net
from bncheck.lab.own_layer import Pair, Result
from bncheck.lab.training import Setup

NET = Setup(Net((64, 100, 10), "relu", "before", "he"), 0.1, 300)


def result(lost, **changes):
    """Seven seeds; so many points are lost by each."""
    pairs = tuple(Pair(s, 0.97 - points / 100, 0.97) for s, points in enumerate(lost))
    return Result("mine.py", "digits", NET, "float64", 7, pairs, **changes)


SAID = {
    "unnoticed": result([0.1, -0.2, 0, 0.3, 0, -0.1, 0.2], unchecked="verify was not asked"),
    "noticed": result([8, 9, 7, 8.5, 9.5, 7.5, 8], unchecked="verify was not asked"),
    "better": result([-8, -9, -7, -8.5, -9.5, -7.5, -8], unchecked="verify was not asked"),
    "between": result([0, 1, 2, 0, 1, 2, 1], unchecked="verify was not asked"),
    "few": result([8, 9], failure="after 3 steps of seed 2 it hung", unchecked="not asked"),
    "none": result([], failure="after 3 steps of seed 0 it hung", unchecked="not asked"),
    "interrupted": result([8], interrupted=True),
    "diverged": Result(
        "mine.py", "digits", NET, "float32", 1, (Pair(0, 0.1, 0.97, 12),), unchecked="not asked"
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_golden(name):
    golden_files.check(f"lab-own-{name}.txt", own_report.render(SAID[name]))
