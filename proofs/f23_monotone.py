"""F23. Two batches: the normalized difference never opposes the difference.

Statement.
    For batches x and z with s = sqrt(var x + eps), t = sqrt(var z + eps):
    <xhat - zhat, x - z> = (1/s + 1/t) m (s t - cov - eps), where cov is their covariance, and
    (cov + eps)^2 <= (var x + eps)(var z + eps) = (s t)^2. So the inner product is not negative.

Sketch.
    The equation is algebra with s^2 - var = eps = t^2 - var. The inequality is that of Cauchy
    and Schwarz for (x - mu, sqrt eps): its gap is a sum of squares of 2 x 2 determinants.
    From a^2 <= b^2 with b > 0 follows a <= b.

Source.
    The first of the bounds of this law; xhat is the gradient of a convex function (F22).
"""

from bncheck.symbolic.expression import Named, j, vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, inner, m, mean, mu, square, std, var, x, xhat

z = vector("z")
cov = Named("cov", (), mean((x - mu()) * (z - mu(z))))
cx, cz = x - mu(), z - mu(z)
both = 1 / std() + 1 / std(z)
determinants = mean(mean(square(cx * cz[j] - cx[j] * cz), j)) / 2

theorem = Theorem(
    id="F23",
    title="Batch normalization is a monotone map",
    kind="inequality",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "inner product",
            inner(xhat() - xhat(z), x - z),
            ("centred", inner(cx / std() - cz / std(z), cx - cz)),
            ("expand", m * (var() / std() + var(z) / std(z) - cov * both)),
            ("substitute", m * (std() - eps / std() + std(z) - eps / std(z) - cov * both)),
            ("collect", m * both * (std() * std(z) - cov - eps)),
        ),
    ),
    inequalities=(
        Inequality(
            "Cauchy and Schwarz",
            square(cov + eps),
            (var() + eps) * (var(z) + eps),
            determinants + eps * mean(square(cx - cz)),
        ),
    ),
)
