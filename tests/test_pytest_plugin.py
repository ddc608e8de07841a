"""``pytest --bncheck TARGET``, run inside pytest, against the engine that runs nothing."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import fake_engine
import pytest

import bncheck
from bncheck.model import Report

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent / "support"


@pytest.fixture(autouse=True)
def engine(monkeypatch, pytester):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    # the plugin is named, not found: it may not be installed, and others may be
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", f"{Path(bncheck.__file__).parents[1]}{os.pathsep}{HERE}")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("BNCHECK_TEST_RUNS", str(pytester.path / "runs"))
    return fake_engine


@pytest.fixture
def check(pytester):
    def run(*words):
        return pytester.runpytest_inprocess("-p", "bncheck.pytest_plugin", *words)

    return run


def ids(result):
    return [line for line in result.outlines if line.startswith("bncheck::")]


def test_each_law_and_dtype_is_a_test(check):
    result = check("--bncheck", "right", "-v")
    result.assert_outcomes(passed=6)
    assert [line.split()[0] for line in ids(result)] == [
        f"bncheck::right::{law}[{dtype}]"
        for law in ("F01", "B03", "X03")
        for dtype in ("float32", "float64")
    ]
    assert result.ret == 0


def test_every_verdict_has_its_outcome(check):
    result = check("--bncheck", "wrong", "-rsx")
    result.assert_outcomes(passed=4, failed=7, skipped=5, xfailed=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]4[]] *: ability: no infer_backward"])
    result.stdout.fnmatch_lines(["XFAIL bncheck::wrong::R02[[]float32[]] - our layer is frozen*"])


def test_failure_shows_the_case_and_how_to_replay_it(check):
    result = check("--bncheck", "wrong", "-k", "B03 and float32")
    result.assert_outcomes(failed=1, deselected=16)
    result.stdout.fnmatch_lines(["collected 17 items / 16 deselected / 1 selected"])
    told = result.stdout.str()
    assert "    x=np.array([[0.0], [1.0]], dtype=np.float32)," in told
    assert "bncheck replay .bncheck/B03-float32.json" in told
    assert "Traceback" not in told
    assert "pytest_plugin.py" not in told


def test_the_engine_runs_once(check, pytester):
    check("--bncheck", "wrong").assert_outcomes(passed=4, failed=7, skipped=5, xfailed=1)
    assert len((pytester.path / "runs").read_text().splitlines()) == 1


def test_collecting_does_not_run_the_engine(check, pytester):
    result = check("--bncheck", "right", "--collect-only", "-q")
    assert len(ids(result)) == 6
    assert not (pytester.path / "runs").exists()


def test_several_targets_each_once(check, pytester):
    result = check("--bncheck", "right", "--bncheck", "wrong", "--bncheck", "right")
    result.assert_outcomes(passed=10, failed=7, skipped=5, xfailed=1)
    assert len((pytester.path / "runs").read_text().splitlines()) == 2


def test_beside_the_user_s_own_tests(check, pytester):
    pytester.makepyfile("def test_own(): pass")
    check("--bncheck", "right").assert_outcomes(passed=7)
    check("--bncheck", "right", "-k", "test_own").assert_outcomes(passed=1, deselected=6)
    check("--bncheck", "right", "-k", "bncheck").assert_outcomes(passed=6, deselected=1)
    check().assert_outcomes(passed=1)


def test_from_another_folder_than_the_root(check, pytester, monkeypatch):
    pytester.makeini("[pytest]")
    (pytester.path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(pytester.path / "deep" / "er")
    check("--bncheck", "right").assert_outcomes(passed=6)


def test_options_reach_the_engine(check, engine):
    words = "--bncheck-laws B* --bncheck-dtype float32 --bncheck-budget 2 --bncheck-seed 5"
    more = "--bncheck-profile torch --bncheck-expected known.toml"
    check("--bncheck", "right", *words.split(), *more.split()).assert_outcomes(passed=7)
    (given,) = engine.asked
    assert (given.laws, given.dtypes, given.budget) == (("B*",), ("float32",), 2.0)
    assert (given.seed, given.profile, given.expected) == (5, "torch", Path("known.toml"))


def test_a_stale_expectation_fails(check):
    result = check("--bncheck", "wrong", "--bncheck-expected", "known.toml", "-k", "expectations")
    result.assert_outcomes(failed=1, deselected=17)
    result.stdout.fnmatch_lines(["stale expectation: R03*"])


def test_wrong_option_is_a_usage_error(check):
    result = check("--bncheck", "right", "--bncheck-budget", "quik")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --bncheck: budget='quik'*did you mean 'quick'[?]"])


def test_target_that_does_not_load_is_an_error_in_one_sentence(check):
    result = check("--bncheck", "missing")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["module 'missing' does not exist; give a file.py or *"])
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_no_law_that_applies_is_an_error(check):
    result = check("--bncheck", "nothing", "-k", "B03")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["no law applies to nothing, so nothing can be checked"])
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_fault_in_one_law_fails_one_test(check, engine, monkeypatch):
    verify = engine.verify

    def faulty(target, **options):
        return replace(verify(target, **options), faults=("law B03 on Recipe(): KeyError: 'x'",))

    monkeypatch.setattr(engine, "verify", faulty)
    result = check("--bncheck", "right")
    outcomes = result.parseoutcomes()
    assert outcomes.pop("failed") == 1
    assert outcomes["passed"] > 1
    result.stdout.fnmatch_lines(["*InternalError: law B03 on Recipe(): KeyError: 'x'*"])


def test_what_ends_the_run_is_shown_once(check, engine, monkeypatch):
    def broken(target, **options):
        raise RuntimeError("no space left")

    monkeypatch.setattr(engine, "verify", broken)
    result = check("--bncheck", "wrong")
    assert result.parseoutcomes()["failed"] > 2
    text = result.stdout.str()
    assert "RuntimeError: no space left" in text
    assert "the run ended with the error of this target's first test" in text
    assert len(text.splitlines()) < 400


def test_a_fault_of_bncheck_is_an_error(check):
    result = check("--bncheck", "faulty")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*InternalError: the oracle disagrees with itself*"])


def test_a_planned_law_without_a_finding_fails(check, engine, monkeypatch):
    monkeypatch.setattr(engine, "plan", lambda target, options: [("Z99", "float32")])
    result = check("--bncheck", "right")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Z99 in float32 was planned, but the run has no finding for it"])


def test_ctrl_c_in_the_engine_stops_pytest(check, engine, monkeypatch):
    monkeypatch.setattr(engine, "verify", lambda target, **o: Report(target, (), interrupted=True))
    with pytest.raises(KeyboardInterrupt):
        check("--bncheck", "right")


def test_junit_xml(check, pytester):
    check("--bncheck", "wrong", "--junitxml", "junit.xml")
    cases = ET.parse(pytester.path / "junit.xml").getroot().findall(".//testcase")  # noqa: S314 # our own file
    assert len(cases) == 17
    failed = next(case for case in cases if case.find("failure") is not None)
    assert (failed.get("classname"), failed.get("name")) == ("bncheck.wrong", "B03[float32]")
    properties = {p.get("name"): p.get("value") for p in failed.iter("property")}
    assert properties == {
        "bncheck-law": "B03",
        "bncheck-dtype": "float32",
        "bncheck-margin": "6.25e+05",
    }


def test_xdist_runs_the_engine_once_in_each_process(pytester):
    pytest.importorskip("xdist")
    pytester.makeconftest("import fake_engine\nfake_engine.install()\n")
    plugins = ["-p", "xdist.plugin", "-p", "bncheck.pytest_plugin"]
    result = pytester.runpytest_subprocess(*plugins, "-n2", "--bncheck", "wrong", timeout=60)
    result.assert_outcomes(passed=4, failed=7, skipped=5, xfailed=1)
    runs = (pytester.path / "runs").read_text().splitlines()
    assert 1 <= len(runs) == len(set(runs)) <= 2


def test_the_plugin_imports_only_pytest():
    code = """
import sys, pytest
before = set(sys.modules)
import bncheck.pytest_plugin
print(sorted(n for n in set(sys.modules) - before if not n.startswith("bncheck")))
print(sorted(n for n in set(sys.modules) - before if n.startswith("bncheck")))
"""
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    others, own = answer.stdout.splitlines()
    assert others == "[]"
    assert own == "['bncheck', 'bncheck.pytest_plugin', 'bncheck.version']"


def test_every_id_is_stable(check):
    first, second = (ids(check("--bncheck", "wrong", "--collect-only", "-q")) for _ in range(2))
    assert first == second
    assert all(re.fullmatch(r"bncheck::wrong::[A-Z]\d\d\[float\d\d\]", name) for name in first)
