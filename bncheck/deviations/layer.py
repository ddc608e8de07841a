"""A `Reference` brought to life as a `Layer`: shapes, dtypes and the running state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from bncheck.deviations.passes import AS_IT_IS, NOTHING, Pass, Reference, View, filled
from bncheck.deviations.reference import forward
from bncheck.errors import UsageError
from bncheck.model import (
    BATCH,
    Ability,
    Case,
    Convention,
    Gradients,
    Implementation,
    Layer,
    Norm,
    State,
)
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
        "residual",
        "residual_backward",
    }
)
_OF_STATE: frozenset[Ability] = frozenset(
    {
        "eval",
        "eval_backward",
        "eval_backward_trained",
        "running",
        "cumulative",
        "state_before_step",
    }
)


def implementation(
    rules: Reference, name: str, convention: Convention | None = None, norm: Norm = BATCH
) -> Implementation:
    """Make an Implementation out of rules; it promises what the rules promise unless told.

    norm: which normalization the rules are followed in
    """
    return Implementation(
        name=name,
        make=lambda case: make(rules, case),
        abilities=ABILITIES if norm.running else ABILITIES - _OF_STATE,
        convention=rules.convention if convention is None else convention,
        domain=replace(rules.domain, norm=norm),
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
        residual=lambda x, residual: (living.train(x + residual), x + residual),
        residual_backward=living.residual_backward,
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

    def residual(x: Array, other: Array) -> tuple[Array, Array | None]:
        y, total = present(layer.residual)(there(x), there(other))
        return back(y, x), None if total is None else back(total, x)

    def residual_backward(dy: Array, by_sum: Array) -> tuple[Array, Array]:
        dx, dresidual = present(layer.residual_backward)(there(dy), there(by_sum))
        return back(dx, dy), back(dresidual, dy)

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
        residual=residual,
        residual_backward=residual_backward,
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
        there, given = (self.case.norm.laid_out(a) for a in (dy, p.given))
        read = self.case.norm.taken_back(rules.read_cotangent(there, given), dy.shape)
        p = rules.saved(filled(p, dy=self._rows(read, p.x.dtype)))
        dx = rules.dx(p) if p.training else rules.inference_dx(p)
        news = self._shared(rules.dgamma(p), "gamma", dy), self._shared(rules.dbeta(p), "beta", dy)
        self.gradients = tuple(
            rules.accumulate(b, n) for b, n in zip(self.gradients, news, strict=True)
        )
        dgamma, dbeta = self.gradients
        return Gradients(_shaped(dx, dy), dgamma.copy(), dbeta.copy())

    def residual_backward(self, dy: Array, by_sum: Array) -> tuple[Array, Array]:
        """Both addends have the gradient of the sum, which has a cotangent of its own."""
        dx = self.backward(dy).dx + by_sum
        return dx, dx.copy()

    def jvp(self, x: Array, tangent: Array) -> Array:
        p = forward(self._begin(x, training=True))
        return _shaped(self.rules.jvp(filled(p, dy=self._rows(tangent, p.x.dtype))), x)

    def double_backward(self, x: Array, dy: Array, w: Array) -> tuple[Array, Array, Array]:
        p = forward(self._begin(x, training=True))
        p = filled(p, dy=self._rows(dy, p.x.dtype), w=self._rows(w, p.x.dtype))
        by_x, by_dy, by_gamma = self.rules.double_backward(p)
        return _shaped(by_x, x), _shaped(by_dy, dy), self._shared(by_gamma, "gamma", x)

    def _shared(self, rows: Array, name: str, batch: Array) -> Array:
        """Add a gradient up over what shares a parameter, in the dtype of the parameters."""
        norm, like = self.case.norm, getattr(self.case, name)
        if norm.of_sets:
            return _stored(rows, like)
        if norm.owner == "part":
            by_sample = rows.mean(axis=1).reshape(norm.samples, -1)
            return np.asarray(by_sample.sum(0).astype(like.dtype))
        return np.asarray(norm.gathered(rows.T, batch.shape).astype(like.dtype))

    def _run(self, x: Array, *, training: bool) -> Array:
        p = forward(self._begin(x, training=training))
        p = filled(p, y=p.y.astype(x.dtype).astype(p.x.dtype))
        self.mean = self._kept(p.next_mean, self.mean)
        self.var = self._kept(p.next_var, self.var)
        self.last = p
        return _shaped(p.y, x)

    def _kept(self, rows: Array, like: Array) -> Array:
        """Running statistics as they are stored: those of samples that share one are averaged."""
        norm = self.case.norm
        if norm.owner != "part":
            return _stored(rows, like)
        return _stored(rows.reshape(norm.samples, -1).mean(0)[:, None], like)

    def _parameter(self, values: Array, x: Array, dtype: np.dtype[Any]) -> Array:
        """Give each row, or value, its parameter."""
        norm = self.case.norm
        if norm.of_sets:
            return _column(values, dtype)
        spread = np.asarray(norm.spread(values.astype(dtype), x.shape))
        return spread.T if spread.ndim == 2 else spread[:, None]

    def _state(self, values: Array, dtype: np.dtype[Any]) -> Array:
        norm = self.case.norm
        return _column(np.tile(values, norm.samples) if norm.owner == "part" else values, dtype)

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
            gamma=self._parameter(case.gamma, x, dtype),
            beta=self._parameter(case.beta, x, dtype),
            running_mean=self._state(self.mean, dtype),
            running_var=self._state(self.var, dtype),
            x=self._rows(self._read(x), dtype),
            previous=previous,
        )

    def _read(self, x: Array) -> Array:
        """Read x as it lies in memory for the norm's user, whose axes may be in another order."""
        norm = self.case.norm
        return norm.taken_back(self.rules.read(norm.laid_out(x)), x.shape)

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
