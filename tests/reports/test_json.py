"""The JSON report keeps the shape that the contract promises."""

import json

import ml_dtypes
import numpy as np
import pytest
import reports_of
from drawn_reports import REPORTS
from hypothesis import given
from report_shape import check_shape

from bncheck.model import Report
from bncheck.reports.json import plain, render


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def read(report):
    return json.loads(render(report), parse_constant=refuse)


@pytest.mark.parametrize("make", [reports_of.right, reports_of.wrong])
def test_shape(make):
    check_shape(read(make()))


@given(REPORTS)
def test_any_report_is_valid_json_of_that_shape(report):
    data = read(report)
    check_shape(data)
    assert data["target"] == report.target
    assert [f["detail"] for f in data["findings"]] == [f.reason for f in report.findings]
    skipped = [f["reason"] for f in data["findings"] if f["verdict"] == "skipped"]
    assert not any(":" in reason for reason in skipped)


def test_it_is_ascii_and_deterministic():
    assert render(reports_of.wrong()).isascii()
    assert render(reports_of.wrong()) == render(reports_of.wrong())


def test_values_of_a_failure():
    failure = next(f for f in read(reports_of.wrong())["findings"] if f["verdict"] == "fails")
    assert failure["law"] == "B03"
    assert failure["margin"] == 0.75 / 1.2e-6
    assert failure["case"]["file"] == ".bncheck/B03-float32.json"
    assert failure["case"]["recipe"]["largest"] == "inf"


def test_exact_laws_have_bound_zero_and_no_margin():
    exact = [f for f in read(reports_of.wrong())["findings"] if f["law"] == "X03"]
    assert [(f["bound"], f["margin"]) for f in exact] == [(0.0, None), (0.0, None)]


def test_counts():
    counts = read(reports_of.wrong())["counts"]
    told = {"planned": 17, "holds": 4, "fails": 3, "error": 4, "skipped": 5, "expected": 1}
    assert counts == told | {"examples": 425, "follows": 0, "no_promise": 7, "blind": 3}


def test_an_empty_report_is_no_success():
    data = read(Report("nothing.py", ()))
    check_shape(data)
    assert (data["ok"], data["exit_code"]) == (False, 2)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (float("inf"), "inf"),
        (np.float64("-inf"), "-inf"),
        (np.float32("nan"), "nan"),
        (np.float32(0.5), 0.5),
        (ml_dtypes.bfloat16(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([1.0, np.nan]), [1.0, "nan"]),
        ({"shape": (2, 3), 5: None}, {"shape": [2, 3], "5": None}),
        (np.dtype("float32"), "float32"),
    ],
)
def test_plain_data(value, data):
    assert plain(value) == data
