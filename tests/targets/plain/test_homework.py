"""Homework classes: every style is driven as its author would, and gives the right numbers.

Expected numbers come from one NumPy example that the tests of plain functions check exactly; the
bound is 64 roundings of numbers below 64, which all of these well conditioned cases keep.
"""

import copy
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bncheck.engine import verify
from bncheck.errors import TargetError, TargetRaised, UsageError
from bncheck.model import Case
from bncheck.model.formats import FLOAT32
from bncheck.targets import adapt, load
from bncheck.targets.common import probing

EXAMPLES = Path(__file__).parents[3] / "examples"
styles = load(str(Path(__file__).parents[2] / "support" / "homework_styles.py"))
ROUNDINGS = 64 * 64 * 2.0**-53

FULL = {"backward", "eval", "running", "state_before_step"}
# style: abilities, ranks, channel axis, fixed eps, fixed momentum and what it weighs, affine
FOUND = {
    "TrainFlag": (FULL, (2,), 1, 1e-6, None, None, True),
    "CacheTuple": (FULL, (2,), 1, None, None, None, True),
    "TorchLike": (FULL | {"eval_backward"}, (4,), 1, None, None, None, True),
    "KerasLike": (FULL - {"backward"}, (2, 3, 4, 5), -1, None, None, None, True),
    "NumpyMlLike": (FULL, (2,), 1, None, None, None, True),
    "ParameterObjects": (FULL, (2, 4), 1, 1e-5, 0.9, "old", True),
    "LegacyModule": (FULL, (2,), 1, None, None, None, False),
    "ColumnMajor": ({"backward"}, (2,), 0, None, None, None, True),
    "Plainest": ({"backward"}, (2,), 1, None, None, None, True),
    "NoParameters": (set(), (2,), 1, None, None, None, False),
    "ExamplesAreColumns": ({"backward"}, (2,), 0, None, None, None, True),
    "KeywordsOnly": (FULL - {"backward"}, (2,), 1, None, None, None, True),
    "MeanOfAllBatches": (FULL - {"backward"} | {"cumulative"}, (2,), 1, None, None, None, True),
}


def adapted(name: str):
    return adapt(getattr(styles, name), name=name)


@pytest.fixture(scope="module")
def truth():
    return adapt(load(str(EXAMPLES / "numpy_layer.py")), name="numpy_layer")


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found(name):
    implementation = adapted(name)
    domain, convention = implementation.domain, implementation.convention
    assert FOUND[name] == (
        set(implementation.abilities),
        domain.ranks,
        convention.channel_axis,
        domain.fixed_eps,
        domain.fixed_momentum,
        convention.momentum_weighs,
        domain.affine,
    )
    assert "homework_styles.py:" in implementation.origin
    assert domain.dtypes == ("float32", "float64")


def fitting(implementation, rank: int, channels: int = 4, **changes) -> Case:
    """A case inside the domain; eps and momentum differ from every default."""
    domain = implementation.domain
    parts = {
        "eps": 0.25 if domain.fixed_eps is None else domain.fixed_eps,
        "momentum": domain.momentum(0.375),
        **({} if domain.affine else {"gamma": np.ones(channels), "beta": np.zeros(channels)}),
    }
    return probing.case(rank, channels, **{**parts, **changes})


def close(got, expected):
    assert got.shape == expected.shape
    assert np.max(abs(got - expected)) <= ROUNDINGS


CASES = [(name, rank) for name, found in FOUND.items() for rank in found[1]]


@pytest.mark.parametrize(("name", "rank"), CASES)
def test_training_inference_and_gradients(name, rank, truth):
    implementation = adapted(name)
    case = fitting(implementation, rank)
    # the example needs a momentum; what it makes of it is not looked at where there is none
    like = case if case.momentum is not None else replace(case, momentum=0.5)
    layer, right = implementation.make(case), truth.make(like)
    close(layer.train(case.x), right.train(case.x))
    if layer.backward is not None:
        got, expected = layer.backward(case.dy), right.backward(case.dy)
        close(got.dx, expected.dx)
        if implementation.domain.affine:
            close(got.dgamma, expected.dgamma)
            close(got.dbeta, expected.dbeta)
    if layer.eval is None:
        return
    # from the case's own running statistics, in a layer that has not been trained
    layer, right = implementation.make(case), truth.make(like)
    close(layer.eval(case.x), right.eval(case.x))
    if "eval_backward" in implementation.abilities:
        close(layer.backward(case.dy).dx, right.backward(case.dy).dx)
    # the state after a step, whichever of old and new momentum weighs
    layer.train(case.x)
    axes = tuple(a for a in range(rank) if a != 1)
    weight = 1.0 if case.momentum is None else 1 - case.momentum
    weight = 0.375 if name == "TorchLike" else weight
    close(layer.state().mean, (1 - weight) * case.running_mean + weight * case.x.mean(axes))


