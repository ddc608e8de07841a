"""Batch-norm layers as people write them in courses: many styles, all correct."""

from dataclasses import dataclass, field

import numpy as np


class TrainFlag:
    """Gamma and beta are given; a flag of forward; momentum weighs the old; eps is built in."""

    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma, self.beta, self.momentum = gamma, beta, momentum
        self.running_mean, self.running_var = running_mean, running_var

    def forward(self, x, train_flg=True):
        if self.running_mean is None:
            self.running_mean, self.running_var = np.zeros(x.shape[1]), np.zeros(x.shape[1])
        if not train_flg:
            return (
                self.gamma * (x - self.running_mean) / np.sqrt(self.running_var + 1e-6) + self.beta
            )
        mu = x.mean(axis=0)
        self.xc = x - mu
        var = np.mean(self.xc**2, axis=0)
        self.std = np.sqrt(var + 1e-6)
        self.xn = self.xc / self.std
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        n = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
        dxc += (2.0 / n) * self.xc * (0.5 * dstd / self.std)
        return dxc - dxc.sum(axis=0) / n


def normalize(x, mean, var, gamma, beta, eps, axes):
    shape = [1 if a in axes else n for a, n in enumerate(x.shape)]
    mean, var, gamma, beta = (np.reshape(a, shape) for a in (mean, var, gamma, beta))
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def gradients(dy, x, gamma, eps, axes):
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    xhat = (x - mean) / np.sqrt(var + eps)
    scale = np.reshape(gamma, mean.shape) / np.sqrt(var + eps)
    inner = dy - dy.mean(axes, keepdims=True) - xhat * (dy * xhat).mean(axes, keepdims=True)
    return scale * inner, (dy * xhat).sum(axes), dy.sum(axes)


class CacheTuple:
    """cs231n in a class: forward returns (out, cache), backward(dout, cache) returns three."""

    def __init__(self, D, eps=1e-5, momentum=0.9):
        self.params = {"gamma": np.ones(D), "beta": np.zeros(D)}
        self.bn_param = {"running_mean": np.zeros(D), "running_var": np.zeros(D)}
        self.eps, self.momentum = eps, momentum

    def forward(self, x, mode="train"):
        gamma, beta, bn = self.params["gamma"], self.params["beta"], self.bn_param
        if mode == "test":
            return normalize(
                x, bn["running_mean"], bn["running_var"], gamma, beta, self.eps, (0,)
            ), None
        if mode != "train":
            raise ValueError(f"Invalid mode {mode}")
        for name, now in (("running_mean", x.mean(0)), ("running_var", x.var(0))):
            bn[name] = self.momentum * bn[name] + (1 - self.momentum) * now
        out = normalize(x, x.mean(0), x.var(0), gamma, beta, self.eps, (0,))
        return out, (x, gamma, self.eps)

    def backward(self, dout, cache):
        return gradients(dout, *cache, (0,))


