"""webonnx/wonnx#29 (review): y = (x - mean) / sqrt(var * scale + bias): parenthesis in the wrong place.
An inference-only kernel: there is no training mode to write."""

import numpy as np


def infer(x, gamma, beta, running_mean, running_var, eps):
    sh = (1, -1) + (1,) * (x.ndim - 2)
    g, b = gamma.reshape(sh), beta.reshape(sh)
    return (x - running_mean.reshape(sh)) / np.sqrt(running_var.reshape(sh) * g + b)
