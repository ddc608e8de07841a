"""A report as JSON and back: the same in every format; what no run could have found is refused."""

import json

import numpy as np
import pytest
import reports_of
from drawn_reports import REPORTS
from hypothesis import given

from bncheck.engine.resuming import codec
from bncheck.model import Report
from bncheck.reports.json import render
from bncheck.reports.text import render as render_text


def again(report):
    text = json.dumps(codec.encoded(report), allow_nan=False)
    return codec.report(json.loads(text))


@pytest.mark.parametrize("make", [reports_of.right, reports_of.wrong])
def test_the_same_in_every_format(make):
    report = make()
    assert again(report) == report
    assert render(again(report)) == render(report)
    for verbosity in (0, 2):
        assert render_text(again(report), verbosity=verbosity) == render_text(
            report, verbosity=verbosity
        )


@given(REPORTS)
def test_any_report_at_all(report):
    assert render(again(report)) == render(report)
    assert render_text(again(report), verbosity=2) == render_text(report, verbosity=2)


def test_numbers_of_numpy_and_those_that_json_has_not():
    held = {"a": np.float64(0.1), "b": np.int64(3), "c": float("inf"), "d": np.bool_(True), "e": ()}
    found = again(Report("t", (), observed=held)).observed
    assert found == {"a": 0.1, "b": 3, "c": float("inf"), "d": True, "e": ()}


def test_keys_that_look_like_ours_and_such_as_json_has_not():
    held = {"$tuple": [1], "x": {1: (2, 3)}, "$number": "nan"}
    assert again(Report("t", (), observed=held)).observed == held


def test_what_could_not_be_read_back_is_refused():
    for value in (object(), np.zeros(3), {1, 2}, b"x"):
        with pytest.raises(ValueError, match="cannot be kept"):
            codec.encoded(Report("t", (), observed={"x": value}))


def changed(**changes):
    data = codec.encoded(reports_of.wrong())
    data["$report"] |= changes
    return data


def finding(**changes):
    data = codec.encoded(reports_of.wrong())
    data["$report"]["findings"]["$tuple"][0]["$finding"] |= changes
    return data


BAD = {
    "nothing": None,
    "a list": [],
    "a text": "report",
    "a finding": codec.encoded(reports_of.holds("F01", "float32")),
    "a tuple": {"$tuple": [1]},
    "an unknown field": changed(later=1),
    "no target": changed(target=None),
    "findings": changed(findings=[]),
    "a finding that is none": changed(findings={"$tuple": ["F01"]}),
    "a verdict": finding(verdict="true"),
    "an error": finding(error="small"),
    "a count": finding(examples="many"),
    "causes": finding(causes="missing-mean-term"),
    "a case": finding(case="x"),
    "a number": finding(error={"$number": "huge"}),
    "notes": changed(notes={"$tuple": [1]}),
    "seconds": changed(seconds=None),
    "interrupted": changed(interrupted="no"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report_is_refused(name):
    with pytest.raises(ValueError, match=r"report|unexpected|is no|no verdict|in a count"):
        codec.report(BAD[name])


def test_what_is_deep_is_refused():
    deep = {"$report": {"target": "x"}}
    for _ in range(100_000):
        deep = {"x": deep}
    with pytest.raises(ValueError, match="no report"):
        codec.report(deep)
