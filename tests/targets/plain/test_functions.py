"""Target form 1: plain functions. Fakes record what they were handed."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from bncheck.errors import TargetError, TargetRaised, UsageError
from bncheck.model import Case, Convention, Implementation, Layer
from bncheck.targets import ADAPTERS, adapt, load
from bncheck.targets.common import probing

EXAMPLES = Path(__file__).parents[3] / "examples"


def module(**names) -> ModuleType:
    made = ModuleType("fake")
    vars(made).update(names)
    return made


def adapted(**names):
    return adapt(module(**names), name="fake.py")


class Recorder:
    """Five functions that keep their arguments and return fresh arrays of the right shapes."""

    def __init__(self):
        self.calls = []

    def forward(self, x, gamma, beta, eps):
        self.calls.append(("forward", x, gamma, beta, eps))
        return np.zeros_like(x)

    def backward(self, dy, x, gamma, beta, eps):
        self.calls.append(("backward", dy, x, gamma, beta, eps))
        return np.zeros_like(x), np.zeros_like(gamma), np.zeros_like(beta)

    def infer(self, x, gamma, beta, running_mean, running_var, eps):
        self.calls.append(("infer", x, gamma, beta, running_mean, running_var, eps))
        return np.zeros_like(x)

    def infer_backward(self, dy, x, gamma, beta, running_mean, running_var, eps):
        self.calls.append(("infer_backward", dy, x, gamma, beta, running_mean, running_var, eps))
        return np.zeros_like(x), np.zeros_like(gamma), np.zeros_like(beta)

    def update(self, x, running_mean, running_var, momentum):
        self.calls.append(("update", x, running_mean, running_var, momentum))
        return running_mean + 1, running_var + 2


NAMES = ("forward", "backward", "infer", "infer_backward", "update")


def recorded(case: Case):
    recorder = Recorder()
    implementation = adapted(**{name: getattr(recorder, name) for name in NAMES})
    recorder.calls.clear()  # those that found out what it takes
    return recorder, implementation.make(case)


def same(call, *expected):
    """The same objects, not equal copies."""
    name, *arguments = expected
    assert call[0] == name
    assert all(a is b for a, b in zip(call[1:], arguments, strict=True))


def test_every_array_is_handed_through_as_it_is():
    x = np.arange(48.0, dtype=np.float32).reshape(4, 12)[::2, ::-4]
    x.flags.writeable = False
    shared = np.ones(3, np.float32)
    case = Case(x, shared, shared, x, shared, shared)
    recorder, layer = recorded(case)
    layer.train(x)
    layer.backward(x)
    same(recorder.calls[0], "forward", x, shared, shared, case.eps)
    same(recorder.calls[1], "update", x, shared, shared, case.momentum)
    same(recorder.calls[2], "backward", x, x, shared, shared, case.eps)
    assert not recorder.calls[0][1].flags.writeable
    assert recorder.calls[0][1].strides == (96, -16)


def test_running_statistics_are_kept_from_call_to_call():
    case = probing.case(2)
    recorder, layer = recorded(case)
    layer.train(case.x)
    layer.train(case.x)
    layer.eval(case.x)
    assert np.array_equal(recorder.calls[3][2], case.running_mean + 1)
    assert np.array_equal(recorder.calls[4][4], case.running_mean + 2)
    assert np.array_equal(layer.state().var, case.running_var + 4)
    layer.state().var[:] = 0
    assert np.array_equal(layer.state().var, case.running_var + 4)


def test_backward_belongs_to_the_latest_call():
    case = probing.case(2)
    recorder, layer = recorded(case)
    with pytest.raises(UsageError, match="before"):
        layer.backward(case.dy)
    other = case.x + 1
    layer.eval(other)
    layer.backward(case.dy)
    assert recorder.calls[-1][0] == "infer_backward"
    assert recorder.calls[-1][2] is other
    layer.train(case.x)
    layer.backward(case.dy)
    assert recorder.calls[-1][0] == "backward"
    assert recorder.calls[-1][2] is case.x


@pytest.mark.parametrize(
    ("names", "abilities"),
    [
        (["forward"], set()),
        (["forward", "backward"], {"backward"}),
        (["forward", "update"], {"running", "state_before_step"}),
        (["forward", "infer"], {"eval", "state_before_step"}),
        (["forward", "infer_backward"], set()),
        (NAMES, {"backward", "eval", "eval_backward", "running", "state_before_step"}),
    ],
)
def test_abilities_are_the_functions_there_are(names, abilities):
    implementation = adapted(**{name: getattr(Recorder(), name) for name in names})
    assert implementation.abilities == abilities
    layer = implementation.make(probing.case(2))
    assert (layer.eval is None) == ("eval" not in abilities)
    assert (layer.state is None) == ("running" not in abilities)


def test_one_value_per_channel_may_raise_in_update_and_nowhere_else():
    def update(x, running_mean, running_var, momentum):
        raise ZeroDivisionError

    layer = adapted(forward=Recorder().forward, update=update).make(probing.case(2))
    layer.train(np.ones((1, 3)))
    assert np.array_equal(layer.state().mean, probing.case(2).running_mean)
    with pytest.raises(ZeroDivisionError):
        layer.train(np.ones((2, 3)))


def test_conventions_are_promised_and_name_the_dtypes():
    promise = {"momentum_weighs": "old", "dtypes": ["float16"]}
    implementation = adapted(forward=Recorder().forward, CONVENTION=promise)
    assert implementation.convention == Convention(momentum_weighs="old", dtypes=("float16",))
    assert implementation.domain.dtypes == ("float16",)
    assert adapted(forward=Recorder().forward).domain.dtypes == ("float32", "float64")


X = np.zeros((4, 3), np.float32)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ([1, 2, 3], "type", "a list of 3"),
        (None, "type", "None"),
        (1.5, "type", "a float"),
        (np.float32(1), "type", "a numpy float32"),
        (X.astype(np.int64), "type", "an array of shape (4, 3) and dtype int64"),
        (X.astype(object), "type", "an array of shape (4, 3) and dtype object"),
        (X.astype(complex), "type", "an array of shape (4, 3) and dtype complex128"),
        (X.T, "shape", "an array of shape (3, 4) and dtype float32"),
        (X[0], "shape", "an array of shape (3,) and dtype float32"),
    ],
)
def test_what_is_no_answer(answer, kind, said):
    layer = adapted(forward=lambda x, gamma, beta, eps: answer).make(probing.case(2))
    with pytest.raises(TargetRaised) as caught:
        layer.train(X)
    assert caught.value.kind == kind
    expected = "but should be an array of shape (4, 3) and dtype float32"
    assert str(caught.value) == f"forward returned {said}, {expected}"


@pytest.mark.parametrize("dtype", ["float16", "float64", "longdouble"])
def test_another_float_dtype_is_an_answer_for_the_laws_to_judge(dtype):
    layer = adapted(forward=lambda x, gamma, beta, eps: x.astype(dtype)).make(probing.case(2))
    assert layer.train(X).dtype == np.dtype(dtype)


def test_a_matrix_is_taken_as_an_array():
    layer = adapted(forward=lambda x, gamma, beta, eps: x.view(np.matrix)).make(probing.case(2))
    assert type(layer.train(X)) is np.ndarray


def test_malformed_gradients_and_statistics():
    one = np.ones(3)
    fake = Recorder()
    layer = adapted(
        forward=fake.forward,
        backward=lambda dy, x, gamma, beta, eps: (x, None, beta),
        infer=fake.infer,
        infer_backward=lambda dy, x, *rest: x,
    ).make(probing.case(2))
    layer.train(probing.case(2).x)
    with pytest.raises(TargetRaised, match=r"^backward: dgamma returned None, but should be an "):
        layer.backward(X)
    layer.eval(probing.case(2).x)
    with pytest.raises(TargetRaised) as caught:
        layer.backward(X)
    assert str(caught.value) == (
        "infer_backward returned an array of shape (4, 3) and dtype float64, "
        "but should be (dx, dgamma, dbeta)"
    )
    layer = adapted(
        forward=fake.forward, update=lambda x, running_mean, running_var, momentum: (one, one[:2])
    ).make(probing.case(2))
    with pytest.raises(TargetRaised, match=r"^update: running_var returned an array of shape"):
        layer.train(probing.case(2).x)


def test_what_the_target_raises_comes_through():
    def forward(x, gamma, beta, eps):
        raise ArithmeticError("mine")

    with pytest.raises(ArithmeticError, match="mine"):
        adapted(forward=forward).make(probing.case(2)).train(X)


def unfit(names) -> str:
    with pytest.raises((TargetError, UsageError)) as caught:
        adapt(module(**names), name="bn.py")
    return str(caught.value)


def step(params, state, x, train=True, *, eps): ...


step.__module__ = "bn"

MADE = Implementation("bn", lambda case: Layer(train=lambda x: x))


class LooksLikeALayer:
    def forward(self, x): ...


class IsCalled:
    def call(self, inputs, training=None): ...


IsCalled.__module__ = "bn"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "bn.py has no function forward(x, gamma, beta, eps); it has no functions"),
        (
            {"forwards": lambda: 0, "other": lambda: 0},
            "bn.py has no function forward(x, gamma, beta, eps); did you mean to call forwards so?",
        ),
        (
            {"bn_forward": lambda: 0},
            "bn.py has no function forward(x, gamma, beta, eps); "
            "did you mean to call bn_forward so?",
        ),
        (
            {"BatchNorm": LooksLikeALayer},
            "bn.py has no function forward(x, gamma, beta, eps); "
            "BatchNorm looks like a layer: check bn.py:BatchNorm",
        ),
        (
            {"Mlp": LooksLikeALayer, "BatchNorm": LooksLikeALayer, "bn1": LooksLikeALayer()},
            "bn.py has no function forward(x, gamma, beta, eps); "
            "bn1 looks like a layer: check bn.py:bn1",
        ),
        (
            {"__name__": "bn", "Normalize": IsCalled},
            "bn.py has no function forward(x, gamma, beta, eps); "
            "Normalize looks like a layer: check bn.py:Normalize",
        ),
        (
            {"Mlp": LooksLikeALayer},  # it is imported, and called like no norm
            "bn.py has no function forward(x, gamma, beta, eps); it has Mlp",
        ),
        (
            {"__name__": "bn", "step": step},
            "bn.py has no function forward(x, gamma, beta, eps); it has step\n"
            "to say it yourself, check a file beside it with these two lines, the dots filled in:\n"
            "from bn import step\n"
            "def forward(x, gamma, beta, eps): return step(..., ..., x, eps=eps)",
        ),
        (
            {"one": MADE, "two": MADE},
            "bn.py has no function forward(x, gamma, beta, eps); check bn.py:one or bn.py:two",
        ),
        ({"forward": 3}, "bn.py: forward is an int, not a function"),
        (
            {"forward": lambda x, gamma, beta, eps: 0, "CONVENTION": {"momentum_weigh": "new"}},
            "bn.py: CONVENTION has the unknown key 'momentum_weigh'; "
            "did you mean 'momentum_weighs'?",
        ),
    ],
)
def test_modules_that_cannot_be_taken(names, message):
    assert unfit(names) == message


def pair():
    def forward(x, gamma, beta, eps): ...

    def backward(dy): ...

    return forward, backward


def test_a_factory_of_functions_is_told_what_to_write():
    with pytest.raises(TargetError) as caught:
        adapt(pair, name="bn.py:pair")
    assert str(caught.value) == (
        "bn.py:pair returns 2 functions, forward, backward; give a class whose constructor calls "
        "it, with methods forward(x) and backward(dy), so that each layer has its own"
    )


def test_a_function_without_arguments_may_make_a_layer():
    def make(): ...

    make.__module__ = "bn"
    assert unfit({"__name__": "bn", "make": make}) == (
        "bn.py has no function forward(x, gamma, beta, eps); it has make\n"
        "if make makes a layer, check bn.py:make"
    )


@pytest.mark.parametrize("extra", [lambda a, b, c, d: a, lambda *args: args[0]])
def test_other_parameter_names_are_fine(extra):
    layer = adapted(forward=extra).make(probing.case(2))
    assert np.array_equal(layer.train(X), X)


def test_what_is_nothing_that_can_be_checked():
    accepted = "; ".join(adapter.accepts for adapter in ADAPTERS)
    for loaded, said in [(3, "an int"), ("text", "a str"), (int, "the class int, which")]:
        with pytest.raises(TargetError) as caught:
            adapt(loaded, name="bn.py:X")
        assert str(caught.value).startswith(f"bn.py:X is {said}")
        assert str(caught.value).endswith(f"but should be one of: {accepted}")


def test_a_single_function_is_not_a_target():
    with pytest.raises(TargetError) as caught:
        adapt(lambda path, mode: 0, name="bn.py:forward")
    assert str(caught.value) == (
        "bn.py:forward is a function that takes (path, mode), but should take nothing and return a "
        "layer; if it is one of several functions on arrays, give the module they are in"
    )


def test_a_factory_that_raises():
    def make():
        raise OSError("no weights")

    with pytest.raises(TargetError) as caught:
        adapt(make, name="bn.py:make")
    expected = (
        "bn.py:make was called to make a layer, but raised OSError: no weights (test_functions"
    )
    assert str(caught.value).startswith(expected)


# The examples, on inputs whose outputs are exact in binary: x = +-1 in columns with variance 1,
# eps = 3, so that w = 4 and 1/sqrt(w) = 1/2.
SIGNS = np.array([[1.0, -1], [-1, -1], [1, 1], [-1, 1]])
GAMMA = np.array([2.0, 4])
BETA = np.array([1.0, -1])
DY = np.array([[4.0, 0], [0, 0], [0, 4], [0, 0]])


def dyadic(dtype, **changes) -> Case:
    parts = (SIGNS, GAMMA, BETA, DY, np.array([1.0, 0]), np.array([1.0, 13]))
    arrays = [part.astype(dtype) for part in parts]
    return Case(*arrays, **{"eps": 3.0, "momentum": 0.5, **changes})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_numpy_layer_is_exact_on_dyadic_inputs(dtype, rank):
    implementation = adapt(load(str(EXAMPLES / "numpy_layer.py")), name="numpy_layer")
    case = dyadic(dtype)
    shape = {2: (4, 2), 3: (2, 2, 2), 4: (2, 2, 1, 2), 5: (1, 2, 2, 1, 2)}[rank]

    def shaped(a):
        channels_last = a.reshape(shape[0], *shape[2:], 2)
        return np.moveaxis(channels_last, -1, 1)

    layer = implementation.make(case)
    y = layer.train(shaped(case.x))
    assert np.array_equal(y, shaped(SIGNS * [1, 2] + BETA))
    assert y.dtype == dtype
    # xhat = x/2; dbeta = (4, 4), dgamma = (2, 2);
    # dx = gamma/2 * (dy - mean(dy) - xhat * mean(dy * xhat)) = gamma/2 * (dy - 1 - x/4)
    got = layer.backward(shaped(case.dy))
    assert np.array_equal(got.dgamma, [2, 2])
    assert np.array_equal(got.dbeta, [4, 4])
    assert np.array_equal(got.dx, shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4)))
    # mean 0; the sums 4 * (1 + 1/3) and 4 * (13 + 1/3) / 8 are not dyadic, the first half is
    assert np.array_equal(layer.state().mean, [0.5, 0])
    # the case's own statistics: w = (4, 16), 1/sqrt(w) = (1/2, 1/4)
    layer = implementation.make(case)
    y = layer.eval(shaped(case.x))
    assert np.array_equal(y, shaped((SIGNS - [1, 0]) * [1, 1] + BETA))
    got = layer.backward(shaped(case.dy))
    assert np.array_equal(got.dx, shaped(DY * [1, 1]))
    assert np.array_equal(got.dgamma, [0, 1])


@pytest.mark.parametrize("name", ["numpy_layer.py", "one_pass_layer.py", "eps_in_running_var.py"])
def test_every_example_of_functions_is_adapted(name):
    implementation = adapt(load(str(EXAMPLES / name)), name=name)
    case = dyadic("float64")
    y = implementation.make(case).train(case.x)
    assert np.array_equal(y, SIGNS * [1, 2] + BETA)
    assert implementation.origin.startswith(str(EXAMPLES / name))


def test_the_broken_examples_are_broken():
    shifted = dyadic("float32", eps=2.0**-20)
    x = (SIGNS + 2.0**13).astype(np.float32)
    right, wrong = (
        adapt(load(str(EXAMPLES / name)), name=name).make(shifted).train(x)
        for name in ("numpy_layer.py", "one_pass_layer.py")
    )
    # 2**26 + 1 needs 27 bits and float32 has 24: the variance is lost altogether
    assert abs(right - (SIGNS * GAMMA + BETA)).max() < 1
    assert abs(wrong - (SIGNS * GAMMA + BETA)).max() > 1000
    state = adapt(load(str(EXAMPLES / "eps_in_running_var.py")), name="").make(shifted)
    state.train(shifted.x)
    assert state.state().var[0] > 1


def test_adapters_do_not_import_one_another():
    folder = Path(adapt.__code__.co_filename).parent
    for adapter in ADAPTERS:
        text = (folder / f"{adapter.module.replace('.', '/')}.py").read_text()
        others = [other.module for other in ADAPTERS if other is not adapter]
        assert not [o for o in others if f"bncheck.targets.{o} " in text]


def test_looking_at_a_plain_class_imports_no_framework(tmp_path):
    import subprocess
    import sys

    target = EXAMPLES / "homework_layer.py"
    script = (
        "import sys; from bncheck.targets import adapt, load; "
        f"adapt(load({f'{target}:BatchNorm'!r}), name='x'); "
        "print([m for m in ('torch', 'jax', 'keras', 'sympy', 'hypothesis') if m in sys.modules])"
    )
    run = subprocess.run(  # our own interpreter and text
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
