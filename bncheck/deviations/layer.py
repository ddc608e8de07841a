"""A `Reference` brought to life as a `Layer`: shapes, dtypes and the running state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from bncheck.deviations.passes import AS_IT_IS, NOTHING, Pass, Reference, View, filled
from bncheck.deviations.reference import forward
from bncheck.errors import UsageError
from bncheck.model import Ability, Case, Convention, Gradients, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.trial.asking import present

ABILITIES: frozenset[Ability] = frozenset(
    {
        "backward",
        "eval",
        "eval_backward",
        "running",
        "jvp",
        "double_backward",
        "cumulative",
        "state_before_step",
        "adding",
    }
)


def implementation(
    rules: Reference, name: str, convention: Convention | None = None
) -> Implementation:
    """Make an Implementation out of rules; it promises what the rules promise unless told."""
    return Implementation(
        name=name,
        make=lambda case: make(rules, case),
        abilities=ABILITIES,
        convention=rules.convention if convention is None else convention,
        domain=rules.domain,
        origin="bncheck.deviations",
    )


def make(rules: Reference, case: Case) -> Layer:
    """Build a fresh layer whose parameters and running statistics are those of the case."""
    return open_layer(rules, case)[0]


def open_layer(rules: Reference, case: Case) -> tuple[Layer, Callable[[], Pass | None]]:
    """Build a fresh layer that can be looked into: also returns what tells its latest pass."""
    living = _Living(rules, case)
    layer = Layer(
        train=living.train,
        eval=living.eval,
        backward=living.backward,
        state=living.state,
        jvp=living.jvp,
        double_backward=living.double_backward,
        state_carries_graph=lambda: False,
        adding=lambda x, residual: living.train(x) + residual,
    )
    layer = _viewing(rules.wrap(layer, case), rules.view)
    calls = {f.name: getattr(layer, f.name) for f in fields(layer)}
    quiet = {k: _quiet(call) for k, call in calls.items() if call is not None}
    return replace(layer, **quiet), lambda: living.last


def _viewing(layer: Layer, view: View) -> Layer:
    """Hand over what the layer takes arrays for, and bring back what comes out."""
    if view is AS_IT_IS:
        return layer
    there, back = view.there, view.back

    def answering(call: Callable[..., Array] | None) -> Callable[..., Array]:
        asked = present(call)
        return lambda x, *more: back(asked(there(x), *map(there, more)), x)

    def backward(dy: Array) -> Gradients:
        found = present(layer.backward)(there(dy))
        return replace(found, dx=back(found.dx, dy))

    def double_backward(x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        by_x, by_dy, by_gamma = present(layer.double_backward)(*map(there, (x, dy, w)))
        return back(by_x, x), back(by_dy, dy), by_gamma

    return replace(
        layer,
        train=answering(layer.train),
        eval=answering(layer.eval),
        backward=backward,
        jvp=answering(layer.jvp),
        double_backward=double_backward,
        adding=answering(layer.adding),
    )


def _quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    # deviations divide by zero and overflow on purpose; the numbers show it, warnings need not
    return np.errstate(all="ignore")(function)


class _Living:
    """Holds what outlives a call. Arrays of the case are read, never written or handed out."""

    def __init__(self, rules: Reference, case: Case) -> None:
        self.rules = rules
        self.case = case
        self.mean = case.running_mean
        self.var = case.running_var
        self.steps = 0
        self.last: Pass | None = None
        self.gradients = tuple(np.zeros_like(g) for g in (case.gamma, case.beta))

    def train(self, x: Array) -> Array:
        answer = self._run(x, training=True)
        self.steps += 1
        return answer

    def eval(self, x: Array) -> Array:
        return self._run(x, training=False)

    def state(self) -> State:
        return State(self.mean.copy(), self.var.copy())

    def backward(self, dy: Array) -> Gradients:
        if self.last is None:
            raise UsageError("backward was called before train or eval: call one of them first")
        rules, p = self.rules, self.last
        p = rules.saved(filled(p, dy=self._rows(rules.read_cotangent(dy, p.given), p.x.dtype)))
        dx = rules.dx(p) if p.training else rules.inference_dx(p)
        news = _stored(rules.dgamma(p), self.case.gamma), _stored(rules.dbeta(p), self.case.beta)
        self.gradients = tuple(
            rules.accumulate(b, n) for b, n in zip(self.gradients, news, strict=True)
        )
        dgamma, dbeta = self.gradients
        return Gradients(_shaped(dx, dy), dgamma.copy(), dbeta.copy())

    def jvp(self, x: Array, tangent: Array) -> Array:
        p = forward(self._begin(x, training=True))
        return _shaped(self.rules.jvp(filled(p, dy=self._rows(tangent, p.x.dtype))), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        p = forward(self._begin(x, training=True))
        p = filled(p, dy=self._rows(dy, p.x.dtype), w=self._rows(w, p.x.dtype))
        by_x, by_dy, by_gamma = self.rules.double_backward(p)
        return _shaped(by_x, x), _shaped(by_dy, dy), _stored(by_gamma, self.case.gamma)

    def _run(self, x: Array, *, training: bool) -> Array:
        p = forward(self._begin(x, training=training))
        p = filled(p, y=p.y.astype(x.dtype).astype(p.x.dtype))
        self.mean = _stored(p.next_mean, self.mean)
        self.var = _stored(p.next_var, self.var)
        self.last = p
        return _shaped(p.y, x)

    def _begin(self, x: Array, *, training: bool) -> Pass:
        case, dtype = self.case, self.rules.accumulator(x.dtype)
        # only one pass back is ever needed: an older one would keep all batches alive
        previous = None if self.last is None else replace(self.last, previous=None)
        return Pass(
            rules=self.rules,
            case=case,
            given=x,
            training=training,
            eps=float(case.eps),
            momentum=None if case.momentum is None else float(case.momentum),
            steps=self.steps,
            gamma=_column(case.gamma, dtype),
            beta=_column(case.beta, dtype),
            running_mean=_column(self.mean, dtype),
            running_var=_column(self.var, dtype),
            x=self._rows(self.rules.read(x), dtype),
            previous=previous,
        )

    def _rows(self, array: Array, dtype: np.dtype[Any]) -> Array:
        channels = array.shape[1]
        size = array.size // channels if channels else 0
        return np.array(np.moveaxis(array, 1, 0), dtype, order="C").reshape(channels, size)


def _column(values: Array, dtype: np.dtype[Any]) -> Array:
    return values.astype(dtype).reshape(-1, 1)


def _shaped(rows: Array, like: Array) -> Array:
    """``(C, m)`` as an array of the shape and dtype of another, fresh and contiguous."""
    shape = like.shape
    full = np.broadcast_to(rows, (shape[1], like.size // shape[1] if shape[1] else 0))
    turned = np.moveaxis(full.reshape(shape[1], shape[0], *shape[2:]), 0, 1)
    return np.array(turned, dtype=like.dtype, order="C")


def _stored(values: Array, like: Array) -> Array:
    """``(C, 1)`` as ``(C,)`` of the dtype of another; more columns than one are averaged."""
    return np.asarray(values.mean(axis=1) if values.shape[1] else NOTHING).astype(like.dtype)
