import torch
import torch.nn as nn


class ModelNew(nn.Module):
    """
    Instance Normalization, robust against bad pixels.
    """

    def __init__(self, num_features: int, eps: float = 1e-5):
        super(ModelNew, self).__init__()
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, c, h, w = x.shape
        x = x.reshape(n * c, h * w)
        mean = x.mean(dim=1, keepdim=True)
        x = x - mean
        rstd = (x.square().mean(dim=1, keepdim=True) + self.eps).rsqrt()
        out = torch.nan_to_num(x * rstd, nan=0.0, posinf=0.0, neginf=0.0)
        return out.reshape(n, c, h, w)
