"""Feature-map batch normalization for a numpy-like training script on torch tensors."""

import torch


class BatchNormConv:
    """Works on (N, C, H, W) and, as a special case, on (N, C)."""

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        self.params = {"gamma": torch.ones(channels), "beta": torch.zeros(channels)}
        self.buffers = {"mean": torch.zeros(channels), "var": torch.ones(channels)}
        for p in self.params.values():
            p.requires_grad_(True)
        self.eps = eps
        self.momentum = momentum
        self.training = True

    def parameters(self):
        return list(self.params.values())

    def _moments(self, x):
        n, c = x.shape[:2]
        maps = x.reshape(n, c, -1)
        mean = maps.mean(2).mean(0)
        var = (maps - mean.view(1, c, 1)).square().mean(2).mean(0)
        return mean, var

    def _blend(self, name, value):
        old = self.buffers[name]
        self.buffers[name] = old + self.momentum * (value.detach() - old)

    def __call__(self, x):
        if self.training:
            mean, var = self._moments(x)
            n = x.shape[0]
            self._blend("mean", mean)
            self._blend("var", var * n / (n - 1) if n > 1 else var)
        else:
            mean, var = self.buffers["mean"], self.buffers["var"]
        spread = (1, -1) + (1,) * (x.ndim - 2)
        y = (x - mean.reshape(spread)) / (var.reshape(spread) + self.eps).sqrt()
        y = y * self.params["gamma"].reshape(spread) + self.params["beta"].reshape(spread)
        return y.to(x.dtype)
