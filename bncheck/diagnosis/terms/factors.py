"""What people multiply a term by: expressions in m, N, gamma, eps and the statistics.

They are functions of a `Pass`, of its counts, parameters and statistics, as `(C, 1)` or a number.
The simpler stands first: where two fit, as 2 and m do at m = 2 alone, the first is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bncheck.deviations.passes import Pass
from bncheck.model.formats import Array

Value = Callable[[Pass], Array | float]
# of var (complex, where its derivative is asked for), eps and m
Inverse = Callable[[Array, float, int], Array]


@dataclass(frozen=True)
class Factor:
    """An expression: as it is written, and its value.

    over: where it is the right factor times something, that; it is a number where the right
        factor is 0, too
    inverse: where it comes from another inverse deviation h(var), that: of var, eps and m
    named: the deviation of the catalogue that multiplies xhat by it, or two of them, " + " between
    """

    says: str
    of: Value
    over: Value | None = None
    inverse: Inverse | None = None
    named: str = ""


def batch(p: Pass) -> int:
    """Batch size N."""
    return int(p.given.shape[0])


def variance(p: Pass) -> Array:
    """Return the biased variance about the mean of the pass, whatever its rules make of it."""
    if not p.training:
        return p.var
    centred = p.x - p.x.mean(axis=1, keepdims=True)
    return np.asarray((centred * centred).mean(axis=1, keepdims=True))


def root(p: Pass) -> Array:
    """``sqrt(var + eps)``."""
    return np.asarray(np.sqrt(variance(p) + p.eps))


def _bessel(n: float) -> float:
    return n / (n - 1) if n > 1 else float("nan")


def _guarded(n: float) -> float:
    """n/(n - 1), or 1 where that is no number: people guard it, or leave such a batch alone."""
    return n / max(n - 1, 1)


ONE = Factor("1", lambda p: 1.0)
ZERO = Factor("0", lambda p: 0.0)

COUNTS: tuple[Factor, ...] = (
    ONE,
    ZERO,
    Factor("-1", lambda p: -1.0),
    Factor("2", lambda p: 2.0),
    Factor("1/2", lambda p: 0.5),
    Factor("m/(m - 1)", lambda p: _bessel(p.m)),
    Factor("(m - 1)/m", lambda p: 1 - 1 / p.m),
    Factor("sqrt(m/(m - 1))", lambda p: _bessel(p.m) ** 0.5),
    Factor("sqrt((m - 1)/m)", lambda p: (1 - 1 / p.m) ** 0.5),
    Factor("m", lambda p: float(p.m)),
    Factor("1/m", lambda p: 1 / p.m),
    Factor("N/m", lambda p: batch(p) / p.m),
    Factor("m/N", lambda p: p.m / batch(p)),
    Factor("N", lambda p: float(batch(p))),
    Factor("1/N", lambda p: 1 / batch(p)),
    Factor("N/(N - 1)", lambda p: _guarded(batch(p))),
    Factor("(N - 1)/N", lambda p: 1 - 1 / batch(p)),
    Factor("(m/(m - 1))^2", lambda p: _bessel(p.m) ** 2),
    Factor("((m - 1)/m)^2", lambda p: (1 - 1 / p.m) ** 2),
    Factor("1/(m - 1)", lambda p: _bessel(p.m) / p.m),
    Factor("-2", lambda p: -2.0),
    Factor("-1/2", lambda p: -0.5),
    Factor("3", lambda p: 3.0),
    Factor("m^2", lambda p: float(p.m) ** 2),
    Factor("1/m^2", lambda p: 1 / float(p.m) ** 2),
)

PARAMETERS: tuple[Factor, ...] = (
    Factor("gamma", lambda p: p.gamma),
    Factor("1/gamma", lambda p: 1 / p.gamma),
    Factor("sign(gamma)", lambda p: np.sign(p.gamma)),
    Factor("gamma^2", lambda p: p.gamma * p.gamma),
    Factor("eps", lambda p: p.eps),
    Factor("1/eps", lambda p: 1 / p.eps),
    Factor("1 + eps", lambda p: 1 + p.eps),
    Factor("1/(1 + eps)", lambda p: 1 / (1 + p.eps)),
)


def _rooted(says: str, inverse: Inverse, named: str = "") -> Factor:
    """Return ``s h(var)``: what another inverse deviation h multiplies xhat by."""

    def value(p: Pass) -> Array:
        return np.asarray(root(p) * inverse(variance(p), p.eps, p.m))

    return Factor(says, value, inverse=inverse, named=named)


def _larger(var: Array, eps: float, m: int) -> Array:
    del m
    return np.asarray(np.where(np.real(var) > eps, var, eps) ** -0.5)


def own_gradient(inverse: Inverse, p: Pass) -> Array:
    """Return the factor that the term ``xhat mean(dy xhat)`` has in dx, where y is differentiated.

    With ``y = gamma (x - mean) h(v)`` and ``xhat = (x - mean) h(v)``, as dv/dx_i = 2 (x_i -
    mean)/m,

        dx = gamma h (dy - mean(dy) + 2 h'(v)/h(v)^3 xhat mean(dy xhat)),

    which is -1 for h = (v + eps)^(-1/2). h' is the imaginary part of h(v + i t)/t for a t so
    small that t^2 vanishes (Squire & Trapp 1998): exact but for rounding.
    """
    var = variance(p)
    step = var.dtype.type(2.0**-60)
    with np.errstate(all="ignore"):
        slope = np.imag(inverse(var + 1j * step, p.eps, p.m)) / step
        return np.asarray(2 * slope / inverse(var, p.eps, p.m) ** 3)


# s is sqrt(var + eps)
ROOTS: tuple[Factor, ...] = (
    Factor("s", root),
    _rooted("1/s", lambda v, eps, m: 1 / (v + eps), "no-square-root"),
    _rooted("s^2", lambda v, eps, m: (v + eps) ** 0.5),
    _rooted("1/s^2", lambda v, eps, m: (v + eps) ** -1.5),
    _rooted("sqrt(s)", lambda v, eps, m: (v + eps) ** -0.25, "fourth-root"),
    _rooted("1/sqrt(s)", lambda v, eps, m: (v + eps) ** -0.75),
    _rooted("s/sqrt(var)", lambda v, eps, m: v**-0.5, "eps-missing"),
    _rooted("s/(sqrt(var) + eps)", lambda v, eps, m: 1 / (v**0.5 + eps), "eps-outside-root"),
    _rooted("s/(s + eps)", lambda v, eps, m: 1 / ((v + eps) ** 0.5 + eps)),
    _rooted("s/(sqrt(var) + sqrt(eps))", lambda v, eps, m: 1 / (v**0.5 + eps**0.5)),
    _rooted("s/(var + eps^2)^(1/2)", lambda v, eps, m: (v + eps**2) ** -0.5, "eps-squared"),
    _rooted("s/(var + 2 eps)^(1/2)", lambda v, eps, m: (v + 2 * eps) ** -0.5, "eps-doubled"),
    _rooted("s/(var + sqrt(eps))^(1/2)", lambda v, eps, m: (v + eps**0.5) ** -0.5),
    _rooted("s/max(var, eps)^(1/2)", _larger, "variance-clamped-to-eps"),
    _rooted("s/(var + eps/m)^(1/2)", lambda v, eps, m: (v + eps / m) ** -0.5),
    _rooted(
        "s/(var m/(m - 1) + eps)^(1/2)",
        lambda v, eps, m: (v * _bessel(m) + eps) ** -0.5,
        "unbiased-variance",
    ),
    _rooted(
        "s/(var m/(m - 1))^(1/2)",
        lambda v, eps, m: (v * _bessel(m)) ** -0.5,
        "unbiased-variance + eps-missing",
    ),
    _rooted("s/((var + eps) m/(m - 1))^(1/2)", lambda v, eps, m: ((v + eps) * _bessel(m)) ** -0.5),
    _rooted(
        "s/(sqrt(var m/(m - 1)) + eps)",
        lambda v, eps, m: 1 / ((v * _bessel(m)) ** 0.5 + eps),
        "unbiased-variance + eps-outside-root",
    ),
    _rooted("s/(var (m - 1)/m + eps)^(1/2)", lambda v, eps, m: (v * (1 - 1 / m) + eps) ** -0.5),
    _rooted("s/(var m + eps)^(1/2)", lambda v, eps, m: (v * m + eps) ** -0.5),
    Factor("var/(var + eps)", lambda p: variance(p) / root(p) ** 2),
    Factor("(var + eps)/var", lambda p: root(p) ** 2 / variance(p)),
)

ALL: tuple[Factor, ...] = COUNTS + PARAMETERS + ROOTS


def product(*factors: Factor) -> Factor:
    """Return the product, as people write it: factors of 1 are not written."""
    kept = [f for f in factors if f is not ONE]
    if not kept:
        return ONE
    if len(kept) == 1:
        return kept[0]

    def value(p: Pass) -> Array | float:
        found: Array | float = 1.0
        for factor in kept:
            found = found * factor.of(p)
        return found

    return Factor(_written([f.says for f in kept]), value)


def _written(parts: list[str]) -> str:
    negative = sum(part.startswith("-") for part in parts) % 2
    bare = [part.removeprefix("-") for part in parts]
    over = [part.removeprefix("1/") for part in bare if part.startswith("1/")]
    under = [f"({p})" if " + " in p and p[0] != "(" and "/" not in p else p for p in bare]
    above = " ".join(p for p in under if p != "1" and not p.startswith("1/")) or "1"
    below = f"/({' '.join(over)})" if len(over) > 1 else "".join(f"/{p}" for p in over)
    return f"{'-' if negative else ''}{above}{below}"
