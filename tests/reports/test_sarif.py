"""SARIF: a result for each cause, where it is, and what is about the run beside the results."""

import json
from dataclasses import replace

import reports_of
from readers_of_formats import of_sarif

from bncheck.model import NotChecked, Report
from bncheck.reports.sarif import render, render_several


def run_of(*outcomes):
    text = render_several(outcomes)
    of_sarif(text)
    (run,) = json.loads(text)["runs"]
    return run


def test_sixty_laws_of_one_cause_are_one_result():
    laws = [f"B{number:02}" for number in range(60)]
    cause = {"deviation": "missing-mean-term", "explains": laws, "text": "it lacks a term; so"}
    report = Report("bn.py", tuple(map(reports_of.fails, laws)), causes=(cause,))
    (result,) = run_of(report)["results"]
    assert result["ruleId"] == "missing-mean-term"
    assert result["message"]["text"].splitlines()[:2] == [
        "missing-mean-term: it lacks a term.",
        "60 laws in float32: B00 B01 B02 B03 B04 B05 B06 B07 and 52 more",
    ]
    assert result["properties"]["laws"] == laws


def test_what_is_expected_is_suppressed_for_its_reason():
    results = run_of(reports_of.wrong())["results"]
    (excused,) = [each for each in results if "suppressions" in each]
    assert excused["ruleId"] == "R02"
    assert excused["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "our layer is frozen at version 2",
        }
    ]


def test_warnings_are_of_level_warning():
    levels = [each["level"] for each in run_of(reports_of.wrong())["results"]]
    assert levels == ["error"] * 4 + ["warning"] * 2 + ["error"]


def test_an_invocation_for_each_target_and_a_notification_for_one_that_is_not_checked():
    run = run_of(reports_of.wrong(), NotChecked("no.py", "no.py is not a file"))
    first, second = run["invocations"]
    assert (first["executionSuccessful"], first["exitCode"]) == (True, 1)
    assert [note["level"] for note in first["toolExecutionNotifications"]] == ["note", "note"]
    assert (second["executionSuccessful"], second["exitCode"]) == (False, 2)
    (note,) = second["toolExecutionNotifications"]
    assert (note["level"], note["message"]["text"]) == ("error", "not checked: no.py is not a file")
    assert {each["provenance"]["invocationIndex"] for each in run["results"]} == {0}


def test_a_fault_of_bncheck_is_no_result_about_the_target():
    run = run_of(replace(reports_of.right(), faults=("the oracle disagrees",)))
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is False


def test_times_are_in_utc_and_left_out_where_they_are_none():
    report = replace(reports_of.right(), started="2026-12-01T21:07:40+01:00", seconds=2.5)
    invocation = run_of(report)["invocations"][0]
    assert invocation["startTimeUtc"] == "2026-12-01T20:07:40.000Z"
    assert invocation["endTimeUtc"] == "2026-12-01T20:07:42.500Z"
    assert "startTimeUtc" not in run_of(reports_of.right())["invocations"][0]


def test_rules_are_told_once_and_within_their_limit():
    long = reports_of.fails("F00", causes=(), statement="y is what it should be, " * 200)
    run = run_of(Report("a.py", (long,)), Report("b.py", (long,)))
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "F00"
    assert len(rule["fullDescription"]["text"]) <= 1024
    assert "`bncheck explain F00`" in rule["help"]["markdown"]
    assert len(run["results"]) == 2


def test_nothing_in_a_message_is_a_link_or_the_place_of_an_argument():
    raised = replace(reports_of.raises("I01", "float32"), reason="KeyError: {0} [a](http://b) {x}")
    (result,) = json.loads(render(Report("bn.py", (raised,))))["runs"][0]["results"]
    assert "KeyError: {{0}} [a] (http://b) {x}" in result["message"]["text"]


def test_more_results_than_are_shown_are_counted():
    report = replace(reports_of.right(), warnings=tuple(f"a{n} {'b' * n}" for n in range(5003)))
    run = run_of(report)
    assert len(run["results"]) == 5000
    (note,) = run["invocations"][-1]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("3 further results are left out")
