import torch
from torch import nn


class ChannelsLastNorm(nn.Module):
    """Permutes to channels last, normalises the rows, and goes back."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.eps = eps
        self.momentum = momentum

    def forward(self, x):
        x = torch.movedim(x, 1, -1)
        rows = x.reshape(-1, x.shape[-1])
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean = rows.mean(0)
            var = ((rows - mean) ** 2).mean(0)
            with torch.no_grad():
                n = rows.shape[0]
                self.running_mean += self.momentum * (mean - self.running_mean)
                self.running_var += self.momentum * (var * n / (n - 1) - self.running_var)
        rows = (rows - mean) / (var + self.eps).sqrt() * self.weight + self.bias
        return torch.movedim(rows.reshape(x.shape), -1, 1)
