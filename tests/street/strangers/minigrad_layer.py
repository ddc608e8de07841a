import numpy as np


class BatchNormalization:
    def __init__(self, n_units, momentum=0.1, epsilon=1e-5, dtype=None):
        self.W = np.ones(n_units, dtype)
        self.b = np.zeros(n_units, dtype)
        self.grads = [None, None]
        self.momentum, self.epsilon = momentum, epsilon
        self.avg_mean = np.zeros(n_units, dtype)
        self.avg_var = np.ones(n_units, dtype)
        self.is_training = True

    def __call__(self, x):
        if not self.is_training:
            scale = self.W / np.sqrt(self.avg_var + self.epsilon)
            return self._b(scale, x) * (x - self._b(self.avg_mean, x)) + self._b(self.b, x)
        self.axes = tuple(i for i in range(x.ndim) if i != 1)
        mean, var = x.mean(self.axes), x.var(self.axes)
        n = x.size // x.shape[1]
        self.avg_mean += self.momentum * (mean - self.avg_mean)
        self.avg_var += self.momentum * (var * n / max(n - 1, 1) - self.avg_var)
        self.inv = 1 / np.sqrt(var + self.epsilon)
        self.xhat = (x - self._b(mean, x)) * self._b(self.inv, x)
        return self._b(self.W, x) * self.xhat + self._b(self.b, x)

    def backward(self, dout):
        self.grads[1] = dout.sum(self.axes)
        self.grads[0] = (dout * self.xhat).sum(self.axes)
        g = dout * self._b(self.W, dout)
        mean_g = g.mean(self.axes)
        mean_gx = (g * self.xhat).mean(self.axes)
        return self._b(self.inv, g) * (g - self._b(mean_g, g) - self.xhat * self._b(mean_gx, g))

    @staticmethod
    def _b(v, x):
        return v.reshape((1, -1) + (1,) * (x.ndim - 2))
