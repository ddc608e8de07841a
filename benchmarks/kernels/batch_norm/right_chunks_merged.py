import torch
import torch.nn as nn


def merged_moments(rows: torch.Tensor, block: int):
    """Mean and variance of each row, block by block, merged as Chan, Golub and LeVeque do."""
    count = 0
    mean = torch.zeros_like(rows[:, 0])
    m2 = torch.zeros_like(mean)
    for part in rows.split(block, dim=1):
        n = part.shape[1]
        part_mean = part.mean(1)
        part_m2 = (part - part_mean[:, None]).square().sum(1)
        delta = part_mean - mean
        total = count + n
        mean = mean + delta * (n / total)
        m2 = m2 + part_m2 + delta * delta * (count * n / total)
        count = total
    return mean, m2 / count


class ModelNew(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        shape = (1, -1, 1, 1)
        if self.training:
            rows = x.movedim(1, 0).reshape(x.shape[1], -1)
            mean, var = merged_moments(rows, 1024)
            m = rows.shape[1]
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * (m / max(m - 1, 1)), self.momentum)
        else:
            mean, var = self.running_mean, self.running_var
        inv = torch.rsqrt(var + self.eps)
        return (x - mean.view(shape)) * inv.view(shape) * self.weight.view(shape) + self.bias.view(
            shape
        )
