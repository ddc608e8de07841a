"""Bare-bones batchnorm for my from-scratch MLP series: tensors, a training flag, nothing else."""

import torch


class BatchNorm:
    def __init__(self, dim, eps=1e-5, momentum=0.1, device="cpu"):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(1, dim, device=device)
        self.beta = torch.zeros(1, dim, device=device)
        self.mean_ema = torch.zeros(1, dim, device=device)
        self.var_ema = torch.ones(1, dim, device=device)

    def __call__(self, x):
        if not self.training:
            normed = (x - self.mean_ema) * (self.var_ema + self.eps) ** -0.5
        else:
            mean = x.mean(0, keepdim=True)
            var = ((x - mean) ** 2).mean(0, keepdim=True)
            normed = (x - mean) * (var + self.eps) ** -0.5
            self._update(mean.detach(), var.detach().sqrt())
        self.out = (normed * self.gamma + self.beta).to(x.dtype)
        return self.out

    def _update(self, mean, spread):
        self.mean_ema = torch.add(self.mean_ema * (1 - self.momentum), mean * self.momentum)
        self.var_ema = torch.add(self.var_ema * (1 - self.momentum), spread * self.momentum)

    def parameters(self):
        return [self.gamma, self.beta]
