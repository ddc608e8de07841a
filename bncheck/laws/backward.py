"""Backward laws that read the plain run: definition, sums, norms, products."""

from __future__ import annotations

import numpy as np

from bncheck.trial.law import EVERY, IS15, S18, Residuals, law
from bncheck.trial.probes import scaled
from bncheck.trial.raw import named
from bncheck.trial.residuals import meet, near, zero
from bncheck.trial.trial import Inapplicable, Trial, present
from bncheck.truth.rounding import Ball


@law(
    "B01",
    "the gradients are the derivative of the definition",
    "dx = gamma/s (dy - mean(dy) - xhat mean(dy xhat)); dgamma = sum(dy xhat); dbeta = sum(dy)",
    source=f"{IS15}, 3, six displayed equations; compact form: derived here",
    needs=("backward",),
    algebraic=True,
    shared=True,
    fused=True,
    native=True,
    norms=EVERY,
)
def b01(t: Trial) -> Residuals:
    """Compare each gradient with its exact value."""
    values = t.exact_training.values
    yield near("dx", t.dx.mid, values.dx, t.dx.rad, (t.case,))
    terms = {"dgamma": np.abs(values.dy * values.xhat), "dbeta": np.abs(values.dy)}
    for name, each in terms.items():
        if getattr(t.gradients, name) is not None:
            got, true, size = getattr(t, name), getattr(values, name), values.gathered(each)
            yield near(name, got.mid, true, got.rad, (t.case,), signal=size)


@law(
    "B02",
    "the chain of the paper, with and without its vanishing term",
    "dL/dmu = -sum(dxhat)/s + dL/dvar sum(-2 (x - mu))/m, whose second term is 0",
    source=f"{IS15}, 3 (later versions have the term, the first has not)",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("B01",),
    fused=True,
    native=True,
)
def b02(t: Trial) -> Residuals:
    """Evaluate the chain in balls around the true statistics."""
    truth, values = t.exact_training, t.exact_training.values
    m = len(values.x)
    d, inv = truth.ball("centered"), truth.ball("inv")
    dxhat = Ball.exact(values.dy) * values.gamma
    dvar = (dxhat * d).sum(0) * inv * inv * inv * -0.5
    dmean = -(dxhat.sum(0) * inv)
    vanishing = dvar * (d * -2.0).sum(0) / m
    direct = dxhat * inv + d * (dvar * 2.0 / m)
    for name, mean_term in (("without", dmean), ("with", dmean + vanishing)):
        yield meet(f"dx against the chain {name} it", t.dx, direct + mean_term / m, (t.case,))


@law(
    "B03",
    "the input gradient sums to zero",
    "sum(dx) = 0",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("B01",),
    fused=True,
    native=True,
)
def b03(t: Trial) -> Residuals:
    """Because BN(x + c) = BN(x)."""
    terms = np.abs(t.exact_training.values.dx).sum(0)
    yield zero("sum(dx)", t.dx.sum(0), (t.case,), terms=terms)


@law(
    "B04",
    "the input gradient is almost orthogonal to the input",
    "sum(dx (x - mu)) = gamma eps/(v + eps) dgamma",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("B01",),
    fused=True,
    norms=EVERY,
)
def b04(t: Trial) -> Residuals:
    """Zero only for eps = 0: Euler's identity for the scale law."""
    truth = t.exact_training
    eps = truth.values.eps
    expected = t.dgamma * truth.values.gamma * eps / (truth.ball("var") + eps)
    products = t.dx * truth.ball("centered")
    terms = np.abs(products.mid).sum(0)
    yield meet("sum(dx (x - mu))", products.sum(0), expected, (t.case,), terms=terms)


@law(
    "B05",
    "the derivative with respect to eps, in finite form",
    "sum(dy (BN_{e2}(x) - BN_{e1}(x))) = gamma dgamma_{e1} (s1/s2 - 1); as e2 -> e1 this is "
    "dL/deps = -gamma dgamma/(2 (v + eps))",
    needs=("backward",),
    algebraic=True,
    fused=True,
    norms=EVERY,
)
def b05(t: Trial) -> Residuals:
    """Compare outputs at eps and 4 eps with dgamma at eps."""
    case = t.variant(eps=4 * t.case.eps)
    base = t.exact_training
    change = ((t.output(case) - t.y) * base.values.dy).sum(0)
    ratio = t.truth(case).ball("inv") / base.ball("inv") - 1.0
    yield meet("sum(dy (y(4 eps) - y))", change, t.dgamma * base.values.gamma * ratio, (case,))


