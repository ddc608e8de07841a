"""A layer of a plain Python class: built, with the parts of a case put in, and called."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED, TargetError, UsageError
from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, array_kinds, probing
from bncheck.targets.common.living import latest
from bncheck.targets.common.places import Slot, find
from bncheck.targets.plain.asked import Asked, Unread, read
from bncheck.targets.plain.building import PER_CHANNEL, SCALARS
from bncheck.targets.plain.gradients import sorted_out
from bncheck.targets.plain.optimizer import Watching
from bncheck.targets.plain.plan import Plan, fits

FORWARD_ROLES = ("x", *PER_CHANNEL, *SCALARS, "rank", "shape", "groups", "training", "inference")
BACKWARD_ROLES = ("x", *PER_CHANNEL, *SCALARS, "cache", "rate", "optimizer", "dy")


def layer_of(plan: Plan, case: Case, backward: int = 0) -> Layer:
    """Build a layer with the parts of the case; ``backward`` says which of them it asks."""
    living = Living(plan, case)

    def back(dy: Array) -> Gradients:
        return living.backward(dy, backward)

    return Layer(
        train=living.train,
        eval=living.eval if plan.infers else None,
        backward=back if plan.backwards or plan.differentiates else None,
        state=living.state if plan.runs else None,
    )


class Living:
    """One layer, with the parts of a case put in."""

    def __init__(self, plan: Plan, case: Case) -> None:
        """Build it; a layer that makes its parts late sees one small batch before."""
        self.plan = plan
        self.case = case
        self.layer = plan.build(case)
        self.latest: tuple[bool, Array, State | None] | None = None
        self.cache: Any = None
        if plan.lazy:
            small = probing.case(case.x.ndim, case.channels, case.x.dtype)
            self._made_by(small.x)
            vectors = [slot for role, slot in plan.slots.items() if role in PER_CHANNEL]
            if any(self._size(slot) != case.channels for slot in vectors):
                # made for each position: then of as many as the case has
                self.layer = plan.build(case)
                self._made_by(np.resize(small.x, case.x.shape))
        for role, slot in plan.slots.items():
            self.put(slot, getattr(case, role))

    def _made_by(self, x: Array) -> None:
        """Have the layer make its parts by one call, of which nothing else is kept."""
        self._forward(x, training=True)
        self.latest = None

    def _size(self, slot: Slot) -> int:
        return int(np.prod(array_kinds.shape_of(slot.get(self.layer))))

    def put(self, slot: Slot, value: Any) -> None:
        """Set a part to a number, or to an array in the kind and shape that was there."""
        if isinstance(value, np.ndarray):
            if self._size(slot) != value.size:
                return  # the class made it for each position: what comes of that is judged
            value = array_kinds.like(slot.get(self.layer), value)
        if value is not None:
            slot.set(self.layer, value)

    def train(self, x: Array) -> Array:
        """Train on a batch; raises what the class raises, or TargetRaised."""
        if not self.plan.training:
            raise NotImplementedError("it has no training mode")
        return self._forward(x, training=True)

    def eval(self, x: Array) -> Array:
        """Infer a batch; raises what the class raises, or TargetRaised."""
        return self._forward(x, training=False)

    def state(self) -> State:
        """Return copies of the running statistics, each ``(C,)``."""
        slots, case = self.plan.slots, self.case
        held = (
            array_kinds.values(slots[r].get(self.layer)) for r in ("running_mean", "running_var")
        )
        now = answers.state("state", tuple(held), case.running_mean, case.running_var)
        return State(self._own(now.mean, "running_mean"), self._own(now.var, "running_var"))

    def _own(self, values: Array, role: str) -> Array:
        """Copy an answer, in the case's dtype where it has the wider one that the class uses.

        A class that makes its parts in float64 may keep them so whatever x is.
        """
        dtype = getattr(self.case, role).dtype
        widened = values.dtype.name == self.plan.dtypes.get(role) == "float64"
        return values.astype(dtype) if widened else values.copy()

    def backward(self, dy: Array, which: int = 0) -> Gradients:
        """Return the gradients of the latest call, wherever the class puts them."""
        call = latest(self.latest)
        plan = self.plan
        if not plan.backwards:
            return self._pulled(*call, dy)
        name = plan.backwards[which]
        asked = read(name, getattr(self.layer, name), BACKWARD_ROLES, "dy")
        if isinstance(asked, Unread):
            raise TargetError(
                f"{plan.name}.{name} needs the argument {asked.needs!r}, which bncheck cannot guess"
            )
        asked = self._as_called(asked)
        optimizer = Watching()
        given = plan.build.parts(self.case) | {"rate": 0.0, "optimizer": optimizer}
        given |= {"dy": self._in(dy), "x": self._in(call[1]), "cache": self.cache}
        before = self._parameters()
        if (watching := Watching.inside(self.layer)) is not None:
            watching.seen.clear()
        with plan.kind.around():
            got = asked(given)
        after = self._parameters()
        for role, old in before.items():  # it has taken a step of its own
            if not np.array_equal(array_kinds.values(old), array_kinds.values(after[role])):
                plan.slots[role].set(self.layer, old)
        return self._gradients(got, dy, before)

    def _as_called(self, asked: Asked) -> Asked:
        """Leave to its default what the layer holds itself, as its users do.

        That is what ``backward(dout, eps=1e-8)`` has a default for and forward is not given.
        """
        name = self._method(training=True)
        forward = read(name, getattr(self.layer, name), FORWARD_ROLES, "x")
        given = (
            ()
            if isinstance(forward, Unread)
            else (*forward.places, *dict(forward.keywords).values())
        )
        for role in (*PER_CHANNEL, *SCALARS):
            parameter = asked.parameter(role)
            if (
                parameter is not None
                and parameter.default is not parameter.empty
                and role not in given
            ):
                asked = asked.without(role)
        return asked

    # -- calling ---------------------------------------------------------------------------------

    def _forward(self, x: Array, *, training: bool) -> Array:
        running = self._running() if self.plan.kind.pull is not None else None
        self.latest = training, x, running
        got = self.raw(self._in(x), training=training)
        back = self.plan.kind.back(got)
        return self._out(answers.array(self._method(training), back, self._turned(x)))

    def _method(self, training: bool) -> str:
        switch = self.plan.switch
        return (switch.method if switch and not training else "") or self.plan.forward

    def raw(self, x: Any, *, training: bool) -> Any:
        """Return y as the class does, of x as the class takes it."""
        plan = self.plan
        mode = plan.switch.turn(self.layer, training) if plan.switch else {}
        name = self._method(training)
        asked = read(name, getattr(self.layer, name), FORWARD_ROLES, "x")
        if isinstance(asked, Unread):
            raise TargetError(
                f"{plan.name}.{name} needs the argument {asked.needs!r}, which bncheck cannot "
                "guess; give a function without arguments that makes a layer which does not need it"
            )
        given = plan.build.parts(self.case) | {"x": x}
        asked = asked.without("training", "inference")
        with plan.kind.around():
            got = asked(given, **mode)
        if isinstance(got, tuple) and got:
            got, *rest = got
            self.cache = rest[0] if len(rest) == 1 else tuple(rest)
        return got

    def _running(self) -> State | None:
        try:
            return self.state() if self.plan.runs else None
        except RAISED:  # a statistic that is no longer one is for the laws to find
            return None

    def _turned(self, x: Array) -> Array:
        return x if self.plan.axis == 1 else np.moveaxis(x, 1, self.plan.axis)

    def _in(self, x: Array) -> Any:
        return self.plan.kind.into(self._turned(x))

    def _out(self, y: Array) -> Array:
        return y if self.plan.axis == 1 else np.moveaxis(y, self.plan.axis, 1)

    # -- gradients -------------------------------------------------------------------------------

    def _parameters(self) -> dict[str, Any]:
        slots = self.plan.slots
        return {role: slots[role].get(self.layer) for role in ("gamma", "beta") if role in slots}

    def _gradients(self, got: Any, dy: Array, weights: Mapping[str, Any]) -> Gradients:
        dx, *others = sorted_out(got, shifted=self.case.norm.shifted)
        found = []
        for role, returned in zip(("gamma", "beta"), others, strict=True):
            value = self._kept(role, weights) if returned is None else returned
            like = getattr(self.case, role)
            vector = None if value is None else answers.vector(f"backward: d{role}", value, like)
            found.append(None if vector is None else self._own(vector, role))
        dx = answers.array("backward: dx", self.plan.kind.back(dx), self._turned(dy))
        return Gradients(self._out(dx), *found)

    def _kept(self, role: str, weights: Mapping[str, Any]) -> Any:
        channels = self.case.channels
        slot = find(self.layer, role, lambda v: fits(v, channels), gradient=True)
        if slot is not None:
            return array_kinds.values(slot.get(self.layer))
        watching = Watching.inside(self.layer)
        if watching is None or role not in weights:
            return None
        return watching.gradient_of(array_kinds.values(weights[role]), last=role == "beta")

    def _pulled(self, training: bool, x: Array, running: State | None, dy: Array) -> Gradients:
        """Differentiate the call anew, on a fresh layer with the same parts."""
        pull = self.plan.kind.pull
        if pull is None:
            raise UsageError("there is no backward")
        case = self.case
        if running is not None:
            case = replace(case, running_mean=running.mean, running_var=running.var)
        fresh = Living(self.plan, case)
        roles = [role for role in ("gamma", "beta") if role in self.plan.slots]
        slots = [self.plan.slots[role] for role in roles]
        shapes = [array_kinds.shape_of(slot.get(fresh.layer)) for slot in slots]

        def forward(x: Any, *parameters: Any) -> Any:
            for slot, value in zip(slots, parameters, strict=True):
                slot.set(fresh.layer, value)
            return fresh.raw(x, training=training)

        values = [getattr(case, r).reshape(s) for r, s in zip(roles, shapes, strict=True)]
        with self.plan.kind.around():
            dx, *rest = pull(forward, [self._turned(x), *values], self._turned(dy))
        found = dict(zip(roles, rest, strict=True))
        return self._gradients((dx, found.get("gamma"), found.get("beta")), dy, {})
