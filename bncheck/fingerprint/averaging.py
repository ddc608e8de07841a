"""How running statistics are averaged: the weight of the new batch, as a number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bncheck.fingerprint.bench import Bench
from bncheck.fingerprint.nouns import Trait

MOMENTUM = 0.25  # not 1/2: the two directions differ


def traits(bench: Bench) -> Iterator[Trait]:
    """Tell what the mean of a new batch is multiplied with.

    What is measured is off by 4 roundings at most: 1 - momentum, two products and a sum.
    """
    momentum = bench.implementation.domain.momentum(MOMENTUM)
    if momentum is None:
        return  # the mean of all batches: no weight is anybody's choice
    found = weight(bench, momentum)
    if found is None:
        return
    u = bench.algorithms.parameters.unit_roundoff
    off = 4 * u / (1 - 4 * u)
    likely = {"the momentum": momentum, "1 - momentum": 1 - momentum, "everything": 1.0}
    names = [name for name, value in likely.items() if abs(found - value) <= off]
    told = names[0] if names else "neither the momentum nor 1 - momentum"
    text = f"what a batch of ones adds to a running mean of 0, with momentum {momentum:g}"
    yield Trait("new_weight", f"{found:.6g} ({told})", text, tuple(names[1:]))


def weight(bench: Bench, momentum: float) -> float | None:
    """Measure the weight of a new batch: where the mean is 0 and all values are 1, it is kept."""
    seen = bench.train(np.ones((2, 1)), momentum=momentum)
    if seen.mean is None or seen.mean_before is None or seen.mean_before[0] == 1:
        return None
    before = seen.mean_before[0]
    found = float((seen.mean[0] - before) / (1 - before))
    return found if np.isfinite(found) else None
