"""Mean and variance for the oracle, in whatever wide numbers it computes."""

from typing import Any

import numpy as np


def statistics(x: Any) -> tuple[Any, Any, Any]:
    """Mean, biased variance and centred x of ``(m, C)``, over axis 0.

    The mean alone keeps only u |mean| of accuracy, which x - mean inherits. Subtracting the mean
    of the deviations is algebraically nothing, and makes them accurate relative to their own
    size: with relative error about ``m u`` even where ``|mean|`` is 10^12 deviations.
    """
    m = x.shape[0]  # sums, as ndarray.mean takes twice their time on small arrays
    mean = x.sum(0) / m
    centered = x - mean
    left = centered.sum(0) / m
    centered = centered - left
    return mean + left, (centered * centered).sum(0) / m, centered


def mean_square(x: Any) -> tuple[Any, Any, Any]:
    """Return the same for a norm without centring: 0, mean square, x."""
    square = (x * x).sum(0) / x.shape[0]
    return np.zeros_like(square), square, x
