"""Batch normalization as a chain of small steps, each undone in turn on the way back, for (m, C) or (N, C, H, W)."""

import numpy as np


class BatchNormNode:
    def __init__(self, gamma, beta, eps=1e-5, decay=0.9):
        self.gamma = np.array(gamma)
        self.beta = np.array(beta)
        self.eps = eps
        self.decay = decay
        self.global_mean = np.zeros(self.gamma.shape)
        self.global_var = np.ones(self.gamma.shape)
        self.steps = None

    def _over(self, a):
        return (0,) if a.ndim == 2 else (0, 2, 3)

    def _lift(self, v, a):
        return v if a.ndim == 2 else v[None, :, None, None]

    def forward(self, x, training=True):
        over = self._over(x)
        if training:
            # step 1, 2: mean, centred
            mu = x.mean(axis=over)
            xmu = x - self._lift(mu, x)
            # step 3, 4: squares, variance
            var = (xmu**2).mean(axis=over)
            self.global_mean = self.decay * self.global_mean + (1 - self.decay) * mu
            self.global_var = self.decay * self.global_var + (1 - self.decay) * var
        else:
            xmu = x - self._lift(self.global_mean, x)
            var = self.global_var
        # step 5: inverse
        ivar = 1.0 / (var + self.eps)
        # step 6: normalize
        xhat = xmu * self._lift(ivar, x)
        # step 7, 8: scale and shift
        out = self._lift(self.gamma, x) * xhat + self._lift(self.beta, x)
        self.steps = dict(xmu=xmu, ivar=ivar, xhat=xhat, training=training)
        return out.astype(x.dtype)

    def backward(self, dout):
        over = self._over(dout)
        s = self.steps
        m = dout.size // dout.shape[1]
        # steps 8, 7
        self.dbeta = dout.sum(axis=over)
        self.dgamma = (dout * s["xhat"]).sum(axis=over)
        dxhat = dout * self._lift(self.gamma, dout)
        # step 6
        dxmu = dxhat * self._lift(s["ivar"], dout)
        if not s["training"]:
            return dxmu.astype(dout.dtype)
        divar = (dxhat * s["xmu"]).sum(axis=over)
        # step 5
        dvar = -divar * s["ivar"] ** 2
        # steps 4, 3
        dxmu = dxmu + self._lift(dvar, dout) * 2.0 * s["xmu"] / m
        # steps 2, 1
        dmu = -dxmu.sum(axis=over)
        return (dxmu + self._lift(dmu, dout) / m).astype(dout.dtype)
