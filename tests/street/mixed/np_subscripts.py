"""Batch norm in subscripts: n counts samples, c channels and s positions."""

import numpy as np


def _ncs(x):
    return x.reshape(x.shape[0], x.shape[1], -1)


def forward(x, gamma, beta, eps=1e-5):
    z = _ncs(x)
    m = z.shape[0] * z.shape[2]
    mean = np.einsum("ncs->c", z) / m
    dev = z - mean[None, :, None]
    var = np.einsum("ncs,ncs->c", dev, dev) / m
    istd = 1 / np.sqrt(var + eps)
    y = np.einsum("ncs,c,c->ncs", dev, istd, gamma) + np.asarray(beta)[None, :, None]
    cache = {"dev": dev, "istd": istd, "gamma": np.asarray(gamma), "m": m}
    return y.reshape(x.shape).astype(x.dtype), cache


def backward(dy, cache):
    dev, istd, gamma, m = cache["dev"], cache["istd"], cache["gamma"], cache["m"]
    g = _ncs(dy)
    g_sum = np.einsum("ncs->c", g)
    g_dev = np.einsum("ncs,ncs->c", g, dev)
    coef = gamma * istd
    dx = np.einsum("c,ncs->ncs", coef, g)
    dx -= (coef * g_sum / m)[None, :, None]
    dx -= np.einsum("c,ncs->ncs", coef * istd**2 * g_dev / m, dev)
    return dx.reshape(dy.shape).astype(dy.dtype), g_dev * istd, g_sum
