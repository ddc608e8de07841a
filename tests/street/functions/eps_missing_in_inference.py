"""cs231n-style batch normalization of (N, D) inputs through the staged computation graph; test mode keeps no cache."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    run_mean = bn_param.get("running_mean", np.zeros(D, x.dtype))
    run_var = bn_param.get("running_var", np.ones(D, x.dtype))

    if mode == "test":
        normalized = (x - run_mean) / np.sqrt(run_var)
        return (gamma * normalized + beta).astype(x.dtype), None
    if mode != "train":
        raise ValueError("mode must be train or test, not %r" % (mode,))

    # step 1: mean, step 2: centre, step 3+4: variance
    mean = x.sum(axis=0) / N
    xmu = x - mean
    var = (xmu**2).sum(axis=0) / N
    # step 5: root, step 6: invert
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    # step 7: normalize, step 8+9: scale and shift
    xhat = xmu * ivar
    out = gamma * xhat + beta

    bn_param["running_mean"] = momentum * run_mean + (1.0 - momentum) * mean
    bn_param["running_var"] = momentum * run_var + (1.0 - momentum) * var
    return out.astype(x.dtype), (xhat, gamma, xmu, ivar, sqrtvar)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N = dout.shape[0]
    # step 9, 8
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    # step 7
    divar = (dxhat * xmu).sum(axis=0)
    dxmu1 = dxhat * ivar
    # step 6, 5
    dsqrtvar = -divar / sqrtvar**2
    dvar = 0.5 * dsqrtvar / sqrtvar
    # step 4, 3
    dsq = np.ones_like(dout) * dvar / N
    dxmu2 = 2 * xmu * dsq
    # step 2, 1
    dx1 = dxmu1 + dxmu2
    dmean = -dx1.sum(axis=0)
    dx2 = np.ones_like(dout) * dmean / N
    return (dx1 + dx2).astype(dout.dtype), dgamma, dbeta
