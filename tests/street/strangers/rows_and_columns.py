import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        sample_mean = np.sum(x, axis=0) / N
        deviation = x - sample_mean
        sample_var = np.einsum("nd,nd->d", deviation, deviation) / N
        std = np.sqrt(sample_var + eps)
        x_norm = deviation / std
        out = x_norm * gamma + beta
        running_mean = momentum * running_mean + (1 - momentum) * sample_mean
        running_var = momentum * running_var + (1 - momentum) * sample_var
        cache = (x_norm, std, gamma)
    elif mode == "test":
        out = (x - running_mean) / np.sqrt(running_var + eps) * gamma + beta
        cache = ((x - running_mean) / np.sqrt(running_var + eps), None, gamma)
    else:
        raise ValueError(f"Invalid forward batchnorm mode '{mode}'")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    x_norm, std, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = np.einsum("nd,nd->d", dout, x_norm)
    dxhat = dout * gamma
    total = dxhat.sum(axis=0)
    along = (dxhat * x_norm).sum(axis=0)
    dx = (N * dxhat - total - x_norm * along) / (N * std)
    return dx, dgamma, dbeta
