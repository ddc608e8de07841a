"""Keras 3 on JAX: ``BatchNormalization`` as a pure function of its variables.

That function is the layer's own, ``stateless_call``.
"""

import functools
from typing import Any

import jax
import numpy as np

from bncheck.targets.common.axes import ranks_with
from bncheck.targets.jax import tools
from bncheck.targets.jax.templates import Setting

# the running statistics, and what else a derived class keeps
State = dict[str, Any]


def pure(template: Any, *, uniform: bool) -> tools.PureLayer:
    """Make a pure layer with the settings of a ``BatchNormalization``.

    uniform: it is Keras's own code, see `bncheck.targets.jax.templates`
    """
    layers = _Layers(template)
    return tools.PureLayer(
        layers.call,
        int(template.axis),
        layers.start,
        lambda state: (state["moving_mean"], state["moving_variance"]),
        uses=tools.used(gamma=template.scale, beta=template.center),
        uniform=uniform,
    )


class _Layers:
    """Layers with the settings of one. They say what to compute; their own values are not used."""

    def __init__(self, template: Any) -> None:
        self.template = template
        self.made = functools.lru_cache(maxsize=64)(self._made)

    def start(self, mean: Any, var: Any) -> State:
        """Return what there is before the first step."""
        rank = ranks_with(self.template.axis)[0]
        layer = self.made(rank, len(mean), mean.dtype.name, 0.001, 0.99)
        others = [np.asarray(variable.value) for variable in _others(layer)]
        return {"moving_mean": mean, "moving_variance": var, "others": others}

    def call(self, setting: Setting, x: Any, gamma: Any, beta: Any, state: State) -> Any:
        """Return y and the state after it."""
        channels, eps, momentum = x.shape[self.template.axis], setting.eps, setting.momentum or 0
        layer = self.made(x.ndim, channels, x.dtype.name, float(eps), float(momentum))
        named = {**state, "gamma": gamma, "beta": beta}
        values = dict(zip(map(id, _others(layer)), state["others"], strict=True))
        values |= {id(v): named[name] for name, v in _known(layer).items()}
        y, changed = layer.stateless_call(
            [values[id(v)] for v in layer.trainable_variables],
            [values[id(v)] for v in layer.non_trainable_variables],
            x,
            training=setting.training,
        )
        values |= zip(map(id, layer.non_trainable_variables), changed, strict=True)
        after = {name: values[id(v)] for name, v in _known(layer).items() if name in state}
        return y, {**after, "others": [values[id(v)] for v in _others(layer)]}

    def _made(self, rank: int, channels: int, dtype: str, eps: float, momentum: float) -> Any:
        settings = {"epsilon": eps, "momentum": momentum, "dtype": dtype}
        shape = [1] * rank
        shape[self.template.axis] = channels
        with jax.ensure_compile_time_eval():  # its variables are arrays, while a call is traced too
            layer = type(self.template).from_config({**self.template.get_config(), **settings})
            layer.build(tuple(shape))
        return layer


def _known(layer: Any) -> dict[str, Any]:
    """Return the variables of batch normalization that there are."""
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    found = {name: getattr(layer, name, None) for name in names}
    return {name: variable for name, variable in found.items() if variable is not None}


def _others(layer: Any) -> list[Any]:
    known = set(map(id, _known(layer).values()))
    return [variable for variable in layer.variables if id(variable) not in known]