def test_ranks_are_those_that_are_promised():
    class Promising(styles.KerasLike):
        CONVENTION = {"ranks": [2, 4]}  # noqa: RUF012 # as people write it

    assert adapt(Promising, name="P").domain.ranks == (2, 4)
    Promising.CONVENTION = {"ranks": [6]}
    with pytest.raises(UsageError, match="should be a list out of 2, 3, 4, 5"):
        adapt(Promising, name="P")

    class TooMuch(styles.TrainFlag):
        CONVENTION = {"ranks": [2, 4]}  # noqa: RUF012 # as people write it

    with pytest.raises(TargetError, match="takes no array of rank 4"):
        adapt(TooMuch, name="T")


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("TrainFlag", {"channel_axis"}),
        ("ParameterObjects", {"channel_axis", "momentum_weighs"}),
        ("ColumnMajor", set()),
    ],
)
def test_what_is_measured_is_not_called_promised(name, measured):
    implementation = adapted(name)
    assert implementation.measured == measured
    report = verify(implementation, laws=("P01",), budget="quick", save=None)
    assert not measured & report.promised.keys()
    assert measured <= report.observed.keys()


@pytest.mark.rows(6)
@pytest.mark.parametrize("name", FOUND)
def test_no_style_is_blamed(name):
    report = verify(adapted(name), budget="quick", dtypes=("float64",), save=None)
    wrong = [f for f in report.findings if f.verdict in ("fails", "error")]
    assert not wrong, (wrong[0].law, wrong[0].reason, wrong[0].case)
    assert any(f.verdict == "holds" for f in report.findings)


@pytest.mark.parametrize("name", FOUND)
def test_the_inputs_and_the_class_stay_as_they_were(name):
    implementation = adapted(name)
    case = fitting(implementation, FOUND[name][1][0])
    before = copy.deepcopy(case)
    layer = implementation.make(case)
    layer.train(case.x)
    if layer.backward is not None:
        layer.backward(case.dy)
    for part in ("x", "gamma", "beta", "dy", "running_mean", "running_var"):
        assert np.array_equal(getattr(case, part), getattr(before, part))


def test_gradients_stay_what_they_were_when_the_class_adds_to_its_own():
    implementation = adapted("NumpyMlLike")
    case = fitting(implementation, 2)
    layer = implementation.make(case)
    layer.train(case.x)
    first = layer.backward(case.dy)
    before = first.dgamma.copy()
    second = layer.backward(case.dy)
    assert np.array_equal(first.dgamma, before)
    assert np.array_equal(second.dgamma, 2 * before)  # as it is; a law may say what it should be


def test_a_class_that_only_says_it_is_of_a_framework(monkeypatch):
    monkeypatch.delitem(sys.modules, "flax", raising=False)
    pretends = type("Pretends", (styles.TorchLike,), {"__module__": "flax.linen"})
    assert adapt(pretends, name="Pretends").domain.ranks == (4,)


def test_an_array_goes_in_as_it_is():
    seen = []

    class Layer(styles.TrainFlag):
        def forward(self, x, train_flg=True):
            seen.append(x)
            return super().forward(x, train_flg)

    implementation = adapt(Layer, name="Layer")
    case = fitting(implementation, 2)
    x = np.asfortranarray(case.x)[::-1]
    x.flags.writeable = False
    implementation.make(case).train(x)
    assert seen[-1] is x


def test_parameters_get_the_dtype_of_the_case_and_the_shape_of_the_class():
    seen = []

    class Layer(styles.TorchLike):
        def forward(self, x):
            seen.append((self.weight.dtype.name, self.weight.shape, self.running_var.dtype.name))
            return super().forward(x)

    case = probing.case(4, 2, np.float32)
    y = adapt(Layer, name="Layer").make(case).train(case.x)
    assert seen[-1] == ("float32", (1, 2, 1, 1), "float32")
    assert y.dtype == np.float32


