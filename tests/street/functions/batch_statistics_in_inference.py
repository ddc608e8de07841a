"""One batchnorm_forward for both dense (N, D) and convolutional (N, C, H, W) inputs; there is no backward pass for test mode."""

import numpy as np


def _layout(x):
    if x.ndim == 2:
        return 0, lambda v: v
    if x.ndim == 4:
        return (0, 2, 3), lambda v: np.asarray(v)[None, :, None, None]
    raise ValueError("expected 2 or 4 dimensions")


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
    axes, up = _layout(x)

    mean, var = np.mean(x, axis=axes), np.var(x, axis=axes)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - up(mean)) * up(inv_std)
    out = (up(gamma) * x_hat + up(beta)).astype(x.dtype)

    if mode == "test":
        return out, None
    if mode == "train":
        m = bn_param.get("momentum", 0.9)
        if "running_mean" in bn_param and "running_var" in bn_param:
            r_mean, r_var = bn_param["running_mean"], bn_param["running_var"]
        else:
            r_mean, r_var = np.zeros_like(mean), np.zeros_like(var)
        bn_param.update(
            running_mean=m * r_mean + (1 - m) * mean,
            running_var=m * r_var + (1 - m) * var,
        )
        return out, (x_hat, inv_std, gamma)
    raise ValueError("Invalid mode: " + str(mode))


def batchnorm_backward(dout, cache):
    x_hat, inv_std, gamma = cache
    axes, up = _layout(dout)
    M = dout.size / dout.shape[1]
    dbeta = np.sum(dout, axis=axes)
    dgamma = np.sum(dout * x_hat, axis=axes)
    dx = up(gamma * inv_std / M) * (M * dout - up(dbeta) - x_hat * up(dgamma))
    return dx.astype(dout.dtype), dgamma, dbeta
