"""Laws about what is fused behind a layer."""

from __future__ import annotations

import numpy as np

from bncheck.trial.law import Residuals, law
from bncheck.trial.probes import WIDE, scaled
from bncheck.trial.residuals import near
from bncheck.trial.trial import Trial, present, wide


@law(
    "P14",
    "a residual is added to the output",
    "y(x, r) = BN(x) + r, within one rounding of the sum; behind an activation act(BN(x) + r)",
    needs=("adding",),
    fused=True,
)
def p14(t: Trial) -> Residuals:
    """With r = 2 x backwards."""
    t.trains(t.case)
    residual = np.ascontiguousarray(scaled(t.case.x[::-1], 2.0))
    adding = present(t.make(t.case).adding)
    got = wide(adding(t.case.x, residual), WIDE)
    plain = t.normalized(t.case)
    total = plain.values.y + wide(residual, plain.values.x.dtype)
    form = plain.storage
    # fl(y + r) = (y + r)(1 + d) + h, |d| <= u, |h| <= eta, for the y that was computed
    bound = plain.bound("y")
    bound = bound + form.unit_roundoff * (np.abs(total) + bound) + form.half_subnormal
    act = t.activation
    expected = total if act is None else act.apply(total)
    yield near("y with a residual", got, expected, bound, (t.case,))
