"""JAX's own: ``jax.nn.standardize`` and ``jax.example_libraries.stax.BatchNorm``.

Neither has running statistics, the former no gamma and beta either. Other settings are those of
a ``functools.partial``. As a layer, ``standardize`` goes over all axes but channels.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
from jax.example_libraries import stax

from bncheck.errors import TargetError
from bncheck.model import Convention, Domain, Implementation
from bncheck.targets.common import defaults
from bncheck.targets.jax import tools
from bncheck.targets.jax.templates import Setting

# by the function: what of it may be set, the rest being what a case says
SETTINGS: dict[Any, tuple[str, ...]] = {
    jax.nn.standardize: ("algorithm",),
    stax.BatchNorm: ("center", "scale"),
}


def recognises(target: object) -> bool:
    """Whether the target is one of the two functions, or a partial of one."""
    function = target.func if isinstance(target, functools.partial) else target
    return any(function is known for known in SETTINGS)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of one of the two functions; channels are the last axis.

    ``promised`` is not needed. Raises TargetError for a setting that a case already says.
    """
    partial = target if isinstance(target, functools.partial) else functools.partial(target)
    settings = partial.keywords
    known = SETTINGS[partial.func]
    if partial.args or not settings.keys() <= set(known):
        raise TargetError(f"{name} has {partial}, but only {', '.join(known)} may be set by it")
    is_layer = partial.func is stax.BatchNorm
    scale, center = (is_layer and settings.get(key, True) for key in ("scale", "center"))
    return tools.implementation(
        tools.PureLayer(
            _stax(settings) if is_layer else _standardize(settings),
            -1,
            read=None,
            uses=tools.used(gamma=scale, beta=center),
            uniform=True,
        ),
        name=name,
        convention=Convention(one_value="beta", channel_axis=-1),
        domain=Domain(),
        origin=partial.func,
        defaults=defaults.of_signature(partial.func),
    )


def _standardize(settings: dict[str, Any]) -> Callable[..., tuple[Any, Any]]:
    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        axes = tuple(range(x.ndim - 1))
        return jax.nn.standardize(x, axes, epsilon=setting.eps, **settings), state

    return call


def _stax(settings: dict[str, Any]) -> Callable[..., tuple[Any, Any]]:
    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        axes = tuple(range(x.ndim - 1))
        _, apply = stax.BatchNorm(axes, epsilon=setting.eps, **settings)
        return apply((beta, gamma), x), state

    return call
