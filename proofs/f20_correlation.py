"""F20. Two channels keep their covariance up to their scales: nothing is decorrelated.

Statement.
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
    domain="m >= 1; each channel may have an eps of its own",
    derivations=(
        derive(
            "mean of the products",
            mean(xhat() * xhat(z, eps_2)),
            ("linearity", cov / (std() * std(z, eps_2))),
        ),
    ),
)
