r"""F23. Two batches: the normalized difference follows the difference, and is not much larger.

Statement.
    inner product: \sum_i q_i = m (\frac{1}{s} + r) v
    directions: v = \frac{s \sqrt{v_{1} + \epsilon}}{2} (\frac{1}{m} \sum_i (\frac{x_i - \mu}{s} -
        \tilde{x}_i)^2 + \epsilon (\frac{1}{s} - r)^2)
    monotone: 0 \le \sum_i q_i
    norm of the difference: \sum_i h_i \le \frac{1}{\sqrt{\epsilon}} \sum_i q_i
    Lipschitz: \sum_i h_i \le \frac{1}{\epsilon} \sum_i (x_i - z_i)^2
    where s = \sqrt{\sigma^2 + \epsilon}
    where \mu_{1} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \mu_{1})^2
    where r = \frac{1}{\sqrt{v_{1} + \epsilon}}
    where \tilde{x}_i = \frac{z_i - \mu_{1}}{\sqrt{v_{1} + \epsilon}}
    where h_i = (\hat{x}_i - \tilde{x}_i)^2
    where q_i = (\hat{x}_i - \tilde{x}_i) (x_i - z_i)
    where v = s \sqrt{v_{1} + \epsilon} - \frac{1}{m} \sum_i (x_i - \mu) (z_i - \mu_{1}) - \epsilon

Domain.
    m \ge 1, \epsilon > 0

In words.
    For batches x and z, with D the difference of the normalized batches and d = x - z:
        <D, d> >= 0,   sqrt(eps) |D|^2 <= <D, d>,   eps |D|^2 <= |d|^2.

Sketch.
    Let s = sqrt(var x + eps), t = sqrt(var z + eps), cov the covariance and
    g = s t - cov - eps. Then <D, d> = (1/s + 1/t) m g and |D|^2 = m (2 g - eps (s - t)^2 / (s t))
    / (s t), by s^2 - var = eps = t^2 - var. The vectors (x - mu, sqrt eps) have the norms s and t
    (in the mean), so that g = s t / 2 times the squared distance of their directions, and
    s - sqrt(eps) = var / (s + sqrt(eps)). The last bound follows from the second: its gap is
    |d - sqrt(eps) D|^2 and twice the gap of the second.

Source.
    Baillon and Haddad (1977): xhat is the gradient of a convex function (F22). The constant is
    sharp where var goes to 0.
"""

from bncheck.symbolic.expression import Named, as_expr, sqrt, vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, inner, m, mean, mu, square, std, total, var, x, xhat

z = vector("z")
cx, cz, s, t = x - mu(), z - mu(z), std(), std(z)
root = sqrt(eps)
cov = Named("cov", (), mean(cx * cz))
D, d = xhat() - xhat(z), x - z
distance = mean(square(cx / s - cz / t)) + eps * square(1 / s - 1 / t)
g = s * t / 2 * distance
excess = (var() / (s + root) + var(z) / (t + root)) / root  # (s + t) / sqrt(eps) - 2
second = m * (excess * g + eps * square(s - t) / (s * t)) / (s * t)

theorem = Theorem(
    id="F23",
    title="Batch normalization is monotone, and Lipschitz with 1 / sqrt(eps)",
    kind="inequality",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "inner product",
            inner(D, d),
            ("centred", inner(cx / s - cz / t, cx - cz)),
            ("expand", m * (var() / s + var(z) / t - cov * (1 / s + 1 / t))),
            ("substitute", m * (s - eps / s + t - eps / t - cov * (1 / s + 1 / t))),
            ("collect", m * (1 / s + 1 / t) * (s * t - cov - eps)),
        ),
        derive("directions", s * t - cov - eps, ("collect", g)),
    ),
    inequalities=(
        Inequality("monotone", as_expr(0), inner(D, d), m * (1 / s + 1 / t) * g),
        Inequality("norm of the difference", total(square(D)), inner(D, d) / root, second),
        Inequality(
            "Lipschitz",
            total(square(D)),
            total(square(d)) / eps,
            total(square(d / root - D)) + 2 * second,
        ),
    ),
)