@law(
    "B09",
    "the input gradient is no longer than gamma/s times the cotangent",
    "|dx|^2 <= (gamma/s)^2 |dy|^2",
    needs=("backward",),
    shared=True,
    follows=("B01",),
    fused=True,
    norms=EVERY,
)
def b09(t: Trial) -> Residuals:
    """The Jacobian's spectral norm (attained for m >= 3)."""
    truth = t.exact_training
    limit = _scale_squared(t) * (Ball.exact(truth.values.dy) * truth.values.dy).sum(0)
    excess = (t.dx * t.dx).sum(0) - limit
    above = np.maximum(excess.mid, 0)
    yield near("|dx|^2 above its limit", above, 0.0, excess.rad, (t.case,), signal=limit.mid)


@law(
    "B11",
    "the norm of the input gradient",
    "|dx|^2 = (gamma/s)^2 (|dy|^2 - sum(dy)^2/m - (1 + eps/s^2) dgamma^2/m)",
    source=f"{S18}, Theorem 4.1 for eps = 0 (there as an inequality); with eps: derived here",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("B01",),
    fused=True,
)
def b11(t: Trial) -> Residuals:
    """An equality, with eps."""
    truth = t.exact_training
    values = truth.values
    m = len(values.x)
    dy = Ball.exact(values.dy)
    total = t.dbeta if t.gradients.dbeta is not None else dy.sum(0)
    shrunk = truth.ball("inv") * truth.ball("inv") * values.eps + 1.0
    inner = (dy * dy).sum(0) - total * total / m - shrunk * t.dgamma * t.dgamma / m
    yield meet("|dx|^2", (t.dx * t.dx).sum(0), _scale_squared(t) * inner, (t.case,))


def _scale_squared(t: Trial) -> Ball:
    truth = t.exact_training
    return truth.ball("inv") * truth.ball("inv") * truth.values.gamma * truth.values.gamma


@law(
    "B23",
    "Euler's identity for the affine parameters",
    "gamma dgamma + beta dbeta = sum(dy y)",
    needs=("backward",),
    algebraic=True,
    shared=True,
    follows=("F00", "B01"),
    fused=True,
    norms=EVERY,
)
def b23(t: Trial) -> Residuals:
    """Forward and backward must speak of the same function."""
    values = t.exact_training.values
    left = t.dgamma * values.gamma
    if values.norm.shifted:
        left = left + t.dbeta * values.beta
    yield meet("gamma dgamma + beta dbeta", left, (t.y * values.dy).sum(0), (t.case,))


@law(
    "B19",
    "gradients in inference mode have no coupling",
    "dx = gamma dy/sqrt(rv + eps); dgamma = sum(dy (x - rm))/sqrt(rv + eps); dbeta = sum(dy)",
    domain="inference; rv + eps > 0",
    needs=("eval", "eval_backward"),
    algebraic=True,
    shared=True,
    native=True,
    fused=True,
)
def b19(t: Trial) -> Residuals:
    """Frozen statistics are constants."""
    truth = t.exact_inference
    for name, answer in named(present(t.inference.gradients)):
        got = truth.measured(name, answer)
        expected = getattr(truth.values, name)
        yield near(f"{name} in inference", got.mid, expected, got.rad, (t.case,))


@law(
    "B29",
    "gradients in inference mode are the same after a training step",
    "a training step on another batch, then inference: dx = gamma dy/sqrt(rv + eps); dgamma = "
    "sum(dy (x - rm))/sqrt(rv + eps); dbeta = sum(dy), with rm and rv as the step left them",
    domain="inference; rv + eps > 0",
    needs=("eval", "running"),
)
def b29(t: Trial) -> Residuals:
    """What the training step kept for its own backward pass must not be used."""
    if not (t.can("eval_backward") or t.can("eval_backward_trained")):
        raise Inapplicable("ability")
    t.trains(t.case)
    layer = t.make(t.case)
    if layer.eval is None or layer.state is None or layer.backward is None:
        raise Inapplicable("ability")
    layer.train(scaled(t.case.x, -2.0))
    state = layer.state()
    layer.eval(t.case.x)
    given = layer.backward(t.case.dy)
    truth = t.inference_truth(t.variant(running_mean=state.mean, running_var=state.var))
    for name, answer in named(given):
        got = truth.measured(name, answer)
        what = f"{name} in inference, after a training step"
        yield near(what, got.mid, getattr(truth.values, name), got.rad, (t.case,))
