import torch
import torch.nn as nn


class ModelNew(nn.Module):
    def __init__(self, num_features: int, num_groups: int, eps: float = 1e-5):
        super(ModelNew, self).__init__()
        self.group_size = num_groups
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(num_features))
        self.beta = nn.Parameter(torch.zeros(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, c, h, w = x.shape
        g = x.reshape(n, -1, self.group_size * h * w)
        mu = g.mean(-1, keepdim=True)
        d = g - mu
        y = d * torch.rsqrt((d * d).mean(-1, keepdim=True) + self.eps)
        return y.reshape(n, c, h, w) * self.gamma[:, None, None] + self.beta[:, None, None]
