"""Modules that somebody wrote: who is who, what they can do, what is said of the rest."""

from pathlib import Path

import numpy as np
import pytest

from bncheck import verify
from bncheck.blaming import is_foreign
from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common import probing

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

INPUTS = Path(__file__).parents[2] / "support" / "street_inputs"
NO_DERIVED = {"jvp", "double_backward"}


def adapted(target):
    return adapt(load(f"{INPUTS}/{target}") if isinstance(target, str) else target, name="mine")


def failing(target, *laws, dtypes=("float32",)):
    report = verify(
        adapted(target), budget="quick", laws=laws, dtypes=dtypes, save=None, shrink=False
    )
    return {f.law for f in report.findings if f.verdict in ("fails", "error")}, report


# target, ranks, what it cannot be asked, what is fixed
RIGHT = [
    ("torch_modules.py:Fastai", (4,), set(), (None, None)),
    ("torch_modules.py:Nested", (4,), set(), (None, None)),
    ("torch_modules.py:NestedNorm", (2, 3), set(), (None, None)),
    ("torch_modules.py:Flag", (2,), set(), (None, None)),
    ("torch_modules.py:Decoy", (2,), set(), (1e-4, 0.05)),
    ("torch_modules.py:Last", (2, 3, 4, 5), set(), (None, None)),
    ("torch_modules.py:Sub", (4,), set(), (None, None)),
    ("d2l.py:BatchNorm", (2, 4), {"eval_backward"}, (1e-5, 0.9)),
    ("onlyjvp.py:BN", (2, 3, 4, 5), NO_DERIVED, (None, None)),
    ("kernelbench.py", (4,), set(), (None, None)),
]
ALL = {"backward", "eval", "eval_backward", "running", "state_before_step"} | NO_DERIVED


@pytest.mark.parametrize(("target", "ranks", "without", "fixed"), RIGHT)
def test_a_right_module_is_understood(target, ranks, without, fixed):
    found = adapted(target)
    assert found.domain.ranks == ranks
    assert found.abilities == ALL - without
    assert (found.domain.fixed_eps, found.domain.fixed_momentum) == fixed
    assert found.domain.affine
    assert found.domain.dtypes == ("float32", "float64")
    assert found.domain.takes == ("float16", "bfloat16")


@pytest.mark.parametrize("target", [row[0] for row in RIGHT])
def test_a_right_module_is_not_blamed(target):
    laws = ("F00", "F01", "B01", "B02", "B12", "B21", "I0*", "I14", "P03", "P04", "P07", "P13")
    wrong, report = failing(target, *laws)
    assert wrong == set()
    assert report.exit_code == 0


def test_parts_in_a_form_of_their_own_come_back_as_vectors():
    case = probing.case(4)
    layer = adapted("torch_modules.py:Fastai").make(case)
    layer.train(case.x)
    got = layer.backward(case.dy)
    assert got.dgamma.shape == got.dbeta.shape == (3,)
    assert layer.state().mean.shape == (3,)
    mean = case.x.mean((0, 2, 3))
    assert np.allclose(layer.state().mean, 0.9 * case.running_mean + 0.1 * mean)


def test_channels_may_be_the_last_axis():
    found = adapted("torch_modules.py:Last")
    assert found.convention.channel_axis == -1
    assert "channel_axis" in found.measured
    assert adapted("torch_modules.py:Fastai").convention.promised() == {}


def test_what_is_missing_is_said():
    found = adapted("torch_modules.py:NoAffineNoStats")
    assert found.abilities == {"backward", "jvp"}
    assert not found.domain.affine
    assert "inference: no running statistics were found" in found.untried
    # mean(0) on images normalizes each pixel by itself; nothing says that it is for images
    assert found.domain.ranks == (2,)
    assert [w[:23] for w in found.warnings] == [f"rank {r} is not tried: it" for r in (3, 4, 5)]


def test_a_rank_that_is_claimed_is_judged():
    class BatchNorm2d(torch.nn.Module):
        def forward(self, x):
            return (x - x.mean(0)) / torch.sqrt(x.var(0, unbiased=False) + 1e-5)

    assert 4 in adapted(BatchNorm2d).domain.ranks
    assert "F00" in failing(BatchNorm2d, "F00")[0]


def test_a_rank_that_raises_is_said():
    (told, *_) = adapted("torch_modules.py:Fastai").untried
    assert told.startswith("ranks 2, 3, 5: it raised IndexError: Dimension out of range")


