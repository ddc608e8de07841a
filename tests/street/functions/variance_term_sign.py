"""Textbook batch normalization of an (m, C) matrix and its gradient; convolutional inputs must be flattened first."""

import numpy as np


def normalize(x, eps):
    mean = np.add.reduce(x, axis=0) / x.shape[0]
    centred = x - mean
    rstd = (np.add.reduce(centred * centred, axis=0) / x.shape[0] + eps) ** -0.5
    return centred * rstd, rstd


def forward(x, gamma, beta, eps):
    xhat, _ = normalize(x, eps)
    return np.asarray(xhat * gamma + beta, dtype=x.dtype)


def backward(dy, x, gamma, beta, eps):
    m = x.shape[0]
    xhat, rstd = normalize(x, eps)
    dxhat = dy * gamma

    # x -> xhat directly, then through the mean, then through the variance
    direct = dxhat * rstd
    through_mean = -np.add.reduce(dxhat, axis=0) * rstd / m
    through_var = xhat * rstd * np.add.reduce(dxhat * xhat, axis=0) / m

    dx = np.asarray(direct + through_mean + through_var, dtype=x.dtype)
    return dx, np.add.reduce(dy * xhat, axis=0), np.add.reduce(dy, axis=0)


def infer(x, gamma, beta, running_mean, running_var, eps):
    scale = gamma * (running_var + eps) ** -0.5
    return np.asarray((x - running_mean) * scale + beta, dtype=x.dtype)


def infer_backward(dy, x, gamma, beta, running_mean, running_var, eps):
    rstd = (running_var + eps) ** -0.5
    dx = np.asarray(dy * (gamma * rstd), dtype=x.dtype)
    dgamma = np.add.reduce(dy * (x - running_mean), axis=0) * rstd
    return dx, dgamma, np.add.reduce(dy, axis=0)
