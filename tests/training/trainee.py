"""One worker of a training, in a process of its own: python -m tests.training.trainee JSON.

Writes the running bits per dimension after each step, and the final weights.
"""

import json
import sys

import keras
import numpy as np
import tensorflow as tf

from tf_selfvae.config import Config
from tf_selfvae.training.api import train


class Notes(keras.callbacks.Callback):
    def __init__(self, path):
        super().__init__()
        self._path = path
        self._bpd = []

    def on_train_batch_end(self, batch, logs=None):
        self._bpd.append(float(logs["bpd"]))

    def on_train_end(self, logs=None):
        weights = {f"w{i}": w for i, w in enumerate(self.model.get_weights())}
        moments = {f"o{i}": v.numpy() for i, v in enumerate(self.model.optimizer.variables)}
        np.savez(self._path, bpd=self._bpd, **weights, **moments)
        raise SystemExit(0)  # the pictures that follow are no part of these tests


def main(task):
    if task["devices"] > 1:
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration() for _ in range(task["devices"])]
        )
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    train(
        Config.from_dict(task["config"]),
        task["data"],
        task["run"],
        epochs=task["epochs"],
        verbose=0,
        cache_dir=task["cache"],
        strategy=task["strategy"],
        callbacks=[Notes(task["out"])],
        levels=task.get("levels"),
        start=task.get("start"),
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
