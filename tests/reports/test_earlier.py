"""What is new, fixed or worse than in an earlier report, which is data and not trusted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import reports_of

from bncheck.errors import UsageError
from bncheck.model import NotChecked, Report
from bncheck.reports import earlier
from bncheck.reports.common import reading
from bncheck.reports.json import SCHEMA, SEVERAL, render, render_several
from bncheck.reports.text import render as render_text

PATH = Path("old.json")


def report(*findings, target="bn.py", **more):
    return Report(target, findings, **more)


@pytest.fixture
def since(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def changes(then, now):
        text = render_several(then) if isinstance(then, list) else render(then)
        PATH.write_text(text)
        return earlier.read(PATH).changes(now)

    return changes


HOLDS, FAILS = reports_of.holds("B03", "float32"), reports_of.fails("B03", "float32")
EXPECTED = reports_of.expected("B03", "float32")
SKIPPED = reports_of.skipped("B03", "float32")


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (HOLDS, FAILS, "new: fails now, and did not: B03 (float32)"),
        (SKIPPED, FAILS, "new: fails now, and did not: B03 (float32)"),
        (HOLDS, EXPECTED, "new: fails now, and did not: B03 (float32)"),
        (FAILS, HOLDS, "fixed: failed, and holds now: B03 (float32)"),
        (EXPECTED, HOLDS, "fixed: failed, and holds now: B03 (float32)"),
        (FAILS, SKIPPED, "failed, and was not tried now: B03 (float32)"),
        (FAILS, reports_of.holds("F01", "float32"), "failed, and was not tried now: B03 (float32)"),
        (
            FAILS,
            replace(FAILS, error=1.6),
            "worse: the margin is more than 2 times what it was: "
            "B03 (float32: 6.2e+05 to 1.3e+06 times the bound)",
        ),
        (HOLDS, replace(HOLDS, error=2.39e-6), "worse: "),
        (FAILS, replace(FAILS, error=1.4), "nothing is new, fixed or worse than in old.json"),
        (FAILS, EXPECTED, "nothing is new, fixed or worse than in old.json"),
        (HOLDS, HOLDS, "nothing is new, fixed or worse than in old.json"),
    ],
)
def test_changes(then, now, told, since):
    (said,) = since(report(then), report(now))
    assert said.startswith(told)


def test_they_are_listed_by_law_and_not_without_end(since):
    now = [reports_of.fails(f"B{n:02}", d) for n in range(20) for d in ("float32", "float64")]
    (said,) = since(report(), report(*now))
    assert "B00 (float32, float64), B01" in said
    assert said.endswith("B11 (float32, float64) and 8 more laws")


def test_another_target_another_seed(since):
    then = report(HOLDS, target="old.py", environment={"seed": 1})
    first, second, _ = since(then, report(HOLDS, environment={"seed": 0}))
    assert first == "it is compared with a report on 'old.py'"
    assert second == "the earlier run had seed 1, this one 0"


def test_of_several_the_one_on_the_target(since):
    then = [report(HOLDS, target="a.py"), report(FAILS), NotChecked("c.py", "no such file")]
    assert since(then, report(HOLDS)) == ("fixed: failed, and holds now: B03 (float32)",)
    assert "has no report on d.py" in since(then, report(HOLDS, target="d.py"))[0]
    told = "in old.json, the target could not be checked: no such file"
    assert since(then, report(HOLDS, target="c.py")) == (told,)


def test_it_changes_text_and_json_and_no_exit_code():
    plain, changed = reports_of.right(), replace(reports_of.right(), changes=("new: B03",))
    assert changed.exit_code == plain.exit_code
    assert json.loads(render(changed))["changes"] == ["new: B03"]
    assert "  change: new: B03\n" in render_text(changed)
    assert "\n\nChanges\n  - new: B03\n\n" in render_text(changed, verbosity=2)
    assert "hange" not in render_text(plain, verbosity=1)


def test_the_schemas_are_those_that_are_written():
    assert reading.SCHEMAS == (SCHEMA, SEVERAL)


GOOD = {"schema": SCHEMA, "target": "x", "findings": []}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[]", "is no report of bncheck: it has schema=None"),
        ('{"schema": "bncheck/case/1"}', "has schema='bncheck/case/1', but should have"),
        (json.dumps({"schema": SEVERAL, "reports": 3}), "has reports=3, but should have a list"),
        (json.dumps({"schema": SEVERAL, "reports": [3]}), "names no target: 3"),
        (json.dumps(GOOD | {"findings": 3}), "without findings"),
        (json.dumps(GOOD | {"environment": 3}), "without findings or environment"),
        (json.dumps(GOOD | {"findings": [{"law": "B03"}]}), "has the finding {'law': 'B03'}, but"),
        (
            json.dumps(GOOD | {"findings": [{"law": [], "dtype": "x", "verdict": "holds"}]}),
            "should have law, dtype, verdict",
        ),
        (
            json.dumps(GOOD | {"findings": [{"law": "B03", "dtype": "x", "verdict": []}]}),
            "should have law, dtype, verdict",
        ),
    ],
)
def test_a_file_that_is_no_report(text, told, tmp_path):
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        earlier.read(path)
    assert str(caught.value).startswith(f"--against {path} ")
    assert told in str(caught.value)


@pytest.mark.parametrize("margin", [10**400, "inf", "nan", None, True, [], {}, "9", -1])
def test_any_margin_is_survived(margin, tmp_path):
    finding = {"law": "B03", "dtype": "float32", "verdict": "fails", "margin": margin}
    (tmp_path / "old.json").write_text(json.dumps(GOOD | {"findings": [finding]}))
    assert len(earlier.read(tmp_path / "old.json").changes(report(FAILS))) == 2


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"--against .* does not exist"):
        earlier.read(tmp_path / "none.json")
