"""What is told of each thing that is wrong: once, by a name that lasts."""

from dataclasses import replace

import pytest
import reports_of

from bncheck.model import NotChecked, Report
from bncheck.reports.common.problems import of_all, problems


def rules_of(report, level="error"):
    return [each.rule.id for each in problems(report) if each.level == level]


def test_each_cause_once_then_laws_and_errors():
    assert rules_of(reports_of.wrong()) == [
        "missing-mean-term",
        "X03",
        "raises",
        "stale-expectation",
    ]
    assert rules_of(reports_of.wrong(), "warning") == ["beside-the-verdict", "B09"]
    assert rules_of(reports_of.wrong(), "expected") == ["R02"]


def prints(report):
    return {each.rule.id: each.fingerprint for each in problems(report)}


def another_run(report):
    """The same faults after other seeds, edits above them, and with fewer laws."""
    case = reports_of.counterexample(got=9.5, what="dx, entry (3, 7)", file=".bncheck/other.json")
    findings = [
        replace(
            f,
            error=7.0,
            case=case if f.case else None,
            reason=f.reason.replace("my_bn.py:12", "my_bn.py:345"),
        )
        for f in report.findings
        if f.law not in ("B04", "I02")
    ]
    return replace(report, findings=tuple(findings), origin="/home/me/my_bn.py:346")


def test_fingerprints_last():
    assert prints(another_run(reports_of.wrong())) == prints(reports_of.wrong())


def test_of_what_has_no_cause_the_laws_are_no_part_of_the_fingerprint():
    one = Report("bn.py", (reports_of.fails("F00", causes=()), reports_of.fails("B03", causes=())))
    other = Report("bn.py", one.findings[1:])
    assert [each.fingerprint for each in problems(one)] == [
        each.fingerprint for each in problems(other)
    ]


def test_what_is_expected_keeps_its_fingerprint():
    failing = Report("bn.py", (reports_of.fails(),), causes=reports_of.wrong().causes)
    excused = replace(failing, findings=(replace(failing.findings[0], verdict="expected"),))
    (was,), (now,) = problems(failing), problems(excused)
    assert (was.level, now.level) == ("error", "expected")
    assert was.fingerprint == now.fingerprint


def test_other_targets_and_causes_have_others():
    one, other = reports_of.wrong(), replace(reports_of.wrong(), target="other.py")
    assert not set(prints(one).values()) & set(prints(other).values())


def test_one_target_twice_in_a_file_has_two():
    told = [each.fingerprint for some in of_all([reports_of.wrong()] * 2) for each in some]
    assert len(set(told)) == len(told)


def test_what_a_cause_says_is_not_told_again_as_an_error():
    died = "the process ended with exit code 3"
    finding = replace(reports_of.raises("P07", "float32"), causes=("exits",), reason=died)
    cause = {"deviation": "exits", "explains": ["P07"], "text": f"ends the process: {died}"}
    assert rules_of(Report("bn.py", (finding,), causes=(cause,))) == ["exits"]
    other = reports_of.raises("P08", "float32")
    assert rules_of(Report("bn.py", (finding, other), causes=(cause,))) == ["exits", "raises"]


@pytest.mark.parametrize(
    ("outcome", "rule", "of_run"),
    [
        (Report("bn.py", ()), "not-checked", True),
        (replace(reports_of.right(), interrupted=True), "not-checked", True),
        (replace(reports_of.right(), faults=("it",)), "fault-of-bncheck", True),
        (replace(reports_of.right(), missing=("it",)), "missing-ability", False),
        (NotChecked("bn.py", "why"), "not-checked", True),
        (NotChecked("bn.py", "why", 3), "fault-of-bncheck", True),
    ],
)
def test_each_reason_for_an_exit_code_is_told(outcome, rule, of_run):
    (told,) = problems(outcome)
    assert (told.level, told.rule.id, told.of_run) == ("error", rule, of_run)


def test_nothing_is_told_of_what_holds():
    assert problems(reports_of.right()) == ()


def test_an_example_is_told_with_its_input_and_its_command():
    first = problems(reports_of.wrong())[0]
    assert first.title == "missing-mean-term: the gradient lacks the term through the mean"
    assert first.details == (
        "1 law in float32, float64: B03",
        "B03 dx, entry (1, 0): got 0.75, exact 1.99998e-05, allowed 1.2e-06",
        "x = np.array([[0.0], [1.0]], dtype=np.float32), "
        "dy = np.array([[0.0], [1.0]], dtype=np.float32), eps = 1e-05",
        "bncheck replay .bncheck/B03-float32.json",
    )
