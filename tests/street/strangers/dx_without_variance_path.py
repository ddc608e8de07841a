import numpy as np


class BatchNormLayer:
    def __init__(self, size, eps=1e-5):
        self.gamma = np.ones(size)
        self.beta = np.zeros(size)
        self.eps = eps

    def forward(self, inputs):
        self.mean = inputs.mean(axis=0)
        self.var = inputs.var(axis=0)
        self.xhat = (inputs - self.mean) / np.sqrt(self.var + self.eps)
        return self.gamma * self.xhat + self.beta

    def backward(self, grads):
        self.dgamma = (grads * self.xhat).sum(axis=0)
        self.dbeta = grads.sum(axis=0)
        dxhat = grads * self.gamma
        return (dxhat - dxhat.mean(axis=0)) / np.sqrt(self.var + self.eps)
