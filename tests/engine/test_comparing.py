"""Comparing two implementations: conventions are mapped, wrong ones are found, right ones agree."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command import bncheck
from correct import CORRECT, KERAS, TORCH, algorithm, one_pass, welford

from bncheck.deviations import BY_NAME
from bncheck.engine import Options, compare
from bncheck.errors import UsageError
from bncheck.model import Domain
from bncheck.reports.text.comparison import render
from bncheck.terminal import Style

EXAMPLES = Path(__file__).parents[2] / "examples"
REFERENCE = CORRECT[0]


def outputs_apart(found):
    return {f.output for f in found.agreements if f.agreed < f.compared}


@pytest.mark.rows(4)
@pytest.mark.parametrize("other", CORRECT[1::4], ids=lambda i: i.name)
def test_correct_algorithms_agree_whatever_their_conventions(other):
    found = compare(REFERENCE, other)
    assert found.exit_code == 0, outputs_apart(found)
    assert {f.output for f in found.agreements} >= {"y", "dx", "running variance", "inference y"}


def test_conventions_that_differ_are_named_and_mapped():
    found = compare(algorithm(convention=TORCH), algorithm(convention=KERAS, statistics=welford))
    assert found.exit_code == 0
    assert found.differing == ["momentum_weighs", "running_var", "variance_algorithm"]


def test_defaults_that_differ_are_named():
    one, other = (replace(REFERENCE, defaults={"eps": eps}) for eps in (1e-5, 1e-3))
    assert compare(one, other).differing == ["eps"]


def test_the_same_momentum_weighing_the_other_statistics_is_no_other_default():
    one = replace(algorithm(convention=TORCH), defaults={"momentum": 0.1})
    same, other = (
        replace(algorithm(convention=KERAS), defaults={"momentum": m}) for m in (0.9, 0.99)
    )
    assert "momentum" not in compare(one, same).differing
    assert "momentum" in compare(one, other).differing


@pytest.mark.parametrize(
    ("name", "apart"),
    [
        ("missing-mean-term", {"dx"}),
        ("eps-outside-root", {"y", "dx", "inference y"}),
        ("running-var-plus-eps", {"running variance"}),
        ("beta-before-gamma", {"y", "inference y"}),
    ],
)
def test_what_a_deviation_changes_differs(name, apart):
    found = compare(REFERENCE, BY_NAME[name].apply())
    assert found.exit_code == 1
    assert apart <= outputs_apart(found)
    worst = max(found.agreements, key=lambda f: f.ratio)
    # and it is told which of the two is off
    assert worst.shares[0] <= 1 < worst.shares[1]


def test_two_wrong_ones_that_are_wrong_alike_agree_in_what_they_answer():
    wrong = BY_NAME["missing-mean-term"].apply()
    found = compare(wrong, wrong)
    assert found.exit_code == 0
    assert any(max(f.shares) > 1 for f in found.agreements)


def test_one_pass_differs_where_the_mean_is_large():
    found = compare(REFERENCE, algorithm(statistics=one_pass))
    assert found.exit_code == 1
    assert "y" in outputs_apart(found)


def test_nothing_in_common_is_said():
    narrow = replace(REFERENCE, domain=Domain(ranks=(2,), dtypes=("float32",)))
    wide = replace(REFERENCE, domain=Domain(ranks=(4,), dtypes=("float32",)))
    with pytest.raises(UsageError, match="no case in common"):
        compare(narrow, wide)


def test_what_only_one_has_is_not_compared():
    found = compare(REFERENCE, replace(REFERENCE, abilities=frozenset({"eval"})))
    assert {f.output for f in found.agreements} == {"y", "inference y"}
    assert found.a.outputs - found.b.outputs >= {"dx", "running mean"}


def test_only_a_dtype_that_is_wanted():
    found = compare(REFERENCE, REFERENCE, Options(dtypes=("float64",)))
    assert {f.dtype for f in found.agreements} == {"float64"}


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command(form, tmp_path):
    words = (EXAMPLES / "numpy_layer.py", EXAMPLES / "one_pass_layer.py", "--format", form)
    done = bncheck("compare", *words, folder=tmp_path)
    assert done.code == 1, done.err
    if form == "json":
        data = json.loads(done.out)
        assert data["schema"] == "bncheck/comparison/1"
        assert data["exit_code"] == 1
        assert "variance_algorithm" in data["differing"]
    else:
        for part in ("differs", "in float32 ─", "exit 1: they do not agree"):
            assert part in done.out


def test_outputs_that_differ_on_the_same_case_are_told_with_it_once():
    found = compare(REFERENCE, BY_NAME["eps-outside-root"].apply())
    example = next(f for f in found.agreements if f.output == "y")
    alike = [replace(example, output=name) for name in ("y", "dx", "dgamma")]
    alone = replace(example, output="dbeta", recipe={**example.recipe, "eps": 0.5})
    text = render(replace(found, agreements=(*alike, alone)), "1", Style())
    assert text.count("y, dx and dgamma differ in float32 ") == 1
    assert text.count("dbeta differs in float32 ") == 1
    assert text.count("Case(") == 2
    assert text.index("  dx\n  A ") < text.index("  dgamma\n  A ") < text.index("Case(")


SEVEN = """
import os
from numpy_layer import *
_right = forward


