"""The exact oracle: integer arithmetic and one square root.

Every finite float is a dyadic rational, an integer times a power of two. With integers X, G for
x and dy over common powers of two, ``S = sum X``, ``D = m X - S`` and ``V = sum D^2``,

    mean = S/m, c = D/m, var = V/m^3, w = W/m^3 with W an integer, 1/sqrt(w) = sqrt(m^3/W),
    bracket = dy - mean(dy) - c mean(dy c)/w = ((m G - sum G) W - m D sum(G D)) / (m W),

up to powers of two. Only the root is not rational; it is taken to 256 bits, and every other step
is exact, so that each value is rounded once, to the wide dtype.

For the other norms D = m X where no mean is taken off, G is that of ``h = gamma dy`` where gamma
stands inside the means, and a gradient that adds up values of several sets, whose roots differ,
is a sum of rounded terms.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import Array
from bncheck.model.norm import Norm
from bncheck.truth.oracle.dyadic import ROOT_BITS, Dyadics, inverse_root, rounded, rounded_sums
from bncheck.truth.rounding.algorithms import format_of_wide
from bncheck.truth.rounding.values import Inference, InferenceBounds, Training, TrainingBounds

Values = dict[str, Array]


def train(case: Case, wide: np.dtype[Any]) -> tuple[Training, TrainingBounds]:
    """Training mode, channel by channel; `bncheck.truth.oracle.train` describes it."""
    x, dy = as_wide(flatten(case.x), wide), as_wide(flatten(case.dy), wide)
    norm, shape = case.norm, case.x.shape
    gamma, beta = (norm.spread(as_wide(t, wide), shape) for t in (case.gamma, case.beta))
    eps = np.array([case.eps], wide)
    each = [np.broadcast_to(t if t.ndim == 2 else t[None], x.shape) for t in (gamma, beta)]
    kept = slice(None) if gamma.ndim == 2 else slice(1)  # one for a set: as one number
    with np.errstate(all="ignore"):
        columns = [
            _train_channel(x[:, c], dy[:, c], each[0][kept, c], each[1][kept, c], eps, wide, norm)
            for c in range(x.shape[1])
        ]
        found = _collect(columns)
        if norm.inside:
            found["dgamma"] = norm.gathered(dy * found["xhat"], shape)
            found["dbeta"] = norm.gathered(dy, shape)
        given = {"x": x, "dy": dy, "gamma": gamma, "beta": beta, "eps": eps[0]}
        values = Training(**given, norm=norm, shape=shape, **found)
        return values, TrainingBounds(
            mean=_last(values.mean),
            var=_last(values.var),
            inv=_last(values.inv),
            xhat=_last(values.xhat),
            y=_last(values.y) + _root_error(values),
            gradients=partial(_own_gradients, values),
        )


def _own_gradients(values: Training) -> tuple[Array, Array, Array]:
    """Return the errors of the gradients: one rounding, or that of a sum of rounded terms.

    A term ``dy xhat`` of p is rounded twice, after xhat: ``gamma_(p+3) sum|dy xhat|``.
    """
    if not values.norm.inside:
        return _last(values.dx), _last(values.dgamma), _last(values.dbeta)
    p = values.norm.fibre(values.shape)
    wide = values.x.dtype
    u = wide.type((p + 4) * format_of_wide(wide).unit_roundoff)
    least = wide.type(np.finfo(wide).smallest_subnormal)
    sums = (values.gathered(np.abs(t)) for t in (values.dy * values.xhat, values.dy))
    dgamma, dbeta = (np.where(np.isfinite(s), u * s + 2 * p * least, np.inf) for s in sums)
    return _last(values.dx), dgamma, dbeta


def infer(case: Case, wide: np.dtype[Any]) -> tuple[Inference, InferenceBounds]:
    """Inference mode, channel by channel; `bncheck.truth.oracle.infer` describes it."""
    norm, shape = case.norm, case.x.shape
    x, dy = (norm.together(as_wide(flatten(a), wide), shape) for a in (case.x, case.dy))
    given = (case.gamma, case.beta, case.running_mean, case.running_var)
    gamma, beta, mean, var = (as_wide(t, wide) for t in given)
    eps = wide.type(case.eps)
    with np.errstate(all="ignore"):
        columns = [
            _infer_channel(
                x[:, c], dy[:, c], np.stack([gamma[c], beta[c], eps, mean[c], var[c]]), wide
            )
            for c in range(x.shape[1])
        ]
        values = Inference(
            x=x,
            dy=dy,
            gamma=gamma,
            beta=beta,
            running_mean=mean,
            running_var=var,
            eps=eps,
            **_collect(columns),
        )
        return values, InferenceBounds(
            y=_last(values.y) + _root_error(values),
            gradients=lambda: (_last(values.dx), _last(values.dgamma), _last(values.dbeta)),
        )


@dataclass(frozen=True)
class _Channel:
    """One channel's integers: D over ``m 2^exponent``, w = W/m^3 2^w_exponent, and 1/sqrt(w).

    ``m`` is 1 where the mean is given rather than computed.
    """

    m: int
    deviations: list[int]
    exponent: int
    w: int
    w_exponent: int
    root: int
    root_exponent: int
    gamma: Dyadics

    @property
    def xhat_exponent(self) -> int:
        return self.exponent + self.root_exponent


def _train_channel(
    x: Array,
    dy: Array,
    gammas: Array,
    betas: Array,
    epses: Array,
    wide: np.dtype[Any],
    norm: Norm,
) -> Values:
    m = len(x)
    if not all(np.isfinite(t).all() for t in (x, gammas, betas, epses)):
        forward = _nothing(m, wide, ("centered", "xhat", "y"), ("mean", "var", "inv"))
        return forward | _unknown_gradients(m, wide)
    gamma, beta, eps = (Dyadics.of(t) for t in (gammas, betas, epses))
    batch = Dyadics.of(x)
    total = sum(batch.integers) if norm.centred else 0
    deviations = [m * t - total for t in batch.integers]
    squares = sum(t * t for t in deviations)
    least = min(2 * batch.exponent, eps.exponent)
    w = squares << (2 * batch.exponent - least)
    w += m**3 * eps.integers[0] << (eps.exponent - least)
    root = inverse_root(w, m**3, least)
    channel = _Channel(m, deviations, batch.exponent, w, least, *root, gamma)
    forward = _forward(channel, beta, wide) | {
        "mean": rounded([total], m, batch.exponent, wide),
        "var": rounded([squares], m**3, 2 * batch.exponent, wide),
        "centered": rounded(deviations, m, batch.exponent, wide),
    }
    if not np.isfinite(dy).all():
        return forward | _unknown_gradients(m, wide)
    if not norm.inside:
        return forward | _backward(channel, Dyadics.of(dy), wide)
    h = gamma.times(Dyadics.of(dy))
    ones = replace(channel, gamma=Dyadics([1], 0))
    return forward | _backward(ones, h, wide, centred=norm.centred)


def _forward(channel: _Channel, beta: Dyadics, wide: np.dtype[Any]) -> Values:
    """``inv``, ``xhat = D root`` and ``y = gamma xhat + beta``."""
    m, root, gamma = channel.m, channel.root, channel.gamma
    of_each = gamma.repeated(len(channel.deviations)).integers
    products = [g * root * d for g, d in zip(of_each, channel.deviations, strict=True)]
    exponent = gamma.exponent + channel.xhat_exponent
    return {
        "inv": rounded([root], 1, channel.root_exponent, wide),
        "xhat": rounded([d * root for d in channel.deviations], m, channel.xhat_exponent, wide),
        "y": rounded_sums(products, m, exponent, beta, wide),
    }


def _backward(
    channel: _Channel, dy: Dyadics, wide: np.dtype[Any], *, centred: bool = True
) -> Values:
    """The gradients in training mode: the formulas of the module's docstring."""
    m, w, root, gamma = channel.m, channel.w, channel.root, channel.gamma
    total = sum(dy.integers) if centred else 0
    dot = sum(g * d for g, d in zip(dy.integers, channel.deviations, strict=True))
    lift = 2 * channel.exponent - channel.w_exponent
    brackets = [
        (m * g - total) * w - (m * d * dot << lift)
        for g, d in zip(dy.integers, channel.deviations, strict=True)
    ]
    scale = gamma.integers[0] * root
    scale_exponent = gamma.exponent + channel.root_exponent + dy.exponent
    return {
        "dy_mean": rounded([total], m, dy.exponent, wide),
        "q": rounded([dot * root], m * m, dy.exponent + channel.xhat_exponent, wide),
        "bracket": rounded(brackets, m * w, dy.exponent, wide),
        "dx": rounded([scale * b for b in brackets], m * w, scale_exponent, wide),
        "dgamma": rounded([dot * root], m, dy.exponent + channel.xhat_exponent, wide),
        "dbeta": rounded([total], 1, dy.exponent, wide),
    }


