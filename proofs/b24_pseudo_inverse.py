r"""B24. The pseudo-inverse of the Jacobian.

Statement.
    J K: \frac{\gamma Q_i}{s} = v_i - \frac{1}{m} \sum_j v_j
    K J: \frac{s T_i}{\gamma} = v_i - \frac{1}{m} \sum_j v_j
    K J K: \frac{s}{\gamma} (\frac{\gamma Q_i}{s} - \frac{1}{m} \sum_j \frac{\gamma Q_j}{s} +
        \frac{\hat{x}_i}{m \epsilon} (\sigma^2 + \epsilon) \sum_j \frac{\hat{x}_j \gamma Q_j}{s}) =
        \frac{s q_i}{\gamma}
    J K J: \frac{\gamma}{s} (\frac{s T_i}{\gamma} - \frac{1}{m} \sum_j \frac{s T_j}{\gamma} -
        \frac{\hat{x}_i}{m} \sum_j \frac{s T_j \hat{x}_j}{\gamma}) = \frac{\gamma p_i}{s}
    J: \mathrm{D}_{x_j \to v_j} y_i = \frac{\gamma p_i}{s}
    where s = \sqrt{\sigma^2 + \epsilon}
    where p_i = v_i - \frac{1}{m} \sum_j v_j - \frac{\hat{x}_i}{m} \sum_j v_j \hat{x}_j
    where q_i = v_i - \frac{1}{m} \sum_j v_j + \frac{\hat{x}_i}{m \epsilon} (\sigma^2 + \epsilon)
        \sum_j \hat{x}_j v_j
    where T_i = \frac{\gamma p_i}{s} - \frac{1}{m} \sum_j \frac{\gamma p_j}{s} + \frac{\hat{x}_i}{m
        \epsilon} (\sigma^2 + \epsilon) \sum_j \frac{\hat{x}_j \gamma p_j}{s}
    where Q_i = \frac{s q_i}{\gamma} - \frac{1}{m} \sum_j \frac{s q_j}{\gamma} -
        \frac{\hat{x}_i}{m} \sum_j \frac{s q_j \hat{x}_j}{\gamma}

Domain.
    m \ge 1, \epsilon > 0, \gamma \neq 0

In words.
    For eps > 0 and gamma != 0, K v = s / gamma (v - mean(v) + xhat s^2 / (m eps) <xhat, v>) gives
    J K v = K J v = v - mean(v) for every v, and K J K v = K v, J K J v = J v: the backward pass
    can be undone up to a constant.

Sketch.
    On xhat, J multiplies by gamma eps / s^3 and K by its inverse; on the rest both are scalings.

Source.
    A consequence of B07.
"""

from bncheck.symbolic.expression import vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    derivative,
    eps,
    gamma,
    inner,
    m,
    mean,
    std,
    var,
    x,
    xhat,
)

v = vector("v")


def undone(values):
    """Return K applied to a vector."""
    rest = xhat() * (var() + eps) / (m * eps) * inner(xhat(), values)
    return std() / gamma * (values - mean(values) + rest)


theorem = Theorem(
    id="B24",
    title="The pseudo-inverse of the Jacobian",
    domain="m >= 1, eps > 0, gamma != 0",
    derivations=(
        derive("J K", backward(undone(v)), ("collect", v - mean(v))),
        derive("K J", undone(backward(v)), ("collect", v - mean(v))),
        derive("K J K", undone(backward(undone(v))), ("cancel", undone(v))),
        derive("J K J", backward(undone(backward(v))), ("cancel", backward(v))),
        derive("J", derivative(batchnorm(), x, v), ("substitute", backward(v))),
    ),
)
