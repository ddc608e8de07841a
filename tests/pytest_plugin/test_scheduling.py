"""Workers of xdist: each target is run once in all, whatever the mode."""

import pytest

pytest_plugins = ["pytester"]
pytest.importorskip("xdist")


@pytest.fixture
def spread(pytester):
    pytester.makeconftest("import fake_engine\nfake_engine.install()\n")
    pytester.makepyfile("def test_one(): pass\ndef test_two(): pass\n")
    plugins = ["-p", "xdist.plugin", "-p", "bncheck.pytest_plugin"]

    def run(*words):
        return pytester.runpytest_subprocess(*plugins, *words, timeout=100)

    return run


@pytest.mark.parametrize("mode", ["load", "loadgroup", "worksteal"])
def test_each_target_is_run_once(spread, runs, mode):
    result = spread("-n2", "--dist", mode, "--bncheck", "right", "--bncheck", "wrong", "-v")
    result.assert_outcomes(passed=12, failed=7, skipped=5, xfailed=1)
    assert runs() == 2
    result.stdout.fnmatch_lines(["* PASSED bncheck::right::F01[[]float32[]] *"])


def test_ids_and_the_cause_go_through_workers(spread, runs):
    result = spread("-n2", "bncheck::wrong::X03[float32]", "bncheck::right::F01")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["FAILED bncheck::wrong::X03[[]float32[]] - dx, entry (1, 0): got 0.75, exact 1.9*"]
    )
    assert runs() == 2


def test_wrong_options_are_told_once(spread, runs):
    result = spread("-n2", "--bncheck", "wrong", "--bncheck-expected", "missing.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert str(result.stderr).count("missing.toml") == 1
    assert runs() == 0
