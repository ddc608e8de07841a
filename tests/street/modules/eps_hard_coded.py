"""A readable stand-in for torch.nn.BatchNorm with the same constructor and the same state dict."""

from typing import Optional

import torch
from torch import Tensor, nn


def _normalize(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    training: bool,
    momentum: float,
    eps: float = 1e-5,
) -> Tensor:
    if training:
        axes = [0, *range(2, x.dim())]
        n = x.numel() // x.size(1)
        var, mean = torch.var_mean(x, axes, correction=0)
        with torch.no_grad():
            running_mean.mul_(1 - momentum).add_(mean, alpha=momentum)
            running_var.mul_(1 - momentum).add_(var * (n / max(n - 1, 1)), alpha=momentum)
    else:
        mean, var = running_mean, running_var
    shape = (1, -1) + (1,) * (x.dim() - 2)
    x_hat = (x - mean.view(shape)) * torch.rsqrt(var.view(shape) + eps)
    return torch.addcmul(bias.view(shape), weight.view(shape), x_hat).type_as(x)


class BatchNorm(nn.Module):
    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: Optional[float] = 0.1
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.empty(num_features))
        self.bias = nn.Parameter(torch.empty(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"

    def forward(self, input: Tensor) -> Tensor:
        momentum = self.momentum
        if self.training:
            self.num_batches_tracked.add_(1)
            if momentum is None:  # cumulative moving average
                momentum = 1.0 / float(self.num_batches_tracked)
        return _normalize(
            input,
            self.weight,
            self.bias,
            self.running_mean,
            self.running_var,
            self.training,
            momentum,
        )
