"""`bncheck init`: what it writes works, and what is there is left."""

import shutil
from pathlib import Path

import golden_files
import pytest

from bncheck.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "numpy_layer.py"


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_it_writes_works(folder, capsys):
    shutil.copy(EXAMPLE, folder / "numpy_layer.py")
    assert main(["init"]) == 0
    golden_files.check("init.txt", capsys.readouterr().out)
    for named in ([], ["numpy_layer"]):
        words = ["verify", *named, "--laws", "F00", "--dtype", "float32", "--budget", "quick"]
        assert main(words) == 0
    assert "1 hold" in capsys.readouterr().out


def test_where_nothing_is_found(capsys):
    assert main(["init"]) == 0
    golden_files.check("init-nothing.txt", capsys.readouterr().out)
    assert main(["verify"]) == 2
    assert "pyproject.toml has no [[tool.bncheck.targets]]" in capsys.readouterr().err


def test_what_is_there_is_left(folder, capsys):
    shutil.copy(EXAMPLE, folder / "numpy_layer.py")
    (folder / "pyproject.toml").write_text("[tool.bncheck]\nseed = 1\n")
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / ".github" / "workflows" / "bncheck.yml").write_text("mine\n")
    assert main(["init"]) == 0
    golden_files.check("init-again.txt", capsys.readouterr().out)
    assert (folder / "pyproject.toml").read_text() == "[tool.bncheck]\nseed = 1\n"
    assert (folder / ".github" / "workflows" / "bncheck.yml").read_text() == "mine\n"


def test_a_folder_that_cannot_be_made(folder, capsys):
    (folder / ".github").write_text("a file\n")
    assert main(["init"]) == 2
    told = capsys.readouterr()
    assert told.out.startswith("wrote pyproject.toml")
    assert "workflows cannot be made: " in told.err
