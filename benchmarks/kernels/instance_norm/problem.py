"""KernelBench, level 1, 34_InstanceNorm, at a size for a CPU: there it is (112, 64, 512, 512)."""

import torch
import torch.nn as nn


class Model(nn.Module):
    """
    Simple model that performs Instance Normalization.
    """

    def __init__(self, num_features: int):
        super(Model, self).__init__()
        self.inorm = nn.InstanceNorm2d(num_features=num_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inorm(x)


batch_size = 2
features = 4
dim1 = 512
dim2 = 512


def get_inputs():
    x = torch.rand(batch_size, features, dim1, dim2)
    return [x]


def get_init_inputs():
    return [features]
