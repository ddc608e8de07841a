import torch
import torch.nn as nn


class ModelNew(nn.Module):
    """
    Instance Normalization.
    """

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean(dim=(2, 3), keepdim=True)
        centred = x - mean
        var = torch.einsum("nchw,nchw->nc", centred, centred) / (x.shape[2] * x.shape[3])
        return centred / torch.sqrt(var[:, :, None, None] + self.eps)
