"""Somebody's function of JAX arrays, ``(x, gamma, beta, eps)`` under the usual names, as a layer.

Gradients are those of ``jax.vjp``, with the function's own rule where it has one; what JAX cannot
derive, such as the forward mode of a ``custom_vjp``, is no ability of it. It has no running
statistics.
"""

import inspect
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer
from bncheck.targets.common import claims, defaults, probing
from bncheck.targets.common.calls import MODES, by_role, parameters
from bncheck.targets.common.looking import peek
from bncheck.targets.common.roles import role_of
from bncheck.targets.jax import tools
from bncheck.targets.jax.templates import Setting

HALF = ("float16", "bfloat16")
PARTS = ("x", "gamma", "beta", "eps")
_MADE = (jax.custom_vjp, jax.custom_jvp, type(jax.jit(lambda: 0)))


def recognises(target: object) -> bool:
    """Whether the target is a function that takes x and a part of batch norm, as JAX arrays."""
    if not (inspect.isfunction(target) or isinstance(target, _MADE)):
        return False
    found = [role_of(p.name, (*PARTS, *MODES)) for p in parameters(target) if _must(p)]
    if "x" not in found or None in found or not {"gamma", "beta", "eps"} & set(found):
        return False
    try:
        y = _call(target, _given(probing.case(2, dtype=np.float32)))
    except RAISED:  # it may be for other arrays, which other adapters know
        return False
    return isinstance(y, jax.Array) and y.shape == (4, 3)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a function; ``promised.channel_axis`` is 1 where nothing is said.

    Without ``jax_enable_x64``, JAX computes in float32, so float64 is not tried.

    Raises TargetError for a function that normalizes no array of rank 2 to 5.
    """
    axis = 1 if promised.channel_axis is None else promised.channel_axis
    roles = {role_of(p.name, PARTS) for p in parameters(target)}
    uses = tools.used(gamma="gamma" in roles, beta="beta" in roles)
    pure = tools.PureLayer(_pure(target), axis, read=None, uses=uses)
    ranks, untried, warnings = _ranks(pure, target, name)
    wide = bool(jax.config.jax_enable_x64)
    if not wide:
        untried = (*untried, "float64: JAX computes in float32 unless jax_enable_x64 is set")
    made = tools.implementation(
        pure,
        name=name,
        convention=Convention(channel_axis=None if axis == 1 else axis),
        domain=Domain(
            ranks=ranks,
            dtypes=Domain.dtypes if wide else ("float32",),
            takes=HALF,
            fixed_eps=None if "eps" in roles else probing.eps(_narrow(pure), ranks[0], 3),
        ),
        origin=inspect.unwrap(target),
        defaults=defaults.of_signature(target),
    )
    abilities, more = _answered(made)
    return replace(made, abilities=abilities, untried=(*untried, *more), warnings=warnings)


def _must(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty


def _given(case: Case) -> dict[str, Any]:
    arrays = {part: jnp.asarray(getattr(case, part)) for part in ("x", "gamma", "beta")}
    return {**arrays, "eps": case.eps}


def _call(function: Any, given: dict[str, Any]) -> Any:
    modes = {mode: values[0] for mode, values in MODES.items()}
    y = function(**by_role("the function", parameters(function), {**given, **modes}))
    return y[0] if isinstance(y, tuple | list) else y  # a cache, or statistics, beside it


def _pure(function: Any) -> Callable[..., tuple[Any, Any]]:
    def call(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any) -> Any:
        given = {"x": x, "gamma": gamma, "beta": beta, "eps": setting.eps}
        # NumPy's arrays have methods of another meaning
        given |= {part: jnp.asarray(given[part]) for part in ("x", "gamma", "beta")}
        return _call(function, given), state

    return call


def _narrow(pure: tools.PureLayer) -> Callable[[Case], Layer]:
    """Return what makes layers for probing, in float32."""

    def make(case: Case) -> Layer:
        names = ("x", "gamma", "beta", "dy", "running_mean", "running_var")
        layer = pure(replace(case, **{n: getattr(case, n).astype(np.float32) for n in names}))
        return replace(layer, train=lambda x: layer.train(x.astype(np.float32)))

    return make


def _ranks(
    pure: tools.PureLayer, target: Any, name: str
) -> tuple[tuple[int, ...], tuple[str, ...], tuple[str, ...]]:
    """Try every rank; returns those to judge, what raised, and what is left out."""
    make = _narrow(pure)
    home = sys.modules.get(getattr(target, "__module__", ""))
    said = claims.claimed(name.rpartition(":")[2], _doc(target) or _doc(home), ())
    reasons = probing.ranks(make, 3)
    taken, warned = [], {}
    for rank in (r for r, reason in reasons.items() if not reason):
        axes = claims.reduced(make, rank, 3, np.float32)
        if rank in said or axes in ("", claims.all_but_channels(rank)):
            taken.append(rank)
        else:
            warned[rank] = (
                f"rank {rank} is not tried: it answers, normalized over axes {axes}, and nothing "
                f"in {name} says that it is for rank {rank}"
            )
    if not taken:  # it is something else at every rank: that is judged
        taken, warned = list(warned), {}
    raised = {rank: reason for rank, reason in reasons.items() if reason}
    if not taken:
        reason = "; ".join(raised.values())[:300]
        raise TargetError(f"{name} takes no array of rank 2 to 5: {reason}")
    untried = tuple(f"rank {r}: it raised {' '.join(t.split())[:160]}" for r, t in raised.items())
    return tuple(taken), untried, tuple(warned.values())


def _doc(thing: object) -> str:
    found = peek(thing, "__doc__")
    return found if isinstance(found, str) else ""


def _answered(made: Implementation) -> tuple[frozenset[Ability], tuple[str, ...]]:
    """Ask once for each derivative: without a rule for it, it is no ability."""
    case = probing.case(made.domain.ranks[0], dtype=np.float32)
    asked: dict[Ability, Callable[[Layer], Any]] = {
        "jvp": lambda layer: layer.jvp and layer.jvp(case.x, case.dy),
        "double_backward": lambda layer: (
            layer.double_backward and layer.double_backward(case.x, case.dy, case.x)
        ),
    }
    untried = []
    missing: set[Ability] = set()
    for ability in made.abilities & asked.keys():
        try:
            asked[ability](made.make(case))
        except RAISED as error:
            missing.add(ability)
            if not isinstance(error, NotImplementedError) and "custom_vjp" not in told(error):
                untried.append(f"{ability}: it raised {type(error).__name__}")
    return made.abilities - missing, tuple(untried)