def test_what_is_not_connected_is_no_gradient():
    found = adapted("torch_modules.py:Detached")
    assert found.abilities == set()
    assert "gradients: the output is not connected to anything by autograd" in found.untried
    assert failing("torch_modules.py:Detached", "F0*")[0] == set()


def test_a_dtype_that_raises_is_said():
    found = adapted("torch_modules.py:Halved")
    assert found.domain.dtypes == ("float32",)
    assert "float64: it raised AssertionError" in found.untried


def test_not_implemented_is_no_ability():
    class Infers(torch.nn.BatchNorm1d):
        def forward(self, x):
            if not self.training:
                raise NotImplementedError("inference comes later")
            return super().forward(x)

    found = adapted(Infers)
    assert {"eval", "eval_backward"}.isdisjoint(found.abilities)
    assert "inference: inference comes later" in found.untried


@pytest.mark.parametrize("target", ["x2_right_autograd_function.py:CustomBN", "onlyjvp.py:BN"])
def test_functions_without_a_second_derivative_have_none(target):
    assert NO_DERIVED.isdisjoint(adapted(target).abilities)
    wrong, report = failing(target, "B12", "B20", "B21", "B22", "P07")
    assert wrong == set()
    reasons = {f.law: f.reason for f in report.findings if f.verdict == "skipped"}
    assert reasons.keys() == {"B12", "B20", "B21", "B22"}


def test_a_second_derivative_that_is_connected_and_wrong_is_found():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale):
            ctx.save_for_backward(x, scale)
            return x * scale

        @staticmethod
        def backward(ctx, dy):
            x, scale = ctx.saved_tensors
            return dy * scale + 0 * x, (dy * x).sum((0,), keepdim=True)

    class Wrong(torch.nn.Module):
        def __init__(self, n, eps=1e-5):
            super().__init__()
            self.eps = eps
            self.weight = torch.nn.Parameter(torch.ones(n))
            self.bias = torch.nn.Parameter(torch.zeros(n))

        def forward(self, x):
            deviation = torch.sqrt(x.var(0, unbiased=False, keepdim=True) + self.eps)
            xhat = Cube.apply(x - x.mean(0, keepdim=True), 1 / deviation)
            # the second derivative of this product counts twice what is in the graph once
            return self.weight * (xhat + (xhat - xhat.detach()) ** 2 * 0.5) + self.bias

    assert "double_backward" in adapted(Wrong).abilities
    assert failing(Wrong, "B21", "B22", dtypes=("float64",))[0]


@pytest.mark.parametrize(("target", "eps"), [("FrozenBatchNorm2d", None), ("FrozenHard", 1e-5)])
def test_frozen_modules_are_for_inference(target, eps):
    found = adapted(f"torch_frozen.py:{target}")
    assert not found.domain.training
    assert found.domain.ranks == (4,)
    assert found.abilities == {"eval", "eval_backward", "state_before_step"}
    assert found.domain.fixed_eps == eps
    wrong, report = failing(f"torch_frozen.py:{target}")
    assert (wrong, report.exit_code) == (set(), 0)


def test_a_frozen_module_that_is_wrong_is_found():
    report = verify(
        f"{INPUTS}/torch_frozen.py:FrozenWrong", budget="quick", dtypes=("float32",), save=None
    )
    assert [c["deviation"] for c in report.causes] == ["eps-outside-root"]


@pytest.mark.parametrize(
    ("target", "wrong", "laws"),
    [
        ("x6_leak_only.py:MyBatchNorm2d", {"P13"}, ("F00", "I0*", "P*")),
        ("t10b_own_module.py", {"P06", "P13"}, ("F00", "I0*", "P*")),
        ("variants.py:Once", {"F00", "B01"}, ("F00", "B01", "P07")),
        ("x3_autograd_pair.py:MyBN", {"F00", "B01"}, ("F00", "B01")),
    ],
)
def test_a_wrong_module_is_found(target, wrong, laws):
    assert wrong <= failing(target, *laws)[0]
    assert "P07" not in failing(target, *laws)[0]


def test_an_eps_outside_the_root_has_its_name():
    target = f"{INPUTS}/t21_lasagne141.py"
    report = verify(target, budget="quick", dtypes=("float32",), save=None)
    assert [c["deviation"] for c in report.causes] == ["eps-outside-root"]


