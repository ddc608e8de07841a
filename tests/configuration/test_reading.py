"""`[tool.bncheck]`: every key, where it is looked for, and what is refused in one sentence."""

from dataclasses import fields
from pathlib import Path

import pytest

from bncheck.configuration import Configuration, Target, read
from bncheck.configuration.reading import OPTIONS
from bncheck.engine import Options
from bncheck.errors import UsageError

FULL = """
[project]
name = "mine"

[tool.bncheck]
laws = ["B*", "!B03"]
dtypes = "float32"
budget = 2.5
seed = 7
jobs = 2
timeout = 1
load-timeout = 2
profile = "torch"
require = "eval,running"
known = true
fail-fast = true
device = "cpu"
expected = "ci/known.toml"
baseline = "ci/baseline.toml"
format = ["text", "json=out/all.json"]

[[tool.bncheck.targets]]
name = "mine"
target = "src/bn.py:Layer"
budget = "quick"
expected = "other.toml"
format = "json=out/mine.json"

[[tool.bncheck.targets]]
target = "torch.nn:BatchNorm1d"
"""


@pytest.fixture
def configured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "pyproject.toml").write_text(text)
        return read()

    return write


def test_every_key(configured):
    found = configured(FULL)
    assert found.file == Path("pyproject.toml")
    assert found.given == {
        "laws": ("B*", "!B03"),
        "dtypes": ("float32",),
        "budget": 2.5,
        "seed": 7,
        "jobs": 2,
        "timeout": 1.0,
        "load_timeout": 2.0,
        "profile": "torch",
        "require": ("eval,running",),
        "known": True,
        "fail_fast": True,
        "device": "cpu",
        "expected": Path("ci/known.toml"),
        "baseline": Path("ci/baseline.toml"),
    }
    assert found.formats == ("text", "json=out/all.json")
    mine, torch = found.targets
    assert (mine.target, mine.name) == ("src/bn.py:Layer", "mine")
    assert mine.given == {
        **found.given,
        "budget": "quick",
        "expected": Path("other.toml"),
    }
    assert (mine.formats, mine.own_formats) == (found.formats, ("json=out/mine.json",))
    assert torch == Target(
        "torch.nn:BatchNorm1d", given=found.given, formats=found.formats, own_formats=()
    )


def test_each_key_is_an_option():
    assert set(OPTIONS.values()) <= {field.name for field in fields(Options)}


def test_from_a_folder_below(configured, tmp_path, monkeypatch):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    configured(FULL + '[[tool.bncheck.targets]]\ntarget = "/abs/bn.py"\n')
    monkeypatch.chdir(tmp_path / "deep" / "er")
    found = read()
    assert found.file == Path("../../pyproject.toml")
    assert found.given["expected"] == Path("../../ci/known.toml")
    assert found.formats == ("text", "json=../../out/all.json")
    targets = [each.target for each in found.targets]
    assert targets == ["../../src/bn.py:Layer", "torch.nn:BatchNorm1d", "/abs/bn.py"]
    assert found.chosen(["../../src/bn.py:Layer"]) == found.targets[:1]
    assert read(tmp_path) == found


def test_the_first_pyproject_is_the_one(configured, tmp_path, monkeypatch):
    configured(FULL)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "pyproject.toml").write_text("[project]\n")
    monkeypatch.chdir(tmp_path / "deep")
    assert read() == Configuration()


