"""Right layers that raise, or lie, wherever somebody looks: they are taken all the same.

Each class is a right layer with one thing about it that raises; what raises is a table, and with
what, another. None may end in anything but an implementation that answers right, or one sentence.
"""

import itertools

import numpy as np
import pytest

from bncheck.errors import BncheckError
from bncheck.targets import adapt
from bncheck.targets.common import probing


class Base:
    """BatchNorm1d."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.eps, self.momentum, self.training = eps, momentum, True
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def forward(self, x):
        if self.training:
            mean, var = x.mean(0), x.var(0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
        else:
            mean, var = self.running_mean, self.running_var
        self.cache = x, mean, var
        return (self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta).astype(x.dtype)

    def backward(self, dout):
        x, mean, var = self.cache
        inverse = 1 / np.sqrt(var + self.eps)
        xhat = (x - mean) * inverse
        self.dgamma, self.dbeta = (dout * xhat).sum(0), dout.sum(0)
        if not self.training:
            return dout * self.gamma * inverse
        mixed = xhat * (dout * xhat).mean(0)
        return self.gamma * inverse * (dout - dout.mean(0) - mixed)


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Halt(BaseException):
    pass


ERRORS = (
    *(ValueError("not fitted yet"), KeyError("k"), AttributeError("a"), AssertionError()),
    *(NotImplementedError(), SystemExit(3), Speechless(), RecursionError("deep")),
    *(ZeroDivisionError(), StopIteration(), OSError(2, "no such file"), UnicodeError()),
)
PROPERTIES = (
    *("last_loss", "weights", "grads", "scale", "state", "params", "device", "data", "shape"),
    *("running_std", "dtype", "history", "T", "__name__", "__module__", "__doc__"),
)
METHODS = (
    *("__len__", "__bool__", "__eq__", "__hash__", "__iter__", "__repr__", "__getitem__"),
    *("__array__", "__deepcopy__", "__reduce_ex__", "__getattr__", "__dir__", "__contains__"),
    *("update", "step", "parameters", "zero_grad", "reset", "summary", "to", "numpy", "save"),
    *("__format__", "__enter__", "__delattr__", "__float__", "__sizeof__", "build", "compile"),
)
WANTED = {"backward", "eval", "running"}


def raising(error):
    def act(*args, **kwargs):
        raise error

    return act


def tables():
    yield from ((name, property, error) for name, error in itertools.product(PROPERTIES, ERRORS))
    yield from ((name, None, error) for name, error in itertools.product(METHODS, ERRORS))


TABLE = tuple(tables())


def answers_right(layer, case):
    y = layer.train(case.x)
    inverse = 1 / np.sqrt(case.x.var(0) + case.eps)
    return np.allclose(y, (case.x - case.x.mean(0)) * inverse * case.gamma + case.beta)


@pytest.mark.rows(8)
@pytest.mark.parametrize(
    ("error", "instance"),
    [*((error, False) for error in ERRORS), *((error, True) for error in ERRORS[:4])],
    ids=repr,
)
def test_whatever_raises_the_layer_is_taken(error, instance, record_property):
    case = probing.case(2)
    ways = [(name, wrap) for name, wrap, raised in TABLE if raised is error]
    record_property("inputs", len(ways))
    for name, wrap in ways:
        act = raising(error)
        kind = type("Odd", (Base,), {name: wrap(act) if wrap else act})
        made = adapt(kind(3) if instance else kind, name="mine")
        assert made.abilities >= WANTED, name
        assert answers_right(made.make(case), case), name


def test_the_table_is_large():
    assert len(TABLE) == len(ERRORS) * (len(PROPERTIES) + len(METHODS)) >= 500


@pytest.mark.parametrize("name", ["last_loss", "grads", "weights", "state", "__dir__"])
def test_looking_survives_what_ends_programs(name):
    act = raising(Halt("now"))
    kind = type("Odd", (Base,), {name: act if name == "__dir__" else property(act)})
    assert adapt(kind, name="mine").abilities >= WANTED


REFUSES = {
    "constructor": {"__init__": raising(SystemExit(2))},
    "forward": {"forward": raising(SystemExit("(N, D) only"))},
    "convention": {"CONVENTION": property(raising(ValueError("mine")))},
}


@pytest.mark.parametrize("how", REFUSES)
def test_what_cannot_be_taken_is_one_sentence(how):
    kind = type("Odd", (Base,), dict(REFUSES[how]))
    with pytest.raises(BncheckError, match="mine") as raised:
        adapt(kind, name="mine")
    assert len(str(raised.value).splitlines()) <= 5
