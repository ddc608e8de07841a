"""Small cases of the relatives, and their backward passes as kernels have them, in one dtype."""

import numpy as np

from bncheck.model import NORMS, Case
from bncheck.model.formats import format_of

FORMS = ("compact", "times n", "cube", "products first")


def in_turn(values):
    """Add along axis 0, one after the other, in the dtype of the values."""
    return np.add.accumulate(values, axis=0, dtype=values.dtype)[-1]


def pairwise(values):
    return np.add.reduce(np.ascontiguousarray(values.T), axis=1, dtype=values.dtype)


def statistics(x, eps, total, *, centred):
    n = x.dtype.type(len(x))
    mean = total(x) / n if centred else np.zeros_like(x[0])
    d = x - mean
    return d, 1 / np.sqrt(total(d * d) / n + x.dtype.type(eps))


def gradient(form, d, r, gamma, dy, total, *, centred):
    n, h, xhat = d.dtype.type(len(d)), gamma * dy, d * r
    if form == "products first":
        q = total((dy * xhat) * gamma) / n
    elif form == "cube":
        return h * r - (total(h) / n * r if centred else 0) - d * (r * r * r) * (total(h * d) / n)
    elif form == "times n":
        rest = n * h - (total(h) if centred else 0) - xhat * total(h * xhat)
        return r / n * rest
    else:
        q = total(h * xhat) / n
    return r * (h - (total(h) / n if centred else 0) - xhat * q)


def case_of(kind, norm, dtype, seed):
    rng = np.random.default_rng(seed)
    sizes = {"one value": (1, 2), "many values": (2000, 3000), "many rows": (2, 4)}
    m = int(rng.integers(*sizes.get(kind, (2, 40))))
    shape = (m, int(rng.integers(*((2000, 3000) if kind == "many rows" else (1, 5)))))
    fitted = NORMS[norm].fitted(shape)
    count = fitted.parameters(shape)
    scale = {"tiny": 2.0**-30, "plain": 1.0}.get(kind, 2.0 ** int(rng.integers(-6, 6)))
    x = rng.normal(size=shape) * scale + (1000 * scale if kind == "offset" else 0)
    gamma = rng.normal(size=count) * {"large gamma": 1e6}.get(kind, 1)
    if kind == "unlike gammas":
        gamma = gamma * 2.0 ** rng.integers(-20, 20, count)
    gamma = np.clip(gamma, -6e4, 6e4) if dtype == "float16" else gamma  # that it can hold
    dy = rng.normal(size=shape) * (2.0**-100 if kind == "small dy" else 1)
    if kind == "many rows":  # all products of a sum with one sign, so that the sum grows
        dy = np.abs(dy) * np.sign(x)
    beta, state = np.zeros(count), np.ones(fitted.states(shape))
    arrays = (a.astype(format_of(dtype).dtype) for a in (x, gamma, beta, dy, state, state))
    return Case(*arrays, eps=10.0 ** -int(rng.integers(1, 9)), norm=fitted)
