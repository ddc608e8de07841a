"""A layer's own weights, as digests, which tell two that are the same, or swapped.

Laws give every layer weights of their own, so these say nothing about the layer. A comparison says
whether two layers have the same, as an exported file and its module should.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import numpy as np

from bncheck.model.formats import Array

ROLES = ("scale", "bias", "mean", "variance")


def digests(arrays: Mapping[str, Array]) -> dict[str, str]:
    """Return a digest of each array, by role; equal ones are the same numbers in float32."""
    return {role: _digest(array) for role, array in arrays.items()}


def _digest(array: Array) -> str:
    with np.errstate(all="ignore"):
        single = np.ascontiguousarray(array, "<f4") + np.float32(0)  # -0 is 0
    return sha256(single.tobytes()).hexdigest()[:32]
