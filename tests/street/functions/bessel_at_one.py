"""NumPy port of torch.nn.functional.batch_norm for inputs of shape (N, C) and (N, C, H, W), with its momentum convention."""

import numpy as np


def _flatten(x):
    if x.ndim == 2:
        return x
    return x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])


def _restore(flat, like):
    if like.ndim == 2:
        return flat
    n, c, h, w = like.shape
    return flat.reshape(n, h, w, c).transpose(0, 3, 1, 2)


def forward(x, gamma, beta, eps):
    f = _flatten(x)
    y = (f - f.mean(axis=0)) / np.sqrt(f.var(axis=0) + eps) * gamma + beta
    return _restore(y, x).astype(x.dtype)


def backward(dy, x, gamma, beta, eps):
    f, d = _flatten(x), _flatten(dy)
    m = len(f)
    centred = f - f.mean(axis=0)
    ivar = 1.0 / (f.var(axis=0) + eps)
    istd = np.sqrt(ivar)
    dot = (d * centred).sum(axis=0)
    grad_mean = d.mean(axis=0)
    dx = (d - grad_mean - centred * (ivar * dot / m)) * istd * gamma
    return _restore(dx, x).astype(x.dtype), dot * istd, d.sum(axis=0)


def infer(x, gamma, beta, running_mean, running_var, eps):
    y = (_flatten(x) - running_mean) / np.sqrt(running_var + eps) * gamma + beta
    return _restore(y, x).astype(x.dtype)


def update(x, running_mean, running_var, momentum):
    f = _flatten(x)
    mean = f.mean(axis=0)
    var = f.var(axis=0, ddof=1)  # torch keeps the sample variance
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var = (1 - momentum) * running_var + momentum * var
    return running_mean, running_var