def _infer_channel(x: Array, dy: Array, parameters: Array, wide: np.dtype[Any]) -> Values:
    m = len(x)
    gradients = _nothing(m, wide, ("dx",), ("dgamma", "dbeta"))
    nothing = _nothing(m, wide, ("xhat", "y"), ("inv",)) | gradients
    if not (np.isfinite(x).all() and np.isfinite(parameters).all()):
        return nothing
    gamma, beta, eps, _, var = (Dyadics.of(parameters[i : i + 1]) for i in range(5))
    batch = Dyadics.of(np.append(x, parameters[3]))
    deviations = [t - batch.integers[-1] for t in batch.integers[:-1]]
    least = min(var.exponent, eps.exponent)
    w = (var.integers[0] << (var.exponent - least)) + (eps.integers[0] << (eps.exponent - least))
    if w <= 0:
        return nothing
    channel = _Channel(1, deviations, batch.exponent, w, least, *inverse_root(w, 1, least), gamma)
    forward = _forward(channel, beta, wide)
    if not np.isfinite(dy).all():
        return forward | gradients
    G = Dyadics.of(dy)  # capital as in the module's docstring
    dot = sum(g * d for g, d in zip(G.integers, deviations, strict=True))
    scale = gamma.integers[0] * channel.root
    scale_exponent = gamma.exponent + channel.root_exponent + G.exponent
    return forward | {
        "dx": rounded([scale * g for g in G.integers], 1, scale_exponent, wide),
        "dgamma": rounded([dot * channel.root], 1, G.exponent + channel.xhat_exponent, wide),
        "dbeta": rounded([sum(G.integers)], 1, G.exponent, wide),
    }


