"""The default optimizer: AdaMax with the paper's decay."""

from __future__ import annotations

import keras
import tensorflow as tf

from .workarounds import Adamax


@keras.saving.register_keras_serializable("tf_selfvae")
class FlooredDecay(keras.optimizers.schedules.LearningRateSchedule):
    """initial * decay ** step, never below `lowest`.

    Args:
        initial: learning rate at step 0.
        decay: factor per step.
        lowest: the floor.
    """

    def __init__(self, initial, decay, lowest):
        self.initial, self.decay, self.lowest = initial, decay, lowest

    def __call__(self, step):
        return tf.maximum(self.initial * self.decay ** tf.cast(step, tf.float32), self.lowest)

    def get_config(self):
        return {"initial": self.initial, "decay": self.decay, "lowest": self.lowest}


def default_optimizer(config, learning_rate=None):
    """Build AdaMax as configured (beta 0.9 and 0.999, epsilon 1e-7).

    Args:
        config: an `Optimizer` configuration.
        learning_rate: replaces the configured decay, for a loop that sets the rate itself.
    """
    if learning_rate is None:
        learning_rate = FlooredDecay(config.learning_rate, config.decay, config.lowest)
    return Adamax(
        learning_rate,
        global_clipnorm=config.clip_norm,
        use_ema=config.ema is not None,
        ema_momentum=config.ema or 0.99,
    )
