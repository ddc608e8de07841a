"""What the backward pass is given of what the forward pass saved."""

import pytest

from bncheck.targets.native.matching import matched
from bncheck.targets.native.prototypes import Argument


def pairs(wanted, saved):
    def arguments(text):
        halves = (part.rpartition(" ") for part in text.split(", ") if part)
        return [Argument(name, kind or "float", pointer=True) for kind, _, name in halves]

    return {a.name: b.name for a, b in matched(arguments(wanted), arguments(saved)).items()}


@pytest.mark.parametrize(
    ("wanted", "saved", "found"),
    [
        ("mean, inv", "save_mean, save_invstd", {"mean": "save_mean", "inv": "save_invstd"}),
        ("rstd, mu", "save_mean, save_invstd", {"mu": "save_mean", "rstd": "save_invstd"}),
        ("a, b", "save_mean, save_invstd", {"a": "save_mean", "b": "save_invstd"}),
        ("a, b", "a, b", {"a": "a", "b": "b"}),
        ("mean, t", "mean, s", {"mean": "mean", "t": "s"}),
        ("inv", "mean, inv", {"inv": "inv"}),
        # a variance is no inverse deviation
        ("mean, invstd", "mean, var", {"mean": "mean"}),
        # one of two, and nothing tells which
        ("a", "save_mean, save_invstd", {}),
        ("a, b", "save_mean", {}),
        ("double mean", "float mean", {}),
        ("double a", "float b", {}),
        ("mean", "", {}),
    ],
)
def test_by_name_else_by_order(wanted, saved, found):
    assert pairs(wanted, saved) == found
