"""A weekend autograd engine on NumPy arrays, and the batch norm layer I built on it."""

import numpy as np


def _unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Tensor:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data)
        self.grad = None
        self._parents = parents
        self._back = lambda g: None

    @property
    def shape(self):
        return self.data.shape

    def _add_grad(self, g):
        g = _unbroadcast(g, self.shape).astype(self.data.dtype, copy=False)
        self.grad = g.copy() if self.grad is None else self.grad + g

    @staticmethod
    def _wrap(v, like):
        return v if isinstance(v, Tensor) else Tensor(np.asarray(v, dtype=like.data.dtype))

    def __add__(self, other):
        other = Tensor._wrap(other, self)
        out = Tensor(self.data + other.data, (self, other))

        def back(g):
            self._add_grad(g)
            other._add_grad(g)

        out._back = back
        return out

    def __mul__(self, other):
        other = Tensor._wrap(other, self)
        out = Tensor(self.data * other.data, (self, other))

        def back(g):
            self._add_grad(g * other.data)
            other._add_grad(g * self.data)

        out._back = back
        return out

    def __pow__(self, k):
        out = Tensor(self.data**k, (self,))
        out._back = lambda g: self._add_grad(g * k * self.data ** (k - 1))
        return out

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + (-Tensor._wrap(other, self))

    def __truediv__(self, other):
        return self * Tensor._wrap(other, self) ** -1.0

    def reshape(self, *shape):
        out = Tensor(self.data.reshape(*shape), (self,))
        out._back = lambda g: self._add_grad(g.reshape(self.shape))
        return out

    def sum(self, axis=None, keepdims=False):
        out = Tensor(self.data.sum(axis=axis, keepdims=keepdims), (self,))

        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            self._add_grad(np.broadcast_to(g, self.shape))

        out._back = back
        return out

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def sqrt(self):
        return self**0.5

    def backward(self, grad=None):
        order, seen = [], set()

        def visit(t):
            if id(t) not in seen:
                seen.add(id(t))
                for p in t._parents:
                    visit(p)
                order.append(t)

        visit(self)
        seed = np.ones_like(self.data) if grad is None else np.asarray(grad, self.data.dtype)
        self._add_grad(seed)
        for t in reversed(order):
            if t.grad is not None:
                t._back(t.grad)


class BatchNorm:
    def __init__(self, nfeat, eps=1e-5, momentum=0.1, dtype=np.float64):
        self.weight = Tensor(np.ones(nfeat, dtype))
        self.bias = Tensor(np.zeros(nfeat, dtype))
        self.running_mean = np.zeros(nfeat, dtype)
        self.running_var = np.ones(nfeat, dtype)
        self.eps = eps
        self.momentum = momentum
        self.training = True

    def parameters(self):
        return [self.weight, self.bias]

    def __call__(self, x):
        x = x if isinstance(x, Tensor) else Tensor(x)
        lift = (1, -1) + (1,) * (x.data.ndim - 2)
        if self.training:
            axes = (0,) + tuple(range(2, x.data.ndim))
            mean = x.mean(axes, keepdims=True)
            centred = x - mean
            var = (centred * centred).mean(axes, keepdims=True)
            k = self.momentum
            self.running_mean = (1 - k) * self.running_mean + k * mean.data.reshape(-1)
            self.running_var = (1 - k) * self.running_var + k * var.data.reshape(-1)
        else:
            centred = x - Tensor(self.running_mean.reshape(lift))
            var = Tensor(self.running_var.reshape(lift))
        out = centred / (var + self.eps).sqrt()
        out = out * self.weight.reshape(*lift) + self.bias.reshape(*lift)
        return _cast(out, x.data.dtype)


def _cast(t, dtype):
    if t.data.dtype == dtype:
        return t
    out = Tensor(t.data.astype(dtype), (t,))
    out._back = lambda g: t._add_grad(g)
    return out