def _unknown_gradients(m: int, wide: np.dtype[Any]) -> Values:
    return _nothing(m, wide, ("bracket", "dx"), ("dy_mean", "q", "dgamma", "dbeta"))


def _nothing(
    m: int, wide: np.dtype[Any], batch: tuple[str, ...], channel: tuple[str, ...]
) -> Values:
    """Values of a channel that is not finite: NaN."""
    columns = {name: np.full(m, np.nan, wide) for name in batch}
    return columns | {name: np.full(1, np.nan, wide) for name in channel}


_PER_CHANNEL = frozenset({"mean", "var", "inv", "dy_mean", "q", "dgamma", "dbeta"})


def _collect(columns: list[Values]) -> dict[str, Any]:
    """All channels' columns as ``(m, C)`` arrays, their single values as ``(C,)``."""
    return {
        name: np.concatenate([c[name] for c in columns])
        if name in _PER_CHANNEL
        else np.stack([c[name] for c in columns], axis=1)
        for name in columns[0]
    }


def _last(value: Array) -> Array:
    """The last rounding, 1.25 u relative, taken as 2 u, or a subnormal; inf for no value."""
    u = value.dtype.type(2 * format_of_wide(value.dtype).unit_roundoff)
    bound = u * np.abs(value) + np.finfo(value.dtype).smallest_subnormal
    return np.where(np.isfinite(value), bound, np.inf)


def _root_error(values: Training | Inference) -> Array:
    """y is a sum, which may cancel: the root's error is relative to gamma xhat and not to y."""
    product = np.abs(values.gamma * values.xhat)
    return np.where(np.isfinite(product), values.x.dtype.type(2.0**-ROOT_BITS) * product, np.inf)
