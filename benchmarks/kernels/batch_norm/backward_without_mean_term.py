import torch
import torch.nn as nn


class BatchNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps):
        mean = x.mean(dim=(0, 2, 3), keepdim=True)
        var = (x - mean).pow(2).mean(dim=(0, 2, 3), keepdim=True)
        inv = torch.rsqrt(var + eps)
        xhat = (x - mean) * inv
        ctx.save_for_backward(xhat, inv, gamma)
        return gamma.view(1, -1, 1, 1) * xhat + beta.view(1, -1, 1, 1)

    @staticmethod
    def backward(ctx, dy):
        xhat, inv, gamma = ctx.saved_tensors
        dims = (0, 2, 3)
        dgamma = (dy * xhat).sum(dim=dims)
        dbeta = dy.sum(dim=dims)
        g = dy * gamma.view(1, -1, 1, 1)
        dx = inv * (g - xhat * (g * xhat).mean(dim=dims, keepdim=True))
        return dx, dgamma, dbeta, None


class ModelNew(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                count = x.numel() // x.shape[1]
                var, mean = torch.var_mean(x, dim=(0, 2, 3), unbiased=False)
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * count / max(count - 1, 1), self.momentum)
            return BatchNormFunction.apply(x, self.weight, self.bias, self.eps)
        inv = torch.rsqrt(self.running_var + self.eps).view(1, -1, 1, 1)
        y = (x - self.running_mean.view(1, -1, 1, 1)) * inv
        return y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
