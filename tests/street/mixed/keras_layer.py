"""Batch normalization as a subclassed Keras layer, channels last, for the course exercise."""

import keras
from keras import ops


class SimpleBatchNorm(keras.layers.Layer):
    def __init__(self, momentum=0.99, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        c = input_shape[-1]
        self.gamma = self.add_weight(shape=(c,), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(c,), initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(
            shape=(c,), initializer="zeros", trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape=(c,), initializer="ones", trainable=False, name="moving_variance"
        )

    def call(self, x, training=False):
        if training:
            axes = list(range(len(x.shape) - 1))
            count = ops.size(x) / x.shape[-1]
            mean = ops.sum(x, axis=axes) / count
            variance = ops.sum(ops.square(x - mean), axis=axes) / count
            step = 1 - self.momentum
            self.moving_mean.assign_add(ops.stop_gradient(mean - self.moving_mean) * step)
            self.moving_variance.assign_add(
                ops.stop_gradient(variance - self.moving_variance) * step
            )
        else:
            mean = ops.convert_to_tensor(self.moving_mean)
            variance = ops.convert_to_tensor(self.moving_variance)
        x_norm = (x - mean) / ops.sqrt(variance + self.epsilon)
        return self.gamma * x_norm + self.beta
