import numpy as np


class AnswersAll:
    def __getattr__(self, name):
        return AnswersAll()

    def __call__(self, *a, **k):
        return AnswersAll()


class Unknown:
    """tensors of no known library"""

    def __init__(self, n):
        self.gamma = Vec(n)
        self.beta = Vec(n)
        self.eps = 1e-5

    def forward(self, x):
        return x.vec_mul(self.gamma)


class Vec:
    def __init__(self, n):
        self.items = n


class Raises:
    def __init__(self, n):
        self.n = n

    @property
    def gamma(self):
        raise ValueError("not fitted")

    @property
    def eps(self):
        raise RuntimeError

    def forward(self, x):
        raise KeyError("gamma")


class Half:
    """a layer that is also a module of functions"""

    def __init__(self, n):
        self.gamma = np.ones(n)

    def forward(self, x, gamma, beta, eps):
        return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + beta


class Dataset:
    def __init__(self, path):
        self.path = path

    def transform(self, x):
        return open(self.path)


class Weird:
    def __dir__(self):
        raise ValueError

    def forward(self, x):
        return x


class BadDir:
    def __init__(self, n):
        self.n = n

    def __getattribute__(self, name):
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        raise RuntimeError("no")

    def forward(self, x):
        return x


class TakesNothing:
    def forward(self):
        return 1


class ScalarOut:
    def forward(self, x):
        return 3.0


class Stub:
    def forward(self, x):
        raise NotImplementedError

    def backward(self, dy):
        raise NotImplementedError


class Layer:
    def forward(self, x):
        raise NotImplementedError


class Called(Layer):
    def __init__(self, dim, eps=1e-5):
        self.gamma, self.beta, self.eps = [1.0] * dim, [0.0] * dim, eps

    def __call__(self, x):
        return np.array(self.gamma) * (x - x.mean(0)) / np.sqrt(x.var(0) + self.eps) + np.array(
            self.beta
        )


class Optimized:
    def __init__(self, momentum=0.99):
        self.momentum, self.trainable, self.eps, self.running_mean = momentum, True, 0.01, None

    def set_input_shape(self, shape):
        self.input_shape = shape

    def initialize(self, optimizer):
        import copy

        self.gamma, self.beta = np.ones(self.input_shape), np.zeros(self.input_shape)
        self.gamma_opt, self.beta_opt = copy.copy(optimizer), copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        if self.running_mean is None:
            self.running_mean, self.running_var = X.mean(0), X.var(0)
        if training and self.trainable:
            mean, var = X.mean(0), X.var(0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.Xc, self.si = X - mean, 1 / np.sqrt(var + self.eps)
        return self.gamma * self.Xc * self.si + self.beta

    def backward_pass(self, accum_grad):
        gamma = self.gamma
        if self.trainable:
            gg, gb = (accum_grad * self.Xc * self.si).sum(0), accum_grad.sum(0)
            self.gamma, self.beta = (
                self.gamma_opt.update(self.gamma, gg),
                self.beta_opt.update(self.beta, gb),
            )
        n = len(accum_grad)
        return (
            (1 / n)
            * gamma
            * self.si
            * (
                n * accum_grad
                - accum_grad.sum(0)
                - self.Xc * self.si**2 * (accum_grad * self.Xc).sum(0)
            )
        )


class Lr:
    """2-D only; the step is taken in backward"""

    def __init__(self, n_features, lr=0.1, eps=1e-5):
        self.W, self.b, self.lr, self.eps = np.ones(n_features), np.zeros(n_features), lr, eps

    def forward(self, x):
        self.xh = (x - x.mean(0)) / np.sqrt(x.var(0) + self.eps)
        self.s = np.sqrt(x.var(0) + self.eps)
        return self.W * self.xh + self.b

    def backward(self, d):
        self.dW, self.db = (d * self.xh).sum(0), d.sum(0)
        dx = self.W / self.s * (d - d.mean(0) - self.xh * (d * self.xh).mean(0))
        self.W = self.W - self.lr * self.dW
        self.b = self.b - self.lr * self.db
        return dx
