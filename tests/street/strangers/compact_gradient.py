import numpy as np


def forward(X, gamma, beta, eps=1e-5):
    axes = (0,) + tuple(range(2, X.ndim))
    shape = (1, -1) + (1,) * (X.ndim - 2)
    mu = X.mean(axes, keepdims=True)
    Xc = X - mu
    var = np.square(Xc).mean(axes, keepdims=True)
    rstd = 1 / np.sqrt(var + eps)
    Xn = Xc * rstd
    return gamma.reshape(shape) * Xn + beta.reshape(shape), (Xn, rstd, gamma, axes, shape)


def backward(dY, cache):
    Xn, rstd, gamma, axes, shape = cache
    dbeta = dY.sum(axes)
    dgamma = (dY * Xn).sum(axes)
    m = dY.size / dY.shape[1]
    dX = dY - (dbeta.reshape(shape) + Xn * dgamma.reshape(shape)) / m
    return dX * rstd * gamma.reshape(shape), dgamma, dbeta
