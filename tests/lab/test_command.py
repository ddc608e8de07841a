"""``bncheck lab``: what is shown, what is kept, and sentences for what cannot be done."""

import json
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest

from bncheck.cli import lab as command
from bncheck.cli import main
from bncheck.lab import catalogue, checking, model, renderers, running, store


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def lab(capsys, *words):
    code = main(["lab", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_all_claims_are_listed(capsys):
    code, out, err = lab(capsys, "list")
    assert (code, err) == (0, "")
    assert [e.id for e in catalogue.EXPERIMENTS] == [
        line[:3] for line in out.splitlines() if line.startswith("E")
    ]


def test_one_is_explained_in_any_case(capsys):
    code, out, _ = lab(capsys, "list", "e12")
    assert code == 0
    assert "bit for bit" in out
    assert "W07" in out


def test_what_is_measured_is_kept_and_not_measured_again(capsys, here):
    code, out, err = lab(capsys, "run", "E14", "E15")
    assert (code, err) == (0, "")
    assert "E14 Joint whitening is singular for small batches: holds" in out
    kept = store.read(here / ".bncheck" / "lab.jsonl").records
    assert {(r.experiment, r.seed) for r in kept if r.cell == "wine"} == {
        ("E15", seed) for seed in range(100, 106)
    }
    again = lab(capsys, "run", "E14", "E15")
    assert again == (0, out, "")
    assert store.read(here / ".bncheck" / "lab.jsonl").records == kept


def test_fresh_keeps_the_old_file(capsys, here):
    lab(capsys, "run", "E15", "--output", "mine.jsonl")
    before = (here / "mine.jsonl").read_text()
    code, _, err = lab(capsys, "run", "E15", "--output", "mine.jsonl", "--fresh", "--seed", "7")
    assert code == 0
    assert "it is kept as mine.jsonl.old" in err
    assert (here / "mine.jsonl.old").read_text() == before
    assert {r.seed for r in store.read(here / "mine.jsonl").records} == set(range(7, 13))


def test_a_torn_file_goes_on(capsys, here):
    lab(capsys, "run", "E15")
    path = here / ".bncheck" / "lab.jsonl"
    whole = path.read_text()
    path.write_text(whole[:-30])
    code, _, err = lab(capsys, "run", "E15")
    assert code == 0
    assert "torn" in err
    assert len(store.read(path).records) == whole.count("\n") - 1


@pytest.mark.parametrize("name", ["text", "markdown", "html", "json"])
def test_reports(capsys, here, name):
    lab(capsys, "run", "E15")
    code, out, err = lab(capsys, "report", "E15", "--format", name)
    assert (code, err) == (0, "")
    assert "E15" in out
    if name == "json":
        json.loads(out)
    code, shown, _ = lab(capsys, "report", "E15", "--format", name, "--output", "report")
    assert (code, shown) == (0, "")
    assert "E15" in (here / "report").read_text()


WRONG = {
    "unknown": (
        ("run", "E99"),
        "there is no experiment 'E99'; `bncheck lab list` lists E01 to E19",
    ),
    "no such file": (("report", "--input", "none.jsonl"), "there is no such file"),
    "nothing measured": (("report",), "has no records as experiments are defined today"),
    "data that is not read": (("run", "E01", "--data", "x"), "--data is read with --budget thor"),
    "a file with a target": (("run", "E19", "--target", "x.py", "--output", "y"), "--output says"),
    "processes with a target": (("run", "E19", "--target", "x.py", "--jobs", "2"), "--jobs says"),
    "a target for another": (("run", "E01", "--target", "x.py"), "--target is for E19 alone"),
    "an option of another": (("list", "--jobs", "2"), "option '--jobs' does not exist"),
    "an option that is none": (("run", "--jbs", "2"), "did you mean '--jobs'"),
    "nothing": ((), "WHAT"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_done_is_one_sentence(capsys, wrong):
    words, says = WRONG[wrong]
    code, out, err = lab(capsys, *words)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_an_older_numpy_is_refused_in_a_sentence(capsys, monkeypatch):
    monkeypatch.delattr(np, "trapezoid")
    code, out, err = lab(capsys, "run", "E15")
    assert (code, out) == (2, "")
    assert "the lab needs NumPy 2" in err


def test_a_foreign_file_is_not_written_to(capsys, here):
    (here / "mine.csv").write_text("a,b\n1,2\n")
    code, _, err = lab(capsys, "run", "E15", "--output", "mine.csv")
    assert code == 2
    assert "is no file of results of the lab" in err
    assert (here / "mine.csv").read_text() == "a,b\n1,2\n"


def test_records_of_another_definition_are_told_and_stay(capsys, here):
    lab(capsys, "run", "E15")
    path = here / ".bncheck" / "lab.jsonl"
    digest = catalogue.definition(catalogue.BY_ID["E15"])
    path.write_text(path.read_text().replace(digest, "0" * 16))
    code, out, _ = lab(capsys, "report", "E15")
    assert code == 2
    lab(capsys, "run", "E15")
    code, out, _ = lab(capsys, "report", "E15")
    assert code == 0
    assert "18 records of another definition left out" in out


def test_ctrl_c_keeps_what_is_done(here):
    command = [sys.executable, "-P", "-m", "bncheck", "lab", "run", "E09", "E05", "--jobs", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    path = here / ".bncheck" / "lab.jsonl"
    until = time.monotonic() + 240
    while time.monotonic() < until and not (path.exists() and path.read_text().count("\n") > 2):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 2, err
    assert "interrupted; " in err
    assert "Traceback" not in err
    kept = store.read(path)
    assert len(kept.records) >= 2
    assert kept.torn == ""
    assert f"{len(kept.records)} new records are kept in .bncheck/lab.jsonl" in err
    assert "E09" in out


def test_a_process_that_is_gone_loses_nothing(capsys, here, monkeypatch):
    def gone(*args, **options):
        yield from ()
        raise BrokenProcessPool("x")

    lab(capsys, "run", "E15")
    monkeypatch.setattr(running, "run", gone)
    code, out, err = lab(capsys, "run", "E15")
    assert code == 2
    assert "a process was ended from outside" in err
    assert "E15" in out


def test_a_law_that_is_broken_is_exit_1(capsys, monkeypatch):
    lab(capsys, "run", "E14")
    path = store.read
    monkeypatch.setattr(
        store,
        "read",
        lambda place: type(path(place))(
            tuple(
                store.Record(**{**vars(r), "effects": {**r.effects, "rank": 4.0}})
                for r in path(place).records
            )
        ),
    )
    code, out, _ = lab(capsys, "report", "E14")
    assert code == 1
    assert "broken" in out


def test_what_can_be_asked_is_what_there_is():
    """The words of the options stand in the command, so that --help imports nothing else."""
    assert command.FORMATS == renderers.FORMATS
    assert command.BUDGETS == model.BUDGETS


def test_what_check_leaves_out_is_told_once_for_each_reason(here, capsys, monkeypatch):
    found = [
        checking.Checked("E01", "digits", left_out="it is not here"),
        checking.Checked("E02", "digits"),
        checking.Checked("E03", "digits", left_out="it is not here"),
        checking.Checked("E04", "rate 2", "loss 1 is 2, registered 1"),
    ]
    monkeypatch.setattr(checking, "check", lambda experiments, given: iter(found))
    assert main(["lab", "check"]) == 1
    out, err = capsys.readouterr()
    assert err == "bncheck: left out: E01 digits, E03 digits: it is not here\n"
    assert out.splitlines() == [
        "E02 digits: as registered",
        "E04 rate 2: loss 1 is 2, registered 1",
        "1 of 2 come out as registered",
    ]
