"""Faults of the kinds that a diagnosis reads off numbers, spelled as people might, each its way.

All are classes of NumPy arrays; `TRUE` says which name is true of each, or "" where none is known
for its fault, which is near one that has a name.
"""

import numpy as np


class Plain:
    """A right layer, in pieces that others get wrong."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def clean(self, x):
        return x

    def statistics(self, x):
        return x.mean(0), x.var(0)

    def finish(self, xhat):
        return self.gamma * xhat + self.beta

    def slope(self, eps):
        return 1 / np.sqrt(self.var + eps)

    def forward(self, x, training=True):
        self.training, self.shape = training, x.shape
        rows = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]).astype(np.float64)
        rows = self.rows = self.clean(rows)
        self.mean, self.var = self.running_mean, self.running_var
        if training:
            self.mean, self.var = self.statistics(rows)
            a, m = self.momentum, len(rows)
            self.running_mean = (1 - a) * self.running_mean + a * self.mean
            self.running_var = (1 - a) * self.running_var + a * self.var * m / max(m - 1, 1)
        self.xhat = (rows - self.mean) * self.slope(self.eps)
        return self._back(self.finish(self.xhat), x.dtype)

    def _back(self, rows, dtype):
        n, c, *rest = self.shape
        return np.moveaxis(rows.reshape(n, *rest, c), -1, 1).astype(dtype)

    def _gradient(self, dy):
        """dx, dgamma and dbeta, as rows."""
        dgamma, dbeta = (dy * self.xhat).sum(0), dy.sum(0)
        dx = self.gamma * self.slope(self.eps) * dy
        if self.training:
            inner = dy - (dbeta + self.xhat * dgamma) / len(dy)
            dx = self.gamma * self.slope(self.eps) * inner
        return dx, dgamma, dbeta

    def backward(self, dy):
        rows = np.moveaxis(dy, 1, -1).reshape(-1, dy.shape[1]).astype(np.float64)
        dx, self.dgamma, self.dbeta = self._gradient(rows)
        return self._back(dx, dy.dtype), self.dgamma, self.dbeta


# -- NaN and infinity -----------------------------------------------------------------------------


class FilledWithMeans(Plain):
    def clean(self, x):
        good = np.isfinite(x)
        means = np.where(good, x, 0).sum(0) / np.maximum(good.sum(0), 1)
        return np.where(good, x, means)


class FilledWithTen(Plain):
    """By a number that no list of ways knows."""

    def clean(self, x):
        return np.where(np.isfinite(x), x, 10.0)


class FilledAndOffByEps(Plain):
    def clean(self, x):
        return np.where(np.isfinite(x), x, 0.0)

    def slope(self, eps):
        return 1 / (np.sqrt(self.var) + eps)


class SkipsNan(Plain):
    """NaN does not reach the statistics, but stays where it is."""

    def statistics(self, x):
        good = np.isfinite(x)
        n = np.maximum(good.sum(0), 1)
        mean = np.where(good, x, 0).sum(0) / n
        return mean, (np.where(good, x - mean, 0) ** 2).sum(0) / n


# -- eps of gradients -----------------------------------------------------------------------------


class EpsMissingInDx(Plain):
    def _gradient(self, dy):
        dx, dgamma, dbeta = super()._gradient(dy)
        return dx * self.slope(0.0) / self.slope(self.eps), dgamma, dbeta


class EpsOfDgamma(Plain):
    def _gradient(self, dy):
        dx, dgamma, dbeta = super()._gradient(dy)
        return dx, dgamma * self.slope(1e-3) / self.slope(self.eps), dbeta


class EpsOfInferenceDx(Plain):
    def _gradient(self, dy):
        dx, dgamma, dbeta = super()._gradient(dy)
        return (dx if self.training else self.gamma * self.slope(1e-6) * dy), dgamma, dbeta


class EpsOutsideInDx(Plain):
    def _gradient(self, dy):
        dx, dgamma, dbeta = super()._gradient(dy)
        return dx / (np.sqrt(self.var) + self.eps) / self.slope(self.eps), dgamma, dbeta


# -- cuts -----------------------------------------------------------------------------------------


class CutsInput(Plain):
    def clean(self, x):
        return np.clip(x, -20, 20)


class CutsAboveInTraining(Plain):
    """What is scaled, before beta is added."""

    def finish(self, xhat):
        scaled = self.gamma * xhat
        return (np.minimum(scaled, 1.25) if self.training else scaled) + self.beta


class KeepsCutXhat(Plain):
    def finish(self, xhat):
        self.xhat = np.clip(xhat, -4, 5)
        return super().finish(self.xhat)


class BendsXhat(Plain):
    def finish(self, xhat):
        return super().finish(6 * np.tanh(xhat / 6))


# -- statistics of blocks -------------------------------------------------------------------------


class First500(Plain):
    def statistics(self, x):
        return x[:500].mean(0), x[:500].var(0)


class TailOf100(Plain):
    def statistics(self, x):
        kept = len(x) // 100 * 100 or len(x)
        return x[:kept].mean(0), x[:kept].var(0)


class OffAbove1024(Plain):
    def statistics(self, x):
        return x.mean(0), x.var(0) * (1.25 if len(x) > 1024 else 1)


class PadsVariance(Plain):
    def statistics(self, x):
        padded = np.concatenate([x, np.zeros((-len(x) % 32, x.shape[1]))])
        mean = x.mean(0)
        return mean, ((padded - mean) ** 2).sum(0) / len(x)


class PadsMean(Plain):
    def statistics(self, x):
        mean = x.sum(0) / (len(x) + -len(x) % 4)
        return mean, ((x - mean) ** 2).mean(0)


class CountsOneMore(Plain):
    def statistics(self, x):
        mean = x.sum(0) / (len(x) + 1)
        return mean, ((x - mean) ** 2).mean(0)


class AddsVariances(Plain):
    def statistics(self, x):
        mean, squares = x.mean(0), 0
        for start in range(0, len(x), 10):
            part = x[start : start + 10]
            squares = squares + part.var(0) + len(part) * (part.mean(0) - mean) ** 2
        return mean, squares / len(x)


class AveragesQuarters(Plain):
    def statistics(self, x):
        parts = [part for part in np.array_split(x, 4) if len(part)]
        return x.mean(0), sum(part.var(0) for part in parts) / len(parts)


class VarianceTooLarge(Plain):
    def statistics(self, x):
        return x.mean(0), 1.01 * x.var(0)


TRUE = {
    Plain: "",
    FilledWithMeans: "hides-nonfinite",
    FilledWithTen: "hides-nonfinite",
    FilledAndOffByEps: "eps-outside-root hides-nonfinite",
    SkipsNan: "",
    EpsMissingInDx: "eps-differs-in-backward",
    EpsOfDgamma: "eps-differs-in-backward",
    EpsOfInferenceDx: "eps-differs-in-backward",
    EpsOutsideInDx: "other-formula other-formula",
    CutsInput: "input-clipped",
    CutsAboveInTraining: "xhat-clipped",
    KeepsCutXhat: "xhat-clipped",
    BendsXhat: "",
    First500: "drops-tail",
    TailOf100: "drops-tail",
    OffAbove1024: "",
    PadsVariance: "padding-counted-in-variance",
    PadsMean: "padding-counted",
    CountsOneMore: "",
    AddsVariances: "merges-variances",
    AveragesQuarters: "between-shard-variance-missing",
    VarianceTooLarge: "",
}
