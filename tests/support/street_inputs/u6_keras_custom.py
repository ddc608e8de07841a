"""A Keras layer subclass; bug: moving variance gets the standard deviation."""

import keras
from keras import ops


class MyBatchNorm(keras.layers.Layer):
    def __init__(self, momentum=0.99, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        c = (input_shape[-1],)
        self.gamma = self.add_weight(shape=c, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=c, initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(
            shape=c, initializer="zeros", trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape=c, initializer="ones", trainable=False, name="moving_variance"
        )

    def call(self, x, training=False):
        if training:
            ax = tuple(range(len(x.shape) - 1))
            mean = ops.mean(x, axis=ax)
            var = ops.mean(ops.square(x - mean), axis=ax)
            self.moving_mean.assign(self.moving_mean * self.momentum + mean * (1 - self.momentum))
            self.moving_variance.assign(
                self.moving_variance * self.momentum + ops.sqrt(var) * (1 - self.momentum)
            )
        else:
            mean, var = self.moving_mean, self.moving_variance
        return (x - mean) / ops.sqrt(var + self.epsilon) * self.gamma + self.beta
