"""KernelBench, level 1, 37_FrobeniusNorm_, at a size for a CPU."""

import torch
import torch.nn as nn


class Model(nn.Module):
    """
    Simple model that performs Frobenius norm normalization.
    """

    def __init__(self):
        super(Model, self).__init__()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        norm = torch.norm(x, p="fro")
        return x / norm


batch_size = 4
features = 16
dim1 = 32
dim2 = 32


def get_inputs():
    x = torch.rand(batch_size, features, dim1, dim2)
    return [x]


def get_init_inputs():
    return []
