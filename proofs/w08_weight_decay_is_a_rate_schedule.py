r"""W08. Weight decay at a constant rate is a growing rate without decay.

Statement.
    gradient: \sum_i k_{ic} = p \sum_i e_{ic}, if v_{1} > 0, v_{2} > 0
    step: \frac{p}{r} (r w_c - t \sum_i k_{ic}) = p w_c - \frac{t p^2}{r} \sum_i e_{ic}, if v_{1} >
        0, v_{2} > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} p w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where v_{2} = \frac{1}{m} \sum_i (g_i - \mu_{1})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1}}}
    where \tilde{z}_i = \frac{g_i - \mu_{1}}{\sqrt{v_{2}}}
    where v_i = -\frac{\tilde{z}_i}{m} \sum_j dy_j \tilde{z}_j
    where k_{ic} = \frac{u_{ic} \gamma}{\sqrt{v_{1}}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j)
    where e_{ic} = \frac{u_{ic} \gamma}{\sqrt{v_{2}}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{z}_i}{m} \sum_j dy_j \tilde{z}_j)

Domain.
    m \ge 2, \epsilon = 0, t > 0, p > 0, r > 0

In words.
    At eps = 0: with weight decay l and rate t, w_{n+1} = (1 - t l) w_n - t g(w_n). Then
    v_n = (1 - t l)^{-n} w_n follows plain gradient descent with rate t (1 - t l)^{-2 n - 1}.

Sketch.
    Induction. Let r = 1 - t l and p = r^{-n} (so r^{-n-1} = p / r). Then
    v_{n+1} = p / r (r w - t g(w)) = v_n - t p / r g(w), and g(w) = p g(p w) by W04.

Source.
    Li and Arora (2019), arXiv:1910.07454, for plain gradient descent.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dy, preactivation, square, u, w

t, p, r = (Symbol(name, positive=True) for name in ("t", "p", "r"))


def slope(weights):
    """Return the weight gradient at eps = 0, a vector over the inputs."""
    return Sum(i, u * backward(dy, preactivation(weights), 0))


def instances(rng):
    """Run both trainings on a rational function with a gradient of degree -1."""
    for _ in range(3):
        rate, decay = Fraction(1, rng.randint(3, 9)), Fraction(1, rng.randint(2, 5))
        first, second = Fraction(rng.randint(1, 5)), Fraction(rng.randint(1, 5))
        factor = 1 - rate * decay
        decayed, plain = (first, second), (first, second)
        for step in range(3):
            decayed = tuple(
                factor * w - rate * g for w, g in zip(decayed, _turn(*decayed), strict=True)
            )
            schedule = rate * factor ** (-2 * step - 1)
            plain = tuple(w - schedule * g for w, g in zip(plain, _turn(*plain), strict=True))
            yield f"step {step + 1}", plain, tuple(w / factor ** (step + 1) for w in decayed)


def _turn(a, b):
    """Return the gradient of a function of the direction (a, b) only."""
    length = a * a + b * b
    return (-b / length, a / length)


theorem = Theorem(
    id="W08",
    title="Weight decay is a learning rate schedule",
    kind="induction",
    domain="m >= 2, eps = 0, t > 0, p > 0, r > 0",
    argument="Induction on the number of steps, with p = (1 - t l)^{-n}; v_0 = w_0.",
    instances=instances,
    derivations=(
        derive("gradient", slope(w), ("substitute", p * slope(p * w))),
        derive(
            "step",
            p / r * (r * w - t * slope(w)),
            ("expand", p * w - t * p / r * slope(w)),
            ("substitute", p * w - t * square(p) / r * slope(p * w)),
        ),
    ),
)
