"""Where a layer keeps its parts."""

from types import SimpleNamespace

import numpy as np
import pytest

from bncheck.targets.common import places
from bncheck.targets.common.places import Slot
from bncheck.targets.common.roles import plain, role_of


class Held:
    def __init__(self, value):
        self.value, self.grad = value, 2 * value


class Layer:
    def __init__(self):
        self.w = np.ones(3)
        self.params = {"bn": {"beta": np.zeros(3)}}
        self.grads = {"beta": np.full(3, 5.0)}
        self.parts = [np.full(3, 7.0)]
        self.gamma = Held(np.ones(3))
        self.state = SimpleNamespace(running_mean=np.zeros(3))
        self.itself = self
        self.__hidden_var = np.ones(3)

    @property
    def running_var(self):
        raise ValueError("not yet")


def array(value):
    return isinstance(value, np.ndarray)


def test_slots_are_found_however_deep_they_lie():
    layer = Layer()
    assert str(places.find(layer, "beta", array)) == "params['bn']['beta']"
    assert str(places.find(layer, "gamma", array)) == "gamma.value"
    assert str(places.find(layer, "gamma", array, gradient=True)) == "gamma.grad"
    assert str(places.find(layer, "beta", array, gradient=True)) == "grads['beta']"
    assert str(places.find(layer, "running_mean", array)) == "state.running_mean"
    assert places.find(layer, "running_var", array) is None
    assert "parts[0]" in {str(p.slot) for p in places.places(layer)}


def test_slots_are_set_where_they_are():
    layer = Layer()
    for path in (("w",), ("params", ("bn",), ("beta",)), ("gamma", "value"), ("parts", (0,))):
        slot = Slot(path)
        slot.set(layer, np.full(3, 9.0))
        assert np.array_equal(slot.get(layer), np.full(3, 9.0))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("r_mean", "running_mean"),
        ("test_mean", "running_mean"),
        ("global_variance", "running_var"),
        ("_movingMu", "running_mean"),
        ("var_ema", "running_var"),
        ("_BatchNorm__gamma", "gamma"),
        ("n_filters", "channels"),
        ("decay_rate", "momentum"),
        ("batch_mean", None),
        ("mean", None),
    ],
)
def test_names(name, role):
    assert role_of(name) == role


def test_an_argument_called_mean_is_the_running_one():
    assert role_of("mean", argument=True) == "running_mean"
    assert plain("_BN__running_mean") == "runningmean"
