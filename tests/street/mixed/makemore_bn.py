"""Following Karpathy's lecture, the batch norm layer of the character model."""

import torch


class BatchNorm1d:
    # x: (batch, dim) or (batch, time, dim)

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
                raise ValueError("BatchNorm1d takes 2 or 3 dimensions")
            xmean = x.mean(dim)  # batch mean
            xvar = x.var(dim, unbiased=False)  # batch variance
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
