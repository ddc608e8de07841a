r"""B27. The norm of the second derivative of xhat.

Statement.
    along one direction: \sum_i a_i (\mathrm{D}_{x_j \to a_j} (\mathrm{D}_{x_j \to a_j} \hat{x}_i))
        = b
    beside 1 and xhat: \sum_i (a_i - \frac{1}{m} \sum_j a_j - \frac{\hat{x}_i}{m} \sum_j \hat{x}_j
        a_j)^2 + \frac{(\sum_i \hat{x}_i a_i)^2 \epsilon}{m (\sigma^2 + \epsilon)} = t
    always: b^2 \le \frac{4 (\sum_i g_i)^3}{3 m (\sigma^2 + \epsilon)^2}
    rho <= 1/3: (-\frac{3}{m (\sigma^2 + 2 \sigma^2 + d)} (\sum_i g_i - \frac{(\sum_i \tilde{x}_i
        a_i)^2}{m}) \sum_i \tilde{x}_i a_i)^2 \le \frac{9 \sigma^2 (1 - \frac{\sigma^2}{\sigma^2 +
        2 \sigma^2 + d})^2 (\sum_i g_i)^3}{(\sigma^2 + 2 \sigma^2 + d) (m (\sigma^2 + 2 \sigma^2 +
        d)^2)}, if d > 0
    where g_i = (a_i - \frac{1}{m} \sum_j a_j)^2
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + 2 \sigma^2 + d}}
    where t = \sum_i g_i - \frac{(\sum_i \hat{x}_i a_i)^2}{m}
    where b = -\frac{3 t}{m (\sigma^2 + \epsilon)} \sum_i \hat{x}_i a_i

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    Let T(a) = <a, D^2 xhat(a, a)>, N = |a - mean(a)|^2 and t = <xhat, a>. Then
        T(a) = -3 / (m s^2) t (N - t^2 / m), and
        T(a)^2 <= 4 / (3 m s^4) N^3 always,
        T(a)^2 <= 9 rho (1 - rho)^2 / (m s^4) N^3 if rho <= 1/3, with rho = var / (var + eps).
    So |D^2 xhat| = 2 / (sqrt(3 m) s^2) if rho >= 1/3 (attained where t^2 = m N / 3, which m >= 3
    values allow), and 3 sqrt(rho) (1 - rho) / (sqrt(m) s^2) if rho <= 1/3 (attained at a = xhat).

Sketch.
    The third-order tensor is symmetric (B20), and the norm of a symmetric multilinear form is
    attained on the diagonal (Banach). With z = t^2 / m the square of T is 9 z (N - z)^2 / (m s^4),
    and 4/27 N^3 - z (N - z)^2 = (z - N/3)^2 (4N/3 - z). N - z >= 0 is the squared norm of what a
    has beside 1 and xhat, plus z (1 - rho). In the second case eps = 2 var + d, d >= 0, and
    g = rho N - z >= 0 by Cauchy and Schwarz (sum xhat^2 = m rho).

Source.
    Own. Banach (1938), Studia Mathematica 7, for the diagonal.
"""

from bncheck.symbolic.expression import Symbol, j, vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import derivative, eps, inner, m, mean, square, total, var, x, xhat

a = vector("a")
d = Symbol("d", positive=True)
ca = a - mean(a)
N = total(square(ca))


def form(epsilon):
    """Return t = <xhat, a> and T(a) in closed form."""
    t = inner(xhat(eps=epsilon), a)
    return t, -3 / (m * (var() + epsilon)) * t * (N - square(t) / m)


t, T = form(eps)
z = square(t) / m
scale = 9 / (m * square(var() + eps))
rest = total(square(ca - xhat() * t / m)) + z * eps / (var() + eps)

# the second case: rho <= 1/3
few = 2 * var() + d
h = xhat(eps=few)
t2, T2 = form(few)
rho = var() / (var() + few)
left_over = d / (var() + few)  # 1 - 3 rho
g = total(mean(square(ca * h[j] - ca[j] * h), j)) / 2  # rho N - t^2 / m
slack = left_over * N + g
bracket = 2 * rho * N * slack + square(slack) + rho * N * g

theorem = Theorem(
    id="B27",
    title="The norm of the second derivative of xhat",
    kind="inequality",
    domain="m >= 2, var + eps > 0",
    derivations=(
        derive(
            "along one direction",
            inner(a, derivative(derivative(xhat(), x, a), x, a)),
            ("product rule", T),
        ),
        derive("beside 1 and xhat", rest, ("expand", N - z)),
    ),
    inequalities=(
        Inequality(
            "always",
            square(T),
            4 * N**3 / (3 * m * square(var() + eps)),
            scale * square(z - N / 3) * (N / 3 + rest),
        ),
        Inequality(
            "rho <= 1/3",
            square(T2),
            9 * rho * square(1 - rho) / (m * square(var() + few)) * N**3,
            9 / (m * square(var() + few)) * g * bracket,
        ),
    ),
)
