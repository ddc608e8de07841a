import torch
import torch.nn as nn


class BN(nn.Module):
    """var_mean with correction=0 to normalise and 1 to store."""

    def __init__(self, n_out, eps=1e-5, mom=0.1):
        super().__init__()
        self.n_out, self.eps, self.mom = n_out, eps, mom
        self.g = nn.Parameter(torch.ones(n_out))
        self.b = nn.Parameter(torch.zeros(n_out))
        self.register_buffer("rm", torch.zeros(n_out))
        self.register_buffer("rv", torch.ones(n_out))

    def forward(self, inp):
        flat = inp.transpose(0, 1).reshape(self.n_out, -1)
        if self.training:
            var, mean = torch.var_mean(flat, dim=1, correction=0)
            self.rm.mul_(1 - self.mom).add_(mean.detach(), alpha=self.mom)
            self.rv.mul_(1 - self.mom).add_(flat.detach().var(1), alpha=self.mom)
        else:
            mean, var = self.rm, self.rv
        flat = (flat - mean[:, None]) / torch.sqrt(var[:, None] + self.eps)
        flat = self.g[:, None] * flat + self.b[:, None]
        return flat.reshape(inp.shape[1], inp.shape[0], *inp.shape[2:]).transpose(0, 1)
