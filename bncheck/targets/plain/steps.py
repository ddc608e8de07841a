"""The layer that plain functions make together: what the latest call was, and what it left.

Every array goes to the functions as it is in the case: the same object, memory layout and
flags, so that laws about mutation, aliasing and strides see what the functions really do.
"""

import contextlib
import sys
from typing import Any

import numpy as np

from bncheck.errors import RAISED, TargetRaised, UsageError
from bncheck.model import Case, Gradients, Layer, State
from bncheck.model.arrays import samples
from bncheck.model.formats import Array
from bncheck.targets.common import answers, array_kinds
from bncheck.targets.common.answers import describe
from bncheck.targets.common.living import latest
from bncheck.targets.plain.asked import Asked
from bncheck.targets.plain.gradients import sorted_out
from bncheck.targets.plain.handed import handed
from bncheck.targets.plain.named import Named
from bncheck.targets.plain.outputs import Outputs, at
from bncheck.targets.plain.padding import LAYS as MASKS
from bncheck.targets.plain.padding import cotangent, kept, no_gradient, padded, taken
from bncheck.targets.plain.sheet import LAYS, Sheet


class Steps:
    """The little state that functions lack: the latest call and the running statistics."""

    def __init__(self, sheet: Sheet, case: Case) -> None:
        """Put the parts of the case where the functions will be given them."""
        self.sheet = sheet
        self.case = case
        self._channels = (case.channels,)
        self.gamma, self.beta = self._lay(case.gamma), self._lay(case.beta)
        mean, var = case.running_mean, case.running_var
        if sheet.keeps:  # they may be written to
            mean, var = mean.copy(), var.copy()
        self.running = [self._lay(mean), self._lay(var)]
        self._fixed: dict[str, Any] = {
            "gamma": self.gamma,
            "beta": self.beta,
            "eps": case.eps,
            "momentum": case.momentum,
            "groups": case.norm.groups,
            "shape": self._channels,
        }
        self.named = Named(self._parts())
        self.latest: tuple[bool, Array, Any, list[Any]] | None = None
        self.residual: Array | None = None

    def layer(self) -> Layer:
        """Return what can be asked of it."""
        sheet = self.sheet
        backward = sheet.group.backwards or sheet.group.infer_backward or sheet.differentiates
        return Layer(
            train=self.train,
            normalize=self.normalize if sheet.group.update and sheet.group.forward else None,
            eval=self.eval if sheet.infers else None,
            backward=self.backward if backward else None,
            state=self.state if sheet.runs else None,
            adding=self.adding if sheet.adds else None,
        )

    def train(self, x: Array) -> Array:
        """Return y of the batch; updates the running statistics."""
        y = self.normalize(x)
        if self.sheet.group.update is not None:
            self._update(self.sheet.group.update, x)
        return y

    def normalize(self, x: Array) -> Array:
        """Return y of the batch, and call no function that only updates running statistics."""
        forward = self.sheet.group.forward
        if forward is None:
            raise NotImplementedError("there is no function for training")
        return self._forward(forward, x, training=True)

    def adding(self, x: Array, residual: Array) -> Array:
        """Return y of the batch with the residual added."""
        self.residual = residual
        try:
            return self.train(x)
        finally:
            self.residual = None

    def eval(self, x: Array) -> Array:
        """Return y by the running statistics."""
        group = self.sheet.group
        function = group.infer or group.forward
        if function is None:
            raise UsageError("there is no function for inference")
        return self._forward(function, x, training=False)

    def backward(self, dy: Array) -> Gradients:
        """Return the gradients of the latest call."""
        training, x, got, running = latest(self.latest)
        sheet = self.sheet
        if not training and sheet.group.infer_backward is not None:
            function = sheet.group.infer_backward
        elif sheet.group.backwards and (training or sheet.group.infer is None):
            function = sheet.group.backwards[sheet.backward]
        elif sheet.kind.pull is not None:
            return self._pulled(training, x, running, dy)
        else:
            raise UsageError(f"the target has no backward of {'forward' if training else 'infer'}")
        given = self.given(training=training) | self.batch(x)
        given |= handed(sheet.outputs, sheet.group, function, got)
        given["dy"] = sheet.kind.into(self._laid(cotangent(dy) if sheet.mask else dy))
        return self._gradients(function.name, self._call(function, given), dy)

    def state(self) -> State:
        """Return copies of the running statistics."""
        mean, var = (array_kinds.values(s) for s in self.running)
        now = answers.state("running statistics", (mean, var), self.case.running_mean,
                            self.case.running_var)  # fmt: skip
        return State(now.mean.copy(), now.var.copy())

    # -- calling ---------------------------------------------------------------------------------

    def _forward(self, function: Asked, x: Array, *, training: bool) -> Array:
        before = [self._copied(s) for s in self.running] if self.sheet.kind.pull else []
        given = self.given(training=training) | self.batch(x, masked=self._masks(function))
        with self._mode(training):
            got = self._call(function, given)
        outputs = self.sheet.outputs if function is self.sheet.group.forward else Outputs()
        self.latest = training, x, got, before
        y = outputs.output(got)
        if function is not self.sheet.group.forward and isinstance(y, tuple | list) and y:
            y = y[0]  # an inference that returns y and something that nobody needs
        back = self.sheet.kind.back(y)
        # in inference as well, where somebody may update them who should not
        if self.sheet.keeps and (training or function is self.sheet.group.forward):
            self._keep(got)
        if not self._masks(function):
            return self._out(answers.array(function.name, back, self._laid(x)))
        return self._taken(answers.array(function.name, back, self.turned(x)), x)

    def _masks(self, function: Asked) -> bool:
        return self.sheet.mask is not None and function.takes("mask")

    def _keep(self, got: Any) -> None:
        outputs, function = self.sheet.outputs, self.sheet.group.forward
        if outputs.mean is not None and outputs.var is not None:
            returned = isinstance(got, tuple | list | dict)
            if not returned:  # inference need not give back what it left alone
                return
            self.running = [at(got, outputs.mean), at(got, outputs.var)]
            self.named.update(running_mean=self.running[0], running_var=self.running[1])
        elif function is not None and function.takes("bn_param"):
            self.running = self.named.running()

    def _update(self, function: Asked, x: Array) -> None:
        mean, var = self.running
        given = self.batch(x, masked=self._masks(function))
        given |= {"running_mean": mean, "running_var": var}
        try:
            got = self._call(function, given | {"momentum": self.case.momentum})
        except RAISED:
            if samples(x.shape) != 1:
                raise
            return  # one value per channel has no unbiased variance: raising is legitimate
        kind = self.sheet.kind
        got = tuple(kind.back(v) for v in got) if isinstance(got, tuple | list) else got
        if got is None:  # it has written to what it was given
            return
        new = answers.state("update", got, self.case.running_mean, self.case.running_var)
        self.running = [self._lay(new.mean), self._lay(new.var)]

    def raw(self, x: Array, *, training: bool) -> Any:
        """Return what the forward pass itself returns."""
        function = self.sheet.group.forward
        if function is None:
            raise NotImplementedError("there is no function for training")
        with self._mode(training):
            return self._call(function, self.given(training=training) | self.batch(x))

    def rejected(self, name: str, y: Any, x: Array) -> None:
        """Raise TargetRaised that says what was returned in place of y."""
        answers.array(name, y, self.turned(x))

    def _call(self, function: Asked, given: dict[str, Any]) -> Any:
        with self.sheet.kind.around():
            return function(given)

    def _mode(self, training: bool) -> contextlib.AbstractContextManager[Any]:
        if self.sheet.quiet and not training:
            quiet: contextlib.AbstractContextManager[Any] = sys.modules["torch"].no_grad()
            return quiet
        return contextlib.nullcontext()

    def _parts(self) -> dict[str, Any]:
        mean, var = self.running
        return {
            **self._fixed,
            "running_mean": mean,
            "running_var": var,
            "statistics": (mean, var),
        }

    def given(self, *, training: bool) -> dict[str, Any]:
        """Return what a function may ask for in a mode, by role."""
        mode = (self.sheet.modes or (True, False))[0 if training else 1]
        self.named.turn(training)
        modes = {"training": mode, "inference": mode, "bn_param": self.named}
        return {**self._parts(), **modes}

    # -- arrays there and back -------------------------------------------------------------------

    def _lay(self, values: Array) -> Any:
        if self.sheet.lay == "(C,)" and values.shape == self._channels:
            return self.sheet.kind.into(values)
        shape = LAYS[self.sheet.lay](self.case.channels, self.case.x.ndim)
        return self.sheet.kind.into(values if shape == values.shape else values.reshape(shape))

    def _copied(self, values: Any) -> Array:
        return np.array(array_kinds.values(values)).reshape(-1)

    def _laid(self, x: Array) -> Array:
        return x if self.sheet.axis == 1 else np.moveaxis(x, 1, self.sheet.axis)

    def turned(self, x: Array) -> Array:
        """Return x laid out as the functions have it, padded for a mask, as an array of NumPy."""
        return self._laid(padded(x) if self.sheet.mask else x)

    def inward(self, x: Array) -> Any:
        """Return x as the functions are given it: padded, where they take a mask."""
        return self.sheet.kind.into(self.turned(x))

    def batch(self, x: Array, *, masked: bool = True) -> dict[str, Any]:
        """Return x, with what else has its shape, by role."""
        into, mask = self.sheet.kind.into, self.sheet.mask if masked else None
        inward = self.inward if mask is not None else lambda array: into(self._laid(array))
        given = {"x": inward(x)}
        if self.sheet.adds:
            given["residual"] = inward(np.zeros_like(x) if self.residual is None else self.residual)
        if mask is not None:
            lay, dtype = mask
            keep = MASKS[lay](kept(x.shape), x.shape[1])
            given["mask"] = into(keep.astype(x.dtype if dtype == "x" else dtype))
        return given

    def _taken(self, full: Array, x: Array) -> Array:
        return taken(self._out(full), x.shape)

    def _out(self, y: Array) -> Array:
        return y if self.sheet.axis == 1 else np.moveaxis(y, self.sheet.axis, 1)

    def outward(self, name: str, y: Any, x: Array) -> Array:
        """Return what a function made of x, shaped like it, in the form of the case."""
        return self._out(answers.array(name, self.sheet.kind.back(y), self._laid(x)))

    # -- gradients -------------------------------------------------------------------------------

    def _gradients(self, name: str, got: Any, dy: Array) -> Gradients:
        shifted = self.case.norm.shifted
        dx, dgamma, dbeta = sorted_out(got, shifted=shifted)
        if dgamma is None and dbeta is None and not isinstance(got, tuple | list | dict):
            answers.several(name, got, "dx, dgamma, dbeta" if shifted else "dx, dgamma")
        got = answers.array(f"{name}: dx", self.sheet.kind.back(dx), self.turned(dy))
        if self.sheet.mask:
            no_gradient(name, self._out(got), dy.shape)
        return Gradients(
            self._taken(got, dy) if self.sheet.mask else self._out(got),
            answers.vector(f"{name}: dgamma", dgamma, self.case.gamma),
            answers.vector(f"{name}: dbeta", dbeta, self.case.beta) if shifted else None,
        )

    def _pulled(self, training: bool, x: Array, running: list[Any], dy: Array) -> Gradients:
        sheet, group = self.sheet, self.sheet.group
        function = group.forward if training else group.infer or group.forward
        if function is None or sheet.kind.pull is None:
            raise TargetRaised("type", f"there is no gradient of {describe(function)}")
        outputs = sheet.outputs if function is group.forward else Outputs()
        given = self.given(training=training)
        mean, var = (self._lay(values) for values in running)
        given |= {"running_mean": mean, "running_var": var, "statistics": (mean, var)}
        given |= self.batch(x)

        def forward(*points: Any) -> Any:
            now = given | dict(zip(("x", "gamma", "beta"), points, strict=True))
            now["bn_param"] = Named(now)
            now["bn_param"].turn(training)
            return outputs.output(function(now))

        shape = LAYS[sheet.lay](self.case.channels, x.ndim)
        points = [self.turned(x), *(v.reshape(shape) for v in (self.case.gamma, self.case.beta))]
        with sheet.kind.around(), self._mode(training):
            full = cotangent(dy) if sheet.mask else dy
            dx, dgamma, dbeta = sheet.kind.pull(forward, points, self._laid(full))
        return self._gradients("backward", (dx, dgamma, dbeta), dy)
