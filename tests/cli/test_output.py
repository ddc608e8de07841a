"""Where reports go: tried before the run, and never over what is checked."""

import json
import os
import sys

import fake_engine
import pytest

from bncheck.cli import main


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    return fake_engine


def refused(words, capsys):
    """What is said where a command refuses, without having run anything."""
    assert main(words) == 2
    told = capsys.readouterr()
    assert (told.out, fake_engine.asked) == ("", [])
    return told.err


@pytest.mark.parametrize("option", ["--output", "--format"])
@pytest.mark.parametrize(
    ("place", "says"),
    [
        (".", "which is a folder"),
        ("none/r.txt", "folder 'none' does not exist; make it first"),
        ("file/r.txt", "folder 'file' does not exist"),
        ("x" * 300, "File name too long"),
        ("loop", "Too many levels of symbolic links"),
    ],
)
def test_places_are_tried_before_the_run(option, place, says, capsys, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    value = f"json={place}" if option == "--format" else place
    assert says in refused(["verify", "right", option, value], capsys)


PACKAGE = {
    "pack/__init__.py": "",
    "pack/deep/__init__.py": "",
    "pack/deep/layer.py": "x = 1\n",
    "pack/weights.json": '{"gamma": 1}',
    "pack/old.json": '{"schema": "bncheck/report/1"}',
    "pack/empty.json": "",
    "other.py": "y = 2\n",
    "known.toml": "",
    "notes.txt": "mine",
}
TARGET = "pack/deep/layer.py"


@pytest.fixture
def package(tmp_path):
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "link.txt").symlink_to(TARGET)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (TARGET, TARGET),
        (TARGET, f"./pack/../{TARGET}"),
        (f"{TARGET}:NAME", TARGET),
        ("pack.deep.layer", TARGET),
        ("pack.deep.layer:NAME", TARGET),
        ("pack", "pack/__init__.py"),
        (TARGET, "link.txt"),
        (TARGET, "pack/weights.json"),
        ("pack.deep.layer", "pack/weights.json"),
        (TARGET, "other.py"),
        ("other.py", "known.toml"),
    ],
)
def test_no_code_is_overwritten(target, place, package, capsys):
    for words in (["--output", place], ["--format", f"json={place}"]):
        assert "would overwrite" in refused(["verify", target, *words], capsys)
    assert "would overwrite" in refused(["compare", "right", target, "--output", place], capsys)
    assert "would overwrite" in refused(["fingerprint", target, "--output", place], capsys)
    assert (package / place).read_text() == PACKAGE.get(os.path.normpath(place), "x = 1\n")


@pytest.mark.parametrize(
    "place", ["pack/old.json", "pack/empty.json", "pack/new.json", "notes.txt"]
)
def test_reports_are_written_anew(place, package):
    assert main(["verify", TARGET, "--format", f"json={place}"]) == 2  # nothing is there to check
    assert json.loads((package / place).read_bytes())["target"] == TARGET


def test_what_is_expected_is_not_overwritten(package, capsys):
    (package / "expected").write_text("")
    words = ["verify", "right", "--expected", "expected", "--output", "expected"]
    assert "would overwrite 'expected'" in refused(words, capsys)


def test_claims_are_not_overwritten(tmp_path, capsys):
    (tmp_path / "claims").write_text("[[claim]]\n")
    assert "would overwrite 'claims'" in refused(["claim", "claims", "--output", "claims"], capsys)


@pytest.mark.parametrize("place", ["-", "/dev/stdout"])
def test_standard_output_by_its_names(place, tmp_path, capsys):
    assert main(["verify", "right", "--output", place, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert main(["verify", "right", "--output", "r.txt", "--format", f"json={place}"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert [p.name for p in tmp_path.iterdir()] == ["r.txt"]


def test_two_names_of_one_place(capsys, tmp_path):
    words = ["verify", "right", "--format", "json=r", "--output", f"../{tmp_path.name}/r"]
    assert "json and text would go to the same place" in refused(words, capsys)


def test_a_report_that_cannot_be_written_after_all_is_shown(monkeypatch, capsys, tmp_path):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bncheck.files.write", full)
    assert main(["verify", "wrong", "--output", "r.txt", "--format", "json=r.json"]) == 2
    told = capsys.readouterr()
    assert "exit 1: " in told.out
    assert "'r.json': No space left on device, 'r.txt': No space left" in told.err
