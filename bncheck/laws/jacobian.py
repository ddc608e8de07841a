"""Backward laws that ask again: linearity, symmetry, the Jacobian's spectrum, special batches."""

from __future__ import annotations

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import in_c_order, unflatten
from bncheck.trial.law import EVERY, IS15, Residuals, law
from bncheck.trial.probes import added, backwards, scaled, shifted, stored
from bncheck.trial.residuals import meet, near, zero
from bncheck.trial.trial import Backward, Inapplicable, Trial, present


@law(
    "B06",
    "the gradients are linear in the cotangent",
    "J(a + b) = J a + J b, and so for dgamma and dbeta",
    needs=("backward",),
    norms=EVERY,
    native=True,
)
def b06(t: Trial) -> Residuals:
    """The cotangent, its reversal, and their sum."""
    second = backwards(t.case.dy)
    total = stored(added(t.case.dy, second), t.case.dy)
    other, both = t.variant(dy=second), t.variant(dy=total)
    b, s = t.backward(other), t.backward(both)
    yield meet("dx(a + b)", s.dx, t.dx + b.dx, (both, t.case, other))
    if s.dgamma is not None and b.dgamma is not None:
        yield meet("dgamma(a + b)", s.dgamma, t.dgamma + b.dgamma, (both, t.case, other))
    if s.dbeta is not None and b.dbeta is not None:
        yield meet("dbeta(a + b)", s.dbeta, t.dbeta + b.dbeta, (both, t.case, other))


MOST_COLUMNS = 6


def _columns(t: Trial) -> tuple[list[Case], list[Backward]]:
    m = t.case.m
    if m > MOST_COLUMNS:
        raise Inapplicable
    cases = []
    for k in range(m):
        one_hot = np.zeros((m, t.case.channels))
        one_hot[k] = 1.0
        dy = unflatten(one_hot.astype(t.case.dy.dtype), t.case.x.shape)
        cases.append(t.variant(dy=dy))
    return cases, [t.backward(case) for case in cases]


@law(
    "B07",
    "the Jacobian is symmetric, with the known spectrum",
    "J = (gamma/s)(I - 1 1'/m - xhat xhat'/m) = J'; eigenvalues 0 (along 1), gamma eps/s^3 "
    "(along xhat), gamma/s",
    domain="m <= 6, so that every column is asked for",
    needs=("backward",),
    algebraic=True,
    norms=EVERY,
)
def b07(t: Trial) -> Residuals:
    """One-hot cotangents give the columns."""
    cases, columns = _columns(t)
    jacobian = [c.dx for c in columns]
    for k, (case, column) in enumerate(zip(cases, columns, strict=True)):
        yield near(f"J e{k}", column.dx.mid, column.truth.values.dx, column.dx.rad, (case,))
        for i in range(k):
            yield meet(f"J[{i}, {k}]", jacobian[k][i], jacobian[i][k], (case, cases[i]))


@law(
    "B08",
    "trace and Frobenius norm of the Jacobian",
    "tr J = (gamma/s)(m - 1 - r); |J|_F^2 = (gamma/s)^2 (m - 2 + (1 - r)^2), r = v/(v + eps)",
    domain="2 <= m <= 6",
    needs=("backward",),
    algebraic=True,
)
def b08(t: Trial) -> Residuals:
    """Sums over the columns."""
    if t.case.m < 2:
        raise Inapplicable
    cases, columns = _columns(t)
    truth = t.exact_training
    m = t.case.m
    scale = truth.ball("inv") * truth.values.gamma
    rho = truth.ball("var") / (truth.ball("var") + truth.values.eps)
    trace, frobenius = columns[0].dx[0], (columns[0].dx * columns[0].dx).sum(0)
    for k in range(1, m):
        trace = trace + columns[k].dx[k]
        frobenius = frobenius + (columns[k].dx * columns[k].dx).sum(0)
    yield meet("tr J", trace, scale * (-rho + (m - 1.0)), (t.case,))
    small = -rho + 1.0
    expected = scale * scale * (small * small + (m - 2.0))
    yield meet("|J|_F^2", frobenius, expected, (t.case, *cases[:1]))


