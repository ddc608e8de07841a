"""Inputs and scripts that expose deviations: small cases, each with a name.

A scenario is a case and a script of calls. Its outcome is compared with the reference's, entry
by entry: beyond twice what `truth.rounding` allows a correct implementation (two correct ones
cannot be further apart) where the script is one pass, and to the bit where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bncheck.deviations import REFERENCE, accumulating, implementation
from bncheck.model import Case, Implementation
from bncheck.model.formats import Array, format_of
from bncheck.trial.trial import Trial, wide
from bncheck.truth.rounding import Ball, running_bounds, unbiased_bounds

Outcome = Mapping[str, Array]
Script = Callable[[Implementation, Case], Outcome]


def cycle(values, channels, dtype):
    return np.resize(np.asarray(values, np.float64), channels).astype(dtype)


def case(
    *shape,
    dtype="float64",
    mean=(3.0, -1.0, 50.0),
    scale=(3.0, 0.02, 5.0),
    eps=0.5,
    momentum=0.25,
    gamma=(1.5, -0.75, 2.0),
    beta=(0.5, -1.0, 0.25),
    running_mean=(4.0, -2.0, 0.5),
    running_var=(0.25, 4.0, 30.0),
    seed=0,
):
    """Draw a batch whose channels have these means and standard deviations."""
    kind = format_of(dtype).dtype
    random = np.random.default_rng(seed)
    channels = shape[1]
    along = (1, -1, *(1,) * (len(shape) - 2))
    x = random.normal(size=shape) * cycle(scale, channels, float).reshape(along)
    return Case(
        x=(x + cycle(mean, channels, float).reshape(along)).astype(kind),
        gamma=cycle(gamma, channels, kind),
        beta=cycle(beta, channels, kind),
        dy=random.normal(size=shape).astype(kind),
        running_mean=cycle(running_mean, channels, kind),
        running_var=cycle(running_var, channels, kind),
        eps=eps,
        momentum=momentum,
    )


def fresh(*shape, **more):
    """A new layer on unit-variance data: what most tests in the wild try."""
    given = {"mean": (0.0,), "scale": (1.0,), "eps": 1e-5, "gamma": (1.0,), "beta": (0.0,)}
    return case(*shape, **{**given, "running_mean": (0.0,), "running_var": (1.0,), **more})


# -- scripts ------------------------------------------------------------------------------------


def _after(layer, dy) -> dict[str, Array]:
    g = layer.backward(dy)
    return {"dx": g.dx, "dgamma": g.dgamma, "dbeta": g.dbeta}


def train(target, case):
    layer = target.make(case)
    y = layer.train(case.x)
    state = layer.state()
    return {"y": y, **_after(layer, case.dy), "mean": state.mean, "var": state.var}


def forward(target, case):
    return {"y": target.make(case).train(case.x)}


def adding(target, case):
    return {"y": target.make(case).adding(case.x, case.dy)}


def bits(target, case):
    """As `forward`, compared to the bit."""
    return forward(target, case)


def infer(target, case):
    layer = target.make(case)
    y = layer.eval(case.x)
    state = layer.state()
    return {"y": y, **_after(layer, case.dy), "mean": state.mean, "var": state.var}


def infer_after_training(target, case):
    """Inference, forward and backward, after a step on another batch."""
    layer = target.make(case)
    layer.train(np.ascontiguousarray(case.x[::-1] * 2))
    return {"y": layer.eval(case.x), **_after(layer, case.dy)}


def steps(target, case):
    """Two different batches, then gradients, inference and the state."""
    layer = target.make(case)
    first = layer.train(case.x)
    second = layer.train(np.ascontiguousarray(case.x[::-1] * 2))
    gradients = _after(layer, case.dy)
    state = layer.state()
    last = layer.eval(case.x)
    return {
        "first": first,
        "second": second,
        "last": last,
        **gradients,
        "mean": state.mean,
        "var": state.var,
    }


def graph(target: Implementation, given: Case) -> dict[str, Array]:
    """One step, then whether the running statistics hold on to its graph."""
    layer = target.make(given)
    layer.train(given.x)
    return {"graph": np.array(float(layer.state_carries_graph()))}


def backward_twice(target, case):
    layer = target.make(case)
    layer.train(case.x)
    return {f"{k} {i}": v for i in (1, 2) for k, v in _after(layer, case.dy).items()}


def jvp(target, case):
    return {"tangent": target.make(case).jvp(case.x, case.dy)}


def double(target, case):
    w = np.ascontiguousarray(case.dy[::-1] ** 2)
    names = ("by x", "by dy", "by gamma")
    return dict(zip(names, target.make(case).double_backward(case.x, case.dy, w), strict=True))


def inputs(target, case):
    """The inputs, after they were used."""
    arrays = ("x", "dy", "gamma", "beta", "running_mean", "running_var")
    case = replace(case, **{name: getattr(case, name).copy() for name in arrays})
    train(target, case)
    return {name: getattr(case, name) for name in arrays}


def repeated(target, case):
    """The same again and again: how many answers there are."""
    answers = {forward(target, case)["y"].tobytes() for _ in range(200)}
    return {"answers": np.array(len(answers))}


def two_layers(target, case):
    """Inference with a layer that was made after another was trained on other data."""
    other = target.make(case)
    other.train(np.ascontiguousarray(case.x[::-1] * 2))
    layer = target.make(case)
    return {"eval": layer.eval(case.x), "train": layer.train(case.x)}


def interleaved(target, case):
    """Backward of a layer, after another one was trained on other data of the same shape."""
    layer, other = target.make(case), target.make(case)
    layer.train(case.x)
    other.train(np.ascontiguousarray(case.x[::-1] * 2))
    return {"dx": layer.backward(case.dy).dx}


def survives(target, case):
    """Whether it answers at all."""
    try:
        target.make(case).train(case.x)
    except (ValueError, ZeroDivisionError):
        return {"answers": np.array(0)}
    return {"answers": np.array(1)}


# -- comparing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    case: Case
    script: Script = train
    accumulates: bool = False

    def __post_init__(self):
        # scenarios share arrays, and some deviations write to what they are given
        for name in ("x", "dy", "gamma", "beta", "running_mean", "running_var"):
            getattr(self.case, name).setflags(write=False)


def _state(trial: Trial, case: Case) -> dict[str, Array]:
    """How far the running statistics may be off, where they are promised to be updated."""
    if case.m < 2:
        return {}
    truth, algorithms = trial.truth(case), trial.algorithms(case)
    weight = 1.0 if case.momentum is None else case.momentum
    mean, var = (Ball(getattr(truth.values, n), truth.bound(n)) for n in ("mean", "var"))
    old = [Ball.exact(wide(a, np.longdouble)) for a in (case.running_mean, case.running_var)]
    unbiased = unbiased_bounds(var, case.m, algorithms)
    return {
        "mean": 2 * running_bounds(old[0], mean, weight, algorithms).rad,
        "var": 2 * running_bounds(old[1], unbiased, weight, algorithms).rad,
    }


def _allowed(scenario: Scenario, rules) -> dict[str, Array]:
    """Twice the bound on a correct implementation, for the outputs of a single pass."""
    case, target = scenario.case, implementation(rules, "reference")
    if scenario.script not in (train, forward, infer) or not np.isfinite(case.x).all():
        return {}
    if not case.x.size:
        return {}
    trial = Trial(case, target, target.convention)
    truth = trial.inference_truth(case) if scenario.script is infer else trial.truth(case)
    allowed = {name: 2 * truth.bound(name) for name in ("y", "dx", "dgamma", "dbeta")}
    return allowed if scenario.script is infer else {**allowed, **_state(trial, case)}


def differences(target: Implementation, scenario: Scenario) -> set[str]:
    """Names of the outcomes that a correct implementation could not have had."""
    rules = accumulating(REFERENCE) if scenario.accumulates else REFERENCE
    expected = scenario.script(implementation(rules, "reference"), scenario.case)
    got = scenario.script(target, scenario.case)
    with np.errstate(all="ignore"):
        allowed = _allowed(scenario, rules)
        return {n for n in expected if not _alike(got[n], expected[n], allowed.get(n))}


def _alike(got, expected, allowed) -> bool:
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    if allowed is None:
        return np.array_equal(got.astype(np.float64), expected.astype(np.float64), equal_nan=True)
    a, b = wide(got, np.longdouble), wide(expected, np.longdouble)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return bool((same | (np.abs(a - b) <= allowed)).all())
