"""What is asked for: by options, ids and pyproject.toml; and what is refused before collection."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def ids(result):
    return [line.split()[0] for line in result.outlines if line.startswith("bncheck::")]


@pytest.fixture
def write(pytester):
    return lambda name, text: (pytester.path / name).write_text(text)


F01 = ["bncheck::right::F01[float32]", "bncheck::right::F01[float64]"]


@pytest.mark.parametrize(
    ("words", "passed", "laws"),
    [
        (F01[:1], 1, ("F01",)),
        (F01, 2, ("F01",)),
        (["bncheck::right::F01"], 2, ("F01",)),
        (["--bncheck", "right", F01[0]], 1, ("F01",)),
        (["--bncheck", "wrong", F01[0]], 1, ("F01",)),
        ([F01[0], "bncheck::right"], 6, ()),
        (["bncheck::right", F01[0]], 6, ()),
        ([F01[0], "bncheck::right::X03[float64]", "-k", "X03"], 1, ("X03",)),
        ([F01[0], "test_own.py"], 2, ("F01",)),
    ],
)
def test_ids_say_all_that_is_run(check, write, engine, words, passed, laws):
    write("test_own.py", "def test_own(): pass")
    result = check(*words, "-v")
    assert result.parseoutcomes()["passed"] == passed
    assert [asked.laws for asked in engine.asked] == [laws]


def test_what_no_id_names_is_told(check):
    told = "bncheck: no id names wrong, so it is not checked"
    result = check("--bncheck", "wrong", "--bncheck", "right", F01[0])
    result.assert_outcomes(passed=1)
    assert [line for line in result.outlines if "no id names" in line] == [told]
    assert "no id names" not in str(check("--bncheck", "wrong", "--bncheck", "right").stdout)


def test_ids_as_they_are_printed_in_another_folder(check, pytester, monkeypatch):
    pytester.makeini("[pytest]")
    (pytester.path / "deep").mkdir()
    monkeypatch.chdir(pytester.path / "deep")
    told = check("--bncheck", "right", "-v", "-k", "F01 and float32").outlines
    (printed,) = [line.split()[0] for line in told if "PASSED" in line]
    check(printed).assert_outcomes(passed=1)


def test_a_folder_of_that_name_is_no_id(check, pytester):
    (pytester.path / "bncheck").mkdir()
    (pytester.path / "bncheck" / "test_own.py").write_text("def test_own(): pass")
    check("bncheck").assert_outcomes(passed=1)
    check("bncheck/test_own.py::test_own").assert_outcomes(passed=1)
    check("bncheck", "bncheck::right::F01").assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("id", "told"),
    [
        ("bncheck::right::F99[float32]", "*no LAW[[]DTYPE[]]; *"),
        ("bncheck::right::F01[float3]", "*dtype='float3' is not checked; *'float32'?"),
        ("bncheck::right::", "*no LAW*"),
        ("bncheck::", "*target=''*"),
    ],
)
def test_an_id_of_no_test_is_a_usage_error(check, id, told):
    result = check(id)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --bncheck: {told}"])


def test_a_test_that_this_target_has_not_is_an_error(check):
    result = check("bncheck::right::F01[float16]")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["right has no such test: F01[[]float16[]]"])


CONFIGURED = """
[tool.bncheck]
seed = 7
budget = "quick"

[[tool.bncheck.targets]]
target = "right"
dtypes = ["float32"]

[[tool.bncheck.targets]]
name = "mine"
target = "wrong"
budget = 5
"""


def test_configured_targets(check, write, engine):
    write("pyproject.toml", CONFIGURED)
    result = check("--bncheck-configured", "--bncheck-seed", "3", "-v")
    result.assert_outcomes(passed=10, failed=7, skipped=5, xfailed=1)
    first, second = engine.asked
    assert (first.seed, first.budget, first.dtypes) == (3, "quick", ("float32",))
    assert (second.seed, second.budget, second.dtypes) == (3, 5.0, ())
    assert {name.split("::")[1] for name in ids(result)} == {"right", "mine"}


@pytest.mark.parametrize("word", ["mine", "wrong"])
def test_configured_options_of_one_target(check, write, engine, word):
    write("pyproject.toml", CONFIGURED)
    check("--bncheck", word, "-k", "F01").assert_outcomes(passed=2, deselected=15)
    check(f"bncheck::{word}::F01[float32]").assert_outcomes(passed=1)
    assert [(each.seed, each.budget, each.laws) for each in engine.asked] == [
        (7, 5.0, ("F01",))
    ] * 2


def test_what_is_configured_is_not_run_unasked(check, write, runs):
    write("pyproject.toml", CONFIGURED)
    write("test_own.py", "def test_own(): pass")
    check().assert_outcomes(passed=1)
    assert runs() == 0


def test_expectations_of_one_of_two_targets(check, write, engine):
    entry = '[[tool.bncheck.expected]]\nlaw = "X03"\nreason = "soon"\ntarget = "wrong"\n'
    write("pyproject.toml", entry)
    result = check("--bncheck", "right", "--bncheck", "wrong", "--collect-only", "-q")
    assert [name for name in ids(result) if "expectations" in name] == [
        "bncheck::wrong::expectations"
    ]
    check("--bncheck", "right", "-k", "F01").assert_outcomes(passed=2, deselected=4)
    assert engine.asked[-1].expected == Path("pyproject.toml")


@pytest.mark.parametrize(
    ("words", "file", "text", "told"),
    [
        (["--bncheck-budget", "quik"], "", "", "*budget='quik'*did you mean 'quick'[?]"),
        (["--bncheck-seed", "-1"], "", "", "*seed=-1*"),
        (["--bncheck-jobs", "0"], "", "", "*jobs=0*"),
        (["--bncheck-timeout", "no"], "", "", "*timeout='no'*"),
        (["--bncheck-dtype", "float3"], "", "", "*dtype='float3'*"),
        (["--bncheck-laws", "Z*"], "", "", "*no law matches 'Z[*]'*"),
        (["--bncheck-expected", "no.toml"], "", "", "*no.toml*"),
        (["--bncheck-baseline", "no.toml"], "", "", "*no.toml does not exist*"),
        (["--bncheck-expected", "e.toml"], "e.toml", "[[expected]]\nlaw = 1", "*e.toml*"),
        (["--bncheck-expected", "e.toml"], "e.toml", "[[expected", "*e.toml*"),
        (["--bncheck-baseline", "e.toml"], "e.toml", "expect = 1", "*e.toml*"),
        ([], "pyproject.toml", "[tool.bncheck]\nseeds = 1", "*unknown key 'seeds'*"),
        ([], "pyproject.toml", '[tool.bncheck]\nrequire = "evil"', "*'evil' is no ability*"),
        ([], "pyproject.toml", '[tool.bncheck]\nexpected = "no.toml"', "*no.toml*"),
        (["--bncheck-configured"], "", "", "*a TARGET is missing*"),
        (["--bncheck-configured"], "pyproject.toml", "[tool.bncheck]", "*pyproject.toml has no *"),
    ],
)
def test_what_is_wrong_is_told_once_before_collection(check, write, runs, words, file, text, told):
    if file:
        write(file, text)
    result = check("--bncheck", "right", "--bncheck", "wrong", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --bncheck: {told}"])
    assert len([line for line in result.errlines if line.startswith("ERROR")]) == 1
    assert "collected" not in result.stdout.str()
    assert runs() == 0
