"""Code for my blog post on batch normalization by hand; everything is a 2-D matrix with one sample a row."""

import numpy as np


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    mu = np.mean(X, axis=0)
    diff = X - mu
    std = np.sqrt(np.mean(diff**2, axis=0))
    denom = std + eps
    X_norm = diff / denom
    out = gamma * X_norm + beta
    cache = (diff, std, denom, X_norm, gamma)
    return out.astype(X.dtype, copy=False), cache


def batchnorm_backward(dout, cache):
    diff, std, denom, X_norm, gamma = cache
    m = dout.shape[0]

    # out = gamma * X_norm + beta
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * X_norm, axis=0)
    dX_norm = dout * gamma

    # X_norm = diff / denom
    ddiff = dX_norm / denom
    ddenom = -np.sum(dX_norm * diff, axis=0) / denom**2

    # std depends on diff as well
    ddiff = ddiff + ddenom * diff / (m * std)

    # diff = X - mu
    dX = ddiff - np.mean(ddiff, axis=0)
    return dX.astype(dout.dtype, copy=False), dgamma, dbeta
