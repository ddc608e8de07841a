"""Batch normalization derived step by step in the post, for a mini-batch matrix X of shape (m, C)."""

import numpy as np


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    m, _ = X.shape
    mu = np.ones(m, X.dtype) @ X / m
    Xc = X - mu
    sigma2 = np.einsum("ij,ij->j", Xc, Xc) / m
    inv = 1.0 / (sigma2 + eps)
    Xhat = Xc * inv
    cache = dict(m=m, Xc=Xc, inv=inv, Xhat=Xhat, gamma=gamma)
    return np.asarray(Xhat * gamma + beta, X.dtype), cache


def batchnorm_backward(dout, cache):
    m, Xc, inv, Xhat = cache["m"], cache["Xc"], cache["inv"], cache["Xhat"]
    dgamma = np.einsum("ij,ij->j", dout, Xhat)
    dbeta = np.einsum("ij->j", dout)
    dXhat = dout * cache["gamma"]
    dinv = np.einsum("ij,ij->j", dXhat, Xc)
    dsigma2 = -dinv * inv**2
    dXc = dXhat * inv + Xc * (2.0 / m * dsigma2)
    dmu = -np.einsum("ij->j", dXc)
    return np.asarray(dXc + dmu / m, dout.dtype), dgamma, dbeta
