"""``@bncheck.parametrize``: tests of somebody's own, with the true engine on small targets."""

import os
from pathlib import Path

import command
import pytest

import bncheck
from bncheck.api import parametrizing
from bncheck.errors import UsageError

pytest_plugins = ["pytester"]

WRONG = command.CORRECT.replace("return gamma.reshape(shape) * xhat", "return xhat")
LAYER = """
import numpy as np
import bncheck

class MyLayer:
    def __init__(self, num_features=3, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(num_features), np.zeros(num_features), eps

    def forward(self, x):
        axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
        xhat = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + self.eps)
        return self.gamma.reshape(shape) * xhat + self.beta.reshape(shape)

@bncheck.parametrize(
    TARGETS, laws=["F00", "F01"], dtypes="float32", budget="quick", save=None, MORE
)
def test_it(check):
    check()
"""


@pytest.fixture
def collect(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(bncheck.__file__).parents[1]))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (pytester.path / "right.py").write_text(command.doing("pass"))
    (pytester.path / "wrong.py").write_text(WRONG.replace("@", "pass"))

    def run(targets, *words, more=""):
        source = LAYER.replace("TARGETS", targets).replace(", MORE", f", {more}" if more else "")
        (pytester.path / "test_mine.py").write_text(source)
        return pytester.runpytest_subprocess("--strict-markers", "-v", *words, timeout=100)

    return run


def test_a_test_for_each_target_law_and_dtype(collect):
    expected = 'expected_failures={"F0[0]:float32": "soon", "F01:bfloat16": "never"}'
    result = collect('["right.py", "wrong.py", MyLayer]', more=expected)
    ids = [line.split()[0] for line in result.outlines if line.startswith("test_mine.py::")]
    names = ("right.py", "wrong.py", "MyLayer")
    assert ids == [
        f"test_mine.py::test_it[{n}-{law}-float32]" for n in names for law in ("F00", "F01")
    ]
    # F00 of the two that are right passes, and was expected to fail
    result.assert_outcomes(passed=2, failed=3, xfailed=1)
    result.stdout.fnmatch_lines(["FAILED *MyLayer-F00-float32* - *XPASS(strict)* soon"])


def test_what_fails_says_the_cause_first(collect):
    result = collect('["wrong.py"]', "-k", "F00", "-vv")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["FAILED *[[]wrong.py-F00-float32[]] - bncheck.Broken: ?*"])


def test_a_target_that_cannot_be_loaded_is_told_in_a_sentence(collect):
    result = collect('["missing.py"]')
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["missing.py is not a file; this folder has *"])
    assert "Traceback" not in result.stdout.str()


TELLING = """
from bncheck.api.sharing import SharedRun

narrowed = SharedRun._narrowed

def told(self):
    options = narrowed(self)
    print("asked for", options.laws, options.dtypes)
    return options

SharedRun._narrowed = told
"""


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["-p", "bncheck.pytest_plugin"], "('F01',) ('float32',)"),
        ([], "('F00', 'F01') ('float32',)"),
    ],
)
def test_only_what_is_selected_is_run_where_the_plugin_is(collect, pytester, words, asked):
    pytester.makeconftest(TELLING)
    result = collect('["right.py"]', *words, "-k", "F01", "-s")
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines([f"*asked for {asked}*"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"targets": []}, "targets is empty"),
        ({"laws": "Z*"}, "no law matches"),
        ({"budgets": "quick"}, "did you mean 'budget'"),
        ({"dtypes": "float3"}, "dtype='float3'"),
        ({"require": "evil"}, "no ability"),
        ({"expected": "missing.toml"}, "missing.toml"),
        ({"expected_failures": ["F00"]}, "should be a mapping"),
        ({"expected_failures": {"Z*": "x"}}, "'Z\\*' does not exist"),
        ({"expected_failures": {"F00:float3": "x"}}, "'float3' does not exist"),
        ({"expected_failures": {"F00": ""}}, "should have a reason"),
        ({"expected_failures": {3: "x"}}, "should be a text"),
    ],
)
def test_what_is_wrong_is_refused_at_once(given, told):
    with pytest.raises(UsageError, match=told):
        bncheck.parametrize(**{"targets": ["right.py"], **given})


def test_nothing_is_loaded_before_the_tests_are_collected(tmp_path):
    @bncheck.parametrize([str(tmp_path / "missing.py")])
    def test_it(check):
        check()

    (mark,) = test_it.pytestmark
    with pytest.raises(pytest.Collector.CollectError, match=r"missing\.py"):
        len(mark.args[1])


class Layer:
    pass


@pytest.mark.parametrize(
    ("targets", "names"),
    [
        (
            [Layer, Layer(), Layer, "a.py", "a.py"],
            ["Layer", "Layer-2", "Layer-3", "a.py", "a.py-2"],
        ),
        ([os], ["os"]),
        ([Path("b.py")], ["b.py"]),
    ],
)
def test_names_of_targets(targets, names):
    assert parametrizing._names(targets) == names
