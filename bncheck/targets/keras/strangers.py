"""Layers of Keras that somebody wrote: weights by names and by what they do, on every backend.

What a layer lacks is no ability of it, and is said; it is never refused for that.
"""

import functools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer
from bncheck.model.formats import Array
from bncheck.targets.common import (
    claims,
    defaults,
    dividing,
    effects,
    kinds,
    looking,
    probing,
    promises,
)
from bncheck.targets.common.roles import order, role_of
from bncheck.targets.keras.backends import Backend, chosen
from bncheck.targets.keras.building import SCALARS, builder
from bncheck.targets.keras.handling import Handling, Living

ROLES = effects.PER_CHANNEL
Kind: Any = keras.layers.BatchNormalization
_NARROW = (
    "float64: operations of Keras compute it in float32 with this backend; "
    'CONVENTION = {"dtypes": ["float32", "float64"]} has it tried'
)


def implementation(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a layer or its class.

    Raises TargetError where it takes no array, or nothing of batch norm is found in it.
    """
    kind = kinds.kind_of(target)
    if kind.__module__.startswith("keras.") and not issubclass(kind, keras.Model):
        divides = _divides(lambda shape: target() if isinstance(target, type) else target)
        kinds.expected(target, Kind, name, f"a keras.layers.BatchNormalization{divides}")
    own = promises.said(target, name)
    axis = own.channel_axis if promised.channel_axis is None else promised.channel_axis
    backend = chosen()
    backend.prepare()
    build, given = builder(target, name)
    bare = Handling(build, given, -1 if axis is None else axis)
    handling, ranks, untried = _placed(bare, backend, kind, name, axis)
    handling, domain, weighs = _settings(handling, backend, ranks[0])
    affine = {"gamma", "beta"} <= handling.weights.keys()
    abilities: set[Ability] = set()
    if backend.differentiates:
        abilities |= {"backward"}
    if handling.running:
        abilities |= {"eval", "running", "state_before_step"}
        abilities |= {"eval_backward"} if backend.differentiates else set()
    else:
        untried = (*untried, "inference: no running statistics were found")
    narrow = own.dtypes is None and _narrow(backend)
    if narrow:
        untried = (*untried, _NARROW)
    known = weighs if own.momentum_weighs is None else None
    found = Implementation(
        name=name,
        make=functools.partial(_make, handling, backend),
        abilities=frozenset(abilities),
        convention=replace(
            own, channel_axis=handling.axis, momentum_weighs=own.momentum_weighs or known
        ),
        domain=replace(
            domain,
            ranks=own.ranks or ranks,
            dtypes=own.dtypes or (("float32",) if narrow else Domain.dtypes),
            affine=affine,
            strided=backend.strided,
            few_shapes=backend.few_shapes,
        ),
        origin=kinds.known_source(kind),
        defaults=_defaults(target, handling, domain),
        measured=frozenset(
            [*["channel_axis"] * (axis is None), *["momentum_weighs"] * (known is not None)]
        ),
        untried=untried,
    )
    return _answering(found)


def _narrow(backend: Any) -> bool:
    """Whether operations of Keras, as `keras.ops.mean`, compute float64 in float32.

    That is no fault of the layer that uses them.
    """
    with backend.settings(np.dtype(np.float64)):
        return bool(keras.backend.result_type("float64", "float32") != "float64")


def _answering(found: Implementation) -> Implementation:
    """Leave out the gradients that are not implemented."""
    case = probing.case(found.domain.ranks[0], dtype=np.float32)
    modes: tuple[tuple[str, Ability], ...] = (("train", "backward"), ("eval", "eval_backward"))
    for mode, ability in modes:
        if ability not in found.abilities:
            continue
        layer = found.make(case)
        try:
            getattr(layer, mode)(case.x)
            if layer.backward is not None:
                layer.backward(case.dy)
        except NotImplementedError as error:
            untried = (*found.untried, f"{ability}: {told(error)[:160]}")
            found = replace(found, abilities=found.abilities - {ability}, untried=untried)
        except RAISED:  # it is for the laws to find
            continue
    return found


def _placed(
    bare: Handling, backend: type[Backend], kind: type, name: str, axis: int | None
) -> tuple[Handling, tuple[int, ...], tuple[str, ...]]:
    """Find the weights, the axis of channels and the ranks; Keras's own axis is the last."""
    said = claims.claimed(kind.__name__, looking.docstring(kind), ())
    best: tuple[Handling, tuple[int, ...], tuple[str, ...]] | None = None
    reason = ""
    for tried in (-1, 1) if axis is None else (axis,):
        raised: dict[int, str] = {}
        taken: list[int] = []
        others: list[int] = []
        handling = replace(bare, axis=tried)
        for rank in claims.RANKS:
            why = _attempt(handling, backend, probing.case(rank, dtype=np.float32))
            if why:
                raised[rank] = why
                continue
            if not taken:
                handling = _with_weights(handling, backend, rank)
            axes = claims.reduced(_maker(handling, backend), rank, 3, np.float32)
            is_for_it = rank in said or axes in ("", claims.all_but_channels(rank))
            (taken if is_for_it else others).append(rank)
        if not taken and tried == (1 if axis is None else axis):
            taken = others  # it is something else wherever it is tried: that is judged
        untried = tuple(f"rank {rank}: it raised {why}" for rank, why in raised.items())
        reason = reason or next(iter(raised.values()), "nothing is normalized")
        if taken and (best is None or len(taken) > len(best[1])):
            best = handling, tuple(taken), untried
        if max(taken, default=2) > 2:  # the other place of channels need not be tried
            break
    if best is None:
        raise TargetError(f"{name} takes no array of rank 2 to 5: {reason}")
    handling, ranks, _ = best
    if not handling.weights and not any(_normalizes(handling, backend, r) for r in ranks):
        raise TargetError(
            f"{name} is a {kind.__name__}, in which no gamma, beta or moving statistics were "
            "found, and whose output is not normalized; give a batch normalization, such as "
            "keras.layers:BatchNormalization"
            + _divides(lambda shape: handling.build(1e-6, 0.9, "float32", shape))
        )
    return best


def _divides(make: Callable[[tuple[int, ...]], Any]) -> str:
    """Say by which norm of it a layer divides x, as the end of a refusal."""

    def call(x: Array) -> Any:
        with warnings.catch_warnings():  # of NumPy's, about how a backend makes arrays
            warnings.simplefilter("ignore", DeprecationWarning)
            return keras.ops.convert_to_numpy(make(x.shape)(x))

    told = dividing.refused(call, ("float32",))
    return f": {told}" if told else ""


def _maker(handling: Handling, backend: type[Backend]) -> Callable[[Case], Layer]:
    """Return what makes layers for probing, in float32."""

    def make(case: Case) -> Layer:
        names = (*ROLES, "x", "dy")
        narrow = {n: getattr(case, n).astype(np.float32) for n in names}
        layer = _make(handling, backend, replace(case, **narrow))
        return replace(layer, train=lambda x: layer.train(x.astype(np.float32)))

    return make


def _normalizes(handling: Handling, backend: type[Backend], rank: int) -> bool:
    axes = claims.reduced(_maker(handling, backend), rank, 3, np.float32)
    return axes == claims.all_but_channels(rank)


def _attempt(handling: Handling, backend: type[Backend], case: Case) -> str:
    try:
        _make(handling, backend, case).train(case.x)
    except RAISED as error:  # whatever it is, it says that this is not taken
        first = next(iter(told(error).strip().splitlines()), "")[:160]
        return ": ".join(filter(None, (type(error).__name__, first)))
    return ""


def _with_weights(handling: Handling, backend: type[Backend], rank: int) -> Handling:
    """Find who is who among the variables of a layer."""
    case = probing.case(rank, dtype=np.float32)
    layer = handling.made(1e-3, 0.9, "float32", case.x.shape)
    names: dict[str, int] = {}
    for number, variable in enumerate(layer.variables):
        if int(np.prod(variable.shape)) == case.channels and len(variable.shape) > 0:
            names[f"{number}.{_name(layer, variable)}"] = number

    def answer(values: Mapping[str, Array], training: bool) -> Array | None:
        try:
            living = Living(handling, case, backend)
            with living.ready():
                for key, vector in values.items():
                    variable = living.keras.variables[names[key]]
                    variable.assign(vector.reshape(variable.shape).astype(np.float32))
            return np.asarray(living.call(case.x, training=training), np.float64)
        except RAISED:  # laws will show what is wrong with it
            return None

    roles = effects.roles(list(names), answer, case.channels, frozen=False)
    numbers = {}
    for role in SCALARS:
        if role not in handling.given:
            held = [k for k, v in vars(layer).items() if role_of(k, [role]) and _is_number(v)]
            held.sort(key=functools.partial(order, role))
            numbers.update({role: held[0]} if held else {})
    return replace(handling, weights={r: names[n] for r, n in roles.items()}, numbers=numbers)


def _name(layer: Any, variable: Any) -> str:
    """Return what a variable is called: by the attribute that says more, else by itself."""
    parts: list[Any] = [layer, *layer._flatten_layers(include_self=False)]
    for part in parts:
        for attribute, value in vars(part).items():
            if value is variable and role_of(attribute, ROLES) is not None:
                return str(attribute)
    return str(variable.name)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _settings(
    handling: Handling, backend: type[Backend], rank: int
) -> tuple[Handling, Domain, Any]:
    """Find which of eps and momentum can be set, and measure the others."""
    domain, weighs = Domain(), None
    make = _maker(handling, backend)
    idle = [r for r in handling.numbers if r in SCALARS and _is_idle(make, rank, r)]
    kept = {r: n for r, n in handling.numbers.items() if r not in idle}
    handling = replace(handling, numbers=kept)
    sets = handling.given | kept.keys()
    make = _maker(handling, backend)
    if "eps" not in sets:
        domain = replace(domain, fixed_eps=probing.eps(make, rank, 3))
    if "momentum" not in sets and handling.running:
        if probing.cumulative(make, rank, 3):
            domain = replace(domain, only_cumulative=True)
        elif (seen := probing.momentum(make, rank, 3)) is not None:
            domain, weighs = replace(domain, fixed_momentum=seen[0]), seen[1]
    return handling, domain, weighs


def _is_idle(make: Callable[[Case], Layer], rank: int, role: str) -> bool:
    """Whether an attribute does nothing when it is set."""
    measure: Any = probing.eps if role == "eps" else probing.momentum
    first, second = (measure(make, rank, 3, value) for value in (0.25, 0.375))
    return first is not None and first == second


def _defaults(target: Any, handling: Handling, domain: Domain) -> dict[str, float]:
    fixed = defaults.told(domain.fixed_eps, domain.fixed_momentum)
    if isinstance(target, type):
        return fixed | defaults.of_signature(target)
    held = {role: getattr(target, name, None) for role, name in handling.numbers.items()}
    return fixed | defaults.told(**held)


def _make(handling: Handling, backend: type[Backend], case: Case) -> Layer:
    return Living(handling, case, backend).layer()
