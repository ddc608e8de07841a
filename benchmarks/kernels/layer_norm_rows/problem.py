"""In the style of KernelBench: the layer normalization of transformers."""

import torch
import torch.nn as nn


class Model(nn.Module):
    """
    Layer Normalization over the last axis.
    """

    def __init__(self, hidden_size: int):
        super(Model, self).__init__()
        self.ln = nn.LayerNorm(hidden_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.ln(x)


batch_size = 2
tokens = 16
hidden_size = 1024


def get_inputs():
    x = torch.randn(batch_size, tokens, hidden_size)
    return [x]


def get_init_inputs():
    return [hidden_size]
