"""Which algorithm computes the variance, by how its error grows with mean/std.

Let c = mean/std. Relative to the variance, one pass, ``mean(x^2) - mean^2``, is off by about
u c^2; Welford's recurrence and merging by u c; two passes by u and, once the mean itself is off
by so many deviations, by (u c)^2; two passes with a correction, or shifted by an element, by u
(Chan, Golub & LeVeque 1983, Algorithms for computing the sample variance, section 3). So
the slope of log(error) against log(c), early and late, tells the families apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bncheck.fingerprint import student
from bncheck.fingerprint.nouns import Trait
from bncheck.model.formats import FORMATS, Array, Format


@dataclass(frozen=True)
class Slope:
    """A power of c that the error grows with, and its 95 % interval."""

    value: float
    low: float
    high: float

    def told(self) -> str:
        """Say it: the power, and the interval."""
        return f"c^{self.value:.1f} ({self.low:.1f} to {self.high:.1f})"

    @property
    def power(self) -> int:
        """The nearest power that an algorithm has: 0, 1 or 2."""
        return int(np.clip(round(self.value), 0, 2))

    @property
    def others(self) -> tuple[int, ...]:
        """Other powers that the interval does not exclude."""
        return tuple(p for p in (0, 1, 2) if p != self.power and self.low <= p <= self.high)


def slope(conditions: Array, errors: Array) -> Slope:
    """Fit log2 errors ``(channels, K)`` against log2 conditions ``(K,)``.

    An error below half a unit of roundoff is the luck of a rounding, and is taken as that much.
    """
    wide = np.broadcast_to(np.log2(conditions), errors.shape)
    logs = np.log2(np.maximum(errors.astype(np.float64), 0.5))
    (power, _), covariance = np.polyfit(wide.ravel(), logs.ravel(), 1, cov=True)
    # Student's t: with this many points beyond the two that a line takes
    half = student.reach(logs.size - 2, 0.95) * float(np.sqrt(covariance[0, 0]))
    return Slope(float(power), float(power) - half, float(power) + half)


# where slopes are taken, as powers of the unit roundoff
EARLY, LATE = (-0.2, -0.45), (-0.5, -0.8)

FEWEST = 3  # conditions in each, for a line that could also not fit

GROWING = {1: "Welford or merging", 2: "one-pass"}


def traits(conditions: Array, errors: Array, kept: Format, *, summed: str) -> Iterator[Trait]:
    """Tell the variance algorithm.

    conditions: ``(K,)``, rising from 1 to nearly 1/u; errors: ``(channels, K)``, relative to the
    variance, infinite where it was no number; kept: the format of the running variance
    summed: the format that the mean is summed in, where that was told
    """
    unit = kept.unit_roundoff
    # all wrong is all wrong
    errors = np.minimum(np.nan_to_num(errors.astype(np.float64), nan=1, posinf=1), 1) / unit
    # early: above what every sum costs, below where one pass is all wrong and two passes begin
    early = (conditions > unit ** EARLY[0]) & (conditions < unit ** EARLY[1])
    late = (conditions > unit ** LATE[0]) & (conditions < unit ** LATE[1])
    if min(np.count_nonzero(early), np.count_nonzero(late)) < FEWEST:
        text = f"x holds no mean/std above {conditions[-1]:.2g}, which is too few to tell"
        yield Trait("variance_algorithm", "", text)
        return
    first = slope(conditions[early], errors[:, early])
    last = slope(conditions[late], errors[:, late])
    text = (
        f"its error grows like {first.told()} with c = mean/std up to {conditions[early][-1]:.2g}, "
        f"like {last.told()} beyond {conditions[late][0]:.2g}"
    )
    if first.power in GROWING:
        others = tuple(GROWING.get(p, "two-pass") for p in first.others)
        yield Trait("variance_algorithm", GROWING[first.power], text, others)
        return
    wide = summed.startswith("wider")
    wide = wide or (summed in FORMATS and FORMATS[summed].precision > kept.precision)
    if last.power == 0:
        name = "accumulated wider" if wide else "corrected or shifted"
        others = ("corrected or shifted",) if wide else ()
        others += ("two-pass",) if last.others else ()
    else:
        name = "two-pass"
        others = ("one-pass, accumulated wider",) if wide or not summed else ()
    yield Trait("variance_algorithm", name, text, others)
