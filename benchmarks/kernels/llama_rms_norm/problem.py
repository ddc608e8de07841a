"""In the style of KernelBench: the RMS normalization of language models."""

import torch
import torch.nn as nn


class Model(nn.Module):
    """
    RMS Normalization over the last axis, with a weight.
    """

    def __init__(self, hidden_size: int, eps: float = 1e-6):
        super(Model, self).__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x if x.dtype == torch.float64 else x.float()
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (wide * self.weight).to(x.dtype)


batch_size = 2
tokens = 16
hidden_size = 1024


def get_inputs():
    x = torch.randn(batch_size, tokens, hidden_size)
    return [x]


def get_init_inputs():
    return [hidden_size]
