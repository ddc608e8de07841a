"""Equinox: ``equinox.nn.BatchNorm`` in ``mode="batch"``.

The layer takes one example and finds the others by a named axis of ``jax.vmap``. Its running
statistics are averages that inference divides by ``1 - momentum^steps`` (Kingma & Ba 2015, Adam,
section 3). They are given here as inference uses them.

In ``mode="ema"`` a training batch is normalized by running averages that earlier batches are part
of, as documented. That is another function of x than batch normalization, so it is refused.
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax

from bncheck.errors import TargetError
from bncheck.model import Convention, Domain, Implementation
from bncheck.targets.common import defaults, kinds
from bncheck.targets.jax import equinox_norms, tools
from bncheck.targets.jax.templates import Setting
from bncheck.targets.profiles import PROFILES

AXIS = "batch"


def recognises(target: object) -> bool:
    """Whether the target is an equinox module or a class of them."""
    return issubclass(kinds.kind_of(target), eqx.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of ``equinox.nn.BatchNorm``, or of a relative.

    The class BatchNorm stands for ``mode="batch"``. ``promised`` is not needed: channels are the
    first axis of an example. Raises TargetError for any other module and for an instance in
    ``mode="ema"``.
    """
    made = isinstance(target, type)
    kind = kinds.kind_of(target)
    if kind in equinox_norms.OWN:
        return equinox_norms.adapt(target, name)
    if kind is not eqx.nn.BatchNorm:
        raise TargetError(f"{name} is a {kind.__name__}, but should be an equinox.nn.BatchNorm")
    if not made and target.mode != "batch":
        raise TargetError(
            f"{name} has mode={target.mode!r}, which normalizes training batches by running "
            "averages: that is not batch normalization of the batch; check one with mode='batch'"
        )
    affine = made or target.channelwise_affine
    return tools.implementation(
        tools.PureLayer(
            _pure(affine),
            1,
            start=_start,
            read=lambda state: state["average"],
            uses=tools.used(gamma=affine, beta=affine),
            uniform=True,
        ),
        name=name,
        convention=PROFILES["equinox"],
        domain=Domain(channels=None if made else target.input_size),
        origin=kind,
        defaults=defaults.of_signature(kind)
        if made
        else defaults.told(target.eps, target.momentum),
    )


def _start(mean: Any, var: Any) -> dict[str, Any]:
    """Return what inference uses before the first training step; that begins on its own."""
    return {"average": (mean, var)}


def _pure(affine: bool) -> Callable[..., tuple[Any, Any]]:
    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        layer = eqx.nn.BatchNorm(
            x.shape[1],
            AXIS,
            eps=setting.eps,
            channelwise_affine=affine,
            momentum=setting.momentum,
            inference=not setting.training,
            dtype=x.dtype,
            mode="batch",
        )
        if affine:
            layer = eqx.tree_at(lambda made: (made.weight, made.bias), layer, (gamma, beta))
        sums, count = layer.batch_state_index, layer.batch_counter
        before = eqx.nn.State(layer)  # equinox's own start of training
        if "steps" in state:
            before = before.set(sums, state["sums"]).set(count, state["steps"])
        elif not setting.training:
            before = before.set(sums, state["average"])  # used as they are while steps = 0
        y, after = jax.vmap(layer, axis_name=AXIS, in_axes=(0, None), out_axes=(0, None))(x, before)
        mean, var = after.get(sums)
        steps = after.get(count)
        scale = 1 - setting.momentum**steps if setting.training else 1
        return y, {"average": (mean / scale, var / scale), "sums": (mean, var), "steps": steps}

    return call
