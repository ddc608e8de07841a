"""Exercise 7 of my deep learning notes: batchnorm as a computational graph, walked forwards and back."""

import torch
from torch import nn
from torch.autograd.function import once_differentiable


class GraphBatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        # everything happens on a (C, m) matrix
        a = x.transpose(0, 1).flatten(1)
        w, b = w.to(x.dtype)[:, None], b.to(x.dtype)[:, None]
        # node 1: mean
        mu = a.mean(1, keepdim=True)
        # node 2: subtract
        diff = a - mu
        # node 3: variance
        var = (diff**2).mean(1, keepdim=True)
        # node 4: square root, node 5: inverse
        std = (var + eps).sqrt()
        istd = 1 / std
        # node 6: normalize, node 7: scale, node 8: shift
        norm = diff * istd
        out = w * norm + b
        ctx.save_for_backward(diff, std, istd, norm, w)
        ctx.swapped = x.transpose(0, 1).shape
        return out.view(ctx.swapped).transpose(0, 1), mu[:, 0], var[:, 0]

    @staticmethod
    @once_differentiable
    def backward(ctx, dy, _dmu, _dvar):
        diff, std, istd, norm, w = ctx.saved_tensors
        dout = dy.transpose(0, 1).flatten(1)
        m = dout.shape[1]
        # node 8 and node 7
        db = dout.sum(1)
        dw = (dout * norm).sum(1)
        dnorm = dout * w
        # node 6
        distd = (dnorm * diff).sum(1, keepdim=True)
        ddiff = dnorm * istd
        # node 5, node 4
        dstd = -distd / std**2
        dvar = dstd / (2 * std)
        # node 3
        ddiff = ddiff + dvar * 2 * diff / max(m - 1, 1)
        # node 2, node 1
        dmu = -ddiff.sum(1, keepdim=True)
        da = ddiff + dmu / m
        return da.view(ctx.swapped).transpose(0, 1), dw, db, None


class BatchNorm(nn.Module):
    def __init__(self, n, eps=1e-5, momentum=0.1):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.b = nn.Parameter(torch.zeros(n))
        self.register_buffer("mean", torch.zeros(n))
        self.register_buffer("var", torch.ones(n))
        self.eps = eps
        self.momentum = momentum

    def forward(self, x):
        if self.training:
            out, mu, var = GraphBatchNorm.apply(x, self.w, self.b, self.eps)
            with torch.no_grad():
                self.mean.add_(self.momentum * (mu - self.mean))
                self.var.add_(self.momentum * (var - self.var))
            return out
        rest = (1,) * (x.dim() - 2)
        norm = (x - self.mean.view(-1, *rest)) / (self.var.view(-1, *rest) + self.eps).sqrt()
        return (self.w.view(-1, *rest) * norm + self.b.view(-1, *rest)).to(x.dtype)
