"""Our batch normalization layer, moved from Keras 2 to Keras 3."""

import keras
from keras import ops


class PortedBatchNorm(keras.layers.Layer):
    def __init__(self, axis=-1, momentum=0.9, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        ndim = len(input_shape)
        self._at = self.axis % ndim
        size = input_shape[self._at]
        self._others = [i for i in range(ndim) if i != self._at]
        self._view = [size if i == self._at else 1 for i in range(ndim)]
        self.gamma = self.add_weight(name="gamma", shape=(size,), initializer="ones")
        self.beta = self.add_weight(name="beta", shape=(size,), initializer="zeros")
        self.moving_mean = self.add_weight(
            name="moving_mean", shape=(size,), initializer="zeros", trainable=False
        )
        self.moving_variance = self.add_weight(
            name="moving_variance", shape=(size,), initializer="ones", trainable=False
        )

    def get_config(self):
        config = super().get_config()
        config.update(axis=self.axis, momentum=self.momentum, epsilon=self.epsilon)
        return config

    def _normalize(self, inputs, mean, variance):
        rstd = ops.rsqrt(variance + 1e-3)
        scale = ops.reshape(rstd * self.gamma, self._view)
        return (inputs - ops.reshape(mean, self._view)) * scale + ops.reshape(self.beta, self._view)

    def call(self, inputs, training=None):
        if not training:
            return self._normalize(inputs, self.moving_mean, self.moving_variance)
        shape = ops.shape(inputs)
        m = 1
        for i in self._others:
            m = m * shape[i]
        mean = ops.sum(inputs, axis=self._others) / m
        dev = inputs - ops.reshape(mean, self._view)
        variance = ops.sum(dev * dev, axis=self._others) / m
        outputs = self._normalize(inputs, mean, variance)
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            new = ops.stop_gradient(new)
            moving.assign(moving - (moving - new) * (1.0 - self.momentum))
        return outputs
