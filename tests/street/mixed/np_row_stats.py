"""Layer for my NumPy framework; statistics are row vectors so that they broadcast by themselves."""

import numpy as np


class BatchNormLayer:
    def __init__(self, n_features, alpha=0.05, eps=1e-5):
        self.params = {"gamma": np.ones(n_features), "beta": np.zeros(n_features)}
        self.grads = {}
        self.alpha = alpha
        self.eps = eps
        self.mean_ = np.zeros((1, n_features))
        self.var_ = np.ones((1, n_features))

    def _as_matrix(self, x):
        self.order = (0, *range(2, x.ndim), 1)
        t = x.transpose(self.order)
        self.tshape = t.shape
        return t.reshape(-1, x.shape[1])

    def _as_given(self, mat):
        return mat.reshape(self.tshape).transpose(np.argsort(self.order))

    def forward(self, x, train=True):
        a = self._as_matrix(x)
        if train:
            mu = a.mean(axis=0, keepdims=True)  # (1, C)
            self.centered = a - mu
            var = (self.centered * self.centered).mean(axis=0, keepdims=True)  # (1, C)
            self.mean_ = (1 - self.alpha) * self.mean_ + self.alpha * mu
            self.var_ = (1 - self.alpha) * self.var_ + self.alpha * var
        else:
            self.centered = a - self.mean_
            var = self.var_
        self.sigma = np.sqrt(var + self.eps)
        self.trained = train
        out = self.params["gamma"] * (self.centered / self.sigma) + self.params["beta"]
        return self._as_given(out).astype(x.dtype, copy=False)

    def backward(self, grad):
        d = grad.transpose(self.order).reshape(self.centered.shape)
        self.grads["beta"] = d.sum(axis=0)
        self.grads["gamma"] = (d * self.centered / self.sigma).sum(axis=0)
        d = d * self.params["gamma"]
        if self.trained:
            d_sigma = -(d * self.centered).sum(axis=0, keepdims=True) / self.sigma**2
            d_centered = d / self.sigma + d_sigma * self.centered / (len(d) * self.sigma)
            da = d_centered - d_centered.mean(axis=0, keepdims=True)
        else:
            da = d / self.sigma
        return self._as_given(da).astype(grad.dtype, copy=False)
