"""A torch-flavoured BatchNorm module in NumPy with Parameter objects and channels on axis 1."""

import numpy as np


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = None


class Module:
    def __init__(self):
        self.training = True

    def train(self):
        self.training = True
        return self

    def eval(self):
        self.training = False
        return self

    def __call__(self, *args):
        return self.forward(*args)


class BatchNorm(Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.weight = Parameter(np.ones(num_features))
        self.bias = Parameter(np.zeros(num_features))
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self._saved = None

    def parameters(self):
        return [self.weight, self.bias]

    def _expand(self, v, like):
        return v.reshape((1, self.num_features) + (1,) * (like.ndim - 2)).astype(like.dtype)

    def forward(self, x):
        if self.training:
            y, xhat, inv_std = self._forward_train(x)
        else:
            y, xhat, inv_std = self._forward_eval(x)
        self._saved = (self.training, xhat, inv_std)
        return y

    def _forward_train(self, x):
        dims = tuple(d for d in range(x.ndim) if d != 1)
        n = x.size // self.num_features
        mean = x.mean(axis=dims)
        centered = x - self._expand(mean, x)
        var = (centered**2).mean(axis=dims)
        inv_std = 1.0 / np.sqrt(var + self.eps)

        # like torch: the buffer holds the unbiased estimate
        unbiased = var * (n / max(n - 1, 1))
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (unbiased - self.running_var)

        xhat = centered * self._expand(inv_std, x)
        return self._affine(xhat), xhat, inv_std

    def _forward_eval(self, x):
        inv_std = 1.0 / np.sqrt(self.running_var)
        xhat = (x - self._expand(self.running_mean, x)) * self._expand(inv_std, x)
        return self._affine(xhat), xhat, inv_std

    def _affine(self, xhat):
        return xhat * self._expand(self.weight.data, xhat) + self._expand(self.bias.data, xhat)

    def backward(self, grad_output):
        trained, xhat, inv_std = self._saved
        dims = tuple(d for d in range(grad_output.ndim) if d != 1)
        self.weight.grad = (grad_output * xhat).sum(axis=dims)
        self.bias.grad = grad_output.sum(axis=dims)
        k = self._expand(self.weight.data * inv_std, grad_output)
        if not trained:
            return k * grad_output
        n = grad_output.size // self.num_features
        mean_g = self._expand(self.bias.grad / n, grad_output)
        mean_gx = self._expand(self.weight.grad / n, grad_output)
        return k * (grad_output - mean_g - xhat * mean_gx)
