r"""RMS28. RMS normalization: the backward pass as kernels write it.

Statement.
    with the cube: b h_i - \frac{b^3 x_i}{m} \sum_j h_j x_j = \frac{1}{r} (h_i - \frac{z_i}{m}
        \sum_j h_j z_j)
    with the square: b (h_i - \frac{x_i b^2}{m} \sum_j h_j x_j) = \frac{1}{r} (h_i -
        \frac{z_i}{m} \sum_j h_j z_j)
    where b = \frac{1}{\sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}}
    where h_i = \gamma_i dy_i
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    With rstd = 1 / r: dx = rstd h - rstd^3 x sum(h x) / m, which is what llm.c and Liger compute,
    is the compact form of RMS07. So is rstd (h - x mean(h x) rstd^2).

Sketch.
    z = x rstd.

Source.
    Liger Kernel and llm.c, their backward passes.
"""

from bncheck.symbolic.expression import Named
from bncheck.symbolic.relatives import h, rms, rms_backward
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import inner, m, mean, x

rstd = Named("b", (), 1 / rms())

theorem = Theorem(
    id="RMS28",
    title="RMS normalization: the backward pass as kernels write it",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "with the cube",
            rstd * h() - rstd**3 * x * inner(h(), x) / m,
            ("collect", rms_backward(h())),
        ),
        derive(
            "with the square",
            rstd * (h() - x * mean(h() * x) * rstd**2),
            ("collect", rms_backward(h())),
        ),
    ),
)
