"""Worked examples of people: which rule gives them, or which cell is wrong."""

import random
import time

import pytest

from bncheck.symbolic.claims.tables.columns import table
from bncheck.symbolic.claims.tables.verdict import judge_table

X = ["1", "2", "3"]


def judged(x=X, xhat=("-1.2247", "0.0000", "1.2247"), **others):
    columns = {name: list(v) for name, v in others.items() if not isinstance(v, str)}
    single = {name: v for name, v in others.items() if isinstance(v, str)}
    return judge_table(table({"x": list(x), "xhat": list(xhat), **columns}, single))


def halves(x=X, xhat=("-1.22", "0", "1.22"), y=("-1.34", "0.5", "2.34"), **others):
    return judged(x, xhat, y=y, gamma="1.5", beta="0.5", **others)


TRUE = {
    "rounded": judged,
    "coarsely": lambda: judged(xhat=["-1", "0", "1"]),
    "scientific": lambda: judged(xhat=["-1.22e0", "0", "1.2e+0"]),
    "scientific, small": lambda: judged(["1e-5", "2e-5"], ["-1.00E0", "1.00E0"]),
    "scientific, large unit": lambda: judged(var="7e-1", eps="0"),
    "powers of ten": lambda: judged(xhat=["−1.22×10^0", "0", "12.2 x 10^-1"], var="6.7*10^{-1}"),
    "fractions": lambda: judged(["1/3", "2/3"], ["-1/1", "1/1"]),
    "one value": lambda: judged(["7"], ["0.00"]),
    "one value and eps": lambda: judged(["7"], ["0.00"], eps="1e-5", var="0", std="0.003"),
    "one value, y": lambda: judged(["7"], ["-0.0"], y=["0.5"], gamma="2", beta="0.5"),
    "all alike": lambda: judged(["7"] * 3, ["0"] * 3),
    "y of the exact xhat": halves,
    "y of xhat as printed": lambda: halves(y=("-1.33", "0.5", "2.33")),
    "y of a coarse xhat": lambda: halves(xhat=("-1", "0", "1"), y=("-1.337", "0.500", "2.337")),
    "a small gamma": lambda: judged(y=["-0.0001", "0.0000", "0.0001"], gamma="0.0001"),
    "gamma 0": lambda: judged(y=["0.5"] * 3, gamma="0", beta="0.5"),
    "gamma below 0": lambda: judged(y=["1.2", "0.0", "-1.2"], gamma="-1"),
    "intermediate columns": lambda: judged(mu="2", var="0.667", std="0.816", xmu=["-1", "0", "1"]),
    "squares": lambda: judged(xmu2=["1", "0", "1"]),
    "the printed std used": lambda: judged(xhat=["-1.2195", "0", "1.2195"], std="0.82"),
    "the printed variance used": lambda: judged(xhat=["-1.2217", "0", "1.2217"], var="0.67"),
    "the printed mean used": lambda: judged(
        ["1", "2", "4"], ["-1.0664", "-0.2646", "1.3390"], mu="2.33"
    ),
    "mean(x^2) - mu^2": lambda: judged(["1", "2", "4"], ["-1.061", "-0.263", "1.332"], mu="2.33"),
    "eps given": lambda: judged(["0.01", "0.02"], ["-0.845", "0.845"], eps="1e-5"),
    "eps given, no digit shows it": lambda: judged(eps="0.00001"),
    "std without eps": lambda: judged(
        ["0.01", "0.02"], ["-0.845", "0.845"], eps="1e-5", std="0.005"
    ),
    "a tie upwards": lambda: judged(["0", "0.25"], ["-1", "1"], mu="0.13"),
    "a tie to even": lambda: judged(["0", "0.25"], ["-1", "1"], mu="0.12"),
}
TRUE_IF = {
    "Bessel's": (lambda: judged(xhat=["-1.0", "0.0", "1.0"]), "the variance divides by m - 1"),
    "Bessel's, printed": (
        lambda: judged(xhat=["-1.0", "0", "1.0"], var="1.00"),
        "the variance divides by m - 1",
    ),
    "cut": (lambda: judged(["1", "2", "4"], ["-1.06", "-0.26", "1.33"]), "the digits are cut"),
    "cut, zero": (lambda: judged(["0", "1", "99"], ["-0.7", "-0.6", "1.4"]), "the digits are cut"),
    "only xhat cut": (
        lambda: judged(["1", "2", "4"], ["-1.06", "-0.26", "1.33"], std="1.25"),
        "xhat is cut, not rounded",
    ),
    "cut, and Bessel's": (
        lambda: judged(
            ["1", "2", "4"],
            ["-0.872", "-0.218", "1.091"],
            y=["-1.744", "-0.436", "2.182"],
            gamma="2",
        ),
        "the variance divides by m - 1, the digits are cut",
    ),
    "a rounded std": (
        lambda: judged(xhat=["-1.2195", "0.0000", "1.2195"]),
        "the standard deviation is rounded to 2 decimals before it is used",
    ),
    "a rounded 1/std": (
        lambda: judged(["1", "2", "4"], ["-1.06933", "-0.26733", "1.33667"], eps="0"),
        "1/sqrt(var + eps) is rounded to 3 decimals before it is used",
    ),
    "a rounded mean": (
        lambda: judged(["1", "2", "4"], ["-1.0423", "-0.2405", "1.3630"]),
        "the mean is rounded to 1 decimal before it is used",
    ),
    "an eps that is not told": (
        lambda: judged(["0.01", "0.02"], ["-0.845", "0.845"]),
        "eps is at least 0.00000998 and at most 0.00001, as 0.00001 is",
    ),
}
FALSE = {
    "one cell": (lambda: judged(xhat=["-1.22", "0", "1.32"]), "row 3 of xhat", "1.22"),
    "a sign": (lambda: judged(xhat=["1.22", "0", "1.22"]), "row 1 of xhat", "-1.22"),
    "scientific": (lambda: judged(xhat=["-1.22e0", "0", "1.32e0"]), "row 3 of xhat", "1.22e0"),
    "y": (lambda: halves(y=("-1.34", "0.5", "2.43")), "row 3 of y", "2.34"),
    "the mean": (lambda: judged(mu="2.1"), "mu", "2.0"),
    "the variance": (lambda: judged(var="0.76"), "var", "0.67"),
    "a deviation": (lambda: judged(xmu=["-1", "0", "2"]), "row 3 of xmu", "1"),
    "one value": (lambda: judged(["7"], ["7"]), "row 1 of xhat", "0"),
    "ties both ways": (
        lambda: judged(xhat=["-1.2", "0.0", "1.1"], eps="0"),
        "row 3 of xhat",
        "1.2",
    ),
    "ties both ways by an eps that is not told": (
        lambda: judged(["1e-3", "2e-3", "3e-3"], ["-1.2e0", "0", "1.1e0"]),
        "row 3 of xhat",
        "1.2e0",
    ),
    "all alike": (lambda: judged(["7"] * 3, ["0", "1", "0"]), "row 2 of xhat", "0"),
    "with an eps that is not told": (
        lambda: judged(["1", "2", "3", "4"], ["-1.060", "-0.535", "0.353", "1.060"]),
        "row 2 of xhat",
        "-0.353",
    ),
}
CAUSES = {
    "divided by the variance": (
        lambda: judged(xhat=["-1.5", "0.0", "1.5"]),
        "row 1 of xhat is '-1.5', but should be -1.2 (eps = 0); the digits are those of a division "
        "by the variance, not by its root",
    ),
    "eps outside the root": (
        lambda: judged(xhat=["-1.091", "0", "1.091"], eps="0.1"),
        "row 1 of xhat is '-1.091', but should be -1.142 (eps = 0.1); the digits are those of a "
        "division by sqrt(var) + eps",
    ),
    "eps left out": (
        lambda: judged(eps="0.1"),
        "row 1 of xhat is '-1.2247', but should be -1.1421 (eps = 0.1); the digits are those of "
        "eps = 0",
    ),
    "the deviation alone, beside a small eps": (
        lambda: judged(xmu=["-1.1", "0.0", "1.1"], eps="1e-5"),
        "row 1 of xmu is '-1.1', but should be -1.0 (eps = 0.00001); 1 other printed number "
        "differs",
    ),
    "two cells": (
        lambda: judged(["1", "2", "3", "6"], ["-1.07", "-0.53", "0.10", "1.70"]),
        "row 3 of xhat is '0.10', but should be 0.00 (eps = 0); 1 other printed number differs",
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_right_tables(name):
    assert TRUE[name]().verdict == "true"


@pytest.mark.parametrize("name", TRUE_IF)
def test_right_under_conditions(name):
    make, condition = TRUE_IF[name]
    verdict = make()
    assert verdict.verdict == "true-if"
    assert condition in ", ".join(verdict.conditions)
    assert verdict.reason.startswith("the rule: ")


@pytest.mark.parametrize("name", FALSE)
def test_the_wrong_cell_and_what_it_should_be(name):
    make, place, value = FALSE[name]
    verdict = make()
    assert (verdict.verdict, verdict.repair.corrected) == ("false", f"{place} = {value}")
    assert verdict.reason.startswith("with that one changed the table is right")


@pytest.mark.parametrize("name", CAUSES)
def test_why_more_than_one_cell_is_wrong(name):
    make, reason = CAUSES[name]
    verdict = make()
    assert (verdict.verdict, verdict.reason) == ("false", reason)


def test_the_whole_rule_is_told():
    table = judged(
        ["1", "2", "4"], ["-0.87", "-0.21", "1.09"], y=["-1.74", "-0.42", "2.18"], gamma="2"
    )
    assert table.reason == (
        "the rule: eps = 0, the variance with m - 1, y from xhat as printed, "
        "the digits are cut, not rounded"
    )


def test_nothing_by_nothing():
    verdict = judged(["7", "7"], ["0", "0"], eps="0")
    assert (verdict.verdict, verdict.reason) == (
        "undecided",
        "the variance and eps are 0: xhat is 0/0",
    )


def test_x_that_a_program_rounded():
    """x = 0.49626, 0.76822, 0.08848, 0.13203, of which four digits are printed."""
    x, xhat = ["0.4963", "0.7682", "0.0885", "0.1320"], ["0.4488", "1.4251", "-1.0151", "-0.8587"]
    verdict = judged(x, xhat, eps="0")
    assert (verdict.verdict, verdict.reason) == (
        "undecided",
        "row 1 of xhat is '0.4488', but should be 0.4489 (eps = 0), unless x was rounded when it "
        "was printed: within that all is right",
    )
    assert judged(x, ["0.4478", *xhat[1:]], eps="0").verdict == "false"
    two = [t[:-2] for t in x]
    assert judged(two, ["0.45", "1.43", "-1.02", "-0.96"], eps="0").verdict == "false"


def test_what_arithmetic_of_32_bits_gives():
    x, xhat = ["5.9", "5.4", "3.9", "1.1"], ["0.9766363", "0.70906466", "-0.09365016", "-1.5920513"]
    verdict = judged(x, xhat, eps="1e-5")
    assert (verdict.verdict, verdict.reason) == (
        "undecided",
        "row 2 of xhat is '0.70906466', but should be 0.70906477 (eps = 0.00001, the digits are "
        "cut, not rounded), unless it was computed in single precision: within that all is right",
    )
    assert judged(x, ["0.9766363", "0.70916466", *xhat[2:]], eps="1e-5").verdict == "false"


LONG = {
    "right": lambda x: [f"{v}" for v in x],
    "one wrong": lambda x: [*(f"{v}" for v in x[:-1]), "9"],
    "all wrong": lambda x: ["0.7"] * len(x),
}


@pytest.mark.parametrize("name", LONG)
def test_a_thousand_rows(name):
    signs = [random.Random(0).choice((-1, 1)) for _ in range(500)]
    x = [s for sign in signs for s in (sign, -sign)]
    started = time.monotonic()
    verdict = judged([str(v) for v in x], LONG[name](x))
    assert verdict.verdict == ("true" if name == "right" else "false")
    assert time.monotonic() - started < 60


def test_numbers_as_large_and_as_small_as_may_be():
    ends = ("1e100", "-1e-100")
    verdict = judged(ends, ends[::-1], y=ends, mu=ends[1], var=ends[0], gamma=ends[0], beta=ends[1])
    assert verdict.verdict == "false"
    assert len(verdict.reason) < 500
