"""Several targets in one command: each report in turn, a line for each, one exit code."""

import json
import sys
from dataclasses import replace

import fake_engine
import golden_files
import pytest

from bncheck.cli import main


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    return fake_engine


def test_each_in_turn_and_a_line_for_each(capsys):
    assert main(["verify", "right", "wrong", "missing", "nothing"]) == 1
    told = capsys.readouterr()
    golden_files.check("several.txt", told.out)
    assert told.err.startswith("bncheck: error: module 'missing' does not exist; give a")


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ("right right2", 2),
        ("right missing", 2),
        ("missing wrong", 1),
        ("wrong faulty right", 3),
        ("missing nothing", 2),
    ],
)
def test_the_exit_code_of_several(targets, code, capsys):
    assert main(["verify", *targets.split()]) == code
    assert len(capsys.readouterr().out.rstrip().split("\n\n")[-1].splitlines()) == len(
        targets.split()
    )


def test_json_of_several(capsys):
    assert main(["verify", "wrong", "missing", "faulty", "--format", "json"]) == 3
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "bncheck/reports/1"
    wrong, missing, faulty = data["reports"]
    assert (wrong["schema"], wrong["exit_code"]) == ("bncheck/report/1", 1)
    told = "module 'missing' does not exist; give a file.py or a package.module"
    assert missing == {"target": "missing", "error": told, "exit_code": 2}
    assert (faulty["target"], faulty["exit_code"]) == ("faulty", 3)


def test_files_of_several(capsys, tmp_path):
    words = "verify right wrong --format json=all.json --format text --output all.txt"
    assert main(words.split()) == 1
    assert capsys.readouterr().out == ""
    assert len(json.loads((tmp_path / "all.json").read_bytes())["reports"]) == 2
    lines = (tmp_path / "all.txt").read_bytes().decode("utf-8").splitlines()
    assert [line.split()[0] for line in lines[-2:]] == ["right", "wrong"]


def test_twice_is_once(engine):
    assert main(["verify", "right", "right"]) == 0
    assert len(engine.asked) == 1


@pytest.mark.parametrize("words", ["right --seed 3 wrong", "--seed 3 right wrong"])
def test_options_may_stand_between_targets(words, engine):
    assert main(["verify", *words.split()]) == 1
    assert [given.seed for given in engine.asked] == [3, 3]


def test_after_an_interruption_no_further_one_is_tried(engine, monkeypatch, capsys):
    def run(target, options):
        if target == "wrong":
            raise KeyboardInterrupt
        yield from whole(target, options)

    whole = engine.run
    monkeypatch.setattr(engine, "run", run)
    assert main(["verify", "right", "wrong", "right2", "--format", "json=r.json"]) == 2
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == (
        "right2  exit 2: not checked: interrupted before it was checked"
    )
    assert len(engine.asked) == 1


def test_a_run_that_was_interrupted_is_the_last(engine, monkeypatch):
    def run(target, options):
        *_, finished = whole(target, options)
        yield engine.Finished(replace(finished.report, interrupted=True))

    whole = engine.run
    monkeypatch.setattr(engine, "run", run)
    assert main(["verify", "right", "wrong"]) == 2
    assert len(engine.asked) == 1
