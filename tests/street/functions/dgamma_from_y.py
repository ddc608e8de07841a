"""Forward and backward pass of batch normalization on a design matrix (2-D only), with the sums in the notation of the post."""

import numpy as np


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    mu_B = X.mean(axis=0)
    var_B = X.var(axis=0)
    X_hat = (X - mu_B) / np.sqrt(var_B + eps)
    Y = (gamma * X_hat + beta).astype(X.dtype)
    return Y, {"X": X, "mu_B": mu_B, "var_B": var_B, "eps": eps, "gamma": gamma, "Y": Y}


def batchnorm_backward(dout, cache):
    X, mu_B, eps, gamma = (cache[k] for k in ("X", "mu_B", "eps", "gamma"))
    m = X.shape[0]
    v = cache["var_B"] + eps

    dgamma = (dout * cache["Y"]).sum(axis=0)
    dbeta = dout.sum(axis=0)

    dX_hat = dout * gamma
    dvar_B = (dX_hat * (X - mu_B)).sum(axis=0) * (-1 / 2) * v ** (-3 / 2)
    dmu_B = (-dX_hat / np.sqrt(v)).sum(axis=0)
    dX = dX_hat / np.sqrt(v) + dvar_B * 2 * (X - mu_B) / m + dmu_B / m
    return dX.astype(dout.dtype), dgamma, dbeta
