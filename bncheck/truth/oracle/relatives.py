"""The backward pass of norms whose gamma stands inside the means, in wide numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from bncheck.model.norm import Norm
from bncheck.truth import derived


def gradients(
    norm: Norm, shape: tuple[int, ...], centered: Any, w: Any, gamma: Any, dy: Any
) -> dict[str, Any]:
    """Return the gradients and their terms, by the names of `Training`.

    gamma: as `Norm.spread` gives it. With ``h = gamma dy``, dx is the gradient of batch
    normalization with gamma = 1 at the cotangent h; a parameter's gradient adds
    up whatever shares it.
    """
    h = gamma * dy
    if norm.centred:
        back = derived.backward(centered, w, np.ones_like(w), h)
        found = {"dy_mean": back.dy_mean, "q": back.q, "bracket": back.bracket, "dx": back.dx}
    else:
        q, bracket, dx = derived.rms_backward(centered, w, h)
        found = {"dy_mean": np.zeros_like(w), "q": q, "bracket": bracket, "dx": dx}
    xhat = centered * (1 / np.sqrt(w))
    found["dgamma"] = norm.gathered(dy * xhat, shape)
    found["dbeta"] = norm.gathered(dy, shape)
    return found
