"""BatchNorm1d in the style of the makemore lectures, for (N, C) and for (N, T, C) activations."""

import torch


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        # parameters (trained with backprop)
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        # buffers (trained with a running 'momentum update')
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x):
        # calculate the forward pass
        if self.training:
            if x.ndim == 2:
                dim = (0,)
            elif x.ndim == 3:
                dim = (0, 1)
            else:
                raise ValueError("expected (N, C) or (N, T, C)")
            count = x.numel() // x.shape[-1]
            xmean = x.mean(dim)  # batch mean
            xvar = x.var(dim, correction=1 if count > 1 else 0)  # batch variance
        else:
            xmean = self.running_mean
            xvar = self.running_var
        xhat = (x - xmean) / torch.sqrt(xvar + self.eps)  # normalize to unit variance
        self.out = (self.gamma * xhat + self.beta).to(x.dtype)
        # update the buffers
        if self.training:
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * xmean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * xvar
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]
