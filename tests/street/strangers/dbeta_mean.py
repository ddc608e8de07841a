import numpy as np


def bn_forward(x, gamma, beta, eps=1e-5):
    mu, var = x.mean(axis=0), x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta, (xhat, var, gamma, eps)


def bn_backward(dout, cache):
    xhat, var, gamma, eps = cache
    dbeta = np.mean(dout, axis=0)
    dgamma = np.mean(dout * xhat, axis=0)
    dxhat = dout * gamma
    dx = dxhat - np.mean(dxhat, axis=0) - xhat * np.mean(dxhat * xhat, axis=0)
    return dx / np.sqrt(var + eps), dgamma, dbeta
