"""keras 3.15.1, BatchNormalization on TensorFlow, in inference: y = x s + (beta - mean s), whose
gradient for gamma is sum(dy x) - mean sum(dy): it cancels. Run with KERAS_BACKEND=tensorflow."""

import sys

import keras
import numpy as np
import tensorflow as tf

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 65537, 2.0**-24
draw = np.random.default_rng(seed).standard_normal
for mean in (0, 2**14):
    x, dy = draw((m, 3), np.float32) + np.float32(mean), np.abs(draw((m, 3), np.float32))
    layer = keras.layers.BatchNormalization()
    layer.build((m, 3))
    layer.moving_mean.assign([mean] * 3)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(x, training=False) * dy)
    got = tape.gradient(loss, layer.gamma.value).numpy()
    exact = (dy * (hat := (x.astype(float) - mean) / np.sqrt(1 + 1e-3))).sum(0)
    # xhat, folded or not, is within 8 u (|x| + |mean|); then m products are summed
    allowed = max((dy * (8 * u * (np.abs(x) + mean) + (m + 8) * u * np.abs(hat))).sum(0))
    print(f"mean {mean}: dgamma: got {got}, exact {exact}, error {max(abs(got - exact)):.1e}, "
          f"float32 allows {allowed:.1e}")  # fmt: skip
