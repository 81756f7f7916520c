"""The default optimizer: its learning rate's schedule, and the moving average of the weights."""

from __future__ import annotations

import contextlib
import math
import zlib

import keras
import tensorflow as tf

from ..errors import UserError
from .workarounds import WholeBatchClipping

# Variables that are kernels, by name: over which axes their length is taken, where it means nothing.
KERNELS = {"v": (0, 1, 2), "v_transposed": (0, 1, 3), "kernel": ()}
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
        super()._backend_update_step(*self._prepare(list(grads), trainable_variables, rate))

    def _prepare(self, grads, variables, rate):
        """Compute once what each `update_step` needs: what takes the places of the gradients and of the rate there.

        A step of a small model takes less time than its graph, most of which was the optimizer's: a dozen operations
        a weight. So what can be done for all weights, or for all of one shape, is done here; TensorFlow's kernels do
        the rest in one operation.

        Args:
            grads: list of gradients.
            variables: list of Keras variables.
            rate: scalar tensor.

        Returns:
            (as many tensors, or tuples of tensors; the variables; a dict of scalar tensors).
        """
        raise NotImplementedError

    def _next_step(self):
        return tf.cast(tf.convert_to_tensor(self.iterations) + 1, tf.float32)

    def _update_model_variables_moving_average(self, trainable_variables):
        step = tf.cast(tf.convert_to_tensor(self.iterations), tf.float32)
        # The first update has nothing to average with.
        momentum = tf.where(step > 0, tf.minimum(self.ema_momentum, (1 + step) / (10 + step)), 0.0)
        rest = 1 - momentum
        for variable, average in zip(trainable_variables, self._model_variables_moving_average):
            ahead = tf.convert_to_tensor(average) - tf.convert_to_tensor(variable)
            alpha = tf.cast(rest, ahead.dtype)
            tf.raw_ops.ResourceApplyGradientDescent(var=average.value.handle, alpha=alpha, delta=ahead)

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

    def _prepare(self, grads, variables, rate):
        numbers = {"beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
        numbers = {name: tf.constant(number, tf.float32) for name, number in numbers.items()}
        return grads, variables, {**numbers, "lr": rate, "beta1_power": tf.pow(numbers["beta1"], self._next_step())}

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        state = {"m": self._m[index].value.handle, "v": self._u[index].value.handle}
        _apply(tf.raw_ops.ResourceApplyAdaMax, variable, state, {"grad": gradient, **learning_rate})


@keras.saving.register_keras_serializable("tf_selfvae")
class Muon(ScheduledOptimizer, keras.optimizers.Muon):
    """Muon (Jordan et al. 2024) for convolutions' kernels, Adam for gains, biases and the rest; scheduled and averaged.

    Keras's own takes matrices only, one after another. Here a kernel [h, w, in, out] is the matrix [h w in, out], and
    all of one shape are orthogonalised at once, by Newton-Schulz iterations on their Gram matrices: X X^T is at most
    as large as X, and X itself is touched twice, not fifteen times. The direction v of a weight-normalised kernel keeps
    its length, channel by channel: its function does not depend on it, but where the length grows, each further update
    turns the kernel by less (Salimans & Kingma 2016, section 2.1), and a rate that suits minutes does not suit hours.

    Args:
        learning_rate, schedule, warmup, decay, floor: as for `ScheduledOptimizer`.
        **kwargs: as for `keras.optimizers.Muon`; there is no weight decay by default.
    """

    def __init__(self, learning_rate, weight_decay=None, adam_weight_decay=None, **kwargs):
        super().__init__(learning_rate, weight_decay=weight_decay, adam_weight_decay=adam_weight_decay, **kwargs)

    def _should_use_adamw(self, variable):
        return variable.name not in KERNELS

    def _prepare(self, grads, variables, rate):
        alike = {}
        for place, variable in enumerate(variables):
            if self.adam_velocities[self._get_variable_index(variable)] is None:
                alike.setdefault((variable.name, tuple(variable.shape)), []).append(place)
        for (name, shape), places in alike.items():
            moments = [self.momentums[self._get_variable_index(variables[place])] for place in places]
            gradients = tf.stack([grads[place] for place in places])
            moved = self.momentum * tf.stack([moment.value for moment in moments]) + gradients
            order = [0, 1, 2, 4, 3] if name == "v_transposed" else list(range(1 + len(shape)))
            ahead = tf.transpose(gradients + self.momentum * moved, order)  # a swap undoes itself
            matrices = tf.reshape(ahead, [len(places), -1, ahead.shape[-1]])
            turned = self._orthogonalised(matrices) * self.rms_rate * math.sqrt(max(matrices.shape[1:]))
            old = tf.stack([tf.convert_to_tensor(variables[place]) for place in places])
            new = old - rate * tf.transpose(tf.reshape(turned, ahead.shape), order)
            if axes := [1 + axis for axis in KERNELS[name]]:
                lengths = [tf.reduce_sum(tf.square(value), axes, keepdims=True) for value in (old, new)]
                new *= tf.sqrt(lengths[0] / tf.maximum(lengths[1], 1e-30))
            for place, *pair in zip(places, tf.unstack(moved), tf.unstack(new)):
                grads[place] = tuple(pair)
        numbers = {"beta1": self.adam_beta_1, "beta2": self.adam_beta_2, "epsilon": self.epsilon}
        numbers = {name: tf.constant(number, tf.float32) for name, number in numbers.items()}
        powers = {f"{name}_power": tf.pow(numbers[name], self._next_step()) for name in ("beta1", "beta2")}
        return grads, variables, {**numbers, **powers, "lr": rate * self.adam_lr_ratio}

    def _orthogonalised(self, matrices):
        """Bring the singular values of each of some equal matrices [N, r, c] near one."""
        rows, columns = matrices.shape[1:]
        if rows > columns:
            return tf.linalg.matrix_transpose(self._orthogonalised(tf.linalg.matrix_transpose(matrices)))
        matrices /= tf.norm(matrices, axis=[1, 2], keepdims=True) + 1e-7
        gram, eye, product = tf.matmul(matrices, matrices, transpose_b=True), tf.eye(rows), None
        for step in range(self.ns_steps):
            factor = self.muon_a * eye + tf.matmul(gram, self.muon_b * eye + self.muon_c * gram)
            product = factor if product is None else tf.matmul(factor, product)
            if step < self.ns_steps - 1:
                gram = tf.matmul(tf.matmul(factor, gram), factor)
        return tf.matmul(product, matrices)

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        moment, square = self.momentums[index].value, self.adam_velocities[index]
        if square is None:
            moved, new = gradient
            moment.assign(moved)
            variable.assign(new)
        else:
            state = {"m": moment.handle, "v": square.value.handle}
            _apply(tf.raw_ops.ResourceApplyAdam, variable, state, {"grad": gradient, **learning_rate})


def _apply(kernel, variable, state, numbers):
    # A number of another type than the weight's would end the process, without an error.
    numbers = {name: tf.cast(number, variable.dtype) for name, number in numbers.items()}
    kernel(var=variable.handle, **state, **numbers)


def default_optimizer(config):
    """Build the optimizer that a configuration asks for.

    AdaMax: beta 0.9 and 0.999, epsilon 1e-7. Muon: Nesterov's momentum; its Adam likewise.

    Args:
        config: an `Optimizer` configuration.
    """
    own = {"momentum": config.momentum, "adam_lr_ratio": config.adam_ratio} if config.kind == "muon" else {}
    return {"adamax": Adamax, "muon": Muon}[config.kind](
        config.learning_rate,
        schedule=config.schedule,
        warmup=config.warmup,
        decay=config.decay,
        floor=config.lowest / config.learning_rate,
        global_clipnorm=config.clip_norm,
        use_ema=config.ema is not None,
        ema_momentum=config.ema or 0.99,
        **own,
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