def forward(x, gamma, beta, eps):
    while x.shape[0] == 7:
        {what}
    return _right(x, gamma, beta, eps)
"""


@pytest.mark.parametrize(
    ("side", "what", "told"),
    [
        ("b", "raise ValueError('batch of 7')", "it raised ValueError: batch of 7"),
        ("a", "os.abort()", "the process ended by SIGABRT"),
        ("b", "pass", "one call took more than 1 s (--timeout sets the limit)"),
        (
            "a",
            "return _right(x[:6], gamma, beta, eps)",
            "forward returned an array of shape (6, 3)",
        ),
        ("b", "return None", "forward returned"),
    ],
)
def test_one_that_does_not_answer_where_the_other_does_differs(tmp_path, side, what, told):
    (tmp_path / "numpy_layer.py").write_text((EXAMPLES / "numpy_layer.py").read_text())
    (tmp_path / "seven.py").write_text(SEVEN.format(what=what))
    names = [str(tmp_path / "seven.py"), str(tmp_path / "numpy_layer.py")]
    found = compare(*names[:: 1 if side == "a" else -1], Options(dtypes=("float32",), timeout=1))
    assert found.exit_code == 1
    assert {(u.side, u.dtype) for u in found.unanswered} == {(side, "float32")}
    assert all(u.recipe["shape"][0] == 7 for u in found.unanswered)
    assert found.unanswered[0].told.startswith(told)
    assert not outputs_apart(found)
    text = render(found, "1.0", Style(width=100))
    assert f"{side.upper()} does not answer on" in text
    assert text.rstrip().endswith("exit 1: one does not answer where the other does")


def test_what_neither_answers_is_no_difference():
    def make(case):
        layer = REFERENCE.make(case)

        def train(x):
            if len(x) == 7:
                raise ValueError("batch of 7")
            return layer.train(x)

        return replace(layer, train=train)

    mine = replace(REFERENCE, make=make)
    found = compare(mine, mine)
    assert (found.exit_code, found.unanswered) == (0, ())


def test_a_gradient_of_another_shape_differs():
    def make(case):
        layer = REFERENCE.make(case)

        def backward(dy):
            given = layer.backward(dy)
            return replace(given, dgamma=given.dgamma[:1])

        return replace(layer, backward=backward)

    found = compare(REFERENCE, replace(REFERENCE, make=make))
    assert found.exit_code == 1
    assert {u.output for u in found.unanswered} <= {"dgamma", "inference dgamma"}
