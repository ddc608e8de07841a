"""`verify` with a configuration, a baseline and an earlier report."""

import json
import sys
from pathlib import Path

import fake_engine
import golden_files
import pytest

from bncheck.cli import main

CONFIGURATION = """
[tool.bncheck]
seed = 5
budget = "quick"
format = ["text", "json=all.json"]

[[tool.bncheck.targets]]
target = "right"
seed = 6
known = true

[[tool.bncheck.targets]]
name = "bad"
target = "wrong"
format = "json=wrong.json"
"""


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    # one of the report's there is not
    monkeypatch.setattr("bncheck.known.reading._IDS", ("B03", "X03", "I01", "I02"))
    return fake_engine


@pytest.fixture
def configured(tmp_path):
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION)
    return tmp_path


def test_without_a_target_all_are_run(configured, engine, capsys):
    assert main(["verify"]) == 1
    assert [given.seed for given in engine.asked] == [6, 5]
    assert [given.known for given in engine.asked] == [True, False]
    assert {given.budget for given in engine.asked} == {"quick"}
    last = capsys.readouterr().out.splitlines()[-2:]
    assert [line.split()[0] for line in last] == ["right", "bad"]
    assert len(json.loads((configured / "all.json").read_bytes())["reports"]) == 2
    assert json.loads((configured / "wrong.json").read_bytes())["exit_code"] == 1


@pytest.mark.parametrize("word", ["bad", "wrong"])
def test_one_by_its_name_or_target(word, configured, engine):
    assert main(["verify", word]) == 1
    assert [given.seed for given in engine.asked] == [5]
    assert {p.name for p in configured.iterdir()} == {"pyproject.toml", "wrong.json"}


def test_another_target_takes_what_is_for_all(configured, engine):
    assert main(["verify", "nothing"]) == 2
    assert [given.seed for given in engine.asked] == [5]


def test_the_command_line_wins(configured, engine, capsys):
    words = "verify right --seed 9 --budget 3 --no-known --format json --dtype float32"
    assert main(words.split()) == 0
    (given,) = engine.asked
    assert (given.seed, given.budget, given.known, given.dtypes) == (9, 3.0, False, ("float32",))
    assert json.loads(capsys.readouterr().out)["schema"] == "bncheck/report/1"
    assert [p.name for p in configured.iterdir()] == ["pyproject.toml"]


def test_a_wrong_key_is_told(configured, capsys):
    (configured / "pyproject.toml").write_text("[tool.bncheck]\nsed = 1\n")
    assert main(["verify", "right"]) == 2
    told = "pyproject.toml, [tool.bncheck] has the unknown key 'sed'; did you mean 'seed'?"
    assert capsys.readouterr().err == f"bncheck: error: {told}\n"


def test_one_place_for_two_things(configured, capsys):
    text = CONFIGURATION.replace("wrong.json", "all.json")
    (configured / "pyproject.toml").write_text(text)
    assert main(["verify"]) == 2
    assert "several things would be written to" in capsys.readouterr().err
    assert main(["verify", "right", "--baseline", "b", "--update", "--format", "json=b"]) == 2
    assert "several things would be written to" in capsys.readouterr().err


@pytest.fixture
def day(monkeypatch):
    from datetime import date

    for module in ("entry", "baseline"):
        monkeypatch.setattr(f"bncheck.known.{module}.today", lambda: date(2026, 12, 1))


@pytest.mark.usefixtures("day")
def test_a_baseline_is_written_and_pruned(capsys):
    update = ["verify", "wrong", "--baseline", "known.toml", "--update", "--no-known"]
    assert main(update) == 0
    golden_files.check("baseline-updated.txt", capsys.readouterr().out)
    golden_files.check("baseline.toml", Path("known.toml").read_text())
    assert main(["verify", "wrong", "--baseline", "known.toml", "--prune"]) == 1
    assert "baseline known.toml is as it was: nothing to take out" in capsys.readouterr().out


def test_a_baseline_that_cannot_be_written_after_all(monkeypatch, capsys):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bncheck.files.write", full)
    for target in (["wrong"], ["wrong", "right"]):
        words = ["verify", *target, "--baseline", "known.toml", "--update"]
        assert main(words) == 2
        told = capsys.readouterr()
        assert "the baseline cannot be written to 'known.toml'" in told.err
        assert "\nexit 1: " in told.out
    assert not Path("known.toml").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\n", "known.toml should hold [[expected]] entries only, not ['x']"),
        ("[[expected]\n", "known.toml cannot be read as TOML"),
    ],
)
def test_another_file_is_never_taken_for_a_baseline(text, told, capsys):
    Path("known.toml").write_text(text)
    assert main(["verify", "wrong", "--baseline", "known.toml", "--update"]) == 2
    assert told in capsys.readouterr().err
    assert Path("known.toml").read_text() == text


def test_a_file_that_is_wrong_is_told_once(capsys):
    assert main(["verify", "right", "wrong", "--expected", "none.toml"]) == 2
    told = "bncheck: error: --expected none.toml does not exist; this folder has no *.toml\n"
    assert capsys.readouterr() == ("", told)


def test_against_an_earlier_report(capsys):
    assert main(["verify", "right", "--format", "json=old.json"]) == 0
    assert main(["verify", "wrong", "--against", "old.json"]) == 1
    out = capsys.readouterr().out
    assert "  change: new: fails now, and did not: B03 (float32, float64)" in out
    assert main(["verify", "right", "--against", "old.json", "--format", "json=old.json"]) == 0


def test_against_what_is_no_report(capsys):
    Path("old.json").write_text("{}")
    assert main(["verify", "right", "--against", "old.json"]) == 2
    assert "is no report of bncheck: it has schema=None" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("verify a --update", "--update needs a file: --baseline FILE"),
        ("verify a --prune", "--prune needs a file: --baseline FILE"),
        ("verify a --baseline b", "--baseline b does not exist; --update writes it"),
        ("verify a --against b", "--against b does not exist"),
        (
            "verify a --update --baseline no/b",
            "the baseline's folder 'no' does not exist; make it first",
        ),
    ],
)
def test_usage_errors_are_one_sentence(words, message, capsys):
    assert main(words.split()) == 2
    assert capsys.readouterr() == ("", f"bncheck: error: {message}\n")


def test_a_report_of_one_target_alone_says_that_it_was_not_checked(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.bncheck.targets]]\ntarget = "missing"\nformat = "junit=missing.xml"\n'
        '[[tool.bncheck.targets]]\ntarget = "right"\nformat = "junit=right.xml"\n'
    )
    (tmp_path / "missing.xml").write_text("bncheck: what an earlier run found")
    assert main(["verify"]) == 2
    assert "module 'missing' does not exist" in (tmp_path / "missing.xml").read_text()
    assert 'failures="0" errors="0"' in (tmp_path / "right.xml").read_text()
