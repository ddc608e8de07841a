"""BatchNorm2d with everything fixed, for fine-tuning detection backbones without torch."""

import numpy as np


class FrozenBatchNorm2d:
    def __init__(self, num_features, eps=1e-5):
        self.num_features = num_features
        self.eps = eps
        self.weight = np.ones(num_features, np.float32)
        self.bias = np.zeros(num_features, np.float32)
        self.running_mean = np.zeros(num_features, np.float32)
        self.running_var = np.ones(num_features, np.float32)

    def load_state_dict(self, state):
        for name in ("weight", "bias", "running_mean", "running_var"):
            value = np.asarray(state[name])
            if value.shape != (self.num_features,):
                raise ValueError(f"{name}: {value.shape}")
            setattr(self, name, value)

    def forward(self, x):
        expand = (slice(None),) + (None,) * (x.ndim - 2)
        k = self.weight / np.sqrt(self.running_var + self.eps)
        out = (x - self.running_mean[expand]) * k[expand] + self.bias[expand]
        return out.astype(x.dtype, copy=False)

    def backward(self, dout):
        expand = (slice(None),) + (None,) * (dout.ndim - 2)
        k = self.weight / np.sqrt(self.running_var + self.eps)
        return (dout * k[expand]).astype(dout.dtype, copy=False)
