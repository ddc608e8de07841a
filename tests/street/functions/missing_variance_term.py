"""Batch normalization for CNNs and MLPs: the CNN functions transpose to a matrix and call the same core."""

import numpy as np


def _as_matrix(T):
    if T.ndim == 4:
        N, C, H, W = T.shape
        return np.transpose(T, (1, 0, 2, 3)).reshape(C, N * H * W).T
    return T


def _as_tensor(M, shape):
    if len(shape) == 4:
        N, C, H, W = shape
        return M.T.reshape(C, N, H, W).transpose(1, 0, 2, 3)
    return M


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    M = _as_matrix(X)
    mu = np.mean(M, axis=0)
    var = np.var(M, axis=0)
    M_norm = (M - mu) / np.sqrt(var + eps)
    out = gamma * M_norm + beta
    cache = (M, M_norm, mu, var, gamma, eps)
    return _as_tensor(out, X.shape).astype(X.dtype), cache


def batchnorm_backward(dout, cache):
    M, M_norm, mu, var, gamma, eps = cache
    dM_out = _as_matrix(dout)
    std_inv = 1.0 / np.sqrt(var + eps)

    dM_norm = dM_out * gamma
    dmu = np.sum(dM_norm * -std_inv, axis=0)
    dM = dM_norm * std_inv + dmu / M.shape[0]

    dgamma = np.sum(dM_out * M_norm, axis=0)
    dbeta = np.sum(dM_out, axis=0)
    return _as_tensor(dM, dout.shape).astype(dout.dtype), dgamma, dbeta