def test_names_that_are_swapped_by_mistake_are_not_turned_round():
    class Swapped(torch.nn.BatchNorm1d):
        def forward(self, x):
            shape = [1, -1] + [1] * (x.dim() - 2)
            if self.training:
                return super().forward(x)
            mean, var = (v.view(shape) for v in (self.running_var, self.running_mean))
            xhat = (x - mean) / torch.sqrt(abs(var) + self.eps)
            return xhat * self.weight.view(shape) + self.bias.view(shape)

    assert "I01" in failing(Swapped, "I01")[0]


def test_what_is_no_batch_normalization_is_refused():
    class Doubles(torch.nn.Module):
        def forward(self, x):
            return 2 * x

    with pytest.raises(TargetError, match="no gamma, beta or running statistics were found"):
        adapted(Doubles)


def test_an_instance_keeps_its_settings():
    made = load(f"{INPUTS}/torch_modules.py:NestedNorm")(5)
    found = adapt(made, name="mine")
    assert found.domain.channels == 5
    assert found.defaults == {"eps": 1e-3, "momentum": 0.2}


@pytest.mark.parametrize(("momentum", "warned"), [(0.1, True), (0.9, False)])
def test_a_small_default_that_weighs_the_old_value_is_a_warning(momentum, warned):
    class Mine(torch.nn.Module):
        """BatchNorm1d."""

        def __init__(self, c, eps=1e-5, momentum=momentum):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(c))
            self.bias = torch.nn.Parameter(torch.zeros(c))
            self.register_buffer("moving_mean", torch.zeros(c))
            self.register_buffer("moving_var", torch.ones(c))
            self.eps, self.momentum = eps, momentum

        def forward(self, x):
            mean, var = self.moving_mean, self.moving_var
            if self.training:
                mean, var = x.mean(0), x.var(0, unbiased=False)
                with torch.no_grad():
                    self.moving_mean.lerp_(mean, 1 - self.momentum)
                    self.moving_var.lerp_(var, 1 - self.momentum)
            return (x - mean) / torch.sqrt(var + self.eps) * self.weight + self.bias

    told = [w for w in adapted(Mine).warnings if "forget" in w]
    assert bool(told) == warned


class Hostile(torch.nn.Module):
    """BatchNorm1d."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(num_features))
        self.shift = torch.nn.Parameter(torch.zeros(num_features))
        self.register_buffer("r_mean", torch.zeros(num_features))
        self.register_buffer("r_var", torch.ones(num_features))
        self.eps, self.momentum = eps, momentum

    def forward(self, x):
        mean, var = self.r_mean, self.r_var
        if self.training:
            mean, var = x.mean(0), ((x - x.mean(0)) ** 2).mean(0)
            with torch.no_grad():
                self.r_mean.lerp_(mean, self.momentum)
                self.r_var.lerp_(var, self.momentum)
        return (x - mean) * torch.rsqrt(var + self.eps) * self.scale + self.shift


PROPERTIES = ("last_loss", "weight", "gamma", "state", "device", "dtype", "T", "grads", "__doc__")
METHODS = ("__len__", "__bool__", "__repr__", "__getitem__", "__dir__", "extra_repr", "double")
ERRORS = (ValueError("not yet"), KeyError("k"), SystemExit(3), NotImplementedError())


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)
def test_a_module_is_taken_whatever_raises_about_it(error):
    def act(*args, **kwargs):
        raise error

    for name in (*PROPERTIES, *METHODS):
        kind = type("Odd", (Hostile,), {name: property(act) if name in PROPERTIES else act})
        made = adapted(kind)
        assert made.abilities >= {"backward", "eval", "running"}, name
        x = probing.case(2).x
        y = made.make(probing.case(2, gamma=np.ones(3), beta=np.zeros(3))).train(x)
        assert np.allclose(y, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)), name


@pytest.mark.parametrize("name", ["named_modules", "train", "parameters", "__setattr__"])
def test_what_a_module_needs_and_raises_is_the_modules(name, tmp_path):
    def act(*args, **kwargs):
        raise ValueError("mine alone")

    kind = type("Odd", (Hostile,), {name: act})
    with pytest.raises(Exception, match="mine alone") as raised:
        adapted(kind)
    assert isinstance(raised.value, TargetError) or is_foreign(raised.value)
