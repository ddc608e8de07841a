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
from bncheck.targets.common.pasting import wrapper
from bncheck.targets.common.roles import role_of
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
        raise TargetError(_refusal(name, kind))
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


def _refusal(name: str, kind: type[Any]) -> str:
    """Return five lines: what was found of a module by other hands, and code to paste."""
    if kind.__module__.startswith("equinox."):
        return f"{name} is a {kind.__name__}, but should be an equinox.nn.BatchNorm"
    slots = {role_of(field): field for field in kind.__dataclass_fields__}
    found = [f"{slots[role]} ({role})" for role in ("gamma", "beta") if role in slots]
    set_to = [(f"m.{slots[role]}", role) for role in ("gamma", "beta") if role in slots]
    made = f"{kind.__name__}(...)"
    if set_to:
        places, values = (
            "".join(f"{each}, " for each in part) for part in zip(*set_to, strict=True)
        )
        made = f"eqx.tree_at(lambda m: ({places.strip()}), {made}, ({values.strip()}))"
    return "\n".join(
        (
            f"{name} is an equinox module of its own, a {kind.__name__}, which is not called "
            "without more: whether it takes a batch or one example is not told",
            f"found: {', '.join(found) or 'no gamma and no beta'}",
            *wrapper(
                kind.__module__, kind.__name__, f"return {made}(x)", "import equinox as eqx; "
            ),
        )
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
