r"""RMS11. RMS normalization: gamma in front in forward mode, inside in reverse.

Statement.
    forward mode: \mathrm{D}_{x_i \to v_i} (\gamma_i z_i) = \frac{\gamma_i}{r} (v_i -
        \frac{z_i}{m} \sum_j v_j z_j)
    adjoint: \sum_i \frac{u_i \gamma_i}{r} (v_i - \frac{z_i}{m} \sum_j v_j z_j) = \sum_i
        \frac{v_i}{r} (\gamma_i u_i - \frac{z_i}{m} \sum_j \gamma_j u_j z_j)
    along z: \frac{1}{r} (z_i - \frac{z_i}{m} \sum_j z_j z_j) = \frac{\epsilon z_i}{r^3}
    trace: \sum_j \frac{\partial z_j}{\partial x_j} = \frac{1}{r} (m + \frac{\epsilon}{r^2} -
        1)
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    With the symmetric J = (I - z z' / m) / r: forward mode along v gives gamma J v, reverse mode
    for u gives J (gamma u), and <u, gamma J v> = <J (gamma u), v>. Its trace is (m - 1 + eps /
    r^2) / r: one direction is shortened by eps / r^2, no other.

Sketch.
    J is the Jacobian of z (R04), and the output multiplies it by a diagonal matrix from the left.

Source.
    A consequence of R04.
"""

from bncheck.symbolic.expression import Sum, j, vector
from bncheck.symbolic.relatives import gammas, rms, rms_backward, rmsnorm, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, eps, gradient, inner, m, square, x

u, v = vector("u"), vector("v")

theorem = Theorem(
    id="RMS11",
    title="RMS normalization: gamma in front in forward mode, inside in reverse",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "forward mode", derivative(rmsnorm(), x, v), ("chain rule", gammas * rms_backward(v))
        ),
        derive(
            "adjoint",
            inner(u, gammas * rms_backward(v)),
            ("symmetry", inner(rms_backward(gammas * u), v)),
        ),
        derive("along z", rms_backward(z()), ("collect", eps / rms() ** 3 * z())),
        derive(
            "trace",
            Sum(j, gradient(z()[j], x, j)),
            ("collect", (m - 1 + eps / square(rms())) / rms()),
        ),
    ),
)
