"""Inputs as people write them, small ones of each kind: what is found of them, and no more."""

from pathlib import Path

import numpy as np
import pytest

from bncheck.cli import main
from bncheck.engine import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common import probing

INPUTS = Path(__file__).parents[2] / "support" / "street_inputs"
INFERS = {"eval", "state_before_step"}
RUNS = INFERS | {"running"}
# input: abilities, ranks, and whether it has a training mode
FOUND = {
    "alt_unseen.py": (RUNS | {"backward"}, (2,), True),
    "decoy.py:BN": (RUNS, (2,), True),
    "inference_only.py:BatchNorm": (INFERS, (2,), False),
    "keepdims.py": (RUNS | {"backward"}, (2,), True),
    "names_silent.py:BatchNorm": (RUNS, (2,), True),
    "nhwc_only.py:BatchNorm": ({"backward"}, (4,), True),
    "rank_silent.py:BatchNormalization": (RUNS, (2,), True),
    "t04_wonnx29.py": (INFERS, (2, 3, 4, 5), False),
    "t12_jermmy17.py:BatchNorm2d": (RUNS, (4,), True),
    "v1_2d_functions.py": ({"backward"}, (2,), True),
    "x7_rank3_only.py:batch_norm": (set(), (2,), True),
    "x9_blog_style.py": ({"backward"}, (2,), True),
    "x9_blog_style.py:batchnorm_forward": ({"backward"}, (2,), True),
    "y9_infer_only_named.py:FrozenBatchNorm2d": (INFERS, (4,), False),
    "w5_channels8.py": (set(), (4,), True),
    "odd_classes.py:Called": (set(), (2,), True),
    "odd_classes.py:Optimized": (RUNS | {"backward", "eval_backward"}, (2,), True),
    "odd_classes.py:Lr": ({"backward"}, (2,), True),
    "odd_classes.py:Half": (set(), (2,), True),
}


def adapted(name: str):
    return adapt(load(str(INPUTS / name)), name=name)


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found(name):
    found = adapted(name)
    assert (set(found.abilities), found.domain.ranks, found.domain.training) == FOUND[name]


RIGHT = (
    *("decoy.py:BN", "inference_only.py:BatchNorm", "keepdims.py", "nhwc_only.py:BatchNorm"),
    *("x9_blog_style.py", "odd_classes.py:Called", "odd_classes.py:Lr"),
)


@pytest.mark.parametrize("name", RIGHT)
def test_right_code_is_not_blamed(name):
    report = verify(adapted(name), budget="quick", dtypes=("float32",), save=None)
    wrong = [f for f in report.findings if f.verdict in ("fails", "error")]
    assert not wrong, (wrong[0].law, wrong[0].reason, wrong[0].case)


def test_gradients_that_only_the_optimizer_sees():
    implementation = adapted("odd_classes.py:Optimized")
    # its backward knows one formula, which the law about inference says, and nothing else
    report = verify(implementation, budget="quick", dtypes=("float32",), save=None)
    assert {f.law for f in report.findings if f.verdict in ("fails", "error")} <= {"B19", "B29"}


@pytest.mark.parametrize(
    "name",
    ["names_silent.py:BatchNorm", "t04_wonnx29.py", "y9_infer_only_named.py:FrozenBatchNorm2d"],
)
def test_wrong_code_is_caught(name):
    report = verify(adapted(name), budget="quick", dtypes=("float32",), save=None)
    assert report.exit_code == 1


def test_every_backward_is_asked_and_named():
    implementation = adapted("alt_unseen.py")
    assert [name for name, _ in implementation.alternatives] == ["batchnorm_backward_alt"]
    report = verify(implementation, laws=("B0*",), budget="quick", dtypes=("float32",), save=None)
    failing = [f for f in report.findings if f.verdict == "fails"]
    assert failing
    assert all(f.case.what.startswith("batchnorm_backward_alt: ") for f in failing)


def test_what_raises_is_told_and_warned_of_where_it_is_claimed():
    silent = adapted("rank_silent.py:BatchNormalization")
    assert silent.untried[0].startswith("ranks 3, 4 and 5: it raised ValueError: ")
    assert silent.warnings[0].startswith("rank 4 is claimed by its docstring ('images'), but it ra")
    plain = adapted("v1_2d_functions.py")
    assert plain.untried[0].startswith("ranks 3, 4 and 5: it raised ValueError: ")
    assert plain.warnings == ()


def test_what_answers_by_accident_is_left_out_with_a_warning():
    (warning,) = adapted("nhwc_only.py:BatchNorm").warnings
    assert warning.startswith("rank 5 is not judged: nothing claims it, and what it answers there ")


def test_a_small_momentum_that_weighs_the_old_value():
    assert adapted("t12_jermmy17.py:BatchNorm2d").warnings == (
        "its default momentum of 0.1 weighs the old value: "
        "the running statistics forget nearly all in one step",
    )


def test_the_statistics_in_use_are_taken():
    layer = adapted("decoy.py:BN").make(case := probing.case(2))
    right = (case.x - case.running_mean) / np.sqrt(case.running_var + case.eps)
    assert np.allclose(layer.eval(case.x), case.gamma * right + case.beta)


def test_a_number_of_channels_that_is_taken():
    implementation = adapted("w5_channels8.py")
    assert implementation.domain.channels == 8
    assert "other numbers of channels than 8: 3 are not taken" in implementation.untried


@pytest.mark.parametrize(
    "name",
    ["AnswersAll", "Unknown", "Raises", "Dataset", "BadDir", "TakesNothing", "ScalarOut", "Stub"],
)
def test_what_cannot_be_taken_is_told_in_five_lines(name):
    with pytest.raises(TargetError) as caught:
        adapted(f"odd_classes.py:{name}")
    lines = str(caught.value).splitlines()
    assert len(lines) <= 5
    if len(lines) > 1:
        assert lines[1].startswith("found: ")
        assert lines[3] == f"from odd_classes import {name}"


def test_torch_tensors_in_a_plain_class():
    pytest.importorskip("torch")
    implementation = adapted("y2_makemore22.py:BatchNorm1d")
    assert implementation.abilities == RUNS | {"backward", "eval_backward"}
    case = probing.case(2)
    layer = implementation.make(case)
    layer.train(case.x)
    assert np.allclose(layer.backward(case.dy).dbeta, case.dy.sum(0))
    report = verify(implementation, laws=("F*",), budget="quick", dtypes=("float32",), save=None)
    assert report.exit_code == 1


@pytest.mark.parametrize("name", ["x10_jax_right.py", "u5_jax_custom_vjp.py:batch_norm"])
def test_jax_without_x64_is_not_tried_in_float64(name):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(False):
        implementation = adapted(name)
    assert implementation.domain.dtypes == ("float32",)
    told = "float64: JAX computes in float32 unless jax_enable_x64 is set"
    assert told in implementation.untried


def test_code_that_a_message_ends_with_can_be_pasted(tmp_path, monkeypatch, capsys):
    (tmp_path / "odd.py").write_text(
        "class Norm:\n"
        "    def __init__(self): self.gamma = self.beta = 1.0\n"
        "    def forward(self, x): raise RuntimeError('one\\nline')\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["verify", "odd.py:Norm"]) == 2
    said, paste, *code = capsys.readouterr().err.splitlines()
    assert said.startswith("bncheck: error: odd.py:Norm takes no array of rank 2 to 5")
    assert paste.startswith("to say it yourself")
    assert code[0] == "from odd import Norm"
    compile("\n".join(code), "pasted", "exec")
