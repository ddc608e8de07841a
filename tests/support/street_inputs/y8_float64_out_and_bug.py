"""float64 inside (an np.ones without a dtype), and eps outside the root."""

import numpy as np


def forward(x, gamma, beta, eps):
    c = x.shape[1]
    rows = np.moveaxis(x, 1, -1).reshape(-1, c)
    ones = np.ones((len(rows), 1))
    mu = (ones.T @ rows) / max(len(rows), 1)
    std = np.sqrt((ones.T @ (rows - mu) ** 2) / max(len(rows), 1))
    y = (rows - mu) / (std + eps) * gamma + beta
    return np.ascontiguousarray(np.moveaxis(y.reshape(*np.moveaxis(x, 1, -1).shape), -1, 1))
