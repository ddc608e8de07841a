"""A layer of a plain Python class: how to build it, set its parts and call it."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bncheck.errors import TargetError, UsageError
from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, probing
from bncheck.targets.common.calls import MODES, Switch, by_role, parameters, switches
from bncheck.targets.common.kinds import kind_of
from bncheck.targets.common.roles import NAMES, Slot, find, plain, role_of

PER_CHANNEL = ("gamma", "beta", "running_mean", "running_var")
SCALARS = ("eps", "momentum")


@dataclass(frozen=True)
class Plan:
    """How to handle one class.

    build: makes a bare layer for a case; forward, backward: the names of its methods
    slots: where its parts are, by role; given: roles that its constructor or forward takes
    lazy: some parts only exist after a first batch; axis: where it wants its channels
    shapes: of the parts with one value per channel, as the class itself makes them
    """

    name: str
    build: Callable[[Case], Any]
    forward: str
    backward: str | None
    given: frozenset[str]
    axis: int
    slots: Mapping[str, Slot] = field(default_factory=dict)
    lazy: bool = False
    switch: Switch | None = None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def sets(self, *roles: str) -> bool:
        """Whether each role can be set, in a slot or as an argument."""
        return all(role in self.slots or role in self.given for role in roles)

    @property
    def column(self) -> bool:
        """Whether gamma was seen as ``(C, 1)``: such a class wants ``(C, m)``."""
        return len(shape := self.shapes.get("gamma", ())) == 2 and shape[1] == 1

    def make(self, case: Case) -> Layer:
        """Build a layer with the parts of the case."""
        living = Living(self, case)
        runs = "running_mean" in self.slots and "running_var" in self.slots
        return Layer(
            train=living.train,
            eval=living.eval if self.switch and runs else None,
            backward=living.backward if self.backward else None,
            state=living.state if runs else None,
        )


def planned(target: Any, name: str, channels: int, axis: int) -> Plan:
    """Look at one layer, before and after its first batch, and say how to handle its class.

    Raises TargetError where it cannot be built.
    """
    bare = _bare(target, name, axis)
    cases = [probing.case(rank, channels) for rank in (2, 4, 3, 5)]
    try:
        layer = bare.build(cases[0])
    except TargetError:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise TargetError(f"{name} could not be made for {channels} channels: {text}") from error
    ways = switches(layer, getattr(layer, bare.forward))
    before = _slots(layer, channels)
    plan = replace(
        bare, switch=ways[0] if ways else None, slots=before, shapes=_shapes(layer, before)
    )
    for case in cases:
        living = Living(plan, case)
        try:
            living.train(case.x)
        except TargetError:
            raise
        except Exception:  # noqa: S112 # this rank is not taken; the caller tells which are
            continue
        after = _slots(living.layer, channels)
        lazy = not set(after) <= set(before)
        plan = replace(plan, slots=after, lazy=lazy)
        return replace(plan, switch=_working(plan, ways, case))
    return plan


def channels_of(layer: object) -> int | None:
    """Return the number of channels of an instance, ``None`` where it has no arrays yet."""
    for role in PER_CHANNEL:
        slot = find(layer, role, lambda v: isinstance(v, np.ndarray) and v.size > 0)
        if slot is not None:
            return int(slot.get(layer).size)
    return None


def _bare(target: Any, name: str, axis: int) -> Plan:
    kind = kind_of(target)
    forward = "forward" if hasattr(kind, "forward") else "__call__"
    backward = next((n for n in ("backward", "backprop", "bwd") if hasattr(kind, n)), None)
    wanted = parameters(getattr(kind, forward))[2:]
    if isinstance(target, type):
        constructor = parameters(target)
        wanted = [*wanted, *constructor]

        def build(case: Case) -> Any:
            return target(**by_role(name, constructor, _given(case)))
    else:

        def build(case: Case) -> Any:
            return copy.deepcopy(target)

    settable = (*PER_CHANNEL, *SCALARS)
    given = frozenset(r for p in wanted if (r := role_of(p.name, settable)) is not None)
    return Plan(name, build, forward, backward, given, axis)


def _given(case: Case) -> dict[str, Any]:
    """Return what a constructor may ask for, by role; arrays are copies that it may keep."""
    return {
        **{role: np.array(getattr(case, role)) for role in PER_CHANNEL},
        "eps": case.eps,
        "momentum": case.momentum,
        "channels": case.channels,
        "shape": (case.channels,),
        "rank": case.x.ndim,
    }


def _slots(layer: object, channels: int) -> dict[str, Slot]:
    found = {role: find(layer, role, lambda v: _fits(v, channels)) for role in PER_CHANNEL}
    found.update({role: find(layer, role, _is_number) for role in SCALARS})
    return {role: slot for role, slot in found.items() if slot is not None}


def _shapes(layer: object, slots: Mapping[str, Slot]) -> dict[str, tuple[int, ...]]:
    return {role: np.shape(slots[role].get(layer)) for role in PER_CHANNEL if role in slots}


def _fits(value: object, channels: int) -> bool:
    return isinstance(value, np.ndarray) and value.size == channels and value.ndim > 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.floating) and not isinstance(value, bool)


def _working(plan: Plan, ways: list[Switch], case: Case) -> Switch | None:
    """Return the first way into inference that raises nothing, else the first there is."""
    for way in ways:
        living = Living(replace(plan, switch=way), case)
        try:
            living.train(case.x)
            living.eval(case.x)
        except Exception:  # noqa: S112 # such as the wrong word for the mode
            continue
        return way
    return ways[0] if ways else None


class Living:
    """One layer, with the parts of a case put in."""

    def __init__(self, plan: Plan, case: Case) -> None:
        """Build it; a layer that makes its parts late sees one small batch before."""
        self.plan = plan
        self.case = case
        self.layer = plan.build(case)
        self.x: Array | None = None
        self.cache: Any = None
        if plan.lazy:
            self.train(probing.case(case.x.ndim, case.channels, case.x.dtype).x)
        for role, slot in plan.slots.items():
            value = getattr(case, role)
            if role in PER_CHANNEL:
                value = np.array(value).reshape(np.shape(slot.get(self.layer)))
            if value is not None:
                slot.set(self.layer, value)

    def train(self, x: Array) -> Array:
        """Train on a batch; raises what the class raises, or TargetRaised."""
        return self._forward(x, training=True)

    def eval(self, x: Array) -> Array:
        """Infer a batch; raises what the class raises, or TargetRaised."""
        return self._forward(x, training=False)

    def state(self) -> State:
        """Return copies of the running statistics, each ``(C,)``."""
        slots, channels = self.plan.slots, self.case.channels
        mean, var = (np.array(slots[r].get(self.layer)) for r in ("running_mean", "running_var"))
        return State(_channel_vector(mean, channels), _channel_vector(var, channels))

    def backward(self, dy: Array) -> Gradients:
        """Return the gradients of the latest call, wherever the class puts them."""
        if self.x is None or self.plan.backward is None:
            raise UsageError("backward(dy) was called before train(x) or eval(x)")
        method = getattr(self.layer, self.plan.backward)
        # sizes are in dy: a parameter called d or n is not asking for them here
        sizes = ("channels", "shape", "rank")
        given = {role: a for role, a in _given(self.case).items() if role not in sizes}
        given |= {"x": self._in(self.x), "cache": self.cache, "rate": 0.0}
        wanted = parameters(method)
        about_dy = next((p for p in wanted if role_of(p.name, given) is None), None)
        others = [p for p in wanted if p is not about_dy]
        arguments = by_role(f"{self.plan.name}.{self.plan.backward}", others, given)
        if about_dy is None or about_dy is wanted[0]:
            got = method(self._in(dy), **arguments)
        else:
            got = method(**{about_dy.name: self._in(dy)}, **arguments)
        return self._gradients(got, dy)

    def _forward(self, x: Array, *, training: bool) -> Array:
        plan = self.plan
        mode = plan.switch.turn(self.layer, training) if plan.switch else {}
        separate = plan.switch.method if plan.switch and not training else ""
        method = getattr(self.layer, separate or plan.forward)
        asked = parameters(method)
        wanted = [p for p in asked[1:] if p.name not in mode]
        wanted = [p for p in wanted if role_of(p.name, MODES) is None]
        arguments = by_role(f"{plan.name}.{separate or plan.forward}", wanted, _given(self.case))
        self.x = x
        inward = self._in(x)
        if asked and asked[0].kind is asked[0].KEYWORD_ONLY:
            got = method(**{asked[0].name: inward}, **arguments, **mode)
        else:
            got = method(inward, **arguments, **mode)
        if isinstance(got, tuple) and got:
            got, *rest = got
            self.cache = rest[0] if len(rest) == 1 else tuple(rest)
        return self._out(answers.array(separate or plan.forward, got, inward))

    def _in(self, x: Array) -> Array:
        return x if self.plan.axis == 1 else np.moveaxis(x, 1, self.plan.axis)

    def _out(self, y: Array) -> Array:
        return y if self.plan.axis == 1 else np.moveaxis(y, self.plan.axis, 1)

    def _gradients(self, got: Any, dy: Array) -> Gradients:
        dx, dgamma, dbeta = _unpacked(got)
        kept = [self._kept("gamma"), self._kept("beta")]
        dgamma, dbeta = (k if g is None else g for g, k in zip((dgamma, dbeta), kept, strict=True))
        channels, case = self.case.channels, self.case
        dx = self._out(answers.array("backward: dx", dx, self._in(dy)))
        return Gradients(
            dx,
            None if dgamma is None else _answer("dgamma", dgamma, case.gamma, channels),
            None if dbeta is None else _answer("dbeta", dbeta, case.beta, channels),
        )

    def _kept(self, role: str) -> Array | None:
        channels = self.case.channels
        slot = find(self.layer, role, lambda v: _fits(v, channels), gradient=True)
        return None if slot is None else np.array(slot.get(self.layer))


def _answer(what: str, got: Any, like: Array, channels: int) -> Array:
    return answers.array(f"backward: {what}", _channel_vector(got, channels), like)


def _channel_vector(values: Any, channels: int) -> Any:
    """Return an array of the class's own shape, such as ``(1, C, 1, 1)``, as ``(C,)``."""
    if isinstance(values, np.ndarray) and values.size == channels:
        return values.reshape(channels)
    return values


def _unpacked(got: Any) -> tuple[Any, Any, Any]:
    """Sort what ``backward`` returned into dx, dgamma, dbeta; ``None`` for what is elsewhere."""
    if isinstance(got, dict):
        return _item(got, "x"), _item(got, "gamma"), _item(got, "beta")
    if isinstance(got, tuple | list) and len(got) == 3:
        return got[0], got[1], got[2]
    if isinstance(got, tuple | list) and len(got) == 2 and isinstance(got[1], dict):
        return got[0], _item(got[1], "gamma"), _item(got[1], "beta")
    return got, None, None


def _item(held: Mapping[str, Any], role: str) -> Any:
    names = (*NAMES[role], *(f"d{name}" for name in NAMES[role]))
    return next((v for k, v in held.items() if plain(k) in names), None)
