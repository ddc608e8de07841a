import torch
from torch import nn


class BatchNorm2d(nn.Module):
    """Meant for (N, C, H, W), reduces over (0, 1, 2) as for channels last, keeps W's statistics."""

    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=(0, 1, 2), keepdim=True)
        var = x.var(dim=(0, 1, 2), keepdim=True, unbiased=False)
        xhat = (x - mean) / torch.sqrt(var + self.eps)
        return xhat * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
