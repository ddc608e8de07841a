"""What entries make of findings, and which entries are told to be stale."""

from datetime import date
from pathlib import Path

import pytest
import reports_of

from bncheck.errors import UsageError
from bncheck.known import apply, idle, of, stale, wanted

FAILS = reports_of.fails("B03", "float32")
HOLDS = reports_of.holds("F01", "float32")
TARGET = "bn.py"


@pytest.fixture(autouse=True)
def day(monkeypatch):
    monkeypatch.setattr("bncheck.known.entry.today", lambda: date(2026, 12, 1))


def entries(*keys, folder=Path()):
    return of([{"law": "B03", "reason": "known"} | each for each in keys], "x", folder)


def judged(given, *findings, target=TARGET):
    findings = tuple(apply(given, target, finding) for finding in findings)
    return [f.verdict for f in findings], stale(given, target, findings)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"law": ["F00", "B*"]},
        {"dtype": "*32"},
        {"target": ["other.py", "bn.*"]},
        {"versions": "numpy==*"},
        {"versions": "numpy==*, python==3.*"},
        {"expires": "2026-12-01"},
        {"where": {}},
    ],
)
def test_what_is_expected(keys):
    assert judged(entries(keys), FAILS) == (["expected"], ())


@pytest.mark.parametrize(
    "keys",
    [
        {"law": "F*"},
        {"dtype": "float64"},
        {"target": "other.py"},
        {"versions": "numpy==1.0"},
        {"versions": "no-such-distribution==*"},
        {"where": {"NOBODY_SETS_THIS": "1"}},
    ],
)
@pytest.mark.parametrize("finding", [FAILS, reports_of.holds("B03", "float32")])
def test_an_entry_about_something_else_says_nothing(keys, finding):
    assert judged(entries(keys), finding) == ([finding.verdict], ())


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, "B03 is expected to fail (known), but does not; take the entry out"),
        ({"law": ["F01", "B03"]}, "F01, B03 is expected to fail"),
        ({"dtype": "*32", "target": "bn.py"}, "B03 (*32) is expected to fail (known), but"),
        ({"expires": "2026-11-30"}, "B03 is expected to fail (known), but does not"),
    ],
)
def test_stale(keys, told):
    _, (said,) = judged(entries(keys), HOLDS, reports_of.holds("B03", "float32"))
    assert said.startswith(told)


def test_of_a_pattern_one_failure_is_enough():
    given = entries({"law": ["B03", "F01"]})
    verdicts, said = judged(given, FAILS, HOLDS)
    assert (verdicts, said) == (["expected", "holds"], ())
    (note,) = idle(given, TARGET, [apply(given, TARGET, FAILS), HOLDS])
    assert note == (
        "of what is expected to fail together (known), this does not and can be taken out: F01"
    )


@pytest.mark.parametrize("reason", ["budget: too short", "excluded: by !", "slow: a call"])
def test_what_was_not_tried_says_nothing(reason):
    assert judged(entries({}), reports_of.skipped("B03", "float32", reason))[1] == ()


def test_what_the_target_cannot_do_does_not_fail():
    assert judged(entries({}), reports_of.skipped("B03", "float32"))[1] != ()


def test_an_expired_entry_does_not_apply_and_is_told():
    verdicts, (said,) = judged(entries({"expires": "2026-11-30"}), FAILS)
    assert verdicts == ["fails"]
    assert said == (
        "B03 was expected to fail (known) until 2026-11-30; that has expired, so the failure counts"
    )


@pytest.mark.parametrize("target", ["bn.py", "./bn.py", "../{here}/bn.py", "{folder}/bn.py"])
def test_a_file_is_known_however_it_is_written(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = target.format(here=tmp_path.name, folder=tmp_path)
    given = entries({"target": "bn.py"}, folder=tmp_path)
    assert judged(given, FAILS, target=target)[0] == ["expected"]


def test_a_file_is_known_from_the_folder_of_the_entries(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    given = entries({"target": "deep/bn.py:Layer"}, folder=tmp_path)
    assert judged(given, FAILS, target="bn.py:Layer")[0] == ["expected"]
    assert judged(given, FAILS, target="bn.py:Other")[0] == ["fails"]


@pytest.mark.parametrize("local", ["", "+cpu"])
@pytest.mark.parametrize(
    ("pattern", "here"),
    [("2.13.0", True), ("2.13.*", True), ("2.13.0.*", True), ("2.1", False), ("2.14.*", False)],
)
def test_versions_are_compared_as_pip_does(local, pattern, here, monkeypatch):
    monkeypatch.setattr("bncheck.known.entry.metadata.version", {"torch": f"2.13.0{local}"}.get)
    verdicts, _ = judged(entries({"versions": f"torch=={pattern}"}), FAILS)
    assert verdicts == ["expected" if here else "fails"]


def test_the_option_is_named_where_a_file_is_wrong(tmp_path):
    for option in ("expected", "baseline"):
        with pytest.raises(UsageError, match=rf"^--{option} .* does not exist; .* has no \*.toml$"):
            wanted(**({"expected": None, "baseline": None} | {option: tmp_path / "none.toml"}))
    with pytest.raises(UsageError, match="should be a file of its own"):
        wanted(None, tmp_path / "pyproject.toml")
