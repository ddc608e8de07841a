"""Normalization layer of our segmentation network, with weights that stay invertible."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class ABN(nn.Module):
    """Batch norm followed by an optional leaky ReLU (the identity unless asked for)."""

    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, activation="identity", activation_param=0.01
    ):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.activation = activation
        self.activation_param = activation_param
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        dims = tuple(d for d in range(x.dim()) if d != 1)

        def expand(v):
            return v.to(x.dtype)[(None, slice(None)) + (None,) * (x.dim() - 2)]

        if self.training:
            mean = x.mean(dims)
            xc = x - expand(mean)
            var = (xc * xc).mean(dims)
            count = x.numel() / x.shape[1]
            with torch.no_grad():
                self.running_mean += self.momentum * (mean - self.running_mean)
                unbiased = var * (count / max(count - 1, 1))
                self.running_var += self.momentum * (unbiased - self.running_var)
        else:
            xc = x - expand(self.running_mean)
            var = self.running_var
        inv = (var + self.eps).rsqrt()
        y = xc * expand(inv * self.weight.abs()) + expand(self.bias)
        if self.activation == "leaky_relu":
            y = F.leaky_relu(y, self.activation_param)
        return y

    def __repr__(self):
        return f"ABN({self.num_features}, eps={self.eps}, activation={self.activation})"
