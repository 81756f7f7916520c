"""What plain Keras does under strategies, in a process of its own: python -m tests.training.plain_keras NAME."""

import json
import sys

import keras
import numpy as np
import tensorflow as tf

from tf_selfvae.model.optimizers import Adamax


def _first_moments(optimizer_class):
    """Two replicas bring [3, 0] and [0, 4]; what AdaMax's first moment says that they were together."""
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        variable = keras.Variable([0.0, 0.0])
        optimizer = optimizer_class(1.0, beta_1=0.5, global_clipnorm=1.0)
        optimizer.build([variable])

    @tf.function
    def step():
        def replica():
            number = tf.distribute.get_replica_context().replica_id_in_sync_group
            optimizer.apply([tf.one_hot(number, 2) * (3.0 + tf.cast(number, tf.float32))], [variable])

        strategy.run(replica)

    step()
    return [float(v) for v in optimizer._m[0].numpy() / 0.5]


def clipping():
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    return {"keras": _first_moments(keras.optimizers.Adamax), "ours": _first_moments(Adamax)}


class Mean(keras.Model):
    """A model of images alone, as a likelihood model is."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, images):
        return self.dense(images)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(y_pred)


def fitting():
    """One of two workers: the error of `fit` on floats, and on uint8 images."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    errors = {}
    for dtype in ("float32", "uint8"):
        with strategy.scope():
            model = Mean()
            model.compile("sgd")
        images = np.ones([4, 2], dtype)
        try:
            model.fit(tf.data.Dataset.from_tensor_slices(images).batch(4), verbose=0)
            errors[dtype] = None
        except Exception as error:
            errors[dtype] = str(error)
    return errors


if __name__ == "__main__":
    print("\n" + json.dumps({"clipping": clipping, "fitting": fitting}[sys.argv[1]]()))
