"""The programs of the exercises: each wrong in one way, but for one that is right.

What is printed is the text of these functions, and what is said of them is computed with them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Gradients = tuple[Array, Any, Any]


def text(name: str, number: int) -> str:
    """Return the program of an exercise as a reader would write it, without types."""
    function = PROGRAMS[name]
    body = inspect.getsource(function).partition(":\n")[2]
    names = ", ".join(inspect.signature(function).parameters)
    return f"def {called(name)}_{number}({names}):\n{body}".rstrip()


def called(name: str) -> str:
    """Return what the function of an exercise is: how it is tested, and called in print."""
    return KINDS[
        next(iter(inspect.signature(PROGRAMS[name]).parameters.values())).name, _size(name)
    ]


def _size(name: str) -> int:
    return len(inspect.signature(PROGRAMS[name]).parameters)


KINDS = {("x", 4): "forward", ("x", 5): "backward", ("x", 6): "inference", ("run", 4): "update"}
"""What a function is, by its first parameter and their number."""


def _missing_variance_term(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    s = np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) / s
    dx = gamma / s * (dy - dy.mean())
    return dx, (dy * xhat).sum(), dy.sum()


def _missing_mean_term(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    s = np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) / s
    dx = gamma / s * (dy - xhat * (dy * xhat).mean())
    return dx, (dy * xhat).sum(), dy.sum()


def _missing_gamma(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    s = np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) / s
    dx = (dy - dy.mean() - xhat * (dy * xhat).mean()) / s
    return dx, (dy * xhat).sum(), dy.sum()


def _variance_term_power(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    m, mu, var = len(x), x.mean(), x.var()
    s = np.sqrt(var + eps)
    dxhat = gamma * dy
    dvar = (dxhat * (x - mu)).sum() * -0.5 / (var + eps)
    dmu = -dxhat.sum() / s
    dx = dxhat / s + dvar * 2 * (x - mu) / m + dmu / m
    return dx, (dy * (x - mu) / s).sum(), dy.sum()


def _bessel_in_backward(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    m = len(x)
    s = np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) / s
    dx = gamma / s * (dy - (dy.sum() + xhat * (dy * xhat).sum()) / (m - 1))
    return dx, (dy * xhat).sum(), dy.sum()


def _eps_differs_in_backward(
    x: Array, dy: Array, gamma: float, beta: float, eps: float
) -> Gradients:
    std = x.std()
    xhat = (x - x.mean()) / std
    dx = gamma / std * (dy - dy.mean() - xhat * (dy * xhat).mean())
    return dx, (dy * xhat).sum(), dy.sum()


def _dgamma_from_y(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    s = np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) / s
    y = gamma * xhat + beta
    dx = gamma / s * (dy - dy.mean() - xhat * (dy * xhat).mean())
    return dx, (dy * y).sum(), dy.sum()


def _nothing(x: Array, dy: Array, gamma: float, beta: float, eps: float) -> Gradients:
    m, mu = len(x), x.mean()
    s = np.sqrt(x.var() + eps)
    dxhat = gamma * dy
    dvar = (dxhat * (x - mu)).sum() * -0.5 / s**3
    dmu = -dxhat.sum() / s  # and nothing through the variance
    dx = dxhat / s + dvar * 2 * (x - mu) / m + dmu / m
    return dx, (dy * (x - mu) / s).sum(), dy.sum()


def _eps_outside_root(x: Array, gamma: float, beta: float, eps: float) -> Any:
    return gamma * (x - x.mean()) / (x.std() + eps) + beta


def _unbiased_variance(x: Array, gamma: float, beta: float, eps: float) -> Any:
    return gamma * (x - x.mean()) / np.sqrt(x.var(ddof=1) + eps) + beta


def _beta_before_gamma(x: Array, gamma: float, beta: float, eps: float) -> Any:
    return gamma * ((x - x.mean()) / np.sqrt(x.var() + eps) + beta)


def _gamma_absolute(x: Array, gamma: float, beta: float, eps: float) -> Any:
    return np.abs(gamma) * (x - x.mean()) / np.sqrt(x.var() + eps) + beta


def _one_pass_variance(x: Array, gamma: float, beta: float, eps: float) -> Any:
    mu = x.mean()
    var = np.maximum((x * x).mean() - mu * mu, 0)
    return gamma * (x - mu) / np.sqrt(var + x.dtype.type(eps)) + beta


def _output_clipped(x: Array, gamma: float, beta: float, eps: float) -> Any:
    xhat = (x - x.mean()) / np.sqrt(x.var() + eps)
    return gamma * np.clip(xhat, -3, 3) + beta


def _fold_drops_shift(
    x: Array, mean: float, var: float, gamma: float, beta: float, eps: float
) -> Any:
    scale = gamma / np.sqrt(var + eps)
    return scale * x + beta


def _running_var_plus_eps(run: float, x: Array, a: float, eps: float) -> Any:
    return (1 - a) * run + a * (x.var() + eps)


PROGRAMS: dict[str, Callable[..., Any]] = {
    "missing-variance-term": _missing_variance_term,
    "missing-mean-term": _missing_mean_term,
    "missing-gamma": _missing_gamma,
    "variance-term-power": _variance_term_power,
    "bessel-in-backward": _bessel_in_backward,
    "eps-differs-in-backward": _eps_differs_in_backward,
    "dgamma-from-y": _dgamma_from_y,
    "nothing": _nothing,
    "eps-outside-root": _eps_outside_root,
    "unbiased-variance": _unbiased_variance,
    "beta-before-gamma": _beta_before_gamma,
    "gamma-absolute": _gamma_absolute,
    "one-pass-variance-clamped": _one_pass_variance,
    "output-clipped": _output_clipped,
    "fold-drops-shift": _fold_drops_shift,
    "running-var-plus-eps": _running_var_plus_eps,
}
