"""The ``CONVENTION`` of a file counts for an implementation that stands in it, too."""

import pytest

from bncheck.errors import TargetError, UsageError
from bncheck.targets import adapt, load

FILE = """
import bncheck
from bncheck.model import Convention, Domain
made = bncheck.Implementation(
    "bn", lambda case: None, convention=Convention(running_var="biased"),
    domain=Domain(ranks=(2, 4)),
)
def make(): return made
"""


@pytest.fixture
def written(tmp_path):
    def write(convention, name="made"):
        path = tmp_path / "kern.py"
        path.write_text(f"{FILE}CONVENTION = {convention!r}\n")
        target = f"{path}:{name}"
        return adapt(load(target), name=target)

    return write


@pytest.mark.parametrize("name", ["made", "make"])
def test_it_limits_what_is_given(written, name):
    made = written({"training": False, "ranks": [2], "channels_multiple_of": 4}, name)
    assert (made.domain.training, made.domain.ranks, made.domain.multiple) == (False, (2,), 4)


def test_what_the_object_says_itself_wins(written):
    made = written({"running_var": "unbiased", "momentum_weighs": "old"})
    assert (made.convention.running_var, made.convention.momentum_weighs) == ("biased", "old")


@pytest.mark.parametrize(
    ("convention", "error", "told"),
    [
        ({"rank": [2]}, UsageError, "unknown key 'rank'"),
        ({"ranks": [3]}, TargetError, r"promises ranks \[3\], but it takes 2, 4"),
        ({"channel_axis": -1}, TargetError, 'layout="NHWC"'),
        ({"mask": True}, TargetError, "promises 'mask', which is for plain functions"),
    ],
)
def test_what_cannot_be_kept_is_refused(written, convention, error, told):
    with pytest.raises(error, match=told):
        written(convention)
