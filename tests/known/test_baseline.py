"""A baseline: written for what fails, pruned of what does not, all else byte for byte."""

import tomllib
from dataclasses import replace
from datetime import date

import pytest
import reports_of

from bncheck.errors import UsageError
from bncheck.known import baseline, existing, read
from bncheck.model import Report

RIGHT = Report("bn.py", (reports_of.holds("B03", "float32"), reports_of.holds("F01", "float32")))
CAUSED = (
    reports_of.fails("B03", "float32"),
    reports_of.fails("B03", "float64"),
    reports_of.fails("B01", "float32"),
    reports_of.fails("B01", "float64"),
    reports_of.fails("B04", "float32"),
)
OTHERS = (
    reports_of.fails("F01", "float32", causes=(), reason="one line\nmore"),
    reports_of.raises("I01", "float64"),
    reports_of.holds("F00", "float32"),
)
WRONG = Report("bn.py", CAUSED + OTHERS)


@pytest.fixture(autouse=True)
def day(monkeypatch, tmp_path):
    monkeypatch.setattr("bncheck.known.entry.today", lambda: date(2026, 12, 1))
    monkeypatch.setattr("bncheck.known.baseline.today", lambda: date(2026, 12, 1))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "baseline.toml"


def revised(report, path, *how):
    wants = {"update": "update" in how, "prune": "prune" in how}
    return baseline.revised(report, path, expected=None, **wants)


def test_an_entry_for_each_cause_and_its_dtypes_or_law(path):
    report = revised(WRONG, path, "update")
    assert path.read_text().startswith(
        """[[expected]]
target = "bn.py"
law = ["B03", "B01"]
dtype = ["float32", "float64"]
cause = "missing-mean-term"
reason = "baseline of 2026-12-01: not yet looked at: missing-mean-term"

[[expected]]
target = "bn.py"
law = "B04"
dtype = "float32"
"""
    )
    reasons = [entry.reason.partition("looked at: ")[2] for entry in read(path)]
    assert reasons[2] == "F01: one line"
    assert reasons[3].startswith("I01: ValueError: operands")
    assert (report.exit_code, report.stale) == (0, ())
    assert report.changes == (
        f"baseline {path} was written: 4 added, with reasons for you to fill in",
    )


def test_what_is_there_is_kept_byte_for_byte(path):
    before = b'# mine\r\n[[expected]] # first\r\nlaw = "B03"\r\nreason = "x"'
    path.write_bytes(before)
    revised(WRONG, path, "update")
    assert path.read_bytes().startswith(before + b"\r\n\r\n[[expected]]\r\ntarget")
    laws = [law for entry in read(path) for law in entry.laws]
    assert laws[:2] == ["B03", "B03"]  # nothing was expected yet, so it is listed as it fails


def test_what_is_expected_already_is_not_added(path):
    first = revised(WRONG, path, "update")
    text = path.read_bytes()
    again = revised(first, path, "update")
    assert path.read_bytes() == text
    assert again.changes[-1].endswith("is as it was: nothing to add")


ENTRIES = {
    "B03": '[[expected]]\nlaw = "B03"\nreason = """\n# no comment\n\n[[expected\n"""\n',
    "F01": "# of an issue\n[[expected]]\nlaw = [\n  'F01', # with\n]\nreason = 'x'\n",
    "I01": '[[ "expected" ]]\nlaw = "I01"\nreason = "x"\n[expected.where]\nHOME = "/"\n',
}
TOP = "# about all of them\n"


@pytest.mark.parametrize("fixed", ["B03", "F01", "I01", "B03 F01", "F01 I01", "B03 F01 I01"])
@pytest.mark.parametrize("order", ["B03 F01 I01", "I01 B03 F01", "F01 I01 B03"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_pruning_takes_out_what_no_longer_fails(order, fixed, newline, path, monkeypatch):
    monkeypatch.setenv("HOME", "/")
    order, fixed = order.split(), fixed.split()
    text = TOP + "\n" + "\n".join(ENTRIES[law] for law in order) + "\n# the end\n"
    path.write_bytes(text.replace("\n", newline).encode())
    findings = [
        reports_of.holds(law, "float32") if law in fixed else reports_of.fails(law, "float32")
        for law in order
    ]
    report = revised(Report("bn.py", tuple(findings)), path, "prune")
    left = path.read_bytes()
    for law in set(order) - set(fixed):
        assert ENTRIES[law].replace("\n", newline).encode() in left
    assert [entry.laws[0] for entry in read(path)] == [law for law in order if law not in fixed]
    assert left.startswith(TOP.strip().encode())
    assert left.endswith(f"# the end{newline}".encode())
    assert (b"# of an issue" in left) == ("F01" not in fixed)
    assert report.exit_code == 0


def test_written_and_pruned_it_is_as_before(path):
    before = f"{TOP}\n{ENTRIES['B03']}"
    path.write_text(before)
    revised(Report("bn.py", OTHERS), path, "update")
    holding = (reports_of.holds("I01", "float64"), reports_of.holds("F01", "float32"))
    revised(Report("bn.py", holding), path, "prune")
    assert path.read_text().rstrip("\n") == before.rstrip("\n")


def test_other_targets_keep_their_entries(path):
    revised(WRONG, path, "update")
    text = path.read_bytes()
    report = revised(replace(RIGHT, target="other.py"), path, "prune")
    assert path.read_bytes() == text
    assert report.exit_code == 0


@pytest.mark.parametrize("text", ['expected = [{ law = "B03", reason = "x" }]\n', ""])
def test_entries_that_are_written_otherwise(text, path):
    path.write_text(text)
    if not text:
        revised(WRONG, path, "update")
        return
    for report, how in ((WRONG, "update"), (RIGHT, "prune")):
        with pytest.raises(UsageError, match="entries should be") as caught:
            revised(report, path, how)
        assert str(path) in str(caught.value)
    assert path.read_text() == text


@pytest.mark.parametrize("change", [{"interrupted": True}, {"faults": ("x",)}])
def test_half_a_run_changes_nothing(change, path):
    report = revised(replace(WRONG, **change), path, "update", "prune")
    assert not path.exists()
    assert "left as it is" in report.changes[-1]


@pytest.mark.parametrize("target", ['a"b\\.py', "a[1]*.py", "ü\udc80.py", "a\nb.py", "m:Layer"])
def test_any_target_is_meant_by_its_own_entry(target, path):
    report = revised(replace(WRONG, target=target), path, "update")
    assert report.exit_code == 0
    tomllib.loads(path.read_text(encoding="utf-8"))
    assert revised(replace(WRONG, target="a1.py"), path, "prune").exit_code == 1


def test_where_nothing_fails_there_is_an_empty_baseline(path):
    report = revised(RIGHT, path, "update")
    assert (path.read_bytes(), report.exit_code) == (b"", 0)


def test_a_baseline_has_to_be_there_or_to_be_made(path):
    with pytest.raises(UsageError, match="does not exist; --update writes it"):
        existing(path, update=False)
    assert existing(path, update=True) is None
    with pytest.raises(UsageError, match="which is a folder"):
        existing(path.parent, update=True)
    with pytest.raises(UsageError, match="should be a file of its own"):
        existing(path.with_name("pyproject.toml"), update=True)
    path.touch()
    assert existing(path, update=False) == path
