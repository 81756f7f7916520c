"""What plain Keras does under strategies, in a process of its own: python -m tests.training.plain_keras NAME."""

import json
import sys
import zlib

import keras
import numpy as np
import tensorflow as tf

from tests.small import TINY, pictures
from tf_selfvae import SelfVAE
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


def fitting(strategy):
    """The error of `fit` on floats, and on uint8 images."""
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


def initialising(strategy):
    """A digest of what `SelfVAE.fit` initialised and trained on a worker with images of its own."""
    with strategy.scope():
        model = SelfVAE(TINY)
        model.compile()
    images = pictures(model.config, 16, seed=strategy.cluster_resolver.task_id)
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(8)
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    model.fit(dataset.with_options(options), verbose=0)
    return zlib.crc32(b"".join(weight.tobytes() for weight in model.get_weights()))


def working():
    """One of two workers."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    return {"initialised": initialising(strategy), "errors": fitting(strategy)}


if __name__ == "__main__":
    functions = {"clipping": clipping, "working": working}
    print("\n" + json.dumps(functions[sys.argv[1]]()))