def test_a_class_that_computes_in_float64_is_passed_on():
    class Wide(styles.TrainFlag):
        def forward(self, x, train_flg=True):
            return super().forward(x.astype(np.float64), train_flg)

    case = fitting(adapt(Wide, name="Wide"), 2)
    assert adapt(Wide, name="Wide").make(case).train(case.x.astype(np.float32)).dtype == np.float64


def test_an_instance_keeps_its_channels_and_is_never_changed(truth):
    instance = styles.TorchLike(5)
    implementation = adapt(instance, name="bn")
    assert implementation.domain.channels == 5
    case = fitting(implementation, 4, channels=5)
    close(implementation.make(case).train(case.x), truth.make(case).train(case.x))
    assert np.array_equal(instance.running_mean, np.zeros((1, 5, 1, 1)))
    assert instance.eps == 1e-5
    assert not hasattr(instance, "x")


def test_a_factory_makes_what_the_constructor_cannot_be_guessed_for():
    class Odd(styles.TrainFlag):
        def __init__(self, path):
            super().__init__(np.ones(2), np.zeros(2), 0.9, np.zeros(2), np.ones(2))

    with pytest.raises(TargetError) as caught:
        adapt(Odd, name="bn.py:Odd")
    assert str(caught.value) == (
        "bn.py:Odd needs the argument 'path', which bncheck cannot guess; "
        "give a function without arguments that makes a layer which does not need it"
    )
    assert adapt(lambda: Odd("weights.npz"), name="make").domain.channels == 2


def test_the_example_is_a_homework_class(truth):
    implementation = adapt(load(f"{EXAMPLES / 'homework_layer.py'}:BatchNorm"), name="BatchNorm")
    assert implementation.abilities == FULL
    assert implementation.domain.ranks == (2,)
    case = fitting(implementation, 2)
    layer, right = implementation.make(case), truth.make(case)
    close(layer.train(case.x), right.train(case.x))
    close(layer.backward(case.dy).dx, right.backward(case.dy).dx)


def test_a_class_that_raises_everywhere():
    class Broken:
        def forward(self, x):
            raise NameError("name 'gama' is not defined")

    with pytest.raises(TargetError) as caught:
        adapt(Broken, name="bn.py:Broken")
    first, *others = str(caught.value).splitlines()
    assert first == (
        "bn.py:Broken takes no array of rank 2 to 5; for shape (4, 3): "
        "NameError: name 'gama' is not defined"
    )
    assert len(others) <= 4


def test_a_constructor_that_raises():
    class Broken:
        def __init__(self, num_features):
            raise TypeError("no")

        def forward(self, x): ...

    with pytest.raises(
        TargetError, match=r"^Broken could not be made for 3 channels: TypeError: no$"
    ):
        adapt(Broken, name="Broken")


def test_a_backward_that_needs_more_is_missing():
    class Needs(styles.TrainFlag):
        def backward(self, dout, schedule): ...

    implementation = adapt(Needs, name="bn.py:Needs")
    assert "backward" not in implementation.abilities
    assert "backward: needs the argument 'schedule'" in "; ".join(implementation.untried)


def test_an_answer_of_another_shape():
    class Sums:
        def forward(self, x):
            return x if x.shape[0] == 4 else x.sum(0)

    layer = adapt(Sums, name="Sums").make(probing.case(2))
    with pytest.raises(TargetRaised) as caught:
        layer.train(np.ones((2, 3)))
    assert caught.value.kind == "shape"
    assert str(caught.value) == (
        "forward returned an array of shape (3,) and dtype float64, "
        "but should be an array of shape (2, 3) and dtype float64"
    )


def test_backward_after_inference_is_claimed_only_where_it_knows_of_it():
    class Forgetful(styles.TorchLike):
        def backward(self, grad_output):
            self.was_training = True
            return super().backward(grad_output)

    assert "eval_backward" in adapt(styles.TorchLike, name="").abilities
    assert "eval_backward" not in adapt(Forgetful, name="").abilities


def test_what_is_not_there_is_not_claimed():
    class Bare:
        def forward(self, x):
            return (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)

    implementation = adapt(Bare, name="Bare")
    assert implementation.abilities == set()
    assert not implementation.domain.affine
    assert implementation.domain.fixed_eps == 1e-5


