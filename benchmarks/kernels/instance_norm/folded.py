import torch
import torch.nn as nn


class ModelNew(nn.Module):
    """
    Instance Normalization as one multiply-add for each value.
    """

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pixels = x.shape[2] * x.shape[3]
        s1 = x.sum((2, 3), keepdim=True)
        s2 = (x * x).sum((2, 3), keepdim=True)
        mean = s1 / pixels
        var = torch.clamp_min(s2 / pixels - mean * mean, 0.0)
        scale = torch.rsqrt(var + self.eps)
        return torch.addcmul(-mean * scale, x, scale)
