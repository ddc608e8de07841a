"""``pytest --bncheck TARGET``, run inside pytest, against the engine that runs nothing."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bncheck.model import Report

pytest_plugins = ["pytester"]


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
    words = "--bncheck-laws X* --bncheck-dtype float32 --bncheck-budget 2 --bncheck-seed 5"
    more = "--bncheck-profile torch --bncheck-jobs 2 --bncheck-timeout 3.5"
    check("--bncheck", "right", *words.split(), *more.split()).assert_outcomes(passed=6)
    (given,) = engine.asked
    assert (given.laws, given.dtypes, given.budget) == (("X*",), ("float32",), 2.0)
    assert (given.seed, given.profile, given.jobs, given.timeout) == (5, "torch", 2, 3.5)


@pytest.mark.parametrize("option", ["expected", "baseline"])
def test_a_stale_expectation_fails(check, pytester, engine, option):
    (pytester.path / "known.toml").write_text('[[expected]]\nlaw = "X03"\nreason = "soon"\n')
    result = check("--bncheck", "wrong", f"--bncheck-{option}", "known.toml", "-k", "expectations")
    result.assert_outcomes(failed=1, deselected=17)
    result.stdout.fnmatch_lines(["stale expectation: R03*"])
    (given,) = engine.asked
    assert (given.laws, getattr(given, option)) == ((), Path("known.toml"))


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


def test_every_id_is_stable(check):
    first, second = (ids(check("--bncheck", "wrong", "--collect-only", "-q")) for _ in range(2))
    assert first == second
    assert all(re.fullmatch(r"bncheck::wrong::[A-Z]\d\d\[float\d\d\]", name) for name in first)


@pytest.mark.parametrize(
    ("words", "laws", "dtypes", "told"),
    [
        (["-k", "F01 or X03"], ("F01", "X03"), ("float32", "float64"), {"passed": 4}),
        (["-k", "F01 and float64"], ("F01",), ("float64",), {"passed": 1}),
        (
            ["--deselect", "bncheck::right::B03"],
            ("F01", "X03"),
            ("float32", "float64"),
            {"passed": 4},
        ),
        ([], (), (), {"passed": 6}),
    ],
)
def test_the_engine_is_asked_for_what_is_selected(check, engine, words, laws, dtypes, told):
    outcomes = check("--bncheck", "right", *words).parseoutcomes()
    assert outcomes["passed"] == told["passed"]
    (given,) = engine.asked
    assert (given.laws, given.dtypes) == (laws, dtypes)


def test_nothing_selected_is_no_run(check, runs):
    check("--bncheck", "right", "--bncheck", "wrong", "-k", "F01 and right").assert_outcomes(
        passed=2, deselected=21
    )
    assert runs() == 1
    check("--bncheck", "right", "-k", "nothing").assert_outcomes(deselected=6)
    assert runs() == 1


def test_the_cause_stands_in_the_summary_and_first_in_the_failure(check, pytester, monkeypatch):
    monkeypatch.setenv("CI", "true")  # where the summary is not cut
    words = ["--bncheck", "wrong", "-k", "B03 or X03 or I01", "--junitxml", "junit.xml"]
    cause = "missing-mean-term: the gradient lacks the term through the mean"
    result = check(*words, "-vv")
    told = result.outlines
    assert f"FAILED bncheck::wrong::B03[float32] - {cause}" in told
    raised = "ValueError: operands could not be broadcast"
    measured = "dx, entry (1, 0): got 0.75, exact 1.99998e-05; γ → 2γ doubles"
    result.stdout.fnmatch_lines([f"FAILED bncheck::wrong::X03[[]float32[]] - {measured}*"])
    result.stdout.fnmatch_lines([f"FAILED bncheck::wrong::I01[[]float32[]] - {raised}*"])
    start = next(
        n for n, line in enumerate(told) if line.startswith("____") and "B03[float32]" in line
    )
    assert told[start + 1] == cause
    assert told[start + 3].startswith("B03 dx is the exact input gradient: fails in float32")
    root = ET.parse(pytester.path / "junit.xml").getroot()  # noqa: S314 # our own file
    failure = root.find(".//testcase[@name='B03[float32]']/failure")
    assert failure.get("message") == cause


def test_what_is_required_and_missing_fails(check, engine, monkeypatch, pytester):
    (pytester.path / "pyproject.toml").write_text('[tool.bncheck]\nrequire = ["eval"]\n')
    verify = engine.verify

    def lacking(target, **options):
        return replace(verify(target, **options), missing=("the target has no eval",))

    monkeypatch.setattr(engine, "verify", lacking)
    result = check("--bncheck", "right", "-k", "requirements")
    result.assert_outcomes(failed=1, deselected=6)
    result.stdout.fnmatch_lines(["FAILED bncheck::right::requirements - the target has no eval"])
    assert engine.asked[-1].laws == ("F01",)


def test_last_failed(check, engine):
    check("--bncheck", "wrong")
    check("--bncheck", "wrong", "--lf").assert_outcomes(failed=7)
    assert engine.asked[-1].laws == ("B03", "X03", "I01", "I02")
