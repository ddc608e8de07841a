"""What is expected to fail by one cause, and fails by another, or in other outputs."""

from dataclasses import replace
from pathlib import Path

import pytest
import reports_of

from bncheck.known import apply, diagnosed, of, surprising

TARGET = "bn.py"


def entries(*keys):
    return of([{"law": "F00", "reason": "known"} | each for each in keys], "x", Path())


def finding(law, *causes):
    return reports_of.fails(law, "float32", causes=causes)


def told(given, *findings, causes=(), wrong=("y",)):
    judged = [replace(apply(given, TARGET, f), causes=f.causes) for f in findings]
    listed = [{"deviation": name, "outputs": outputs} for name, outputs in causes]
    return surprising(given, TARGET, judged, diagnosed(listed, tuple(wrong)))


F00 = ("F00", "float32")


@pytest.mark.parametrize(
    ("keys", "causes", "found"),
    [
        ([{"cause": "known"}], ["known"], {}),
        ([{"cause": ["other", "kno*"]}], ["known"], {}),
        ([{"cause": "known"}, {"cause": "new"}], ["known", "new"], {}),
        ([{"cause": "known"}, {}], ["new"], {}),
        ([{}], ["new"], {}),
        (
            [{"cause": "known"}],
            ["new"],
            {F00: "fails otherwise than expected: by new, not known"},
        ),
        (
            [{"cause": "known"}],
            ["known", "new"],
            {F00: "fails otherwise than expected: by new, not known"},
        ),
        (
            [{"cause": "known"}],
            [],
            {F00: "fails otherwise than expected: known does not explain it any more"},
        ),
    ],
)
def test_the_causes(keys, causes, found):
    assert told(entries(*keys), finding("F00", *causes)) == found


@pytest.mark.parametrize(
    ("outputs", "wrong", "found"),
    [
        (["y", "dx"], ["y"], {}),
        (["y"], ["y", "dx"], {F00: "fails otherwise than expected: wrong is dx, too"}),
        ("*", ["y", "dx"], {}),
    ],
)
def test_outputs_without_a_cause(outputs, wrong, found):
    assert told(entries({"output": outputs}), finding("F00"), wrong=wrong) == found


def test_one_cause_in_other_outputs():
    given = entries({"cause": "other-formula", "output": ["y", "dx"]})
    one = finding("F00", "other-formula")
    assert told(given, one, causes=[("other-formula", ["y"])]) == {}
    assert F00 in told(given, one, causes=[("other-formula", ["dgamma"])])


def test_a_new_cause_that_is_seen_elsewhere_is_told_there_alone():
    given = entries({"cause": "known"})
    both = finding("F00", "known", "new")
    assert told(given, both, finding("I01", "new")) == {}
    assert told(given, finding("F00", "new"), finding("I01", "new")).keys() == {F00}
    assert told(given, finding("F00"), finding("I01", "new")) == {}
