import torch
import torch.nn as nn


class ModelNew(nn.Module):
    """
    Instance Normalization, safe for flat images.
    """

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = x.flatten(2)
        mean = flat.mean(-1, keepdim=True)
        centred = flat - mean
        var = centred.pow(2).mean(-1, keepdim=True)
        inv = torch.rsqrt(torch.clamp(var, min=self.eps))
        return (centred * inv).reshape(x.shape)
