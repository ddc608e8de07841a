"""Conventions and defaults of two targets are compared in one unit, in the coarser format."""

import numpy as np
import pytest

from bncheck.engine.alike import decimal, defaults
from bncheck.engine.compared import Agreement, Compared, Side
from bncheck.reports.text.comparison import render
from bncheck.terminal import Style

SINGLE = float(np.float32(1e-5))
NEW, OLD, UNKNOWN = frozenset({"new"}), frozenset({"old"}), frozenset()
FULL = frozenset({"y", "dx", "running mean", "inference y"})


def side(weighs=None, outputs=FULL, **given):
    observed = {} if weighs is None else {"momentum_weighs": weighs}
    return Side("t.py", observed, given, outputs)


def compared(a, b):
    return Compared(a, b, (Agreement("inference y", "float32", compared=3, agreed=3),))


@pytest.mark.parametrize(
    ("eps", "other", "same"),
    [
        (SINGLE, 1e-5, True),  # as an attribute of ONNX has it
        (SINGLE, SINGLE, True),
        (SINGLE, 1e-3, False),
        (float(np.float32(1 / 3)), 1 / 3, True),
        (1e-5, 1.0000001e-5, False),  # neither was rounded
        (0.5, 0.5000000001, False),
        (SINGLE, 1.00001e-5, False),  # float32 tells them apart
    ],
)
def test_eps_in_the_coarser_format(eps, other, same):
    for pair in ((eps, other), (other, eps)):
        a, b = ({"eps": value} for value in pair)
        assert defaults(a, b, "eps", (UNKNOWN, UNKNOWN)) is same


@pytest.mark.parametrize(
    ("a", "weighs_a", "b", "weighs_b", "same"),
    [
        (0.9, OLD, 0.1, NEW, True),
        (float(np.float32(0.9)), OLD, 0.1, NEW, True),
        (float(np.float32(0.1)), OLD, 0.1, NEW, False),  # the mistake of an exporter
        (float(np.float32(1 - 1 / 3)), OLD, 1 / 3, NEW, True),
        (0.1, NEW, 0.1, NEW, True),
        (0.1, UNKNOWN, 0.9, NEW, True),  # it may weigh the old ones
        (0.2, UNKNOWN, 0.1, NEW, False),
    ],
)
def test_momentum_as_the_weight_of_the_new(a, weighs_a, b, weighs_b, same):
    assert defaults({"momentum": a}, {"momentum": b}, "momentum", (weighs_a, weighs_b)) is same
    assert defaults({"momentum": b}, {"momentum": a}, "momentum", (weighs_b, weighs_a)) is same


def test_a_rounded_number_is_told_as_it_was_written():
    assert float(decimal(SINGLE)) == 1e-5
    text = render(compared(side("old", momentum=float(np.float32(0.9))), side()), "1", Style())
    assert "0.9 by default, 0.1 of the new" in text


@pytest.mark.parametrize("nothing", [{}, {"running_var": "unknown"}])
def test_what_is_not_known_is_no_difference(nothing):
    known = Side("b", {"running_var": "biased", "one_value": "raises"}, {})
    assert compared(Side("a", nothing, {}), known).differing == []
    other = Side("a", {"running_var": "unbiased"}, {})
    assert compared(other, known).differing == ["running_var"]


def test_what_is_ambiguous_differs_only_from_what_it_cannot_be():
    one = Side("a", {"debiased": "ambiguous (False or True)"}, {})
    assert compared(one, Side("b", {"debiased": True}, {})).differing == []
    assert compared(one, Side("b", {"debiased": "unrecognised"}, {})).differing == ["debiased"]


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ({"inference y"}, "training"),
        ({"y", "dx", "running mean"}, "inference"),
        ({"y", "inference y"}, "backward, running statistics"),
        (FULL, ""),
    ],
)
def test_the_last_line_says_what_only_one_has(outputs, told):
    found = compared(side(outputs=frozenset(outputs)), side())
    last = render(found, "1", Style()).rstrip().splitlines()[-1]
    assert found.exit_code == 0
    assert last.partition("NOT compared: ")[2] == told
