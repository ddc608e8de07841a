"""My batch normalization following the fish book, for affine (m, C) and convolution (N, C, H, W) layers."""

import numpy as np


class BatchNormalization:
    """http://arxiv.org/abs/1502.03167"""

    def __init__(self, gamma, beta, momentum=0.9, eps=1e-7, running_mean=None, running_var=None):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.eps = eps
        self.input_shape = None
        self.running_mean = running_mean
        self.running_var = running_var
        # for backward
        self.xc = None
        self.xn = None
        self.std = None
        self.train_flg = None
        self.dgamma = None
        self.dbeta = None

    def forward(self, x, train_flg=True):
        self.input_shape = x.shape
        if x.ndim == 4:
            N, C, H, W = x.shape
            rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
            out = self.__forward(rows, train_flg)
            return out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
        return self.__forward(x, train_flg)

    def __forward(self, x, train_flg):
        if self.running_mean is None:
            D = x.shape[1]
            self.running_mean = np.zeros(D)
            self.running_var = np.ones(D)

        if train_flg:
            mu = x.mean(axis=0)
            xc = x - mu
            var = np.mean(xc**2, axis=0)
            std = np.sqrt(var)
            xn = xc / std
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            xc = x - self.running_mean
            std = np.sqrt(self.running_var)
            xn = xc / std

        self.xc, self.xn, self.std = xc, xn, std
        self.train_flg = train_flg
        out = self.gamma * xn + self.beta
        return out.astype(x.dtype)

    def backward(self, dout):
        if dout.ndim == 4:
            N, C, H, W = dout.shape
            dx = self.__backward(dout.transpose(0, 2, 3, 1).reshape(-1, C))
            return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
        return self.__backward(dout)

    def __backward(self, dout):
        m = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        if self.train_flg:
            dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
            dvar = 0.5 * dstd / self.std
            dxc = dxc + (2.0 / m) * self.xc * dvar
            dmu = np.sum(dxc, axis=0)
            dxc = dxc - dmu / m
        return dxc.astype(dout.dtype)