@law(
    "B10",
    "the Jacobian takes 1 to 0 and x - mu to itself times gamma eps/s^3",
    "J 1 = 0; J x = gamma eps/s^3 (x - mu)",
    needs=("backward",),
    algebraic=True,
)
def b10(t: Trial) -> Residuals:
    """Cotangents 1 and x."""
    truth = t.exact_training
    ones = t.variant(dy=np.ones_like(t.case.x, order="C"))
    slope = truth.values.gamma * truth.values.inv
    yield zero("J 1", t.backward(ones).dx, (ones,), terms=slope)
    along = t.variant(dy=in_c_order(t.case.x))
    inv = truth.ball("inv")
    factor = inv * inv * inv * truth.values.gamma * truth.values.eps
    yield meet("J x", t.backward(along).dx, truth.ball("centered") * factor, (along,))


@law(
    "B12",
    "forward and reverse mode agree",
    "the directional derivative along t is J t = (backward of the cotangent t)",
    needs=("backward", "jvp"),
    algebraic=True,
    norms=EVERY,
)
def b12(t: Trial) -> Residuals:
    """J is symmetric, so the tangent dy must give dx."""
    t.trains(t.case)
    layer = t.make(t.case)
    tangent = present(layer.jvp)(*map(in_c_order, (t.case.x, t.case.dy)))
    yield meet("jvp(x, dy)", t.exact_training.measured("dx", tangent), t.dx, (t.case,))


@law(
    "B13",
    "the Jacobian is self-adjoint and semidefinite",
    "<J a, b> = <a, J b>; sgn(gamma) <dy, dx> >= 0",
    needs=("backward",),
    algebraic=True,
    norms=EVERY,
)
def b13(t: Trial) -> Residuals:
    """Two cotangents, backward only."""
    other = backwards(t.case.dy)
    case = t.variant(dy=other)
    b = t.backward(case)
    left, right = (t.dx * b.truth.values.dy).sum(0), (b.dx * t.exact_training.values.dy).sum(0)
    yield meet("<J a, b>", left, right, (t.case, case))
    values = t.exact_training.values
    power = (t.dx * values.dy).sum(0) * np.sign(values.gamma)
    below = np.maximum(-power.mid, 0)
    terms = np.abs(t.dx.mid * values.dy).sum(0)
    yield near("-sgn(gamma) <dy, dx>", below, 0.0, power.rad, (t.case,), signal=terms)


@law(
    "B14",
    "a constant added to the cotangent reaches dbeta only",
    "dy + c: dx and dgamma unchanged, dbeta + m c",
    needs=("backward",),
    algebraic=True,
)
def b14(t: Trial) -> Residuals:
    """For a c that is added exactly."""
    dy, c = shifted(t.case.dy)
    case = t.variant(dy=dy)
    b = t.backward(case)
    yield meet(f"dx(dy + {c:g})", b.dx, t.dx, (case, t.case))
    if b.dgamma is not None:
        yield meet(f"dgamma(dy + {c:g})", b.dgamma, t.dgamma, (case, t.case))
    if b.dbeta is not None:
        yield meet(f"dbeta(dy + {c:g})", b.dbeta, t.dbeta + c * t.case.m, (case, t.case))


@law(
    "B15",
    "scaling the input divides the input gradient by |a|",
    "J_eps(a x) = J_{eps/a^2}(x)/|a|; dgamma turns sign with a; dbeta unchanged",
    source=f"{IS15}, 3.3 (there 1/a, eps = 0); exact form derived here",
    needs=("backward",),
    algebraic=True,
    norms=EVERY,
    native=True,
)
def b15(t: Trial) -> Residuals:
    """a = -4, where everything scales exactly."""
    case = t.variant(x=scaled(t.case.x, -4.0), eps=16 * t.case.eps)
    b = t.backward(case)
    yield meet("4 dx(-4 x, 16 eps)", b.dx * 4.0, t.dx, (case, t.case))
    if b.dgamma is not None:
        yield meet("-dgamma(-4 x, 16 eps)", -b.dgamma, t.dgamma, (case, t.case))
    if b.dbeta is not None:
        yield meet("dbeta(-4 x, 16 eps)", b.dbeta, t.dbeta, (case, t.case))
