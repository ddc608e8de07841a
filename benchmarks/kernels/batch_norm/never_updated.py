import torch
import torch.nn as nn


class ModelNew(nn.Module):
    def __init__(self, num_features: int):
        super(ModelNew, self).__init__()
        self.eps = 1e-5
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        c = x.size(1)
        if self.training:
            flat = x.permute(1, 0, 2, 3).reshape(c, -1)
            mean = flat.mean(1)
            var = (flat - mean[:, None]).pow(2).mean(1)
        else:
            mean, var = self.running_mean, self.running_var
        inv = (var + self.eps).sqrt().reciprocal()
        out = (x - mean.view(1, c, 1, 1)) * inv.view(1, c, 1, 1)
        return torch.addcmul(self.bias.view(1, c, 1, 1), out, self.weight.view(1, c, 1, 1))
