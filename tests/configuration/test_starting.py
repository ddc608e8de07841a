"""The table and the workflow that a project begins with."""

import re
import tomllib

import pytest

from bncheck.configuration import read
from bncheck.configuration.candidates import Candidate
from bncheck.configuration.starting import add_workflow, configure
from bncheck.errors import UsageError

FOUND = [
    Candidate("a/bn.py"),
    Candidate("b/bn.py", ("torch",)),
    Candidate("bn.py:BN", ("torch", "jax")),
    Candidate("plain.onnx", ("onnx",), likely=False),
]


@pytest.mark.parametrize(
    "before",
    [
        None,
        b"",
        b"[project]\nname = 'x'\n",
        b"[project]\nname = 'x'",
        b"# mine\r\n[tool.ruff]\r\nline-length = 100\r\n",
        b"[[tool.other]]\nx = 1\n[tool.other.deep]\n",
    ],
)
def test_the_table_is_put_at_the_end(before, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "pyproject.toml"
    if before is not None:
        path.write_bytes(before)
    step = configure(tmp_path, FOUND)
    assert (step.written, step.why) == (True, "[tool.bncheck] with 3 targets")
    assert path.read_bytes().startswith(before or b"")
    assert b"\r\n" not in (before or b"") or b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    targets = [(each.name, each.target) for each in read().targets]
    assert targets == [("bn", "a/bn.py"), ("bn-2", "b/bn.py"), ("BN", "bn.py:BN")]
    assert b'# target = "plain.onnx"' in path.read_bytes()
    again = configure(tmp_path, FOUND)
    assert (again.written, again.why) == (False, "it has [tool.bncheck] already")


@pytest.mark.parametrize("before", ["tool = { ruff = 1 }\n", "[tool]\nbncheck = 3\n"])
def test_where_it_cannot_stand(before, tmp_path):
    (tmp_path / "pyproject.toml").write_text(before)
    assert not configure(tmp_path, FOUND).written
    assert (tmp_path / "pyproject.toml").read_text() == before


@pytest.mark.parametrize("before", [b"[broken\n", b"\xff", b"\xef\xbb\xbf[project]\n"])
def test_a_file_that_cannot_be_read(before, tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(before)
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        configure(tmp_path, FOUND)
    assert (tmp_path / "pyproject.toml").read_bytes() == before


def test_no_target_is_an_example(tmp_path):
    configure(tmp_path, [])
    text = (tmp_path / "pyproject.toml").read_text()
    assert tomllib.loads(text) == {"tool": {"bncheck": {"budget": "standard"}}}
    assert "# [[tool.bncheck.targets]]" in text


def test_the_workflow_is_a_tree_of_keys(tmp_path):
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "pyproject.toml").write_text("[build-system]\n")
    assert add_workflow(tmp_path, FOUND).written
    path = tmp_path / ".github" / "workflows" / "bncheck.yml"
    lines = path.read_text().splitlines()
    assert all(re.fullmatch(r" *(- )?[a-z-]+: ?.*", line) for line in lines)
    assert all((len(line) - len(line.lstrip())) % 2 == 0 for line in lines)
    assert [line.strip() for line in lines if "run: " in line] == [
        "- run: python -m pip install -r requirements.txt",
        "- run: python -m pip install .",
        "- run: python -m pip install bncheck torch jax",
        "- run: bncheck verify",
    ]
    path.write_text("mine")
    assert not add_workflow(tmp_path, FOUND).written
    assert path.read_text() == "mine"


def test_a_workflow_that_hangs_in_the_air_is_there(tmp_path):
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    link = tmp_path / ".github" / "workflows" / "bncheck.yml"
    link.symlink_to(tmp_path / "nowhere")
    assert not add_workflow(tmp_path, FOUND).written
    assert not (tmp_path / "nowhere").exists()
