"""In the style of KernelBench: layer normalization of measurements that lie far from 0."""

import torch
import torch.nn as nn


class Model(nn.Module):
    """
    Layer Normalization over the last axis, of raw readings around 4000.
    """

    def __init__(self, hidden: int):
        super(Model, self).__init__()
        self.ln = nn.LayerNorm(hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.ln(x)


batch_size = 16
tokens = 32
hidden = 768


def get_inputs():
    x = 4000.0 + torch.randn(batch_size, tokens, hidden)
    return [x]


def get_init_inputs():
    return [hidden]
