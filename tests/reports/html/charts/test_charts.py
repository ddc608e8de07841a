"""The charts: each mark where its number is, as the shape that its verdict has, and in words."""

import itertools
import math
import re
from dataclasses import replace

import pages
import pytest
import reports_of
import stability_of

from bncheck.model import Report
from bncheck.reports.html import render
from bncheck.reports.html.charts.axis import Log, power_of_ten


def section(report, name):
    return pages.read(render(report)).find(f".//section[@class='{name}']")


def marks(figure):
    """Return (shape, x in percent, words) of each mark."""
    told = []
    for circle in figure.iter("circle"):
        told.append(("dot", float(circle.get("cx")[:-1]), circle.find("title").text))
    for cross in figure.iter("svg"):
        if cross.get("class") == "mark":
            title = cross.find("path/title").text
            told.append((cross.find("path").get("class"), float(cross.get("x")[:-1]), title))
    return told


# -- axes ---------------------------------------------------------------------------------------


def test_an_axis_is_logarithmic_and_ends_where_it_ends():
    axis = Log(-2, 2, 10.0, 50.0)
    places = {0.01: 10, 0.1: 20, 1: 30, 100: 50, 1e9: 50, 1e-9: 10, 0.0: 10, math.inf: 50}
    assert {value: axis.at(value) for value in places} == pytest.approx(places)


@pytest.mark.parametrize("low", [-6, -1, 0])
@pytest.mark.parametrize("high", [1, 4, 18])
def test_few_powers_are_marked_and_one_is_among_them(low, high):
    found = Log(low, high, 0.0, 1.0).powers(7)
    assert 0 in found
    assert 1 < len(found) <= 7
    assert len({after - before for before, after in itertools.pairwise(found)}) == 1


def test_powers_are_written_as_people_do():
    told = {-6: "1e-6", -3: "0.001", 0: "1", 3: "1000", 4: "1e4", 18: "1e18"}
    assert {power: power_of_ten(power) for power in told} == told


# -- error against bound ------------------------------------------------------------------------


FINDINGS = (
    reports_of.holds("F01", "float32", error=1e-3, bound=1.0),
    reports_of.holds("F02", "float32", error=0.0, bound=1.0),
    reports_of.holds("X01", "float32", error=0.0, bound=0.0),
    reports_of.fails("B01", "float32", error=1e3, bound=1.0),
    reports_of.fails("B02", "float32", error=math.inf, bound=1.0),
    reports_of.fails("B03", "float32", error=math.nan, bound=1.0),
    reports_of.fails("X02", "float32", error=0.5, bound=0.0),
    replace(reports_of.expected("I01", "float64"), error=10.0, bound=1.0),
    reports_of.raises("I02", "float64"),
    reports_of.skipped("I03", "float64"),
)
REPORT = Report("my_bn.py", FINDINGS)


def test_each_law_is_where_its_ratio_is():
    found = section(REPORT, "ratios")
    single, double = found.iter("figure")
    (line,) = {float(e.get("x1")[:-1]) for e in single.iter("line") if e.get("class") == "limit"}
    told = {words.split()[0]: (kind, x) for kind, x, words in marks(single)}
    assert set(told) == {"F01", "F02", "B01", "B02", "B03", "X02"}
    assert told["F01"][0] == told["F02"][0] == "dot"
    assert {told[law][0] for law in ("B01", "B02", "B03", "X02")} == {"worse"}
    # three powers of ten to either side of the line
    assert line - told["F01"][1] == pytest.approx(told["B01"][1] - line, abs=0.02)
    assert told["F02"][1] < told["F01"][1] < line < told["B01"][1]
    assert told["B02"][1] == told["B03"][1] == told["X02"][1] > told["B01"][1]
    assert [words for _, _, words in marks(single) if words.startswith("X02")] == [
        "X02 dx is the exact input gradient: exact, and there is an error"
    ]
    assert [(kind, words.split()[0]) for kind, _, words in marks(double)] == [("known", "I01")]
    # colour is not the only sign
    (cross,) = {e.get("d") for e in single.iter("path")}
    (square,) = {e.get("d") for e in double.iter("path")}
    assert cross != square
    assert "A square is one that fails as expected." in pages.words(found)


