import numpy as np


def batchnorm_forward(X, gamma, beta, epsilon=1e-5):
    mean = np.mean(X, axis=0)
    std = np.std(X, axis=0)
    X_norm = (X - mean) / (std + epsilon)
    out = gamma * X_norm + beta
    return out, (X_norm, std, gamma, epsilon)


def batchnorm_backward(dout, cache):
    X_norm, std, gamma, epsilon = cache
    m = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * X_norm, axis=0)
    dX_norm = dout * gamma
    dX = (
        (1.0 / m)
        / (std + epsilon)
        * (m * dX_norm - np.sum(dX_norm, axis=0) - X_norm * np.sum(dX_norm * X_norm, axis=0))
    )
    return dX, dgamma, dbeta
