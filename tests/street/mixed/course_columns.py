"""Batch norm for Z of shape (n_units, m_examples), one example per column as in the course."""

import numpy as np


def batchnorm_forward(Z, gamma, beta, epsilon=1e-8):
    """Returns Z_tilde of the shape of Z and a cache for batchnorm_backward.

    gamma, beta: one value per unit, shape (n_units,)
    """
    g = np.reshape(gamma, (-1, 1))
    b = np.reshape(beta, (-1, 1))
    m = Z.shape[1]
    mu = np.sum(Z, axis=1, keepdims=True) / m
    sigma2 = np.sum((Z - mu) ** 2, axis=1, keepdims=True) / m
    Z_norm = (Z - mu) / np.sqrt(sigma2 + epsilon)
    Z_tilde = (g * Z_norm + b).astype(Z.dtype)
    return Z_tilde, {"Z": Z, "mu": mu, "sigma2": sigma2, "Z_norm": Z_norm, "g": g, "eps": epsilon}


def batchnorm_backward(dZ_tilde, cache):
    Z, mu, sigma2 = cache["Z"], cache["mu"], cache["sigma2"]
    m = Z.shape[1]
    dgamma = np.sum(dZ_tilde * cache["Z_norm"], axis=1)
    dbeta = np.sum(dZ_tilde, axis=1)
    dZ_norm = dZ_tilde * cache["g"]
    t = 1.0 / np.sqrt(sigma2 + cache["eps"])
    dsigma2 = np.sum(dZ_norm * (Z - mu), axis=1, keepdims=True) * (-0.5) * t**3
    dmu = -t * np.sum(dZ_norm, axis=1, keepdims=True)
    dmu = dmu + dsigma2 * np.sum(-2.0 * (Z - mu), axis=1, keepdims=True) / m
    dZ = dZ_norm * t + dsigma2 * 2.0 * (Z - mu) / m + dmu / m
    return dZ.astype(dZ_tilde.dtype), dgamma, dbeta


def batchnorm_predict(Z, gamma, beta, mu_avg, sigma2_avg, epsilon=1e-8):
    col = (-1, 1)
    Z_norm = (Z - np.reshape(mu_avg, col)) / np.sqrt(np.reshape(sigma2_avg, col) + epsilon)
    return (np.reshape(gamma, col) * Z_norm + np.reshape(beta, col)).astype(Z.dtype)


def update_averages(averages, cache, rho=0.9):
    """Exponentially weighted averages for test time, as in the video."""
    averages["mu"] = rho * averages["mu"] + (1 - rho) * cache["mu"].ravel()
    averages["sigma2"] = rho * averages["sigma2"] + (1 - rho) * cache["sigma2"].ravel()
    return averages
