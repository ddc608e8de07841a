"""B of `prediction`: the bounds on right implementations, for the numbers of a hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

import numpy as np

from bncheck.deviations import Pass, new_weight
from bncheck.deviations.passes import AS_IT_IS, filled
from bncheck.diagnosis.quantities import (
    column,
    inference_of,
    parameter,
    rows_of,
    seen,
    terms_of,
    values_of,
)
from bncheck.diagnosis.scripts import Answer, channels_last, weights
from bncheck.model import Case
from bncheck.model.formats import FLOAT32, Array, format_of
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    debiased_bounds,
    inference_bounds,
    running_bounds,
    training_bounds,
)
from bncheck.truth.rounding.forward_mode import tangent_bounds
from bncheck.truth.rounding.second_order import double_backward_bounds

_GRADIENTS = ("dx", "dgamma", "dbeta")
_OUTPUTS = ("y", *_GRADIENTS)
_STATE = ("running mean", "running variance")

Maker = Callable[[], Array]


class Bounds(Mapping[str, Array]):
    """B of each output, ``(m, C)`` or ``(1, C)``, evaluated when it is first read.

    Most hypotheses are refuted by their first output, so most bounds are never asked for.
    """

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        """Keep how each is made."""
        self._makers = makers
        self._made: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """B of one output."""
        if name not in self._made:
            with np.errstate(all="ignore"):
                self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Names of outputs."""
        return iter(self._makers)

    def __len__(self) -> int:
        """How many outputs have one."""
        return len(self._makers)

    def times(self, factor: int) -> Bounds:
        """Return multiples of these."""
        return Bounds({name: partial(self._multiple, name, factor) for name in self})

    def _multiple(self, name: str, factor: int) -> Array:
        return np.asarray(factor * self[name])


def bounds_of(
    p: Pass, wide: Answer, case: Case, algorithms: Algorithms, *, deviating: bool
) -> Bounds:
    """B of each output; of the gradients, what the backward pass finds is asked as well."""
    makers = _makers(p, wide, case, algorithms, deviating=deviating)
    if not deviating:
        return Bounds(makers)

    gradients = [name for name in makers if name.split()[-1] in _GRADIENTS]
    if not gradients:
        return Bounds(makers)
    with np.errstate(all="ignore"):  # at once, as a deviation may read the case here
        q = p.rules.saved(filled(p, dy=rows_of(case.dy, p).T))
    if q.inverse is p.inverse or q.x.shape != p.x.shape:
        return Bounds(makers)
    others = _makers(q, wide, case, algorithms, deviating=deviating)

    def larger(name: str) -> Array:
        return np.fmax(makers[name](), others[name]())

    return Bounds(makers | {name: partial(larger, name) for name in gradients})


def _makers(
    p: Pass, wide: Answer, case: Case, algorithms: Algorithms, *, deviating: bool
) -> dict[str, Maker]:
    outputs = {name: channels_last(seen(array, p)) for name, array in wide.outputs.items()}
    dy = rows_of(case.dy, p)
    if p.training:
        prefix = "second " if any(n.startswith("second ") for n in outputs) else ""
        prefix = "" if "jvp" in outputs else prefix
        made = _in_training(p, dy, prefix, algorithms)
        if "double backward" in outputs and algorithms.accumulates.precision >= FLOAT32.precision:
            made["double backward"] = _of_double(p, dy, rows_of(weights(case), p), algorithms)
    else:
        prefix = "inference "
        made = _in_inference(p, dy, prefix, algorithms, deviating=deviating)
    terms = cache(lambda: terms_of(p, dy))

    def enlarged(name: str, maker: Maker) -> Array:
        term = {"jvp": "dx"}.get(name, name.removeprefix(prefix))
        rows = _enlarged(maker(), outputs[name], terms().get(term))
        return _of_array(rows, wide.outputs[name], p)

    return {name: partial(enlarged, name, maker) for name, maker in made.items() if name in outputs}


def _in_training(p: Pass, dy: Array, prefix: str, algorithms: Algorithms) -> dict[str, Maker]:
    # NumPy compares dtypes by value: all of one evaluation are of p's
    values = cache(lambda: values_of(p, dy))
    allowed = cache(lambda: training_bounds(values(), algorithms))
    state = cache(lambda: _state_bounds(p, allowed().mean, allowed().var, prefix, algorithms))

    def plain(name: str) -> Array:
        return np.atleast_2d(getattr(allowed(), name))

    makers = {prefix + name: partial(plain, name) for name in _OUTPUTS}
    tangent = partial(_of_tangent, p, dy, algorithms)
    along = tangent if p.case.norm.inside else partial(plain, "dx")
    return makers | {"jvp": along} | _read(state, prefix)


