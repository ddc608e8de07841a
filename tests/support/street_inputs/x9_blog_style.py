"""The interface of the well-known blog derivation (kratzert; quoted in many answers): eps, not bn_param. Right."""

import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    mu = x.mean(0)
    xmu = x - mu
    var = (xmu**2).mean(0)
    ivar = 1 / np.sqrt(var + eps)
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, ivar)


def batchnorm_backward(dout, cache):
    xhat, gamma, ivar = cache
    dbeta, dgamma = dout.sum(0), (dout * xhat).sum(0)
    dx = gamma * ivar * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
    return dx, dgamma, dbeta
