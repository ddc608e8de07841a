"""What becomes of numbers in another floating-point format: whether it holds them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bncheck.model.formats import Array, Format, format_of


def narrowest(array: Array, dtypes: Sequence[str]) -> str | None:
    """Return the array's own dtype, or the narrowest of several that holds all of its numbers."""
    if array.dtype.name in dtypes:
        return array.dtype.name
    ordered = sorted(dtypes, key=lambda name: format_of(name).precision)
    return next((name for name in ordered if not lost(array, format_of(name))), None)


def lost(array: Array, storage: Format) -> str:
    """Say how many numbers a format does not hold, and what they become; nothing if it has all."""
    with np.errstate(all="ignore"):
        stored = array.astype(storage.dtype)
        wide = np.float64  # every format that is checked is within it
        before, after = array.astype(wide), stored.astype(wide)
        changed = (before != after) & ~(np.isnan(before) & np.isnan(after))
    count = int(changed.sum())
    if not count:
        return ""
    infinite = int((np.isinf(after) & changed).sum())
    more = f", {infinite} of them to infinity" if infinite else ""
    return f"{count} of {array.size} numbers changed{more}"
