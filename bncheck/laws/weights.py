"""Laws through a linear map x = U W: what batch normalization does to the weights before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import as_wide, per_channel
from bncheck.model.formats import Array
from bncheck.trial.law import EVERY, IS15, Residuals, law
from bncheck.trial.probes import Linear, linear, scaled, stored
from bncheck.trial.residuals import meet, zero
from bncheck.trial.trial import TrainingTruth, Trial, present
from bncheck.truth.rounding import Ball


@dataclass(frozen=True)
class _Step:
    """Output and gradients of one step on x = U (a W)."""

    truth: TrainingTruth
    y: Ball
    dz: Ball
    dgamma: Ball


def _step(t: Trial, case: Case) -> _Step:
    truth = t.truth(case)
    answers = t.train(case)
    given = present(answers.gradients)
    return _Step(
        truth,
        truth.measured("y", answers.y),
        truth.measured("dx", given.dx),
        truth.measured("dgamma", present(given.dgamma)),
    )


def _weights(u: Array, dz: Ball) -> Ball:
    """Gradient of W: ``U' dz``, shape ``(n, C)``."""
    return (Ball.exact(u.astype(dz.mid.dtype)[:, :, None]) * dz[:, None, :]).sum(0)


def _scaled(t: Trial, base: Linear, a: float) -> Case:
    return t.variant(base.case, x=scaled(base.case.x, a), eps=a * a * t.case.eps)


@law(
    "F06",
    "a bias before the layer changes nothing",
    "BN(W u + b) = BN(W u)",
    source=f"{IS15}, 3.2",
    fused=True,
    native=True,
)
def f06(t: Trial) -> Residuals:
    """An integer bias, another one for each channel."""
    base = linear(t)
    bias = np.arange(t.case.channels) % 5 + 1.0
    x = as_wide(base.case.x, np.float64) + per_channel(bias, base.case.x.ndim)
    case = t.variant(base.case, x=stored(x, base.case.x))
    yield meet("BN(W u + b)", t.output(case), t.output(base.case), (case, base.case))


@law(
    "W01",
    "scaling the weights scales eps, and turns the sign with a",
    "BN_eps((a W) u) = sgn(a) BN_{eps/a^2}(W u): equal to BN_eps(W u) only for eps = 0, a > 0",
    source=f"{IS15}, 3.3 (there for eps = 0, a > 0)",
    algebraic=True,
    norms=EVERY,
    native=True,
)
def w01(t: Trial) -> Residuals:
    """a = 2 and a = -2."""
    base = linear(t)
    beta = t.truth(base.case).values.beta
    y = t.output(base.case) - beta
    for a in (2.0, -2.0):
        case = _scaled(t, base, a)
        other = t.output(case) - beta
        yield meet(f"BN(({a:g} W) u)", other, y * np.sign(a), (case, base.case))


@law(
    "W02",
    "the Jacobian with respect to u keeps its size, with respect to a W shrinks by 1/|a|",
    "dBN_eps(a W u)/du = sgn(a) dBN_{eps/a^2}(W u)/du; dBN_eps(a W u)/d(a W) = "
    "(1/|a|) dBN_{eps/a^2}(W u)/dW",
    source=f"{IS15}, 3.3 (printed 1/a without sign, eps = 0)",
    needs=("backward",),
    algebraic=True,
    norms=EVERY,
    native=True,
)
def w02(t: Trial) -> Residuals:
    """Vector-Jacobian products for the case's cotangent, a = -2."""
    base = linear(t)
    case = _scaled(t, base, -2.0)
    plain, twice = _step(t, base.case), _step(t, case)
    u = base.inputs
    yield meet("2 dL/d(-2 W)", _weights(u, twice.dz) * 2.0, _weights(u, plain.dz), (case,))
    w = Ball.exact(base.weights.astype(plain.dz.mid.dtype))
    du = [(step.dz[:, None, :] * w[None]).sum(2) for step in (plain, twice)]
    yield meet("dL/du through -2 W", du[1] * -2.0, -du[0], (case,))


