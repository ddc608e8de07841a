"""Algorithm 1 and the gradients of section 3 of the paper, equation by equation."""

import numpy as np


def _channel_view(v, ndim):
    return np.reshape(v, (1, -1) + (1,) * (ndim - 2))


def batch_norm_transform(x, gamma, beta, eps=1e-5):
    axes = (0,) + tuple(range(2, x.ndim))
    m = np.prod([x.shape[a] for a in axes])
    mu_B = x.sum(axes, keepdims=True) / int(m)
    var_B = np.square(x - mu_B).sum(axes, keepdims=True) / int(m)
    x_hat = (x - mu_B) / np.sqrt(var_B + eps)
    y = _channel_view(gamma, x.ndim) * x_hat + _channel_view(beta, x.ndim)
    memory = dict(x=x, mu=mu_B, var=var_B, x_hat=x_hat, gamma=gamma, eps=eps, m=int(m), axes=axes)
    return y.astype(x.dtype), memory


def batch_norm_gradients(dl_dy, memory):
    x, mu, var, eps = memory["x"], memory["mu"], memory["var"], memory["eps"]
    m, axes = memory["m"], memory["axes"]
    dl_dxhat = dl_dy * _channel_view(memory["gamma"], x.ndim)
    dl_dvar = np.sum(dl_dxhat * (x - mu) * (-1 / 2) * (var + eps) ** (-3 / 2), axes, keepdims=True)
    dl_dmu = np.sum(dl_dxhat * -1 / np.sqrt(var + eps), axes, keepdims=True)
    dl_dmu = dl_dmu + dl_dvar * np.sum(-2 * (x - mu), axes, keepdims=True) / m
    dl_dx = dl_dxhat / np.sqrt(var + eps) + dl_dvar * 2 * (x - mu) / (m - 1) + dl_dmu / m
    dl_dgamma = np.sum(dl_dy * memory["x_hat"], axes)
    dl_dbeta = np.sum(dl_dy, axes)
    return dl_dx.astype(dl_dy.dtype), dl_dgamma, dl_dbeta
