"""How a mean is summed: in which precision, and one after the other or in parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bncheck.fingerprint.bench import Bench, Seen
from bncheck.fingerprint.nouns import Trait
from bncheck.model.formats import FORMATS, Array

NAMES = {f.precision: f.name for f in FORMATS.values()}

# Batch sizes are powers of two: dividing by them is exact.
FEW, MANY = 16, 1024

# Where 2^p, 1 and -2^p stand among zeros. Whatever the order of summation, in one of these the 1
# meets one of the others before these meet each other.
_PLACES = ((0, 1, FEW - 1), (0, FEW // 2, 1), (0, 1, FEW // 2), (1, 0, 2), (3, 2, FEW - 4))


def traits(bench: Bench, weight: float) -> Iterator[Trait]:
    """Tell precision and order of the sum behind the running mean.

    weight: of the new batch in the running mean
    """
    powers = [p for p in sorted(NAMES) if 2.0**p <= float(bench.storage.largest)]
    mean = batch_mean(bench.train(_cancelling(powers)), weight)
    if mean is None:
        return
    # a sum of more than p bits gives 1; what is stored blurs a 1 by far less than a half
    kept = np.abs(mean * FEW - 1).reshape(len(powers), -1).max(1) < 0.5
    lost = [p for p, whole in zip(powers, kept, strict=True) if not whole]
    if not lost:
        text = f"of 2^{powers[-1]} + 1 - 2^{powers[-1]}, the 1 is left in every order"
        yield Trait("sums_in", f"wider than {NAMES[powers[-1]]}", text, ("compensated",))
        return
    power = lost[0]
    text = f"of 2^{power} + 1 - 2^{power}, the 1 is not left in every order"
    yield Trait("sums_in", NAMES[power], text)
    mean = batch_mean(bench.train(_growing(power)), weight)
    if mean is not None:
        yield _order(power, float(mean[0]))


def batch_mean(seen: Seen, weight: float) -> Array | None:
    """Return the mean of the batch, from what became of the running mean."""
    if seen.mean is None or seen.mean_before is None:
        return None
    mean: Array = (seen.mean - (1 - weight) * seen.mean_before) / weight
    return mean


def _cancelling(powers: list[int]) -> Array:
    x = np.zeros((FEW, len(powers), len(_PLACES)))
    for j, (big, one, minus) in enumerate(_PLACES):
        x[big, :, j] = np.ldexp(1.0, powers)
        x[one, :, j] = 1
        x[minus, :, j] = -np.ldexp(1.0, powers)
    return x.reshape(FEW, -1)


def _growing(power: int) -> Array:
    x = np.ones((MANY, 1))
    x[0] = 2.0**power
    return x


def _order(power: int, mean: float) -> Trait:
    """Tell the order by how many of the ones are lost behind a 2^p.

    Each 1 that is added to 2^p by itself is lost (a tie, rounded to even); ones that were added
    to each other first are not. Rounding the total costs one more at most.
    """
    lost = 2.0**power + MANY - 1 - mean * MANY
    text = f"of {MANY - 1} ones behind a 2^{power}, {lost:.0f} are lost"
    if abs(lost - (MANY - 1)) <= 1:
        return Trait("summation", "one after the other", text)
    if abs(lost) <= 2:
        return Trait(
            "summation",
            "in a tree",
            text,
            ("small parts", "the last first", "shifted by that element"),
        )
    if 0 < lost < MANY:
        return Trait("summation", "in parts", text, ("blocks", "lanes of a vector unit"))
    return Trait("summation", "", f"{text}: not a plain sum")
