"""The batchnorm layer of my character-level MLP, pulled out of the notebook into a small class."""

import torch


class BatchNorm1d:
    def __init__(self, fan_out, momentum=0.001):
        self.momentum = momentum
        self.training = True
        # trained with backprop
        self.bngain = torch.ones((1, fan_out))
        self.bnbias = torch.zeros((1, fan_out))
        # trained with a running update
        self.bnmean_running = torch.zeros((1, fan_out))
        self.bnvar_running = torch.ones((1, fan_out))

    def __call__(self, hpreact):
        if self.training:
            bnmeani = hpreact.mean(0, keepdim=True)
            bnvari = hpreact.var(0, keepdim=True, unbiased=False)
            with torch.no_grad():
                keep = 1 - self.momentum
                self.bnmean_running = keep * self.bnmean_running + self.momentum * bnmeani
                self.bnvar_running = keep * self.bnvar_running + self.momentum * bnvari
        else:
            bnmeani = self.bnmean_running
            bnvari = self.bnvar_running
        hpreact_hat = (hpreact - bnmeani) / bnvari**0.5
        self.out = (self.bngain * hpreact_hat + self.bnbias).to(hpreact.dtype)
        return self.out

    def parameters(self):
        return [self.bngain, self.bnbias]
