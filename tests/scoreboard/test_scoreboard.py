"""The scoreboard: rows, what is expected to fail, and the page."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bncheck.errors import UsageError
from bncheck.known import NEEDED, faults
from bncheck.known import read as read_faults
from bncheck.scoreboard import board, expected
from bncheck.scoreboard import entries as listed
from bncheck.scoreboard.__main__ import main
from bncheck.scoreboard.board import Row
from bncheck.scoreboard.entries import ENTRIES, Entry
from bncheck.scoreboard.page import page

ROW = Row(
    "a.BatchNorm",
    "a:BatchNorm",
    "1.2",
    "0.1.0",
    "2026-11-21",
    abilities=("backward",),
    dtypes=("float32",),
    counts={"holds": 90, "fails": 2, "skipped": 5},
    failing=(("F00", "float32"), ("B01", "float32")),
    causes=("one-pass-variance",),
    observed={"variance_algorithm": "one-pass", "running_var": "biased"},
    keeps={"y": 32.0},
    seconds=12.3,
)
ENTRY = """
[[expected]]
target = "a:BatchNorm"
versions = "a==1.2"
law = ["F00", "B01"]
reason = "one-pass variance"
page = "a.md"
"""


@pytest.fixture
def known(tmp_path):
    def read(text=ENTRY):
        path = tmp_path / "expected.toml"
        path.write_text(text, encoding="utf-8")
        return read_faults(path, NEEDED)

    return read


def test_what_is_expected_and_fails_is_no_problem(known):
    assert list(expected.problems(known(), [ROW])) == []


def test_a_failure_that_nobody_expects_is_a_problem(known):
    worse = replace(ROW, failing=(*ROW.failing, ("I01", "float64")))
    (problem,) = expected.problems(known(), [worse])
    assert problem == "a.BatchNorm 1.2 fails I01 in float64, and no entry expects that"


def test_an_entry_for_which_nothing_fails_is_stale(known):
    (problem,) = expected.problems(known(), [replace(ROW, failing=(("F00", "float32"),))])
    assert problem == "a.BatchNorm 1.2 is expected to fail B01, but does not"


def test_an_entry_about_another_version_does_not_count(known):
    found = list(expected.problems(known(), [replace(ROW, version="1.3")]))
    assert len(found) == 2
    assert all("no entry expects" in problem for problem in found)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('versions = "a==1.2"', "needs a versions"),
        ('law = ["F00", "B01"]', "needs a law"),
        ('page = "a.md"', "needs a page"),
        ("reason", "unknown key 'because'"),
        ('"a==1.2"', "should have one such as torch==2.13"),
    ],
)
def test_a_wrong_file_is_refused(known, change, told):
    new = {"reason": "because", '"a==1.2"': '"1.2"'}.get(change, "")
    with pytest.raises(UsageError, match=told):
        known(ENTRY.replace(change, new))


def test_rows_survive_the_file_and_are_merged(tmp_path):
    path = tmp_path / "board.json"
    read = board.loads(board.dumps([ROW]), path)
    assert read == (ROW,)
    newer, other = replace(ROW, version="1.3"), replace(ROW, name="b.BatchNorm")
    rows = board.merged(read, [newer, other], ["b.BatchNorm", "a.BatchNorm"])
    assert rows == (other, newer)
    with pytest.raises(UsageError, match="not a scoreboard"):
        board.loads("[]", path)


def test_the_page_links_each_failure_to_its_finding(known):
    text = page([ROW, replace(ROW, name="c", failing=(), refused="it does not import")], known())
    assert "| a.BatchNorm | 1.2 | 90 / 2 / 5 | one-pass | 3e+01 | running_var biased |" in text
    assert "one-pass variance ([finding](findings/a.md)): F00 (float32), B01 (float32)" in text
    assert "not checked: it does not import" in text


def test_names_are_given_once():
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)


def test_the_command_measures_what_is_installed(tmp_path, monkeypatch, capsys):
    example = "examples/numpy_layer.py"
    mine = Entry("numpy", example, ("numpy",), {"BNCHECK_TEST": "1"}, ("float32",))
    missing = Entry("missing", "nothing:Here", ("no-such-distribution",))
    monkeypatch.setattr("bncheck.scoreboard.__main__.ENTRIES", (mine, missing))
    monkeypatch.setattr("sys.argv", ["x", "--budget", "quick", "--folder", str(tmp_path)])
    assert main() == 0
    told = capsys.readouterr().err
    assert "missing: not installed (no-such-distribution)" in told
    data = json.loads((tmp_path / "scoreboard.json").read_text(encoding="utf-8"))
    (row,) = data["rows"]
    assert row["observed"]["variance_algorithm"] == "two-pass"
    assert row["counts"]["holds"] > 90
    assert "backward" in row["abilities"]
    assert "| numpy |" in (tmp_path / "scoreboard.md").read_text(encoding="utf-8")


def test_a_missing_package_has_no_version():
    assert listed.Entry("x", "x", ("no-such-distribution",)).version() is None
    assert listed.Entry("x", "x", ("numpy", "no-such-distribution")).version() is None
    assert listed.Entry("x", "x", ("numpy",)).version()


ROOT = Path(__file__).parents[2]


def test_the_board_that_is_committed_has_no_failure_without_a_reason():
    data = ROOT / "docs" / "scoreboard.json"
    rows = board.loads(data.read_text(encoding="utf-8"), data)
    known = faults()
    assert all((ROOT / "docs" / "findings" / fault.page).is_file() for fault in known)
    assert list(expected.problems(known, rows)) == []
    assert (ROOT / "docs" / "scoreboard.md").read_text(encoding="utf-8") == page(rows, known)