class TorchLike:
    """train() and eval(); momentum weighs the new; (1, C, 1, 1); gradients in a dict."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        shape = (1, num_features, 1, 1)
        self.weight, self.bias = np.ones(shape), np.zeros(shape)
        self.running_mean, self.running_var = np.zeros(shape), np.ones(shape)
        self.eps, self.momentum, self.training = eps, momentum, True
        self.grads = {}

    def train(self, mode=True):
        self.training = mode

    def eval(self):
        self.train(False)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        assert x.ndim == 4
        self.x, self.was_training = x, self.training
        if not self.training:
            xhat = (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
            return self.weight * xhat + self.bias
        m = x.size // x.shape[1]
        mean, var = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (var * m / max(m - 1, 1) - self.running_var)
        return normalize(x, mean, var, self.weight, self.bias, self.eps, (0, 2, 3))

    def backward(self, grad_output):
        axes = (0, 2, 3)
        if self.was_training:
            dx, dgamma, dbeta = gradients(grad_output, self.x, self.weight, self.eps, axes)
        else:
            inv = 1 / np.sqrt(self.running_var + self.eps)
            xhat = (self.x - self.running_mean) * inv
            dx = grad_output * self.weight * inv
            dgamma, dbeta = (grad_output * xhat).sum(axes), grad_output.sum(axes)
        self.grads["weight"], self.grads["bias"] = dgamma, dbeta
        return dx


class KerasLike:
    """Channels last, built on the first call, moving_mean; no backward."""

    def __init__(self, momentum=0.99, epsilon=1e-3):
        self.momentum, self.epsilon, self.built = momentum, epsilon, False

    def build(self, channels):
        self.gamma, self.beta = np.ones(channels), np.zeros(channels)
        self.moving_mean, self.moving_variance = np.zeros(channels), np.ones(channels)
        self.built = True

    def __call__(self, inputs, training=False):
        if not self.built:
            self.build(inputs.shape[-1])
        axes = tuple(range(inputs.ndim - 1))
        mean, var = self.moving_mean, self.moving_variance
        if training:
            mean, var = inputs.mean(axes), inputs.var(axes)
            keep = self.momentum
            self.moving_mean = keep * self.moving_mean + (1 - keep) * mean
            self.moving_variance = keep * self.moving_variance + (1 - keep) * var
        return normalize(inputs, mean, var, self.gamma, self.beta, self.epsilon, axes)


class NumpyMlLike:
    """Parts and accumulated gradients in dicts; freeze() for inference, then no backward."""

    def __init__(self, momentum=0.9, epsilon=1e-5):
        self.momentum, self.epsilon = momentum, epsilon
        self.trainable, self.is_initialized = True, False
        self.parameters = {
            "scaler": None,
            "intercept": None,
            "running_mean": None,
            "running_var": None,
        }
        self.gradients, self.X = {"scaler": 0, "intercept": 0}, []

    def freeze(self):
        self.trainable = False

    def unfreeze(self):
        self.trainable = True

    def forward(self, X, retain_derived=True):
        p = self.parameters
        if not self.is_initialized:
            n = X.shape[1]
            p.update(scaler=np.ones(n), intercept=np.zeros(n))
            p.update(running_mean=np.zeros(n), running_var=np.ones(n))
            self.gradients = {"scaler": np.zeros(n), "intercept": np.zeros(n)}
            self.is_initialized = True
        mean, var = p["running_mean"], p["running_var"]
        if self.trainable and retain_derived:
            mean, var = X.mean(axis=0), X.var(axis=0)
            for name, now in (("running_mean", mean), ("running_var", var)):
                p[name] = self.momentum * p[name] + (1.0 - self.momentum) * now
            self.X.append(X)
        return normalize(X, mean, var, p["scaler"], p["intercept"], self.epsilon, (0,))

    def backward(self, dLdy, retain_grads=True):
        assert self.trainable, "Layer is frozen"
        gamma = self.parameters["scaler"]
        dx, dgamma, dbeta = gradients(dLdy, self.X[-1], gamma, self.epsilon, (0,))
        if retain_grads:
            self.gradients["scaler"] += dgamma
            self.gradients["intercept"] += dbeta
        return dx


class Parameter:
    def __init__(self, value):
        self.value, self.grad = value, np.zeros_like(value)


class ParameterObjects:
    """Parameter objects with value and grad; num_dims as in d2l; mode is an attribute."""

    def __init__(self, num_features, num_dims):
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        self.gamma, self.beta = Parameter(np.ones(shape)), Parameter(np.zeros(shape))
        self.moving_mean, self.moving_var = np.zeros(shape), np.ones(shape)
        self.mode = "train"

    def forward(self, X):
        assert X.ndim in (2, 4)
        axes = (0,) if X.ndim == 2 else (0, 2, 3)
        if self.mode == "train":
            self.X, self.axes = X, axes
            mean, var = X.mean(axes, keepdims=True), X.var(axes, keepdims=True)
            self.moving_mean = 0.9 * self.moving_mean + (1.0 - 0.9) * mean
            self.moving_var = 0.9 * self.moving_var + (1.0 - 0.9) * var
        elif self.mode == "predict":
            mean, var = self.moving_mean, self.moving_var
        else:
            raise ValueError(self.mode)
        return normalize(X, mean, var, self.gamma.value, self.beta.value, 1e-5, axes)

    def backward(self, dY):
        assert self.mode == "train"
        dx, dgamma, dbeta = gradients(dY, self.X, self.gamma.value, 1e-5, self.axes)
        self.gamma.grad += dgamma.reshape(self.gamma.grad.shape)
        self.beta.grad += dbeta.reshape(self.beta.grad.shape)
        return {"dx": dx}


class LegacyModule:
    """backward(input, gradOutput); no gamma and beta; alpha weighs the old; evaluate()."""

    EPS = 1e-3

    def __init__(self, alpha=0.5):
        self.alpha, self.training = alpha, True
        self.moving_mean = self.moving_variance = None

    def train(self):
        self.training = True

    def evaluate(self):
        self.training = False

    def forward(self, input):
        if not self.training:
            return (input - self.moving_mean) / np.sqrt(self.moving_variance + self.EPS)
        mean, var = input.mean(0), input.var(0)
        old_mean = 0 if self.moving_mean is None else self.moving_mean
        old_var = 0 if self.moving_variance is None else self.moving_variance
        self.moving_mean = old_mean * self.alpha + mean * (1 - self.alpha)
        self.moving_variance = old_var * self.alpha + var * (1 - self.alpha)
        return (input - mean) / np.sqrt(var + self.EPS)

    def backward(self, input, gradOutput):
        return gradients(gradOutput, input, np.ones(input.shape[1]), self.EPS, (0,))[0]


class ColumnMajor:
    """(features, batch), as in lectures that write examples as columns; says so."""

    CONVENTION = {"channel_axis": 0}  # noqa: RUF012 # as people write it

    def __init__(self, n_in):
        self.g, self.b = np.ones((n_in, 1)), np.zeros((n_in, 1))
        self.eps = 1e-8

    def forward(self, Z):
        self.Z = Z
        return normalize(Z, Z.mean(1), Z.var(1), self.g, self.b, self.eps, (1,))

    def backward(self, dZ):
        return gradients(dZ, self.Z, self.g, self.eps, (1,))


class Plainest:
    """For (N, D) only, without running statistics; an image goes through it by accident."""

    def __init__(self, dim, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones((1, dim)), np.zeros((1, dim)), eps

    def forward(self, x):
        self.mu, self.var = x.mean(axis=0), x.var(axis=0)
        self.xhat = (x - self.mu) / np.sqrt(self.var + self.eps)
        return self.gamma * self.xhat + self.beta

    def backward(self, d):
        n = d.shape[0]
        self.dgamma, self.dbeta = (d * self.xhat).sum(axis=0), d.sum(axis=0)
        inner = n * d - self.dbeta - self.xhat * self.dgamma
        return self.gamma / np.sqrt(self.var + self.eps) / n * inner


class NoParameters:
    """Nothing that has one value per channel, so any array goes through it."""

    def __init__(self, eps=1e-8):
        self.eps = eps

    def forward(self, x):
        return (x - x.mean(0)) / np.sqrt(x.var(0) + self.eps)


class ExamplesAreColumns:
    """(features, batch), which only the shape of gamma shows; backward(self, d, cache)."""

    def __init__(self, n, eps=1e-8):
        self.gamma, self.beta, self.eps = np.ones((n, 1)), np.zeros((n, 1)), eps

    def forward(self, Z):
        return normalize(Z, Z.mean(1), Z.var(1), self.gamma, self.beta, self.eps, (1,)), Z

    def backward(self, d, cache):
        return gradients(d, cache, self.gamma, self.eps, (1,))


class MeanOfAllBatches:
    """Running statistics are arithmetic means over all batches: there is no momentum."""

    def __init__(self, num_features, eps=1e-5):
        self.weight, self.bias = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)
        self.count, self.eps, self.training = 0, eps, True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def forward(self, x):
        assert x.ndim == 2
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var, m = x.mean(0), x.var(0), len(x)
            self.count += 1
            self.running_mean += (mean - self.running_mean) / self.count
            self.running_var += (var * m / max(m - 1, 1) - self.running_var) / self.count
        return normalize(x, mean, var, self.weight, self.bias, self.eps, (0,))


@dataclass(kw_only=True)
class KeywordsOnly:
    """A dataclass whose constructor and forward take keywords only."""

    features: int
    epsilon: float = 1e-3
    decay: float = 0.99
    gamma: np.ndarray = field(init=False)
    beta: np.ndarray = field(init=False)

    def __post_init__(self):
        self.gamma, self.beta = np.ones(self.features), np.zeros(self.features)
        self.moving_mean, self.moving_var = np.zeros(self.features), np.ones(self.features)

    def forward(self, *, x, train):
        assert x.ndim == 2
        mean, var = self.moving_mean, self.moving_var
        if train:
            mean, var = x.mean(0), x.var(0)
            self.moving_mean = self.decay * self.moving_mean + (1 - self.decay) * mean
            self.moving_var = self.decay * self.moving_var + (1 - self.decay) * var
        return normalize(x, mean, var, self.gamma, self.beta, self.epsilon, (0,))
