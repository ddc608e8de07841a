"""BatchNorm for conv layers as I wrote it along with the fastai part 2 notebooks."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    def __init__(self, nf, mom=0.1, eps=1e-5):
        super().__init__()
        # NB: pytorch bn mom is opposite of what you'd expect
        self.mom, self.eps = mom, eps
        self.mults = nn.Parameter(torch.ones(1, nf, 1, 1))
        self.adds = nn.Parameter(torch.zeros(1, nf, 1, 1))
        self.register_buffer("vars", torch.ones(1, nf, 1, 1))
        self.register_buffer("means", torch.zeros(1, nf, 1, 1))

    def update_stats(self, x):
        m = x.mean((0, 2, 3), keepdim=True)
        v = x.detach().var((0, 2, 3), keepdim=True, unbiased=False)
        self.means.lerp_(m.detach().to(self.means.dtype), self.mom)
        self.vars.lerp_(v.to(self.vars.dtype), self.mom)
        return m, v

    def forward(self, x):
        dtype = x.dtype
        if self.training:
            m, v = self.update_stats(x)
        else:
            m, v = self.means, self.vars
        x = (x - m) / (v + self.eps).sqrt()
        return (x * self.mults + self.adds).to(dtype)
