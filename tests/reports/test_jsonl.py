"""JSON lines: each line by itself, and all of them together the JSON report."""

import json

import reports_of

from bncheck.model import NotChecked
from bncheck.reports.json import as_data
from bncheck.reports.jsonl import render, render_several


def test_the_lines_of_a_report_are_the_report():
    report = reports_of.wrong()
    *findings, summary = map(json.loads, render(report).splitlines())
    assert {each.pop("kind") for each in findings} == {"finding"}
    assert {each.pop("target") for each in findings} == {"my_bn.py"}
    assert summary.pop("kind") == "summary"
    assert {**summary, "findings": findings} == json.loads(json.dumps(as_data(report)))


def test_lines_of_several():
    text = render_several([reports_of.right(), NotChecked("no.py", "why", 2)])
    kinds = [json.loads(line)["kind"] for line in text.splitlines()]
    assert kinds == ["finding"] * 6 + ["summary", "not-checked"]
    assert json.loads(text.splitlines()[-1]) == {
        "kind": "not-checked",
        "target": "no.py",
        "error": "why",
        "exit_code": 2,
    }
