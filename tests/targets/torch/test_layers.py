"""PyTorch layers, on inputs whose outputs are exact in binary, and modules that look like them."""

import importlib
import warnings
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from bncheck.errors import TargetError
from bncheck.model import Case
from bncheck.targets import adapt, load
from bncheck.targets.common import probing

torch = pytest.importorskip("torch")

from bncheck.targets.torch import tensors  # noqa: E402 # both import torch
from bncheck.targets.torch.tools import device_of  # noqa: E402

pytestmark = pytest.mark.torch

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
ALL = {
    *("backward", "eval", "eval_backward", "running"),
    *("jvp", "double_backward", "cumulative", "state_before_step"),
}

# mean 0, biased variance 1, eps 3: w = 4 and 1/sqrt(w) = 1/2
SIGNS = np.array([[1.0, -1], [-1, -1], [1, 1], [-1, 1]])
GAMMA, BETA = np.array([2.0, 4]), np.array([1.0, -1])
DY = np.array([[4.0, 0], [0, 0], [0, 4], [0, 0]])
SHAPES = {2: (4, 2), 3: (2, 2, 2), 4: (2, 2, 1, 2), 5: (1, 2, 2, 1, 2)}


def shaped(a, rank):
    shape = SHAPES[rank]
    return np.moveaxis(np.asarray(a).reshape(shape[0], *shape[2:], 2), -1, 1)


def dyadic(rank, dtype="float32", parameters=None, **changes) -> Case:
    dtype = NAMES.get(dtype, dtype)
    x, dy = (shaped(a, rank).astype(dtype) for a in (SIGNS, DY))
    gamma, beta, mean, var = (
        np.array(a).astype(parameters or dtype) for a in (GAMMA, BETA, [1.0, 0], [1.0, 13])
    )
    return Case(x, gamma, beta, dy, mean, var, **{"eps": 3.0, "momentum": 0.5, **changes})


def adapted(target):
    return adapt(target, name="layer")


LAYERS = [("BatchNorm1d", 2), ("BatchNorm1d", 3), ("BatchNorm2d", 4), ("BatchNorm3d", 5)]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize(("name", "rank"), LAYERS)
def test_torch_layers_are_exact_on_dyadic_inputs(name, rank, dtype):
    implementation = adapt(load(f"torch.nn:{name}"), name=name)
    assert implementation.abilities == ALL
    assert rank in implementation.domain.ranks
    assert dtype in implementation.domain.dtypes + implementation.domain.takes
    assert implementation.convention.dtypes is None
    assert implementation.domain.dtypes == ("float32", "float64")
    case = dyadic(rank, dtype)
    layer = implementation.make(case)
    y = layer.train(case.x)
    assert y.dtype == case.x.dtype
    assert np.array_equal(y, shaped(SIGNS * [1, 2] + BETA, rank))
    # dx = gamma/2 * (dy - mean(dy) - xhat * mean(dy * xhat)), xhat = x/2, both means 1 and 1/2
    got = layer.backward(case.dy)
    assert np.array_equal(got.dx, shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), rank))
    assert np.array_equal(got.dgamma, [2, 2])
    assert np.array_equal(got.dbeta, [4, 4])
    assert np.array_equal(layer.state().mean, [0.5, 0])
    # in inference w = (1 + 3, 13 + 3)
    layer = implementation.make(case)
    assert np.array_equal(layer.eval(case.x), shaped(SIGNS - [1, 0] + BETA, rank))
    got = layer.backward(case.dy)
    assert np.array_equal(got.dx, case.dy)
    assert np.array_equal(got.dgamma, [0, 1])
    assert np.array_equal(layer.state().mean, case.running_mean)


def test_half_precision_with_single_precision_parameters():
    case = dyadic(4, "float16", parameters=np.float32)
    layer = adapted(torch.nn.BatchNorm2d).make(case)
    assert layer.train(case.x).dtype == np.float16
    got = layer.backward(case.dy)
    assert (got.dx.dtype, got.dgamma.dtype) == (np.float16, np.float32)
    assert np.array_equal(got.dgamma, [2, 2])
    assert layer.state().var.dtype == np.float32


@pytest.mark.parametrize("rank", [2, 4])
def test_second_derivatives_and_directional_derivatives(rank):
    implementation = adapted(torch.nn.BatchNorm1d if rank == 2 else torch.nn.BatchNorm2d)
    case = dyadic(rank, "float64")
    layer = implementation.make(case)
    # batch normalization's derivative is symmetric up to gamma: J v = the gradient along v
    assert np.array_equal(layer.jvp(case.x, case.dy), _dx(layer, case))
    w = shaped([[1.0, 0], [0, 0], [0, 0], [0, 0]], rank)
    of_x, of_dy, of_gamma = layer.double_backward(case.x, case.dy, w)
    # <w, dx> is linear in dy, with the same symmetric matrix, and in gamma
    assert np.array_equal(of_dy, layer.jvp(case.x, w))
    dx = _dx(layer, case)
    assert np.array_equal(of_gamma, (w * dx).sum(tuple(a for a in range(rank) if a != 1)) / GAMMA)
    # shifting all x of a channel changes nothing
    assert abs(of_x.sum(tuple(a for a in range(rank) if a != 1))).max() <= 8 * 2.0**-53
    assert of_x.any()
    fresh = implementation.make(case)
    fresh.jvp(case.x, case.dy)
    fresh.double_backward(case.x, case.dy, w)
    assert np.array_equal(fresh.state().mean, case.running_mean)


