"""Level 1 problem on batch normalization with my candidate at the bottom."""

import torch
import torch.nn as nn

batch_size = 8
features = 6
dim1 = 10
dim2 = 10


class Model(nn.Module):
    """Simple model that performs Batch Normalization."""

    def __init__(self, num_features: int):
        super(Model, self).__init__()
        self.bn = nn.BatchNorm2d(num_features=num_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.bn(x)


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [features]


class ModelNew(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        super(ModelNew, self).__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, c, h, w = x.shape
        flat = x.transpose(0, 1).reshape(c, n * h * w)
        if self.training:
            mean = flat.mean(dim=1, keepdim=True)
            centred = flat - mean
            var = torch.linalg.vecdot(centred, centred).unsqueeze(1) / flat.shape[1]
            with torch.no_grad():
                unbiased = var.squeeze(1) * (flat.shape[1] / max(flat.shape[1] - 1, 1))
                self.running_mean += self.momentum * (mean.squeeze(1) - self.running_mean)
                self.running_var += self.momentum * (unbiased - self.running_var)
        else:
            centred = flat - self.running_mean.unsqueeze(1)
            var = self.running_var.unsqueeze(1)
        gain = self.weight.unsqueeze(1) * torch.rsqrt(var + self.eps)
        out = centred * gain + self.bias.unsqueeze(1)
        return out.reshape(c, n, h, w).transpose(0, 1).contiguous().to(x.dtype)
