import torch
import torch.nn as nn


class ModelNew(nn.Module):
    """
    Layer Normalization over the last axis.
    """

    def __init__(self, hidden: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(hidden))
        self.bias = nn.Parameter(torch.zeros(hidden))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.sum(-1, keepdim=True) / x.shape[-1]
        centred = x - mean
        var = (centred * centred).sum(-1, keepdim=True) / x.shape[-1]
        return centred / torch.sqrt(var + self.eps) * self.weight + self.bias
