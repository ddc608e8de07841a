r"""W17. Batch normalization ignores the scale of each row of W, layer normalization only of all.

Statement.
    BN, the scale of one row: \frac{g_i - \mu_{1}}{\sqrt{b}} = \frac{z_i - \bar{x}}{\sqrt{q}}, if b
        > 0, q > 0
    LN, the scale of all rows: \frac{p_i - \mu_{2}}{\sqrt{k}} = \frac{h_i}{\sqrt{t}}, if k > 0, t >
        0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} a w_c u_{ic}
    where p_i = a \sum_{c=1}^{d} W_{ic} v_c
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where \mu_{2} = \frac{1}{m} \sum_i p_i
    where h_i = \sum_{c=1}^{d} W_{ic} v_c - \frac{1}{m} \sum_j \sum_{c=1}^{d} W_{jc} v_c
    where q = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where t = \frac{1}{m} \sum_i h_i^2
    where b = \frac{1}{m} \sum_i (g_i - \mu_{1})^2
    where k = \frac{1}{m} \sum_i (p_i - \mu_{2})^2

Domain.
    \epsilon = 0, a > 0

In words.
    At eps = 0 and for a > 0: BN of the unit with the weights a w is BN of that with w, so that each
    row of W may have a scale of its own. LN, which normalizes over the rows, is the same for a W,
    and not when the rows are scaled differently.

Sketch.
    The scale law (F04), for each unit over the batch, and over the units for one sample. The
    instances show outputs of layer normalization that change.

Source.
    Ba, Kiros and Hinton (2016), arXiv:1607.06450, Table 1.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Element, Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, preactivation, w, xhat

a = Symbol("a", positive=True)
sample = Element("v", (c,))
rows = Sum(c, Element("W", (i, c)) * sample)
"""The outputs of all units for one sample; the index of the batch counts the units here."""


def signed_squares(values):
    """Return sign(z) z^2 of the normalized values, which are rational."""
    centre = sum(values) / len(values)
    deviations = [v - centre for v in values]
    spread = sum(d * d for d in deviations) / len(values)
    return tuple(d * abs(d) / spread for d in deviations)


def instances(rng):
    """Scale all rows of an output, then only its first."""
    yield "LN of (0, 2)", signed_squares((Fraction(0), Fraction(2))), (-1, 1)
    for _ in range(3):
        first = Fraction(rng.randint(1, 4))
        values = (first, first + rng.randint(1, 4), first + rng.randint(5, 9))
        plain = signed_squares(values)
        yield f"LN of {values}, all rows doubled", signed_squares([2 * v for v in values]), plain
        one = signed_squares((-2 * values[0], *values[1:]))
        yield f"LN of {values}, the first times -2: another", one == plain, False


theorem = Theorem(
    id="W17",
    title="Which scales of the weights batch and layer normalization ignore",
    domain="eps = 0, a > 0",
    instances=instances,
    derivations=(
        derive(
            "BN, the scale of one row",
            xhat(preactivation(a * w), 0),
            ("root", xhat(preactivation(), 0)),
        ),
        derive("LN, the scale of all rows", xhat(a * rows, 0), ("root", xhat(rows, 0))),
    ),
)