@pytest.mark.parametrize("text", ["", "[project]\n", "[broken\n", 'tool = "bncheck"\n', "\udcff"])
def test_a_file_that_says_nothing_of_us(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read() == Configuration()


def test_what_is_meant(configured):
    found = configured(FULL)
    mine, torch = found.targets
    assert found.chosen([]) == (mine, torch)
    assert found.chosen(["mine"]) == found.chosen(["./src/../src/bn.py:Layer"]) == (mine,)
    assert found.chosen(["torch.nn:BatchNorm1d", "mine", "mine"]) == (torch, mine)
    assert found.chosen(["x.py"]) == (Target("x.py", given=found.given, formats=found.formats),)


def test_entries_of_what_is_expected(configured):
    found = configured('[[tool.bncheck.expected]]\nlaw = "F00"\nreason = "x"\n')
    assert found.given == {"expected": Path("pyproject.toml")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tool.bncheck\n", "pyproject.toml cannot be read as TOML"),
        ("[tool]\nbncheck = 3\n", "[tool.bncheck] is 3, but should be a table"),
        ("[tool.bncheck]\ndtype = 'float32'\n", "the unknown key 'dtype'; did you mean 'dtypes'?"),
        ("[tool.bncheck]\nload_timeout = 3\n", "'load_timeout'; did you mean 'load-timeout'?"),
        ("[tool.bncheck]\nbudget = 'quik'\n", "[tool.bncheck]: budget='quik', but should be smoke"),
        ("[tool.bncheck]\ndtypes = 'flaot32'\n", "dtype='flaot32' is not checked; did you mean"),
        ("[tool.bncheck]\nlaws = 'F0'\n", "[tool.bncheck]: no law matches 'F0'; did you mean"),
        ("[tool.bncheck]\nseed = -1\n", "seed=-1, but should be an integer from 0 on"),
        ("[tool.bncheck]\njobs = true\n", "jobs=True, but should be an integer from 1 on"),
        ("[tool.bncheck]\nknown = 1\n", "known=1, but should be True or False"),
        ("[tool.bncheck]\ntimeout = 'x'\n", "timeout='x', but should be a number of seconds"),
        ("[tool.bncheck]\nrequire = 'evla'\n", "require='evla' is no ability; did you mean 'eval'"),
        ("[tool.bncheck]\nexpected = 3\n", "expected=3, but should be a path"),
        ("[tool.bncheck]\nbaseline = ''\n", "baseline='', but should be a path"),
        ("[tool.bncheck]\nformat = 3\n", "format=3, but should be a name, or a list of names"),
        (
            "[[tool.bncheck.expected]]\nlaw = 'F00'\n",
            "[tool.bncheck]: [[tool.bncheck.expected]], entry 1 needs a reason",
        ),
        ("[tool.bncheck]\ntargets = 'x'\n", "has targets='x', but should have [[tool.bncheck.tar"),
        ("[tool.bncheck]\ntargets = ['x']\n", "[[tool.bncheck.targets]] 1 is 'x', but should be a"),
        ("[[tool.bncheck.targets]]\nname = 'x'\n", "[[tool.bncheck.targets]] 1 needs a target"),
        ("[[tool.bncheck.targets]]\ntarget = 3\n", "has target=3, but should have a text there"),
        ("[[tool.bncheck.targets]]\ntarget = 'x'\nname = ' '\n", "has name=' ', but should have"),
        ("[[tool.bncheck.targets]]\ntarget = 'x'\ntagret = ''\n", "did you mean 'target'?"),
        ("[[tool.bncheck.targets]]\ntarget = 'x'\nseed = 'a'\n", "targets]] 1: seed='a', but"),
        ("[[tool.bncheck.targets]]\ntarget = 'x'\nformat = 'json'\n", "should be json=FILE"),
        (
            "[[tool.bncheck.targets]]\ntarget = 'x'\nexpected = [{ law = 'F00', reason = 'x' }]\n",
            "entries of expected stand under [[tool.bncheck.expected]]",
        ),
        (
            2 * "[[tool.bncheck.targets]]\nname = 'a'\ntarget = 'x'\n",
            "has two targets of the name 'a'",
        ),
    ],
)
def test_what_is_wrong_is_named(text, told, configured):
    with pytest.raises(UsageError) as caught:
        configured(text)
    assert str(caught.value).startswith("pyproject.toml")
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["", "[tool.bncheck]\nseed = 1\n"])
def test_nothing_to_choose_from(text, configured):
    told = "pyproject.toml has no" if text else "a TARGET is missing"
    with pytest.raises(UsageError, match=told):
        configured(text).chosen([])
