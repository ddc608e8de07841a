"""A kernel with the number of channels built in."""

import numpy as np

CHANNELS = 4
CONVENTION = {"ranks": [2], "channels": CHANNELS}


def forward(x, gamma, beta, eps):
    """Normalize (m, 4), column by column."""
    y = np.empty_like(x)
    for channel in range(CHANNELS):
        column = x[:, channel]
        xhat = (column - column.mean()) / np.sqrt(column.var() + x.dtype.type(eps))
        y[:, channel] = xhat * gamma[channel] + beta[channel]
    return y
