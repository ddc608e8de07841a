"""BatchNorm as a dataclass, which prints nicely and can be pickled."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class BatchNorm:
    num_features: int
    eps: float = 1e-5
    momentum: float = 0.1
    gamma: np.ndarray = field(default=None, repr=False)
    beta: np.ndarray = field(default=None, repr=False)
    running_mean: np.ndarray = field(default=None, repr=False)
    running_var: np.ndarray = field(default=None, repr=False)
    _ctx: dict = field(default_factory=dict, repr=False, init=False)

    def __post_init__(self):
        for name, fill in (("gamma", 1), ("beta", 0), ("running_mean", 0), ("running_var", 1)):
            if getattr(self, name) is None:
                setattr(self, name, np.full(self.num_features, fill, dtype=np.float64))

    def forward(self, x: np.ndarray, training: bool = True) -> np.ndarray:
        stacked = np.concatenate([s.reshape(self.num_features, -1) for s in x], axis=1)  # (C, m)
        if training:
            mean = stacked.mean(axis=1)
            var = np.var(stacked, axis=1)
            m = stacked.shape[1]
            self.running_mean = self._blend(self.running_mean, mean)
            self.running_var = self._blend(self.running_var, var * m / max(m - 1, 1))
        else:
            mean, var = self.running_mean, self.running_var
        rstd = np.reciprocal(np.sqrt(var + self.eps))
        shape = (self.num_features,) + (1,) * (x.ndim - 2)
        xhat = (x - mean.reshape(shape)) * rstd.reshape(shape)
        self._ctx = {"xhat": xhat, "rstd": rstd, "training": training}
        y = xhat * self.gamma.reshape(shape) + self.beta.reshape(shape)
        return y.astype(x.dtype)

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        xhat, rstd = self._ctx["xhat"], self._ctx["rstd"]
        axes = tuple(i for i in range(dy.ndim) if i != 1)
        shape = (self.num_features,) + (1,) * (dy.ndim - 2)
        dgamma = (dy * xhat).sum(axis=axes)
        dbeta = dy.sum(axis=axes)
        k = (self.gamma * rstd).reshape(shape)
        dx = k * dy
        if self._ctx["training"]:
            m = dy.size / self.num_features
            dx = dx - k / m * (dbeta.reshape(shape) + xhat * dgamma.reshape(shape))
        return dx.astype(dy.dtype), dgamma, dbeta

    def _blend(self, old, new):
        return (1 - self.momentum) * old + self.momentum * new