def _dx(layer, case):
    layer.train(case.x)
    return layer.backward(case.dy).dx


def test_cumulative_average():
    case = dyadic(2, momentum=None)
    layer = adapted(torch.nn.BatchNorm1d).make(case)
    for shift in (1, 3, 8):
        layer.train(case.x + np.float32(shift))
    assert np.array_equal(layer.state().mean, [4, 4])


def test_torch_promises_its_own_convention_and_a_lookalike_nothing():
    own = adapted(torch.nn.BatchNorm1d).convention
    assert (own.momentum_weighs, own.running_var, own.one_value) == ("new", "unbiased", "raises")

    class Mine(torch.nn.BatchNorm1d):
        pass

    lookalike = adapted(Mine)
    assert lookalike.convention.promised() == {}
    assert lookalike.domain.ranks == (2, 3)
    assert lookalike.domain.dtypes == ("float32", "float64")
    assert "cumulative" not in lookalike.abilities


class OwnModule(torch.nn.Module):
    """A module written by hand, as in many repositories, for images only."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = torch.nn.Parameter(torch.ones(num_features))
        self.bias = torch.nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        n, _, h, w = x.shape
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            with torch.no_grad():
                m = n * h * w
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * m / (m - 1), self.momentum)
        xhat = (x - mean[:, None, None]) / torch.sqrt(var[:, None, None] + self.eps)
        return self.weight[:, None, None] * xhat + self.bias[:, None, None]


def test_a_module_of_ones_own():
    implementation = adapted(OwnModule)
    assert implementation.domain.ranks == (4,)
    case = dyadic(4, "float64")
    layer = implementation.make(case)
    assert np.array_equal(layer.train(case.x), shaped(SIGNS * [1, 2] + BETA, 4))
    expected = shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), 4)
    assert np.array_equal(layer.backward(case.dy).dx, expected)
    assert np.array_equal(layer.jvp(case.x, case.dy), expected)
    assert np.array_equal(layer.state().mean, [0.5, 0])


def test_an_instance_is_never_changed():
    instance = torch.nn.BatchNorm2d(2, eps=0.5).eval()
    before = {k: v.clone() for k, v in instance.state_dict().items()}
    implementation = adapted(instance)
    assert implementation.domain.channels == 2
    case = dyadic(4)
    layer = implementation.make(case)
    layer.train(case.x)
    layer.backward(case.dy)
    assert all(torch.equal(v, before[k]) for k, v in instance.state_dict().items())
    assert (instance.eps, instance.training) == (0.5, False)
    assert instance.weight.grad is None


def test_a_factory_and_missing_parts_are_domain():
    plain = adapted(lambda: torch.nn.BatchNorm1d(2, affine=False))
    assert not plain.domain.affine
    assert "double_backward" not in plain.abilities
    case = dyadic(2)
    layer = plain.make(case)
    assert np.array_equal(layer.train(case.x), SIGNS / 2)
    assert layer.backward(case.dy).dgamma is None
    stateless = adapted(lambda: torch.nn.BatchNorm1d(2, track_running_stats=False))
    assert stateless.abilities == {"backward", "jvp", "double_backward"}
    layer = stateless.make(case)
    assert layer.eval is None
    assert layer.state is None
    assert stateless.domain.channels == 2
    nothing = torch.nn.BatchNorm1d(2, affine=False, track_running_stats=False)
    assert adapted(nothing).domain.channels == 2


class Seen(torch.nn.BatchNorm2d):
    """Keeps the tensors that it was given."""

    def forward(self, x):
        seen.append(x)
        return super().forward(x)


seen: list = []


@pytest.mark.parametrize("dtype", [np.float32, ml_dtypes.bfloat16])
def test_tensors_lie_on_the_arrays_themselves(dtype):
    base = np.zeros((2, 3, 3, 8), dtype)
    views = {
        "channels last": np.moveaxis(base, -1, 1),
        "every second": base[:, :, ::2, ::2],
        "repeated": np.broadcast_to(base[:1], base.shape),
    }
    for what, x in views.items():
        tensor = _given(x)
        assert tensor.stride() == tuple(s // x.itemsize for s in x.strides), what
        if x.flags.writeable:
            assert tensor.data_ptr() == x.__array_interface__["data"][0], what
    assert _given(views["channels last"]).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("dtype", [np.float32, ml_dtypes.bfloat16])
def test_what_torch_cannot_hold_is_copied_with_equal_values(dtype):
    base = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5).astype(dtype)
    fixed = np.moveaxis(base, 1, -1).copy()
    fixed = np.moveaxis(fixed, -1, 1)
    fixed.flags.writeable = False
    overlapping = np.lib.stride_tricks.sliding_window_view(base.reshape(2, 3, 20), 4, axis=2)
    for x in (base[::-1, :, ::-2], fixed, overlapping[:, :, ::3]):
        got = _given(x).detach().to(torch.float64).numpy()
        assert np.array_equal(got, x.astype(np.float64))
    assert _given(fixed).stride() == tuple(s // fixed.itemsize for s in fixed.strides)


def _given(x):
    seen.clear()
    ones = np.ones(x.shape[1], x.dtype)
    case = Case(x, ones, ones, x, ones, ones)
    adapted(Seen).make(case).train(x)
    return seen[-1]


def test_a_module_that_changes_its_input_is_seen_to():
    class Overwrites(torch.nn.BatchNorm2d):
        def forward(self, x):
            y = super().forward(x)
            x.data.zero_()
            return y

    case = dyadic(4)
    adapted(Overwrites).make(case).train(case.x)
    assert not case.x.any()


def test_threads_of_the_process_are_left_as_they_were():
    before = torch.get_num_threads()
    inside = []

    class Counts(torch.nn.BatchNorm1d):
        def forward(self, x):
            inside.append(torch.get_num_threads())
            return super().forward(x)

    case = dyadic(2)
    torch.set_num_threads(2)
    try:
        adapted(Counts).make(case).train(case.x)
        assert (inside[-1], torch.get_num_threads()) == (1, 2)
    finally:
        torch.set_num_threads(before)


def test_one_value_per_channel_raises_as_torch_does():
    layer = adapted(torch.nn.BatchNorm1d).make(dyadic(2))
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        layer.train(np.ones((1, 2), np.float32))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "LazyBatchNorm1d",
            "torch.nn:LazyBatchNorm1d learns its number of channels from its first batch, so its "
            "parameters cannot be set before; check BatchNorm1d instead",
        ),
        (
            "SyncBatchNorm",
            "torch.nn:SyncBatchNorm needs a group of processes; "
            "check torch.nn.BatchNorm1d, 2d or 3d instead",
        ),
        (
            "ReLU",
            "torch.nn:ReLU is torch's own ReLU, which is no batch normalization; "
            "check torch.nn.BatchNorm1d, 2d or 3d",
        ),
    ],
)
def test_modules_that_cannot_be_taken(name, message):
    with pytest.raises(TargetError) as caught:
        adapt(load(f"torch.nn:{name}"), name=f"torch.nn:{name}")
    assert str(caught.value) == message


def test_a_script_module_cannot_be_given_other_settings():
    importlib.import_module("torch._dynamo")  # where something was compiled before
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, of all scripts
        script = torch.jit.script(torch.nn.BatchNorm2d(3))
    with pytest.raises(TargetError) as caught:
        adapt(script, name="mine")
    assert str(caught.value) == (
        "mine is a script module, whose eps and momentum are constants that no case can set; give "
        "the module that it was made of, or torch.compile(module)"
    )


def test_a_class_that_needs_more_arguments():
    with pytest.raises(TargetError) as caught:
        adapt(load("torch.nn:Conv2d"), name="torch.nn:Conv2d")
    assert str(caught.value).startswith(
        "torch.nn:Conv2d could not be made as Conv2d(3), for 3 channels: TypeError: "
    )
    assert str(caught.value).endswith("give a function without arguments that makes it")


def test_agrees_with_the_numpy_example():
    right = adapt(load(str(EXAMPLES / "numpy_layer.py")), name="numpy_layer")
    case = probing.case(4)
    a, b = adapted(torch.nn.BatchNorm2d).make(case), right.make(case)
    # 64 roundings of numbers below 64: the case is well conditioned
    assert np.max(abs(a.train(case.x) - b.train(case.x))) <= 64 * 64 * 2.0**-53
    assert np.max(abs(a.state().var - b.state().var)) <= 64 * 64 * 2.0**-53


LAID_OUT = [
    lambda a: a,
    lambda a: a[:, :, ::2],
    lambda a: a.transpose(2, 0, 1),
    lambda a: np.broadcast_to(a[:, :1], (4, 3, 8)),
    lambda a: a[1:, :2, 3:5],
]


@pytest.mark.parametrize("lay_out", LAID_OUT)
def test_a_copy_on_another_device_keeps_the_strides(lay_out):
    here = tensors.to_torch(lay_out(np.arange(96.0).reshape(4, 3, 8)))
    there = tensors._moved(here, torch.device("cpu"))
    assert there.data_ptr() != here.data_ptr()
    assert there.stride() == here.stride()
    assert torch.equal(there, here)


def test_a_layer_is_checked_where_it_is():
    assert device_of(torch.nn.BatchNorm1d(3)) == torch.device("cpu")
    assert device_of(torch.nn.BatchNorm1d(3, device="meta")) == torch.device("meta")
    bare = torch.nn.BatchNorm1d(3, affine=False, track_running_stats=False)
    assert device_of(bare) == torch.get_default_device()
