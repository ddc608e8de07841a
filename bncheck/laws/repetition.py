"""Behavioural laws about calls that follow one another: what is kept, and for how long."""

from __future__ import annotations

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Layer
from bncheck.trial.law import EVERY, Residuals, law
from bncheck.trial.probes import scaled
from bncheck.trial.raw import running_statistics, widened
from bncheck.trial.residuals import fact, same
from bncheck.trial.trial import Inapplicable, Trial, present


def _layer(t: Trial) -> Layer:
    """Make a fresh layer of the case, or leave the law where it could not train on it."""
    if t.case.m == 1 and t.convention.one_value == "raises":
        raise Inapplicable
    return t.make(t.case)


@law(
    "P09",
    "an answer, once given, stays",
    "y and dx of one step keep their bits through the next step and through inference",
    exact=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p09(t: Trial) -> Residuals:
    """Hold on to the arrays themselves while the layer is used again.

    Parameter gradients are not held: a layer that adds them up may hand out where it does so.
    """
    other = t.variant(x=scaled(t.case.x, -2.0), dy=scaled(t.case.dy, 2.0))
    layer = _layer(t)
    held = {"y": layer.train(t.case.x)}
    if layer.backward is not None and t.can("backward"):
        held["dx"] = layer.backward(t.case.dy).dx
    before = {name: np.array(array) for name, array in held.items()}
    layer.train(other.x)
    if layer.backward is not None and t.can("backward"):
        layer.backward(other.dy)
    if layer.eval is not None and t.can("eval"):
        layer.eval(other.x)
    for name, array in held.items():
        what = f"{name} of the first step, read after the second"
        yield same(what, widened(array), widened(before[name]), (t.case, other))


@law(
    "P10",
    "backward may be asked twice, or says that it may not",
    "after one forward pass, dx of a second backward pass equals dx of the first; or it raises",
    needs=("backward",),
    exact=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p10(t: Trial) -> Residuals:
    """The same dy twice; what the first call released must not be taken for 0 silently."""
    layer = _layer(t)
    backward = present(layer.backward)
    layer.train(t.case.x)
    first = np.array(backward(t.case.dy).dx)
    try:
        second = backward(t.case.dy).dx
    except TargetRaised:
        # an error tells the caller; only a wrong answer is worse than none
        raise Inapplicable("no-promise") from None
    yield same("dx, asked again", widened(second), widened(first), (t.case,))


@law(
    "P11",
    "backward belongs to the latest forward pass",
    "dx after two training steps is that of the second alone",
    needs=("backward",),
    exact=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p11(t: Trial) -> Residuals:
    """Another batch of the same shape, then the case, against a fresh layer."""
    other = t.variant(x=scaled(t.case.x[::-1], -2.0))
    alone = _layer(t)
    backward = present(alone.backward)
    alone.train(t.case.x)
    expected = np.array(backward(t.case.dy).dx)
    layer = t.make(t.case)
    backward = present(layer.backward)
    layer.train(other.x)
    layer.train(t.case.x)
    got = backward(t.case.dy).dx
    yield same("dx of the second step", widened(got), widened(expected), (other, t.case))


@law(
    "P12",
    "an empty batch leaves the running statistics alone",
    "training on no samples answers with no samples, and changes neither running statistic",
    domain="the convention empty_batch = 'empty' is promised",
    needs=("running",),
    exact=True,
    fused=True,
)
def p12(t: Trial) -> Residuals:
    """Asked only where the answer is promised: elsewhere it may end the process."""
    if t.promises.get("empty_batch") != "empty":
        raise Inapplicable("convention")
    layer = t.make(t.case)
    state = present(layer.state)
    before = state()
    layer.train(np.zeros((0, *t.case.x.shape[1:]), t.case.x.dtype))
    for name, left, right in running_statistics(state(), before):
        yield same(f"running {name} after an empty batch", left, right, (t.case,))


@law(
    "P13",
    "running statistics keep no graph",
    "after a training step the running statistics are plain numbers: no gradient flows back "
    "through them into the batch",
    source="wavefrontshaping/complexPyTorch#1 (memory grows with every step)",
    needs=("running",),
    exact=True,
    fused=True,
)
def p13(t: Trial) -> Residuals:
    """Two steps: what keeps the graph of the first one alive grows with every further one."""
    layer = _layer(t)
    carries_graph = present(layer.state_carries_graph)
    layer.train(t.case.x)
    layer.train(t.case.x)
    kept = carries_graph()
    what = "the running statistics hold on to the graph of every batch before"
    yield fact(what, not kept, got=float(kept), expected=0.0, cases=(t.case,))