@pytest.mark.parametrize("eps", [1e-3, 1e-5, 1e-6, 1e-8, 1e-12, 2.5e-4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_built_in_eps_is_measured_as_it_was_written(eps, dtype):
    class Bare:
        def forward(self, x):
            x = x.astype(dtype)
            c = x - x.mean(0)
            return c / np.sqrt((c * c).mean(0) + np.dtype(dtype).type(eps))

    assert adapt(Bare, name="Bare").domain.fixed_eps == eps


@pytest.mark.parametrize(
    ("keep", "take", "found"),
    [
        (0.9, 0.1, (0.1, "new")),
        (0.9, 1 - 0.9, (0.9, "old")),
        (1 - 0.1, 0.1, (0.1, "new")),
        (0.99, 1 - 0.99, (0.99, "old")),
        (0.5, 0.5, (0.5, "new")),
        (1.0, 0.0, (None, None)),  # never updated: for the laws to find, not to accept
        (0.9, 0.2, (None, None)),  # the weights do not add up
    ],
)
def test_a_built_in_momentum_is_measured_as_it_was_written(keep, take, found):
    class Running:
        def __init__(self, n):
            self.running_mean, self.running_var, self.eps = np.zeros(n), np.ones(n), 1e-5

        def forward(self, x):
            self.running_mean = keep * self.running_mean + take * x.mean(0)
            self.running_var = keep * self.running_var + take * x.var(0)
            return (x - x.mean(0)) / np.sqrt(x.var(0) + self.eps)

    implementation = adapt(Running, name="Running")
    weighs = implementation.convention.momentum_weighs
    assert (implementation.domain.fixed_momentum, weighs) == found


def test_a_constant_of_the_class_is_set_only_where_that_has_an_effect():
    class Fixed:
        eps, momentum = 1e-4, 0.3

        def __init__(self, n):
            self.running_mean, self.running_var = np.zeros(n), np.ones(n)

        def forward(self, x):
            keep = 1 - Fixed.momentum
            self.running_mean = keep * self.running_mean + Fixed.momentum * x.mean(0)
            self.running_var = keep * self.running_var + Fixed.momentum * x.var(0)
            return (x - x.mean(0)) / np.sqrt(x.var(0) + Fixed.eps)

    domain = adapt(Fixed, name="Fixed").domain
    assert (domain.fixed_eps, domain.fixed_momentum) == (1e-4, 0.3)


def test_an_argument_without_effect_is_left_for_the_laws():
    class Ignores:
        def __init__(self, n, eps=1e-5):
            self.eps = eps

        def forward(self, x):
            return (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)

    assert adapt(Ignores, name="Ignores").domain.fixed_eps is None


def test_an_eps_that_is_missing_is_left_for_the_laws():
    class Missing:
        def forward(self, x):
            return (x - x.mean(0)) / x.std(0)

    assert adapt(Missing, name="Missing").domain.fixed_eps is None


def test_measured_numbers_are_not_shortened_by_more_than_roundings():
    near = 0.123456 * (1 + 64 * 2.0**-53)
    assert probing.short(near) == near
    assert probing.short(0.1 * (1 + 8 * FLOAT32.unit_roundoff)) == 0.1
    assert probing.short(2.0**-52) == 2.0**-52


TWO_PASSES = """import numpy as np

class BatchNorm:
    def __init__(self, n, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(n), np.zeros(n), eps

    def forward(self, x):
        self.inv = 1 / np.sqrt(x.var(0) + self.eps)
        self.xhat = (x - x.mean(0)) * self.inv
        return (self.gamma * self.xhat + self.beta).astype(x.dtype)

    def backward(self, dy):
        raise NotImplementedError("use backward_pass")

    def backward_pass(self, dy):
        self.dgamma, self.dbeta = (dy * self.xhat).sum(0), dy.sum(0)
        d = dy - dy.mean(0) - self.xhat * (dy * self.xhat).mean(0)
        return (self.gamma * self.inv * d).astype(dy.dtype)
"""


def test_of_two_backward_passes_the_one_that_is_implemented_is_asked(tmp_path):
    path = tmp_path / "bn.py"
    path.write_text(TWO_PASSES, encoding="utf-8")
    found = adapt(load(f"{path}:BatchNorm"), name="bn.py:BatchNorm")
    assert found.alternatives == ()
    said = "its method backward: it raises NotImplementedError: use backward_pass"
    assert said in found.untried
    case = probing.case(2, 3)
    layer = found.make(case)
    layer.train(case.x)
    assert np.abs(layer.backward(case.dy).dx.sum(0)).max() <= ROUNDINGS
    report = verify(f"{path}:BatchNorm", budget="quick", laws=["B0*"], save=None)
    assert report.exit_code == 0
