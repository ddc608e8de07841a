r"""F20. Two channels keep their covariance up to their scales: nothing is decorrelated.

Statement.
    mean of the products: \frac{1}{m} \sum_i \hat{x}_i \frac{z_i - \mu_{1}}{\sqrt{v_{1} +
        \epsilon_{2}}} = \frac{\frac{1}{m} \sum_i (x_i - \mu) (z_i - \mu_{1})}{s \sqrt{v_{1} +
        \epsilon_{2}}}
    where s = \sqrt{\sigma^2 + \epsilon}
    where \mu_{1} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \mu_{1})^2

Domain.
    m \ge 1, \epsilon > 0, \epsilon_{2} > 0

In words.
    For channels x and z: mean(xhat zhat) = cov(x, z) / (sqrt(var x + eps) sqrt(var z + eps)).

Sketch.
    Each channel is centred and scaled by itself.

Source.
    Ioffe and Szegedy (2015), section 3, "each scalar feature independently".
"""

from bncheck.symbolic.expression import Named, Symbol, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import mean, mu, std, x, xhat

z = vector("z")
eps_2 = Symbol("eps_2", positive=True)
cov = Named("cov", (), mean((x - mu()) * (z - mu(z))))

theorem = Theorem(
    id="F20",
    title="Channels are not decorrelated",
    domain="m >= 1, eps > 0, eps_2 > 0",
    derivations=(
        derive(
            "mean of the products",
            mean(xhat() * xhat(z, eps_2)),
            ("linearity", cov / (std() * std(z, eps_2))),
        ),
    ),
)
