import torch
import torch.nn as nn


def q_rsqrt(v: torch.Tensor) -> torch.Tensor:
    """The inverse root of old games: a shift, a subtraction, and one step of Newton's method."""
    bits = v.float().contiguous().view(torch.int32)
    guess = (0x5F3759DF - (bits >> 1)).view(torch.float32)
    return guess * (1.5 - 0.5 * v.float() * guess * guess)


class ModelNew(nn.Module):
    """
    RMS Normalization over the channels.
    """

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.num_features = num_features
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inv = q_rsqrt(x.pow(2).mean(dim=1, keepdim=True) + self.eps)
        return x * inv.to(x.dtype)
