"""JUnit's XML: a test for each law and dtype, its time, and its cause in one line of ASCII."""

from dataclasses import replace

import junitparser
import pytest
import reports_of

from bncheck.model import NotChecked, Report
from bncheck.reports.junit import render, render_several


def read(text):
    return junitparser.JUnitXml.fromstring(text.encode("utf-8"))


def cases(report):
    return {case.name: case for suite in read(render(report)) for case in suite}


def test_a_test_for_each_law_and_dtype_as_the_plugin_of_pytest_names_them():
    report = reports_of.wrong()
    planned = [f"{f.law}[{f.dtype}]" for f in report.findings]
    assert list(cases(report)) == [*planned, "stale-expectation"]


def test_each_verdict_is_mapped():
    found = cases(reports_of.wrong())
    kinds = {name: [type(each).__name__ for each in case.result] for name, case in found.items()}
    assert kinds["F01[float32]"] == []
    assert kinds["B03[float32]"] == ["Failure"]
    assert kinds["I01[float32]"] == ["Error"]
    assert kinds["R02[float32]"] == kinds["I03[float32]"] == ["Skipped"]
    assert kinds["stale-expectation"] == ["Error"]
    (excused,) = found["R02[float32]"].result
    assert (excused.type, excused.message) == (
        "expected",
        "fails as expected: our layer is frozen at version 2",
    )


def test_a_message_begins_with_the_cause_and_is_ascii():
    found = cases(reports_of.wrong())
    (caused,), (loose,) = (found[name].result for name in ("B03[float64]", "X03[float32]"))
    assert caused.message.startswith("missing-mean-term: the gradient lacks")
    assert caused.type == "missing-mean-term"
    assert loose.message.startswith("no named cause: X03 gamma -> 2gamma doubles y - beta exactly")
    assert "γ → 2γ" in loose.text
    assert "bncheck replay .bncheck/B03-float64.json" in caused.text.splitlines()


def test_times_are_those_of_the_findings_and_of_the_run():
    report = Report(
        "bn.py",
        (reports_of.holds("F01", "float32", seconds=0.25), reports_of.fails(seconds=1234.5)),
        started="2026-12-01T20:07:40+00:00",
        seconds=2000.0,
    )
    (suite,) = read(render(report))
    assert [case.time for case in suite] == [0.25, 1234.5]
    assert (suite.time, suite.timestamp) == (2000.0, "2026-12-01T20:07:40+00:00")


def test_a_suite_for_each_target_and_an_error_for_one_that_is_not_checked():
    outcomes = [reports_of.right(), reports_of.wrong(), NotChecked("no.py", "no.py is not a file")]
    whole = read(render_several(outcomes))
    assert [(s.name, s.tests, s.failures, s.errors, s.skipped) for s in whole] == [
        ("my_bn.py", 6, 0, 0, 0),
        ("my_bn.py", 18, 3, 5, 6),
        ("no.py", 1, 0, 1, 0),
    ]
    assert (whole.tests, whole.failures, whole.errors) == (25, 3, 6)


@pytest.mark.parametrize(
    "report",
    [
        Report("nothing.py", ()),
        replace(reports_of.right(), interrupted=True),
        replace(reports_of.right(), missing=("it has no backward pass",)),
        replace(reports_of.right(), faults=("the oracle disagrees",)),
        Report("skips.py", (reports_of.skipped("I03", "float32"),)),
    ],
)
def test_no_suite_passes_where_the_exit_code_is_not_0(report):
    assert report.exit_code != 0
    assert read(render(report)).errors == 1


def test_what_xml_cannot_hold_is_spelled():
    nasty = "a\x00b\x1b[31m\ufffe\ud800 ]]> <c a='\"'>&amp;\n"
    report = Report(
        nasty, (reports_of.fails(nasty, title=nasty, statement=nasty, reason=nasty, warning=nasty),)
    )
    (suite,) = read(render(report))
    assert suite.name == r"a\x00b\x1b[31m\ufffe\ud800 ]]> <c a='\"'>&amp;".replace('\\"', '"')
