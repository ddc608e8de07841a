"""Keras-flavoured batch normalization (decay, moving averages) that I use when porting TF checkpoints."""

import torch
import torch.nn as nn


class BatchNormalization(nn.Module):
    def __init__(self, num_channels, eps=1e-3, decay=0.99):
        super().__init__()
        self.eps = eps
        self.decay = decay
        self.gamma = nn.Parameter(torch.ones(num_channels))
        self.beta = nn.Parameter(torch.zeros(num_channels))
        self.register_buffer("moving_mean", torch.zeros(num_channels))
        self.register_buffer("moving_variance", torch.ones(num_channels))

    def _broadcast(self, v, x):
        return v.to(x.dtype).reshape([1, -1] + [1] * (x.ndim - 2))

    def forward(self, inputs):
        return self._train(inputs) if self.training else self._infer(inputs)

    def _train(self, inputs):
        axes = [a for a in range(inputs.ndim) if a != 1]
        mean = inputs.mean(axes)
        diff = inputs - self._broadcast(mean, inputs)
        variance = diff.pow(2).mean(axes)
        with torch.no_grad():
            self.moving_mean -= (1 - self.decay) * (self.moving_mean - mean)
            self.moving_variance -= (1 - self.decay) * (self.moving_variance - variance)
        scale = self.gamma / torch.sqrt(variance + self.eps)
        return diff * self._broadcast(scale, inputs) + self._broadcast(self.beta, inputs)

    def _infer(self, inputs):
        # nothing to estimate any more: one multiplier per channel
        scale = self.gamma * self.moving_variance.to(inputs.dtype).rsqrt()
        centred = inputs - self._broadcast(self.moving_mean, inputs)
        return centred * self._broadcast(scale, inputs) + self._broadcast(self.beta, inputs)
