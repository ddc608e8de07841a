"""On GitHub: annotations beside the text, a summary, and nothing where something else is asked."""

import sys
from pathlib import Path

import fake_engine
import pytest

from bncheck.cli import main
from bncheck.reports.markdown import MOST_BYTES


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return fake_engine


def annotations(out):
    return [line for line in out.splitlines() if line.startswith("::")]


def summary():
    path = Path("summary.md")
    return path.read_bytes().decode("utf-8") if path.exists() else ""


@pytest.mark.parametrize("words", [[], ["--format", "json=r.json"], ["-q"]])
def test_they_are_shown_beside_the_text(words, capsys):
    assert main(["verify", "wrong", *words]) == 1
    out = capsys.readouterr().out
    assert out.startswith("FAILS ")
    told = annotations(out)
    assert [line.partition(" ")[0] for line in told] == ["::error"] * 4 + ["::warning"] * 2
    assert out.endswith("\n".join(told) + "\n")
    assert "**FAILS**" in summary()


@pytest.mark.parametrize(
    "words", [["--format", "text"], ["--format", "json"], ["--output", "report.txt"]]
)
def test_what_is_asked_for_is_what_is_shown(words, capsys):
    assert main(["verify", "wrong", *words]) == 1
    assert annotations(capsys.readouterr().out) == []
    assert summary() == ""


def test_they_alone_where_they_are_named(capsys):
    assert main(["verify", "wrong", "--format", "github"]) == 1
    out = capsys.readouterr().out
    assert annotations(out) == out.splitlines()
    assert "**FAILS**" in summary()


def test_elsewhere_there_are_none(monkeypatch, capsys):
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert main(["verify", "wrong"]) == 1
    assert annotations(capsys.readouterr().out) == []
    assert summary() == ""
    assert main(["verify", "wrong", "--format", "github"]) == 1
    assert annotations(capsys.readouterr().out)
    assert summary() == ""


def test_of_several_there_are_ten_together(capsys):
    assert main(["verify", "right", "wrong", "missing", "nothing", "faulty"]) == 3
    out = capsys.readouterr().out
    told = annotations(out)
    assert len([line for line in told if line.startswith("::error")]) == 7
    assert out.index("nothing  exit 2") < out.index(told[0])
    for word in ("**HOLDS**", "**FAILS**", "**NOT CHECKED**", "**FAULT OF BNCHECK**"):
        assert word in summary()


@pytest.mark.parametrize(
    "name", ["junit", "sarif", "gitlab", "markdown", "jsonl", "github", "html"]
)
def test_one_target_that_cannot_be_checked_is_told_in_every_format(name, capsys):
    Path("r").write_text("bncheck: what an earlier run found")
    assert main(["verify", "missing", "--format", f"{name}=r"]) == 2
    told = capsys.readouterr()
    assert "does not exist" in Path("r").read_bytes().decode("utf-8")
    assert len(annotations(told.out)) == 1
    assert told.err.startswith("bncheck: error: module 'missing' does not exist")
    assert "**NOT CHECKED**" in summary()


def test_a_fault_of_bncheck_is_told_as_well(capsys):
    assert main(["verify", "faulty", "--format", "junit=r.xml"]) == 3
    told = capsys.readouterr()
    assert "title=bncheck%3A fault-of-bncheck in faulty::" in told.out
    assert "a fault of bncheck itself: the oracle" in Path("r.xml").read_bytes().decode("utf-8")
    assert told.err.count("\n") == 1


def test_an_interruption_is_told_as_well(engine, monkeypatch, capsys):
    def run(target, options):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(engine, "run", run)
    assert main(["verify", "right", "--format", "junit=r.xml"]) == 2
    assert "::not checked: interrupted" in capsys.readouterr().out
    assert 'errors="1"' in Path("r.xml").read_bytes().decode("utf-8")


def test_a_step_that_runs_twice_has_both(capsys):
    main(["verify", "right"])
    main(["verify", "wrong"])
    assert summary().count("## bncheck") == 2


def test_a_summary_is_never_larger_than_github_takes(capsys):
    Path("summary.md").write_bytes(b"x" * (MOST_BYTES - 100))
    assert main(["verify", "wrong"]) == 1
    assert len(summary()) == MOST_BYTES - 100
    Path("summary.md").write_bytes(b"x" * (MOST_BYTES - 5000))
    assert main(["verify", "wrong"]) == 1
    assert MOST_BYTES - 5000 < len(summary()) <= MOST_BYTES


def test_a_summary_that_cannot_be_written_changes_no_exit_code(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary.md"))
    assert main(["verify", "right"]) == 0
    assert "the summary of the job cannot be written" in capsys.readouterr().err
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "")
    assert main(["verify", "right"]) == 0
    assert capsys.readouterr().err == ""


def test_no_line_of_the_text_is_a_command(engine, monkeypatch, capsys):
    from dataclasses import replace

    def report_on(target):
        return replace(whole(target), notes=("w " * 45 + "::stop-commands::x ##[error]y",))

    whole = engine.report_on
    monkeypatch.setattr(engine, "report_on", report_on)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["verify", "right", "--format", "text"]) == 0
    out = capsys.readouterr().out
    assert not any(line.strip().startswith("::") for line in out.splitlines())
    assert "##[" not in out
    assert "stop-commands" in out
