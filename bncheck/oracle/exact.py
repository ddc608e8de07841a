"""The exact oracle: integer arithmetic and one square root.

Every finite float is a dyadic rational, an integer times a power of two. With integers X, G for
x and dy over a common power of two, ``S = sum X``, ``D = m X - S`` and ``V = sum D^2``,

    mean = S/m, c = D/m, var = V/m^3, w = W/m^3 with W an integer, 1/sqrt(w) = sqrt(m^3/W),
    bracket = dy - mean(dy) - c mean(dy c)/w = ((m G - sum G) W - m D sum(G D)) / (m W),

up to powers of two. Only the root is not rational; it is taken to at least 256 bits, and every
other step is exact, so that each value is rounded once, to the wide dtype.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.arrays import as_wide, flatten
from bncheck.formats import Array
from bncheck.model import Case
from bncheck.rounding.algorithms import format_of_wide
from bncheck.rounding.values import Inference, InferenceBounds, Training, TrainingBounds

_ROOT_BITS = 256


@dataclass(frozen=True)
class _Dyadic:
    """Integers times ``2^exponent``: a column of floats, exactly."""

    integers: list[int]
    exponent: int

    @staticmethod
    def of(column: Array) -> "_Dyadic":
        ratios = [t.as_integer_ratio() for t in column]
        # denominators are powers of two
        least = max(d.bit_length() - 1 for _, d in ratios)
        shifted = [int(n) << (least - (d.bit_length() - 1)) for n, d in ratios]
        return _Dyadic(shifted, -least)


@dataclass(frozen=True)
class _Root:
    """``1/sqrt(w)`` as ``integer 2^exponent``, with relative error below ``2^-_ROOT_BITS``."""

    integer: int
    exponent: int


def _inverse_root(numerator: int, denominator: int, exponent: int) -> _Root:
    """Return ``1/sqrt(numerator/denominator 2^exponent)`` of a positive number."""
    missing = 2 * _ROOT_BITS + 4 + numerator.bit_length() - denominator.bit_length()
    shift = max(missing, 0)
    shift += (shift + exponent) % 2
    root = math.isqrt((denominator << shift) // numerator)
    return _Root(root, -(exponent + shift) // 2)


def _rounded(
    numerators: Sequence[int], denominator: int, exponent: int, wide: np.dtype[Any]
) -> Array:
    """``numerators / denominator 2^exponent``, each within ``1.25 u`` relative, in the dtype.

    The quotient is truncated to at least 66 bits (2^-65 relative, at most u/2 of longdouble's
    2^-64), cut into two halves that floats hold exactly, and rounded once when they are added.
    """
    high, low, scale = [], [], []
    bits = denominator.bit_length() + 67
    for n in numerators:
        shift = bits - n.bit_length()
        q = abs(n) << shift if shift >= 0 else abs(n) >> -shift
        q //= denominator
        high.append(float(q >> 32) if n >= 0 else -float(q >> 32))
        low.append(float(q & 0xFFFFFFFF) if n >= 0 else -float(q & 0xFFFFFFFF))
        scale.append(exponent - shift)
    total = np.array(high).astype(wide) * wide.type(2**32) + np.array(low).astype(wide)
    return np.asarray(np.ldexp(total, np.array(scale, np.int32)))


def train(case: Case, wide: np.dtype[Any]) -> tuple[Training, TrainingBounds]:
    """Training mode, exactly, channel by channel; `bncheck.oracle.train` describes it."""
    x, dy = as_wide(flatten(case.x), wide), as_wide(flatten(case.dy), wide)
    gamma, beta = as_wide(case.gamma, wide), as_wide(case.beta, wide)
    eps = wide.type(case.eps)
    with np.errstate(all="ignore"):
        columns = [
            _train_channel(x[:, c], dy[:, c], gamma[c], beta[c], eps, wide)
            for c in range(x.shape[1])
        ]
        batch, channel = _collect(columns, _TRAIN_BATCH, _TRAIN_CHANNEL)
        values = Training(x=x, dy=dy, gamma=gamma, beta=beta, eps=eps, **batch, **channel)
        return values, TrainingBounds(
            mean=_last(values.mean),
            var=_last(values.var),
            inv=_last(values.inv),
            xhat=_last(values.xhat),
            y=_last(values.y) + _root_error(values),
            dx=_last(values.dx),
            dgamma=_last(values.dgamma),
            dbeta=_last(values.dbeta),
        )


def infer(case: Case, wide: np.dtype[Any]) -> tuple[Inference, InferenceBounds]:
    """Inference mode, exactly."""
    x, dy = as_wide(flatten(case.x), wide), as_wide(flatten(case.dy), wide)
    gamma, beta = as_wide(case.gamma, wide), as_wide(case.beta, wide)
    mean, var = as_wide(case.running_mean, wide), as_wide(case.running_var, wide)
    eps = wide.type(case.eps)
    with np.errstate(all="ignore"):
        columns = [
            _infer_channel(
                x[:, c], dy[:, c], np.stack([gamma[c], beta[c], mean[c], var[c], eps]), wide
            )
            for c in range(x.shape[1])
        ]
        batch, channel = _collect(columns, _INFER_BATCH, _INFER_CHANNEL)
        values = Inference(
            x=x,
            dy=dy,
            gamma=gamma,
            beta=beta,
            running_mean=mean,
            running_var=var,
            eps=eps,
            **batch,
            **channel,
        )
        return values, InferenceBounds(
            y=_last(values.y) + _root_error(values),
            dx=_last(values.dx),
            dgamma=_last(values.dgamma),
            dbeta=_last(values.dbeta),
        )


_TRAIN_BATCH = ("centered", "xhat", "y", "bracket", "dx")
_TRAIN_CHANNEL = ("mean", "var", "inv", "dy_mean", "q", "dgamma", "dbeta")
_INFER_BATCH = ("xhat", "y", "dx")
_INFER_CHANNEL = ("inv", "dgamma", "dbeta")


def _train_channel(
    x: Array, dy: Array, gamma: Any, beta: Any, eps: Any, wide: np.dtype[Any]
) -> dict[str, Array]:
    m = len(x)
    if not (
        np.isfinite([gamma, beta, eps]).all() and np.isfinite(x).all() and np.isfinite(dy).all()
    ):
        return _nothing(m, wide, _TRAIN_BATCH, _TRAIN_CHANNEL)
    X, G = _Dyadic.of(x), _Dyadic.of(dy)  # capital: integers
    scale, offset, tiny = (_Dyadic.of(np.array([t])) for t in (gamma, beta, eps))
    total, total_dy = sum(X.integers), sum(G.integers)
    deviations = [m * t - total for t in X.integers]
    squares = sum(t * t for t in deviations)
    dot = sum(g * d for g, d in zip(G.integers, deviations, strict=True))
    # w = W/m^3 2^f
    f = min(2 * X.exponent, tiny.exponent)
    w = (squares << (2 * X.exponent - f)) + (m**3 * tiny.integers[0] << (tiny.exponent - f))
    root = _inverse_root(w, m**3, f)
    xhat_exp = X.exponent + root.exponent
    lift = 2 * X.exponent - f
    brackets = [
        (m * g - total_dy) * w - (m * d * dot << lift)
        for g, d in zip(G.integers, deviations, strict=True)
    ]
    factor = scale.integers[0] * root.integer
    return {
        "mean": _rounded([total], m, X.exponent, wide),
        "var": _rounded([squares], m**3, 2 * X.exponent, wide),
        "inv": _rounded([root.integer], 1, root.exponent, wide),
        "centered": _rounded(deviations, m, X.exponent, wide),
        "xhat": _rounded([d * root.integer for d in deviations], m, xhat_exp, wide),
        "y": _affine([factor * d for d in deviations], m, scale.exponent + xhat_exp, offset, wide),
        "dy_mean": _rounded([total_dy], m, G.exponent, wide),
        "q": _rounded([dot * root.integer], m * m, G.exponent + xhat_exp, wide),
        "bracket": _rounded(brackets, m * w, G.exponent, wide),
        "dx": _rounded(
            [factor * b for b in brackets], m * w, scale.exponent + root.exponent + G.exponent, wide
        ),
        "dgamma": _rounded([dot * root.integer], m, G.exponent + xhat_exp, wide),
        "dbeta": _rounded([total_dy], 1, G.exponent, wide),
    }


def _affine(
    products: list[int], m: int, exponent: int, offset: _Dyadic, wide: np.dtype[Any]
) -> Array:
    """``products / m 2^exponent + offset``, rounded once."""
    least = min(exponent, offset.exponent)
    added = m * offset.integers[0] << (offset.exponent - least)
    lift = exponent - least
    return _rounded([(p << lift) + added for p in products], m, least, wide)


def _infer_channel(x: Array, dy: Array, parameters: Array, wide: np.dtype[Any]) -> dict[str, Array]:
    finite = all(np.isfinite(a).all() for a in (x, dy, parameters))
    if not finite or parameters[3] + parameters[4] <= 0:
        return _nothing(len(x), wide, _INFER_BATCH, _INFER_CHANNEL)
    gamma, beta, var, eps = (_Dyadic.of(parameters[i : i + 1]) for i in (0, 1, 3, 4))
    batch = _Dyadic.of(np.append(x, parameters[2]))
    *integers, center = batch.integers
    deviations = [t - center for t in integers]
    G = _Dyadic.of(dy)  # capital: integers
    f = min(var.exponent, eps.exponent)
    w = (var.integers[0] << (var.exponent - f)) + (eps.integers[0] << (eps.exponent - f))
    root = _inverse_root(w, 1, f)
    factor = gamma.integers[0] * root.integer
    xhat_exp = batch.exponent + root.exponent
    dot = sum(g * d for g, d in zip(G.integers, deviations, strict=True))
    slope_exp = gamma.exponent + root.exponent
    return {
        "inv": _rounded([root.integer], 1, root.exponent, wide),
        "xhat": _rounded([d * root.integer for d in deviations], 1, xhat_exp, wide),
        "y": _affine([factor * d for d in deviations], 1, gamma.exponent + xhat_exp, beta, wide),
        "dx": _rounded([factor * g for g in G.integers], 1, slope_exp + G.exponent, wide),
        "dgamma": _rounded([dot * root.integer], 1, G.exponent + xhat_exp, wide),
        "dbeta": _rounded([sum(G.integers)], 1, G.exponent, wide),
    }


def _nothing(
    m: int, wide: np.dtype[Any], batch: tuple[str, ...], channel: tuple[str, ...]
) -> dict[str, Array]:
    """A channel that is not finite: NaN everywhere."""
    columns = {name: np.full(m, np.nan, wide) for name in batch}
    return columns | {name: np.full(1, np.nan, wide) for name in channel}


def _collect(
    columns: list[dict[str, Array]], batch: tuple[str, ...], channel: tuple[str, ...]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Columns of all channels as ``(m, C)`` arrays, single values as ``(C,)``."""
    stacked = {name: np.stack([c[name] for c in columns], axis=1) for name in batch}
    return stacked, {name: np.concatenate([c[name] for c in columns]) for name in channel}


def _last(value: Array) -> Array:
    """The last rounding, ``1.25 u |t| + eta``, taken as 2 u; inf where there is no value."""
    own = format_of_wide(value.dtype)
    bound = 2 * value.dtype.type(own.unit_roundoff) * np.abs(value)
    bound = bound + np.finfo(value.dtype).smallest_subnormal
    return np.where(np.isfinite(value), bound, np.inf)


def _root_error(values: Training | Inference) -> Array:
    """y is a sum, which may cancel: the root's error is relative to gamma xhat and not to y."""
    return np.asarray(values.x.dtype.type(2.0**-_ROOT_BITS) * np.abs(values.gamma * values.xhat))
