"""``paddle.nn.BatchNorm`` on inputs whose outputs are exact in binary, and what is wrong in it."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from exact_batch import DY, SIGNS, check_steps, close, exact_case, shaped

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

with warnings.catch_warnings():  # on import it warns of a compiler cache that is not there
    warnings.simplefilter("ignore")
    paddle = pytest.importorskip("paddle", reason="needs paddlepaddle")

pytestmark = pytest.mark.paddle

nn = paddle.nn


def check(implementation, rank, dtype):
    # momentum 3/4 weighs the old; the variance is biased
    check_steps(implementation, exact_case(rank, dtype), [0.75, 0], [1, 10])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "rank"),
    [
        *(("BatchNorm1D", rank) for rank in (2, 3)),
        ("BatchNorm2D", 4),
        ("BatchNorm3D", 5),
        *(("BatchNorm", rank) for rank in (2, 3, 4, 5)),
    ],
)
def test_layer(name, rank, dtype):
    implementation = adapt(load(f"paddle.nn:{name}"), name=name)
    assert rank in implementation.domain.ranks
    assert implementation.defaults == {"eps": 1e-5, "momentum": 0.9}
    check(implementation, rank, dtype)


def test_second_order_leaves_the_layer_as_it_is():
    implementation = adapt(nn.BatchNorm1D, name="mine")
    case = exact_case(2, "float64")
    layer = implementation.make(case)
    # <w, dx> is linear in dy: its derivative towards dy is dx with w for dy
    _, of_dy, of_gamma = layer.double_backward(case.x, case.dy, SIGNS)
    layer.train(case.x)
    close(of_dy, layer.backward(SIGNS).dx, "float64")
    layer = implementation.make(case)
    layer.double_backward(case.x, case.dy, SIGNS)
    close(layer.state().mean, case.running_mean, "float64")
    close(of_gamma, np.sum(SIGNS * (DY - 1 - SIGNS / 4), axis=0) / 2, "float64")


def test_instances_are_copied_and_keep_their_layout():
    given = nn.BatchNorm2D(2, data_format="NHWC")
    implementation = adapt(given, name="mine")
    assert implementation.convention.channel_axis == -1
    assert implementation.domain.channels == 2
    check(implementation, 4, "float64")
    assert given._mean.numpy().tolist() == [0, 0]
    assert given._mean.dtype == paddle.float32


def test_settings_of_an_instance():
    implementation = adapt(nn.BatchNorm1D(2, weight_attr=False), name="mine")
    assert not implementation.domain.affine
    assert "double_backward" not in implementation.abilities
    layer = implementation.make(exact_case(2))
    layer.train(exact_case(2).x)
    got = layer.backward(exact_case(2).dy)
    assert got.dgamma is None
    close(got.dx, shaped((DY - 1 - SIGNS / 4) / 2, 2))
    close(got.dbeta, [0, 0])  # there is none, which is a fault (docs/findings/paddle-lone-bias.py)


@pytest.mark.parametrize(
    "given", [nn.BatchNorm1D(2, use_global_stats=False), nn.BatchNorm(2, trainable_statistics=True)]
)
def test_evaluating_with_statistics_of_the_batch(given):
    implementation = adapt(given, name="mine")
    assert not {"eval", "eval_backward"} & implementation.abilities
    assert implementation.make(exact_case(2)).eval is None


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (
            nn.LayerNorm,
            "mine is a LayerNorm, but should be a paddle.nn layer: BatchNorm1D, BatchNorm2D, "
            "BatchNorm3D, BatchNorm",
        ),
        (
            nn.BatchNorm1D(2, use_global_stats=True),
            "mine has use_global_stats=True, which is not batch normalization of the batch; check "
            "one with use_global_stats=False or None",
        ),
        (
            nn.BatchNorm(2, act="relu"),
            "mine has act='relu', which is not batch normalization of the batch; check one with "
            "act=None",
        ),
    ],
)
def test_other_layers(target, told):
    with pytest.raises(TargetError) as caught:
        adapt(target, name="mine")
    assert str(caught.value) == told


def test_one_value_is_found():
    laws = ("P06", "F12", "X03")
    report = verify(
        "paddle.nn:BatchNorm1D", laws=laws, dtypes=("float32",), budget="quick", save=None
    )
    verdicts = {f.law: f.verdict for f in report.findings}
    assert verdicts == {"F12": "fails", "X03": "holds", "P06": "fails"}


def test_attributes_in_float32_are_found():
    report = verify(
        "paddle.nn:BatchNorm", laws=("F28",), dtypes=("float64",), budget="quick", save=None
    )
    (finding,) = report.findings
    assert finding.verdict == "fails"
    assert finding.case.got == pytest.approx(float(np.float32(finding.case.expected)), rel=1e-11)


def test_all_else_holds():
    """Without one value per channel, and with numbers that float32 has."""
    given = adapt(nn.BatchNorm1D, name="mine")

    def make(case):
        layer = given.make(case)

        def train(x):
            if x.size == x.shape[1]:
                raise ValueError("one value per channel")
            return layer.train(x)

        return replace(layer, train=train)

    fixed = {"fixed_eps": float(np.float32(1e-5)), "fixed_momentum": 0.875}
    right = replace(
        given,
        make=make,
        convention=replace(given.convention, one_value="raises"),
        domain=replace(given.domain, **fixed),
    )
    report = verify(right, budget="quick", save=None)
    assert {f.law for f in report.findings if f.verdict in ("fails", "error")} == set()
