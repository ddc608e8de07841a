r"""B01. The six gradients of Ioffe and Szegedy, and the compact form of dL/dx.

Statement.
    dL/dxhat: \frac{\partial}{\partial \hat{x}_j} (\sum_i dy_i y_i) = \gamma dy_j
    dL/dvar: dvar = \sum_i (-\frac{1}{2 (\sigma^2 + \epsilon)^2} dxhat_i s (x_i - \mu))
    dL/dmu: dmu = -\sum_i \frac{1}{s} dxhat_i
    dL/dx: \frac{\partial}{\partial x_j} (\sum_i dy_i y_i) = \frac{\gamma}{s} (dy_j - \frac{1}{m}
        \sum_i dy_i - \frac{\hat{x}_j}{m} \sum_i dy_i \hat{x}_i)
    dL/dgamma: \frac{\partial}{\partial \gamma} (\sum_i dy_i y_i) = \sum_i dy_i \hat{x}_i
    dL/dbeta: \frac{\partial}{\partial \beta} (\sum_i dy_i y_i) = \sum_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    For every m >= 1 and var + eps > 0, with dxhat = dL/dxhat and s = sqrt(var + eps):
        dL/dxhat_j = gamma dy_j
        dL/dvar    = sum_i dxhat_i (x_i - mu) (-1/2) (var + eps)^(-3/2)
        dL/dmu     = -sum_i dxhat_i / s + dL/dvar sum_i (-2)(x_i - mu) / m
        dL/dx_j    = dxhat_j / s + dL/dvar 2 (x_j - mu) / m + dL/dmu / m
                   = gamma / s (dy_j - mean(dy) - xhat_j mean(dy xhat))
        dL/dgamma  = sum_i dy_i xhat_i
        dL/dbeta   = sum_i dy_i

Sketch.
    dL/dvar holds x and mu fixed and dL/dmu holds x fixed, so that mu moves var: the chain rule
    along xhat(x, mu, var), var(x, mu), mu(x). The compact form collects the three terms, using
    sum (x - mu) = 0. The left sides are directional derivatives of L itself.

Source.
    Ioffe and Szegedy (2015), arXiv:1502.03167, section 3, the six equations after Algorithm 1.
"""

from bncheck.symbolic.expression import Named, j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    beta,
    derivative,
    dy,
    eps,
    gamma,
    gradient,
    inner,
    loss,
    m,
    mean,
    mu,
    std,
    total,
    var,
    x,
    xhat,
)

L = loss()
dxhat = Named("dxhat", x.indices, gamma * dy)
dvar = Named("dvar", (), gradient(L, var()))
# moving mu moves var too, which is a mean of (x - mu)^2; x itself is held fixed
dmu = Named("dmu", (), derivative(L, mu(), 1))

theorem = Theorem(
    id="B01",
    title="The gradients of batch normalization, and their compact form",
    derivations=(
        derive(
            "dL/dxhat",
            gradient(L, xhat(), j),
            ("linearity", gamma * dy[j]),
        ),
        derive(
            "dL/dvar",
            dvar,
            ("chain rule", inner(dxhat, derivative(xhat(), var(), 1))),
            ("power rule", total(dxhat * (x - mu()) * ((var() + eps) ** -2 * std() * -1 / 2))),
        ),
        derive(
            "dL/dmu",
            dmu,
            ("chain rule", -total(dxhat / std()) + dvar * total(-2 * (x - mu())) / m),
            ("centred", -total(dxhat / std())),
        ),
        derive(
            "dL/dx",
            gradient(L, x, j),
            ("chain rule", (dxhat / std() + dvar * 2 * (x - mu()) / m + dmu / m)[j]),
            (
                "substitute",
                (
                    gamma * dy / std()
                    - total(gamma * dy * (x - mu())) / std() ** 3 * (x - mu()) / m
                    - total(gamma * dy) / std() / m
                )[j],
            ),
            ("collect", (gamma / std() * (dy - mean(dy) - xhat() * mean(dy * xhat())))[j]),
            ("definition", backward()[j]),
        ),
        derive("dL/dgamma", gradient(L, gamma), ("linearity", inner(dy, xhat()))),
        derive("dL/dbeta", gradient(L, beta), ("linearity", total(dy))),
    ),
)
