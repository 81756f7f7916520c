"""The default optimizer: its learning rate's schedule, and the moving average of the weights."""

from __future__ import annotations

import contextlib
import math
import zlib

import keras
import tensorflow as tf

from ..errors import UserError
from .workarounds import WholeBatchClipping

SCHEDULES = ("constant", "exponential", "cosine")


class ScheduledOptimizer(WholeBatchClipping):
    """A Keras optimizer with warm-up, a schedule and averaged weights; a subclass adds the update itself.

    `learning_rate` stays a plain number that callbacks may set (`ReduceLROnPlateau`, `LearningRateScheduler`):
    what a step takes is that number times `relative_rate`, so that theirs acts as a factor.

    The average of the weights after update t has momentum min(ema_momentum, (1 + t) / (10 + t)), so that a short
    training is averaged over, too. With `put_averages` the averages and the weights that training goes on with
    change places.

    Args:
        learning_rate: the highest one.
        schedule: "constant"; "exponential", decay ** t; or "cosine", half a wave over `progress`.
        warmup: steps over which the rate rises in a straight line, counted from the optimizer's first one.
        decay: of "exponential".
        floor: the least part of the learning rate that a schedule goes down to.
        **kwargs: as for `keras.optimizers.Optimizer`.

    Attributes:
        progress: how much of the training is done, a float32 variable in 0..1; whoever knows sets it.
    """

    def __init__(self, learning_rate, schedule="constant", warmup=0, decay=1.0, floor=0.0, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        if schedule not in SCHEDULES:
            raise UserError(f"schedule: expected one of {', '.join(SCHEDULES)}, got {schedule!r}")
        self.schedule, self.warmup, self.decay, self.floor = schedule, warmup, decay, floor

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        replicated = {"shape": (), "initializer": "zeros", "aggregation": "only_first_replica"}
        self.progress = self.add_variable(name="progress", dtype="float32", **replicated)
        # 0 where the weights that training goes on with are in the model, else a checksum of the averages that are.
        self._averages_put = self.add_variable(name="averages_put", dtype="int64", **replicated)

    def relative_rate(self):
        """Return what the learning rate is multiplied by at the next step: a scalar float32 tensor in 0..1."""
        step = tf.cast(tf.convert_to_tensor(self.iterations), tf.float32)
        rate = tf.constant(1.0)
        if self.schedule == "cosine":
            wave = 0.5 * (1 + tf.cos(math.pi * tf.convert_to_tensor(self.progress)))
            rate = self.floor + (1 - self.floor) * wave
        elif self.schedule == "exponential":
            # float32 has no 0.999999, whose power it would take: its logarithm it has.
            rate = tf.maximum(tf.exp(step * math.log(self.decay)), self.floor)
        return rate * tf.minimum(1.0, (step + 1) / self.warmup) if self.warmup else rate

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        rate = tf.convert_to_tensor(learning_rate) * self.relative_rate()
        super()._backend_update_step(grads, trainable_variables, rate)

    def _update_model_variables_moving_average(self, trainable_variables):
        step = tf.cast(tf.convert_to_tensor(self.iterations), tf.float32)
        # The first update has nothing to average with.
        momentum = tf.where(step > 0, tf.minimum(self.ema_momentum, (1 + step) / (10 + step)), 0.0)
        rest = 1 - momentum
        for variable, average in zip(trainable_variables, self._model_variables_moving_average):
            average.assign(momentum * average + rest * variable)

    @property
    def has_averages(self):
        """Whether there are averages that differ from the weights that training goes on with."""
        return bool(self.use_ema and self.built and int(self._iterations.numpy()) > 0)

    def put_averages(self, inside):
        """Have the averaged weights in the model (True), or those that training goes on with (False).

        Weights that somebody else put into the model meanwhile (`load_weights`, `EarlyStopping`) are those that
        training goes on with, and the average starts anew from them.
        """
        if not self.has_averages or inside == (int(self._averages_put.numpy()) != 0):
            return
        pairs = list(zip(self._trainable_variables, self._model_variables_moving_average))
        if not inside and int(self._averages_put.numpy()) != self._checksum():
            for variable, average in pairs:
                average.assign(variable)
        else:
            # By value: a swap by adding and subtracting rounds (https://github.com/keras-team/keras/pull/18978).
            for variable, average in pairs:
                value, other = variable.numpy(), average.numpy()
                variable.assign(other)
                average.assign(value)
        self._averages_put.assign(self._checksum() if inside else 0)

    @contextlib.contextmanager
    def raw_weights(self):
        """Have the weights that training goes on with in the model for a while, as they must be saved."""
        inside = self.has_averages and int(self._averages_put.numpy()) != 0
        self.put_averages(False)
        try:
            yield
        finally:
            self.put_averages(inside)

    def _checksum(self):
        total = 0
        for variable in self._trainable_variables:
            total = zlib.crc32(variable.numpy().tobytes(), total)
        return total + 1  # 0 says something else

    def finalize_variable_values(self, var_list):
        self.put_averages(True)  # `fit` calls it at its end

    def get_config(self):
        own = {name: getattr(self, name) for name in ("schedule", "warmup", "decay", "floor")}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("tf_selfvae")
class Adamax(ScheduledOptimizer, keras.optimizers.Adamax):
    """AdaMax (Kingma & Ba 2015, algorithm 2), scheduled and averaged."""

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        # Once, not once a weight as Keras has it: of a small model's training step, most was the optimizer's graph.
        step = tf.cast(tf.convert_to_tensor(self.iterations) + 1, tf.float32)
        rate = tf.convert_to_tensor(learning_rate) / (1 - tf.pow(self.beta_1, step))
        super()._backend_update_step(grads, trainable_variables, rate)

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        moment, largest = self._m[index].value, self._u[index].value
        gradient, rate = tf.cast(gradient, moment.dtype), tf.cast(learning_rate, moment.dtype)
        new_moment = moment + (gradient - moment) * (1 - self.beta_1)
        new_largest = tf.maximum(self.beta_2 * largest, tf.abs(gradient))
        moment.assign(new_moment)
        largest.assign(new_largest)
        variable.assign_sub(rate * new_moment / (new_largest + self.epsilon))


def default_optimizer(config):
    """Build the optimizer that a configuration asks for (beta 0.9 and 0.999, epsilon 1e-7).

    Args:
        config: an `Optimizer` configuration.
    """
    return Adamax(
        config.learning_rate,
        schedule=config.schedule,
        warmup=config.warmup,
        decay=config.decay,
        floor=config.lowest / config.learning_rate,
        global_clipnorm=config.clip_norm,
        use_ema=config.ema is not None,
        ema_momentum=config.ema or 0.99,
    )


def scheduled(model):
    """Return a model's optimizer where it is a `ScheduledOptimizer`, else None."""
    optimizer = getattr(model, "optimizer", None)
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # of a LossScaleOptimizer
    return optimizer if isinstance(optimizer, ScheduledOptimizer) else None


def steps_taken(optimizer):
    """Return how many batches any Keras optimizer has seen, an int64 tensor.

    Its `iterations` are fewer where it gathers the gradients of several batches for one update.
    """
    return tf.convert_to_tensor(optimizer._iterations)