@law(
    "W03",
    "weights and their gradient are almost orthogonal",
    "<w_j, dL/dw_j> = gamma_j eps/(v_j + eps) dgamma_j",
    source="Arora, Li, Lyu 2019 (arXiv 1812.03981), Lemma 2.4 for eps = 0; with eps: derived here",
    needs=("backward",),
    algebraic=True,
    norms=EVERY,
)
def w03(t: Trial) -> Residuals:
    """Zero only for eps = 0."""
    base = linear(t)
    step = _step(t, base.case)
    products = _weights(base.inputs, step.dz) * base.weights.astype(step.dz.mid.dtype)
    eps, gamma = step.truth.values.eps, step.truth.values.gamma
    expected = step.dgamma * gamma * eps / (step.truth.ball("var") + eps)
    terms = np.abs(products.mid).sum(0)
    yield meet("<w, dL/dw>", products.sum(0), expected, (base.case,), terms=terms)


@law(
    "W04",
    "larger weights have smaller gradients",
    "grad L_eps(a w) = (1/a) grad L_{eps/a^2}(w), a > 0",
    source="van Laarhoven 2017 (arXiv 1706.05350); with eps: derived here",
    needs=("backward",),
    algebraic=True,
    norms=EVERY,
    native=True,
)
def w04(t: Trial) -> Residuals:
    """a = 2."""
    base = linear(t)
    case = _scaled(t, base, 2.0)
    plain, twice = _step(t, base.case), _step(t, case)
    left = _weights(base.inputs, twice.dz) * 2.0
    yield meet("2 grad L(2 w)", left, _weights(base.inputs, plain.dz), (case, base.case))


@law(
    "W11",
    "the layer and its weight gradient through the covariance of the inputs",
    "BN(U w) = C U w/sqrt(w' S w + eps), S = cov(u); "
    "grad = (gamma/s) ((C U)' dy - S w (w' (C U)' dy)/s^2)",
    source="Kohler et al. 2019 (arXiv 1805.10694); gradient with eps: derived here",
    needs=("backward",),
    algebraic=True,
)
def w11(t: Trial) -> Residuals:
    """Statistics from the covariance matrix of u instead of from x."""
    base = linear(t)
    step = _step(t, base.case)
    values = step.truth.values
    kind = values.x.dtype
    u = Ball.exact(base.inputs.astype(kind))
    w = Ball.exact(base.weights.astype(kind))
    centred = u - u.mean(0)
    cov = (centred[:, :, None] * centred[:, None, :]).mean(0)
    sw = (cov[:, :, None] * w[None, :, :]).sum(1)
    square = (w * sw).sum(0) + values.eps
    root = square.sqrt()
    z = (centred[:, :, None] * w[None]).sum(1)
    yield meet("BN(U w)", step.y - values.beta, z / root * values.gamma, (base.case,))
    pulled = (centred[:, :, None] * values.dy[:, None, :]).sum(0)
    inner = (w * pulled).sum(0)
    gradient = (pulled - sw * inner / square) / root * values.gamma
    yield meet("dL/dw", _weights(base.inputs, step.dz), gradient, (base.case,))


@law(
    "W13",
    "a bias before the layer gets no gradient",
    "dL/db = 0; dL/dW = U' dx = (C U)' dx",
    needs=("backward",),
    algebraic=True,
    native=True,
)
def w13(t: Trial) -> Residuals:
    """The mean of u drops out."""
    base = linear(t)
    step = _step(t, base.case)
    terms = np.abs(step.dz.mid).sum(0)
    yield zero("dL/db", step.dz.sum(0), (base.case,), terms=terms)
    u = Ball.exact(base.inputs.astype(step.dz.mid.dtype))
    means = (u.mean(0)[:, None] * step.dz.sum(0)[None]).reshape(u.mid.shape[1], -1)
    sizes = (np.abs(u.mean(0).mid)[:, None] * terms[None]).reshape(means.shape)
    yield zero("mean(u) dL/db", means, (base.case,), terms=sizes)