def _of_tangent(p: Pass, t: Array, algorithms: Algorithms) -> Array:
    """Bound forward mode along t, where gamma stands in front of what is dx for gamma = 1."""
    if algorithms.early:  # which rounds on the way where no bound is known
        return np.full((1, len(p.x)), np.inf)
    values = values_of(filled(p, gamma=np.ones_like(p.gamma)), t)
    allowed = training_bounds(values, algorithms)
    dx, inv = Ball(values.dx, allowed.dx), Ball(values.inv, allowed.inv)
    return np.atleast_2d(tangent_bounds(dx, inv, parameter(p, p.gamma), algorithms).rad)


def _of_double(p: Pass, dy: Array, reversed_dy: Array, algorithms: Algorithms) -> Maker:
    def maker() -> Array:
        if algorithms.early:
            return np.full((1, len(p.x)), np.inf)
        values = values_of(p, dy)
        allowed = training_bounds(values, algorithms)
        return np.atleast_2d(double_backward_bounds(values, allowed, reversed_dy, algorithms).rad)

    return maker


def _in_inference(
    p: Pass, dy: Array, prefix: str, algorithms: Algorithms, *, deviating: bool
) -> dict[str, Maker]:
    inferred = cache(lambda: inference_bounds(inference_of(p, dy), algorithms))
    others = cache(lambda: training_bounds(values_of(p, dy), algorithms))

    def either(name: str) -> Array:
        bound = getattr(inferred(), name)
        return np.atleast_2d(np.fmax(bound, getattr(others(), name)) if deviating else bound)

    nothing = np.zeros(p.x.shape[0])
    state = cache(lambda: _state_bounds(p, nothing, nothing, prefix, algorithms))
    return {prefix + name: partial(either, name) for name in _OUTPUTS} | _read(state, prefix)


def _read(state: Callable[[], Mapping[str, Array]], prefix: str) -> dict[str, Maker]:
    def of(name: str) -> Array:
        return state()[name]

    return {prefix + name: partial(of, prefix + name) for name in _STATE}


def _of_array(rows: Array, array: Array, p: Pass) -> Array:
    """Bring ``(m, C)`` of what the layer saw into the ``(m, C)`` of the array itself."""
    if array.ndim == 1 or p.rules.view is AS_IT_IS:
        return rows
    return channels_last(p.rules.view.back(np.broadcast_to(rows, p.x.T.shape), array))


def _enlarged(bound: Array, output: Array, terms: Array | None) -> Array:
    """Let the bound grow with an output that is larger than the right formula's terms."""
    if terms is None:
        return bound
    ratio = np.abs(output).max(axis=0) / terms
    return bound * np.where(ratio > 1, ratio, 1)


def _state_bounds(
    p: Pass, e_mean: Array, e_var: Array, prefix: str, algorithms: Algorithms
) -> dict[str, Array]:
    """Running statistics: averages of the old ones and the batch's, at any weight.

    Bessel's factor is at most 2, so twice e_var covers the corrected variance. With one value
    per channel a batch has no variance: 0 may be averaged in, or the old one left.
    """
    found = {}
    kept = format_of(algorithms.parameters.name).unit_roundoff
    for name, old, new, error in (
        ("running mean", p.running_mean, p.next_mean, e_mean),
        ("running variance", p.running_var, p.next_var, 2 * e_var),
    ):
        before, after = column(old), column(new)
        # the state before a second step was itself rounded when it was stored
        ball = Ball(before, kept * np.abs(before))
        reach = running_bounds(ball, Ball(after, error), 0.5, algorithms)
        if p.rules.convention.debiased and p.training and p.momentum is not None:
            # what is kept is 1 - d^t times what is used, and divided by it in the target's format
            decay, steps = 1 - new_weight(p), p.steps + 1
            sums = Ball(after * (1 - decay**steps), reach.rad)
            reach = debiased_bounds(sums, decay, steps, algorithms)
        either = np.abs(before) + np.abs(after) if p.m == 1 and p.training else 0
        found[prefix + name] = np.atleast_2d(2 * reach.rad + either)
    return found