def test_it_is_told_in_words_as_well():
    found = section(REPORT, "ratios")
    single, double = found.iter("figure")
    assert pages.words(single).startswith("float32 4 of 6 laws beyond what is allowed")
    assert "B01 1e+03, B02 inf, B03 nan, X02 -. The nearest that holds: F01 0.001." in (
        single.find("svg/desc").text
    )
    assert pages.words(double).startswith("float64 1 of 1 law beyond what is allowed")
    assert "1 exact law holds, without any error, and is not drawn." in pages.words(found)
    assert "beyond: B01 B02 and 1 more" in pages.words(single)


def test_marks_that_are_near_are_piled_up():
    findings = [reports_of.holds(f"F{n}", "float32", 0.1, 1.0) for n in range(5)]
    drawn = section(Report("my_bn.py", tuple(findings)), "ratios")
    places = {(e.get("cx"), e.get("cy")) for e in drawn.iter("circle")}
    assert len(places) == 5
    assert len({x for x, _ in places}) == 1


def test_nothing_is_drawn_where_no_error_has_a_bound():
    exact = reports_of.holds("X01", "float32", 0.0, 0.0)
    assert (
        section(Report("my_bn.py", (exact, reports_of.skipped("F01", "float32"))), "ratios") is None
    )


# -- stability ----------------------------------------------------------------------------------


def drawn(*curves, **more):
    report = replace(REPORT, stability=stability_of.plain(*curves, **more))
    return section(report, "stability")


def test_errors_beyond_what_is_allowed_are_crossed():
    found = drawn(stability_of.curve(errors=(1.0, 1e6, 1e9), allowed=(1e3, 1e5, math.inf)))
    told = sorted((x, kind, words) for kind, x, words in marks(found))
    assert [(kind, words) for _, kind, words in told] == [
        ("dot", "mean/std 1.0e+00: 1, allowed 1e+03"),
        ("worse", "mean/std 1.0e+03: 1e+06, allowed 1e+05"),
        ("dot", "mean/std 1.0e+06: 1e+09, no promise"),
    ]
    assert "1 of 3 are beyond what is allowed." in found.find(".//desc").text
    assert found.find(".//rect").get("class") == "free"


@pytest.mark.parametrize("lost", [math.nan, math.inf, "nan", "inf"])
def test_what_is_no_number_is_at_the_top(lost):
    found = drawn(stability_of.curve(errors=(1.0, lost), allowed=(1e3, 1e5)))
    told = {kind: e for kind, e in ((e.get("class"), e) for e in found.iter("svg")) if kind}
    heights = [float(e.get("cy")) for e in found.iter("circle")]
    assert float(told["mark"].get("y")) < min(heights) - 100
    points = [e.get("points") for e in found.iter("polyline")]
    assert not re.search("nan|inf", " ".join(points))


def test_the_outputs_are_in_their_order_and_the_conditions_in_rows():
    curves = [
        stability_of.curve(o, a) for a in ("mean/std", "var/eps") for o in ("dx", "y", "variance")
    ]
    found = drawn(*curves)
    rows = [
        [pages.words(e) for e in row.iter("b")]
        for row in found.iter("div")
        if row.get("class") == "charts"
    ]
    assert rows == [
        [f"{output} against {against}" for output in ("y", "variance", "dx")]
        for against in ("mean/std", "var/eps")
    ]


def test_it_says_how_far_digits_are_right_and_the_worst_that_was_found():
    worst = {"output": "y", "share": 0.5, "tried": 300}
    worst |= dict.fromkeys(("mean/std", "var/eps", "outlier/std"), 10.0)
    told = pages.words(drawn(worst=[worst]))
    assert "y against mean/std 1 to 9e+03; three digits up to mean/std 1.0e+03" in told
    assert "dx against mean/std 1 to 2e+05; never three digits" in told
    assert "y: 0.5 of what rounding allows, at mean/std 1.0e+01" in told


def test_coarse_formats_have_no_line_of_three_digits():
    assert "three digits" not in pages.words(drawn(dtype="bfloat16", unit=2.0**-8))
    assert "three digits" in pages.words(drawn())


def test_without_a_map_there_is_no_section():
    assert section(REPORT, "stability") is None
