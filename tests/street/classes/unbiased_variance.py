"""Feature-wise batch standardization with learnable scale and offset for 2-D data (m, C), with scikit-like method names."""

import numpy as np


class BatchStandardizer:
    """fit_transform(X) while learning, transform(X) afterwards, backprop(G) after either."""

    def __init__(self, n_features, alpha=0.1, eps=1e-6):
        self.n_features = n_features
        self.alpha = alpha  # weight of the newest batch
        self.eps = eps
        self.coef_ = np.ones(n_features)
        self.intercept_ = np.zeros(n_features)
        self.mean_ = np.zeros(n_features)
        self.var_ = np.ones(n_features)
        self._tape = None

    def fit_transform(self, X):
        m = X.shape[0]
        dof = max(m - 1, 1)
        center = X.mean(axis=0)
        Xc = X - center
        spread = np.sum(np.square(Xc), axis=0) / dof
        self.mean_ = (1 - self.alpha) * self.mean_ + self.alpha * center
        self.var_ = (1 - self.alpha) * self.var_ + self.alpha * spread
        sd = np.sqrt(spread + self.eps)
        Z = Xc / sd

        def pull(G):
            through_sd = Z * (np.sum(G * Z, axis=0) / dof)
            return (G - G.mean(axis=0) - through_sd) * (self.coef_ / sd)

        self._tape = (Z, pull)
        return self._out(Z, X.dtype)

    def transform(self, X):
        sd = np.sqrt(self.var_ + self.eps)
        Z = (X - self.mean_) / sd
        self._tape = (Z, lambda G: G * (self.coef_ / sd))
        return self._out(Z, X.dtype)

    def _out(self, Z, dtype):
        return (Z * self.coef_ + self.intercept_).astype(dtype)

    def backprop(self, G):
        Z, pull = self._tape
        self.grad_coef_ = np.sum(G * Z, axis=0)
        self.grad_intercept_ = np.sum(G, axis=0)
        return pull(G).astype(G.dtype)
