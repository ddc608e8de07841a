"""Activations with their derivatives, and the loss."""

from __future__ import annotations

import numpy as np

from bncheck.model.formats import Array

# beyond it exp overflows nowhere, and sigmoid is 0 or 1 to the last bit of what is added to it
_FLAT = 60.0


def activated(name: str, z: Array) -> tuple[Array, Array]:
    """Return the activation of z and its derivative there."""
    if name == "sigmoid":
        h = 1 / (1 + np.exp(-np.clip(z, -_FLAT, _FLAT)))
        return h, h * (1 - h)
    if name == "relu":
        return np.maximum(z, 0), (z > 0).astype(z.dtype)
    if name == "tanh":
        h = np.tanh(z)
        return h, 1 - h * h
    return z, np.ones_like(z)


def cross_entropy(logits: Array, y: Array) -> tuple[float, Array]:
    """Return the mean cross-entropy of softmax, and its gradient by the logits."""
    z = logits - logits.max(1, keepdims=True)
    e = np.exp(z)
    total = e.sum(1, keepdims=True)
    rows = np.arange(len(y))
    loss = float(np.mean(np.log(total[:, 0]) - z[rows, y]))
    d = e / total
    d[rows, y] -= 1
    return loss, d / len(y)
