"""A kernel as a layer: the latest call and the running statistics, which functions lack."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.arrays import samples
from bncheck.model.formats import Array
from bncheck.targets.common.living import latest
from bncheck.targets.native.calls import Caller
from bncheck.targets.native.plan import Call
from bncheck.targets.native.roles import RUNNING


class Living:
    """One layer of a case."""

    def __init__(self, caller: Caller, case: Case) -> None:
        """Keep the parts of the case that every call is given."""
        self.caller, self.plan, self.case = caller, caller.plan, case
        self.running: dict[str, Array] = {
            "running_mean": case.running_mean.copy(),
            "running_var": case.running_var.copy(),
        }
        self.latest: tuple[bool, Array, Mapping[str, Array], Mapping[str, Array]] | None = None

    def layer(self) -> Layer:
        """Return what can be asked of it."""
        plan = self.plan
        backward = plan.calls.get("backward") or plan.infer_backward
        return Layer(
            train=self.train,
            eval=self.eval if plan.infer else None,
            backward=self.backward if backward else None,
            state=self.state if plan.keeps else None,
        )

    def train(self, x: Array) -> Array:
        """Return y of the batch; updates the running statistics."""
        if self.plan.forward is None:
            raise NotImplementedError("there is no function for training")
        before = dict(self.running)
        got = self._call(self.plan.forward, x, {}, training=True)
        self.latest = True, x, got, before
        update = self.plan.calls.get("update")
        if update is not None:
            self._update(update, x, got)
        return got["y"]

    def eval(self, x: Array) -> Array:
        """Return y by the running statistics."""
        if self.plan.infer is None:
            raise NotImplementedError("there is no function for inference")
        before = dict(self.running)
        got = self._call(self.plan.infer, x, {}, training=False)
        self.latest = False, x, got, before
        return got["y"]

    def backward(self, dy: Array) -> Gradients:
        """Return the gradients of the latest call."""
        training, x, got, before = latest(self.latest)
        call = self.plan.calls.get("backward") if training else self.plan.infer_backward
        if call is None:
            raise NotImplementedError("there is no backward function of that call")
        found = self._call(call, x, {**got, **before, "dy": dy}, training=training)
        return Gradients(found["dx"], found.get("dgamma"), found.get("dbeta"))

    def state(self) -> State:
        """Return copies of the running statistics."""
        return State(*(self.running[role].copy() for role in RUNNING))

    def _update(self, update: Call, x: Array, got: Mapping[str, Array]) -> None:
        try:
            self._call(update, x, got, training=True)
        except TargetRaised as error:
            # one value per channel has no unbiased variance: to say so is legitimate
            if error.kind != "Status" or samples(x.shape) != 1:
                raise

    def _call(
        self, call: Call, x: Array, given: Mapping[str, Array], *, training: bool
    ) -> dict[str, Array]:
        case = self.case
        for what, array, dtype in (
            ("x", x, self.plan.dtype),
            ("gamma", case.gamma, self.plan.parameters),
        ):
            if array.dtype.name != dtype:
                told = f"{call.prototype.name} takes {what} in {dtype}, not in {array.dtype.name}"
                raise TargetRaised("WrongDtype", told)
        parts: dict[str, Any] = {"x": x, "gamma": case.gamma, "beta": case.beta, **self.running}
        parts |= {"eps": case.eps, "momentum": case.momentum, **given}
        got = self.caller(call, x.shape, parts, training=training)
        new = {role: got.get(f"new_{role}", got.get(role)) for role in RUNNING}
        self.running |= {role: np.array(v) for role, v in new.items() if v is not None}
        return got
