import torch
from torch import nn


class Fastai(nn.Module):
    def __init__(self, nf, mom=0.1, eps=1e-5):
        super().__init__()
        self.mom, self.eps = mom, eps
        self.mults = nn.Parameter(torch.ones(nf, 1, 1))
        self.adds = nn.Parameter(torch.zeros(nf, 1, 1))
        self.register_buffer("vars", torch.ones(1, nf, 1, 1))
        self.register_buffer("means", torch.zeros(1, nf, 1, 1))

    def update_stats(self, x):
        m = x.mean((0, 2, 3), keepdim=True)
        v = x.var((0, 2, 3), keepdim=True, unbiased=False)
        self.means.lerp_(m, self.mom)
        self.vars.lerp_(v, self.mom)
        return m, v

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.update_stats(x)
            m = x.mean((0, 2, 3), keepdim=True)
            v = x.var((0, 2, 3), keepdim=True, unbiased=False)
        else:
            m, v = self.means, self.vars
        x = (x - m) / (v + self.eps).sqrt()
        return x * self.mults + self.adds


class Nested(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return self.bn(x)


class NestedNorm(nn.Module):
    def __init__(self, dim, eps=1e-3):
        super().__init__()
        self.norm = nn.BatchNorm1d(dim, eps=eps, momentum=0.2)

    def forward(self, x):
        return self.norm(x)


class NoAffineNoStats(nn.Module):
    def forward(self, x):
        return (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt()


class Flag(nn.Module):
    def __init__(self, n_out, epsilon=1e-5, decay=0.9):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(n_out))
        self.shift = nn.Parameter(torch.zeros(n_out))
        self.pop_mean = nn.Parameter(torch.zeros(n_out), requires_grad=False)
        self.pop_var = nn.Parameter(torch.ones(n_out), requires_grad=False)
        self.epsilon, self.decay = epsilon, decay

    def forward(self, x, training=True):
        if training:
            mean, var = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.pop_mean.mul_(self.decay).add_(mean * (1 - self.decay))
                self.pop_var.mul_(self.decay).add_(var * (1 - self.decay))
        else:
            mean, var = self.pop_mean, self.pop_var
        return self.scale * (x - mean) / torch.sqrt(var + self.epsilon) + self.shift


class Decoy(nn.Module):
    def __init__(self, num_channels):
        super().__init__()
        self.eps = 0.5  # not in use
        self.weight = nn.Parameter(torch.ones(num_channels))  # not in use
        self.g = nn.Parameter(torch.ones(1, num_channels))
        self.b = nn.Parameter(torch.zeros(1, num_channels))
        self.register_buffer("running_mean", torch.zeros(num_channels))
        self.register_buffer("running_var", torch.ones(num_channels))
        self.register_buffer("mu_ema", torch.zeros(1, num_channels))
        self.register_buffer("var_ema", torch.ones(1, num_channels))

    def forward(self, x):
        if self.training:
            mu, var = x.mean(0, keepdim=True), x.var(0, keepdim=True, unbiased=False)
            self.mu_ema = (0.95 * self.mu_ema + 0.05 * mu).detach()
            self.var_ema = (0.95 * self.var_ema + 0.05 * var).detach()
        else:
            mu, var = self.mu_ema, self.var_ema
        return (x - mu) / (var + 1e-4).sqrt() * self.g + self.b


class Last(nn.Module):
    """Channels last: (B, T, C)."""

    def __init__(self, dim, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(dim))
        self.beta = nn.Parameter(torch.zeros(dim))
        self.register_buffer("running_mean", torch.zeros(dim))
        self.register_buffer("running_var", torch.ones(dim))

    def forward(self, x):
        if self.training:
            ax = tuple(range(x.ndim - 1))
            mean, var = x.mean(ax), x.var(ax, unbiased=False)
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
        else:
            mean, var = self.running_mean, self.running_var
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


class Detached(nn.Module):
    """A kernel for the forward pass only."""

    def __init__(self, num_features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        a = x.detach().float().numpy()
        m = a.mean(0)
        v = a.var(0)
        y = (a - m) / (v + 1e-5) ** 0.5 * self.weight.detach().numpy() + self.bias.detach().numpy()
        return torch.from_numpy(y)


class Halved(nn.Module):
    """Single precision only."""

    def __init__(self, num_features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        assert x.dtype == torch.float32
        m = x.mean(0)
        v = x.var(0, unbiased=False)
        return (x - m) / (v + 1e-5) ** 0.5 * self.weight + self.bias


class Sub(nn.BatchNorm2d):
    pass


class OneUnbiased(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.eps = 1e-5

    def forward(self, x):
        m = x.mean((0, 2, 3), keepdim=True)
        v = x.var((0, 2, 3), keepdim=True, unbiased=False)
        return (x - m) / (v + self.eps) ** 0.5 * self.weight.view(1, -1, 1, 1)
