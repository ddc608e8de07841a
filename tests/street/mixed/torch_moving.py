"""The TensorFlow layer, rewritten for PyTorch with the names it has there."""

import torch


class BatchNormalization(torch.nn.Module):
    def __init__(self, channels: int, momentum: float = 0.99, epsilon: float = 1e-3):
        super().__init__()
        self.momentum = momentum
        self.epsilon = epsilon
        self.gamma = torch.nn.Parameter(torch.ones(channels))
        self.beta = torch.nn.Parameter(torch.zeros(channels))
        self.register_buffer("moving_mean", torch.zeros(channels))
        self.register_buffer("moving_var", torch.ones(channels))

    @torch.no_grad()
    def _track(self, buffer, value):
        buffer.copy_(buffer * self.momentum + value.detach() * (1.0 - self.momentum))

    def forward(self, inputs):
        # channels to the end, so that the (C,) vectors broadcast
        last = inputs.movedim(1, -1)
        rows = last.reshape(-1, last.shape[-1])
        if self.training:
            mean = rows.mean(0)
            var = torch.var(rows, dim=0, unbiased=False)
            self._track(self.moving_mean, mean)
            self._track(self.moving_var, var)
        else:
            mean = self.moving_mean
            var = self.moving_var
        normalized = (last - mean) * (var + self.epsilon).rsqrt()
        outputs = normalized * self.gamma + self.beta
        return outputs.movedim(-1, 1).to(inputs.dtype)
