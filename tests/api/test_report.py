"""The report that `bncheck.verify` returns, and its options."""

import inspect
import re
from dataclasses import fields
from html.parser import HTMLParser

import numpy as np
import pytest
import reports_of

import bncheck
from bncheck import model
from bncheck.api import notebook
from bncheck.engine import Options, events
from bncheck.reports.text import render

OWN = {"target", "on_event", "cases", "unknown"}


def shown(report):
    return bncheck.Report.of(report)


def test_it_is_the_same_data():
    report = shown(reports_of.wrong())
    assert isinstance(report, model.Report)
    assert all(
        getattr(report, f.name) == getattr(reports_of.wrong(), f.name) for f in fields(model.Report)
    )
    assert (report.ok, report.exit_code) == (False, 1)
    assert report.causes[0]["deviation"] == "missing-mean-term"
    assert report.to_dict()["counts"]["planned"] == 17


def test_it_shows_itself():
    report = shown(reports_of.wrong())
    assert str(report) == render(reports_of.wrong()).rstrip("\n")
    assert report.text(2, width=80) == render(reports_of.wrong(), verbosity=2, width=80)
    assert repr(report).startswith("<bncheck.Report FAILS my_bn.py: missing-mean-term; ")
    assert len(repr(report)) < 140


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.data = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.data += data


@pytest.mark.parametrize("make", [reports_of.right, reports_of.wrong, reports_of.many])
def test_it_is_html_in_a_notebook(make):
    report = shown(make())
    page = Tags(report._repr_html_())
    assert page.open == []
    assert set(page.seen) == {"div", "p", "pre", "details", "summary"}
    outside = re.sub(r"<details>.*?</details>", "", report._repr_html_(), flags=re.DOTALL)
    assert outside.count("\n") <= 26
    assert render(make(), verbosity=2) in page.data


def test_what_a_target_says_is_no_html():
    report = shown(model.Report("<script>alert(1)</script>", ()))
    assert "<script" not in notebook.render(report)
    assert "&lt;script&gt;" in notebook.render(report)


def test_the_options_are_those_of_a_run():
    given = inspect.signature(bncheck.verify).parameters
    assert given.keys() - OWN == {f.name for f in fields(Options)}
    for field in fields(Options):
        assert given[field.name].default == field.default
        assert given[field.name].kind is inspect.Parameter.KEYWORD_ONLY
    assert inspect.signature(bncheck.assert_holds) == inspect.signature(bncheck.verify)


def forward(x, gamma, beta, eps):
    centered = x - x.mean(0)
    return (gamma * centered / ((centered**2).mean(0) + eps) ** 0.5 + beta).astype(x.dtype)


def test_events_are_told_as_they_happen():
    told = []
    report = bncheck.verify(
        forward, laws="F00", dtypes="float32", budget="quick", save=None, on_event=told.append
    )
    kinds = [type(event) for event in told]
    assert kinds[0] is events.Started
    assert kinds[-1] is events.Finished
    assert kinds.count(events.Found) == 1
    assert report.findings == told[-1].report.findings


def test_an_option_that_does_not_exist_names_the_near_one():
    with pytest.raises(bncheck.UsageError, match=r"option 'dtype' does not exist; .*'dtypes'"):
        bncheck.verify(forward, dtype="float32")


def case(rows):
    x = np.arange(2.0 * rows, dtype=np.float32).reshape(rows, 2) % 7
    one = np.ones(2, np.float32)
    return bncheck.Case(x, one, 0 * one, x, 0 * one, one)


def test_the_cases_of_a_caller(tmp_path):
    def only_small(x, gamma, beta, eps):
        return forward(x, gamma, beta, eps) * (1 if len(x) < 50 else 2)

    options = {"laws": "F00", "dtypes": "float32", "save": tmp_path / "kept"}
    assert bncheck.verify(only_small, cases=[case(9)], **options).ok
    report = bncheck.verify(only_small, cases=[case(9), case(60)], **options)
    assert report.exit_code == 1
    assert len(list((tmp_path / "kept").glob("cases-*.npz"))) == 2
    unsaved = bncheck.verify(only_small, cases=[case(60)], **{**options, "save": None})
    assert unsaved.exit_code == 1


@pytest.mark.parametrize("cases", [3, "x", [3], [np.ones((2, 2))]])
def test_what_are_no_cases(cases):
    with pytest.raises(bncheck.UsageError, match=r"cases.*but should be a .*bncheck\.Case"):
        bncheck.verify(forward, cases=cases, laws="F00", save=None)


def test_cases_from_two_places(tmp_path):
    with pytest.raises(bncheck.UsageError, match="cases and data are both given"):
        bncheck.verify(forward, cases=[case(9)], data=tmp_path / "x.npz")


def test_a_listener_that_is_none():
    with pytest.raises(bncheck.UsageError, match="on_event=3, but should be a function"):
        bncheck.verify(forward, on_event=3)


def test_an_assertion_tells_the_cause_first():
    def wrong(x, gamma, beta, eps):
        return forward(x, gamma, beta, eps) + 1

    with pytest.raises(bncheck.LawsBroken, match=r"\n1  ") as caught:
        bncheck.assert_holds(wrong, laws="F00", dtypes="float32", budget="quick", save=None)
    assert isinstance(caught.value.report, bncheck.Report)
    assert str(caught.value).startswith("\nFAILS  ")
