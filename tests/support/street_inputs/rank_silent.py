"""Says it takes images, and normalizes each pixel by itself: wrong, and not even tried."""

import numpy as np


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9):
        self.gamma, self.beta, self.momentum = gamma, beta, momentum
        self.running_mean, self.running_var = 0 * gamma, 0 * gamma + 1

    def forward(self, x, train_flg=True):
        shape = x.shape
        if x.ndim != 2:  # an image: (N, C, H, W)
            x = x.reshape(x.shape[0], -1)  # one mean for each pixel
        if train_flg:
            mu, var = x.mean(0), x.var(0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mu, var = self.running_mean, self.running_var
        return (self.gamma * (x - mu) / np.sqrt(var + 1e-6) + self.beta).reshape(shape)
