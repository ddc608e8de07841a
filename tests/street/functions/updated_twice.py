"""cs231n batch norm with a separate tracker for the running averages, plus the spatial variant."""

import numpy as np


def _track(bn_param, mean, var):
    keep = bn_param.get("momentum", 0.9)
    for name, value in (("running_mean", mean), ("running_var", var)):
        old = bn_param.get(name)
        if old is None:
            old = np.zeros_like(value)
        bn_param[name] = keep * old + (1 - keep) * value


def _batch_statistics(x, bn_param):
    mean = x.mean(axis=0)
    var = np.mean((x - mean) ** 2, axis=0)
    _track(bn_param, mean, var)
    return mean, var


def batchnorm_forward(x, gamma, beta, bn_param):
    training = {"train": True, "test": False}[bn_param["mode"]]
    eps = bn_param.get("eps", 1e-5)
    if training:
        mean, var = _batch_statistics(x, bn_param)
    else:
        mean = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
        var = bn_param.get("running_var", np.zeros(x.shape[1], x.dtype))

    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    out = np.multiply(gamma, xhat) + beta
    if training:
        _track(bn_param, mean, var)
    return out.astype(x.dtype), (training, xhat, sigma, gamma)


def batchnorm_backward(dout, cache):
    training, xhat, sigma, gamma = cache
    dgamma, dbeta = np.sum(dout * xhat, 0), np.sum(dout, 0)
    if training:
        correction = (dbeta + xhat * dgamma) / dout.shape[0]
    else:
        correction = 0
    dx = (dout - correction) * (gamma / sigma)
    return dx.astype(dout.dtype), dgamma, dbeta


def _images_to_rows(a):
    return np.rollaxis(a, 1, 4).reshape(-1, a.shape[1])


def _rows_to_images(a, n, h, w):
    return np.rollaxis(a.reshape(n, h, w, -1), 3, 1)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = batchnorm_forward(_images_to_rows(x), gamma, beta, bn_param)
    return _rows_to_images(out, x.shape[0], *x.shape[2:]), cache


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(_images_to_rows(dout), cache)
    return _rows_to_images(dx, dout.shape[0], *dout.shape[2:]), dgamma, dbeta
