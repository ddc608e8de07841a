"""jax function, own signature: batch_norm(x, gamma, beta, eps) offered as file:function."""

import numpy as np


def batch_norm(x, gamma, beta, eps=1e-5):
    mu = x.mean(0)
    return gamma * (x - mu) / np.sqrt(x.var(0) + eps) + beta


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    return batch_norm(x, gamma, beta, eps)
