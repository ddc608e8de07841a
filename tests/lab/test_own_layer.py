"""E19 with somebody's own layer: what is said of right ones, of wrong ones, and of lost ones."""

from dataclasses import replace

import numpy as np
import pytest
from command import CORRECT, doing

from bncheck.deviations import targets
from bncheck.engine import Options
from bncheck.errors import BncheckError, NotSupported, TargetError
from bncheck.lab import datasets, own_layer, own_net, own_report, training
from bncheck.lab.model import Cell
from bncheck.lab.nets import Net
from bncheck.lab.training import Setup
from bncheck.truth import derived

SETUP = Setup(Net((64, 16, 16, 10), "relu", "before", "he"), 0.1, 12, size=1000)
SMALL = Cell("small", "digits", {"right": SETUP})
OPTIONS = Options(budget="smoke", save=None, timeout=5.0)
BACKWARD = """

def backward(dy, x, gamma, beta, eps):
    axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    centered = x - x.mean(axes, keepdims=True)
    inv = 1 / np.sqrt((centered * centered).mean(axes, keepdims=True) + x.dtype.type(eps))
    xhat = centered * inv
    mean, across = dy.mean(axes, keepdims=True), (dy * xhat).mean(axes, keepdims=True)
    dx = gamma.reshape(shape) * inv * (dy - mean - xhat * across)
    return dx, (dy * xhat).sum(axes), dy.sum(axes)
"""


def trained(target, *, setup=SETUP, seeds=1):
    cell = Cell("small", "digits", {"right": setup})
    *_, last = own_layer.train(target, cell=cell, seeds=seeds, options=OPTIONS)
    return last.result


@pytest.fixture
def written(tmp_path):
    def write(source):
        path = tmp_path / "bn.py"
        path.write_text(source, encoding="utf-8")
        return str(path)

    return write


class Proved:
    def output(self, x, gamma, beta):
        c = x - x.mean(0)
        return derived.forward(c, (c * c).mean(0) + SETUP.net.eps, gamma, beta).y

    def gradients(self, x, gamma, beta, dy):
        c = x - x.mean(0)
        b = derived.backward(c, (c * c).mean(0) + SETUP.net.eps, gamma, dy)
        return b.dx, b.dgamma, b.dbeta


def test_with_the_proved_formulas_the_net_is_that_of_the_lab_bit_by_bit():
    data = datasets.load("digits")
    own, lab = training.started(SETUP, data, 5), training.started(SETUP, data, 5)
    losses = [loss for _, loss in own_net.steps(SETUP, own, Proved())]
    assert losses == [loss for _, loss, *_ in training.steps(SETUP, lab)]
    for a, b in zip(own.p.all(), lab.p.all(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_right_layer_is_noticed_by_neither():
    *_, last = own_layer.run("examples/numpy_layer.py", cell=SMALL, seeds=7, options=OPTIONS)
    assert all(abs(pair.lost) < 0.5 for pair in last.result.pairs)
    text = own_report.render(last.result)
    assert text.startswith("training does not notice anything: 0.0 points of accuracy [")
    assert "bncheck verify: HOLDS" in text
    assert text.endswith("Neither training nor bncheck verify finds anything wrong.\n")


def test_a_wrong_one_that_training_does_not_notice_is_found_by_verify():
    target = "bncheck.deviations.targets:dgamma_averaged"
    *_, last = own_layer.run(target, cell=SMALL, seeds=1, options=OPTIONS)
    text = own_report.render(last.result)
    assert "bncheck verify: FAILS" in text
    assert "dgamma-averaged" in text


def test_a_wrong_one_that_training_notices():
    setup = Setup(SETUP.net, 0.1, 120, size=1000)
    result = trained("bncheck.deviations.targets:statistics_as_constants", setup=setup)
    assert result.pairs[0].lost > 5


def test_without_backward_it_is_refused_in_a_sentence(written):
    with pytest.raises(TargetError, match="has no backward pass, and without one no net is"):
        trained(written(CORRECT.replace("@", "pass")))


def test_another_normalization_is_refused_in_a_sentence():
    with pytest.raises(NotSupported, match="is layer normalization, and the net has batch"):
        trained("examples/layer_norm.py")


LOST = {
    "raise ValueError('no more')": "forward in training mode raised ValueError: no more",
    "import os; os._exit(3)": "exit",
    "while True: pass": "5 s",
}


@pytest.mark.parametrize("does", LOST)
def test_one_that_is_lost_in_training_is_told_and_what_was_trained_stays(written, does):
    # once gamma has been trained: neither while it loads nor in the first step
    when = f"if x.shape[0] == 60 and gamma.std() > 0:\n        {does}"
    result = trained(written(doing(when, BACKWARD)))
    assert result.failure.startswith("after 1 step of seed 100 ")
    assert LOST[does] in result.failure
    assert "training came to no end: after" in own_report.render(result)


def test_one_of_fixed_size_is_given_a_net_of_its_size(written):
    source = doing("pass", BACKWARD) + '\nCONVENTION = {"channels": 12, "dtypes": ["float32"]}\n'
    result = trained(written(source))
    assert result.setup.net.widths == (64, 12, 12, 10)
    assert result.dtype == "float32"
    assert abs(result.pairs[0].lost) < 2


def test_one_with_too_few_channels_is_refused(written):
    source = doing("pass", BACKWARD) + '\nCONVENTION = {"channels": 3}\n'
    with pytest.raises(BncheckError, match="takes 3 channels only, and the net can have 10"):
        trained(written(source))


@pytest.mark.torch
def test_a_module_of_torch():
    pytest.importorskip("torch")
    result = trained("torch.nn:BatchNorm1d")
    assert not result.failure
    assert abs(result.pairs[0].lost) < 0.5


def test_one_that_gives_no_dgamma_is_refused_in_a_sentence():
    whole = targets.missing_gamma

    def make(case):
        layer = whole.make(case)
        return replace(layer, backward=lambda dy: replace(layer.backward(dy), dgamma=None))

    with pytest.raises(TargetError, match="gives no dgamma, and the net trains its gamma"):
        trained(replace(whole, make=make))
