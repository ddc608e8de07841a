"""What bounds are made of, read from the pass of a hypothesis: its values, and its terms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations import Pass
from bncheck.diagnosis.scripts import channels_last
from bncheck.model.formats import Array
from bncheck.truth.rounding import Inference, Training


def rows_of(array: Array, p: Pass) -> Array:
    """``(N, C, *spatial)`` as the ``(m, C)`` that the layer saw, in the dtype of the pass."""
    return np.asarray(channels_last(seen(array, p)), p.x.dtype)


def seen(array: Array, p: Pass) -> Array:
    """Return an array as the layer saw it, which may take it for another one."""
    return p.rules.view.there(array) if array.ndim > 1 else array


def column(values: Array) -> Array:
    """``(C, 1)``, or ``(C, m)`` where a deviation keeps more, as ``(C,)``: the largest."""
    return np.asarray(np.abs(values).max(axis=1)) if values.shape[1] > 1 else values[:, 0]


def values_of(p: Pass, dy: Array) -> Training:
    """Return what the bounds of training mode are made of."""
    x, xhat, norm, shape = p.x.T, np.broadcast_to(p.xhat.T, p.x.T.shape), p.case.norm, p.given.shape
    if not norm.centred and np.any(p.mean):  # a mean that is taken off all the same has its errors
        norm = replace(norm, centred=True)
    gamma, beta, inv = parameter(p, p.gamma), parameter(p, p.beta), column(p.inverse)
    inside = gamma * dy if norm.inside else dy
    dy_mean = inside.mean(0) if norm.centred else np.zeros_like(inv)
    q = (inside * xhat).mean(0)
    bracket = inside - dy_mean - xhat * q
    return Training(
        x=x,
        dy=dy,
        gamma=gamma,
        beta=beta,
        eps=p.x.dtype.type(p.eps),
        mean=column(p.mean),
        var=column(p.var),
        inv=inv,
        centered=(p.x - p.mean).T,
        xhat=xhat,
        y=np.broadcast_to(p.y.T, x.shape),
        dy_mean=dy_mean,
        q=q,
        bracket=bracket,
        dx=inv * bracket if norm.inside else gamma * inv * bracket,
        dgamma=norm.gathered(dy * xhat, shape),
        dbeta=norm.gathered(dy, shape),
        norm=norm,
        shape=shape,
    )


def parameter(p: Pass, values: Array) -> Array:
    """``(C,)``, or what broadcasts against ``(m, C)`` where it varies inside a set."""
    return column(values) if p.case.norm.of_sets else values.T


def inference_of(p: Pass, dy: Array) -> Inference:
    """Return what the bounds of inference mode are made of."""
    xhat = np.broadcast_to(p.xhat.T, p.x.T.shape)
    gamma, inv = column(p.gamma), column(p.inverse)
    return Inference(
        x=p.x.T,
        dy=dy,
        gamma=gamma,
        beta=column(p.beta),
        running_mean=column(p.mean),
        running_var=column(p.var),
        eps=p.x.dtype.type(p.eps),
        inv=inv,
        xhat=xhat,
        y=np.broadcast_to(p.y.T, p.x.T.shape),
        dx=gamma * inv * dy,
        dgamma=(dy * xhat).sum(0),
        dbeta=dy.sum(0),
    )


def terms_of(p: Pass, dy: Array) -> dict[str, Array]:
    """Largest term of each output's formula, per channel: what the bounds are multiples of."""
    if not p.case.norm.of_sets:
        return _terms_inside(p, dy)
    xhat = np.abs(p.xhat).max(axis=1)
    gamma, inv = np.abs(column(p.gamma)), np.abs(column(p.inverse))
    top, total = np.abs(dy).max(0), np.abs(dy).sum(0)
    return {
        "y": gamma * xhat + np.abs(column(p.beta)),
        "dx": gamma * inv * top,
        "dgamma": total * xhat,
        "dbeta": total,
    }


def _terms_inside(p: Pass, dy: Array) -> dict[str, Array]:
    """Do the same where gamma varies inside a set; of a parameter, what adds up to its gradient."""
    norm, shape, xhat = p.case.norm, p.given.shape, np.abs(p.xhat.T)
    h = np.abs(p.gamma.T * dy)
    gradients = (norm.gathered(np.abs(t), shape) for t in (dy * xhat, dy))
    dgamma, dbeta = gradients
    return {
        "y": (np.abs(p.gamma.T) * xhat + np.abs(p.beta.T)).max(0),
        "dx": column(np.abs(p.inverse)) * h.max(0),
        "dgamma": dgamma,
        "dbeta": dbeta,
    }
