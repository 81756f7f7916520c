"""Where Keras 3.15 goes wrong under `tf.distribute`, and what is done instead, all in one place.

`tests/training/test_workarounds.py` shows each fault in plain Keras: the test that fails after an upgrade says which
part can go.
"""

from __future__ import annotations

import keras
import tensorflow as tf


class ModelUnderStrategies(keras.Model):
    """A Keras model, built in its constructor, that `fit` and `evaluate` run with several workers.

    Keras averages each step's metrics over replicas along axis 0, which scalars lack:
    https://github.com/tensorflow/tensorflow/issues/72388. So they are handed over with one axis.
    To see a batch's shape, it averages a batch over replicas, which uint8 images cannot be in a
    collective; a model that is built needs no such look.
    """

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        results = super().compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        strategy = tf.distribute.get_strategy()
        several_workers = isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)
        if not (several_workers and strategy.extended._in_multi_worker_mode()):
            return results
        return {name: tf.reshape(value, [1]) for name, value in results.items()}

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        pass


@keras.saving.register_keras_serializable("tf_selfvae")
class Adamax(keras.optimizers.Adamax):
    """Keras's AdaMax, that clips the gradient of the whole batch.

    Keras clips each replica's own gradient before it sums them, so that two replicas take another step
    than one: https://github.com/tensorflow/tensorflow/issues/33929. Here they are summed, then clipped.

    Attributes:
        averages_inside: whether `SwapAveragedWeights` has the averaged weights in the model.
    """

    averages_inside = False

    def finalize_variable_values(self, var_list):
        # `fit` calls it at its end, to put the averages into the model: they may be there already.
        if not self.averages_inside:
            super().finalize_variable_values(var_list)

    def _clip_gradients(self, grads):
        context = tf.distribute.get_replica_context()
        if context is not None and context.num_replicas_in_sync > 1:
            grads = context.all_reduce(tf.distribute.ReduceOp.SUM, list(grads))
        return super()._clip_gradients(grads)

    def _all_reduce_sum_gradients(self, grads_and_vars):
        return list(grads_and_vars)


class SwapAveragedWeights(keras.callbacks.Callback):
    """Validate and save with the averaged weights, and train on with the others, unchanged.

    Keras's `SwapEMAWeights` swaps by adding and subtracting (https://github.com/keras-team/keras/pull/18978):
    each swap rounds the weights, so that a run depends on how often it was validated; and where another
    callback stops training, `fit` puts the weights that are not averaged back at its end.

    The averages are in the model from an epoch's end, before other callbacks see it, to the next epoch's
    begin, and during validation. It needs the `Adamax` above.
    """

    def put(self, inside):
        """Have the averaged weights in the model (True), or those that training goes on with."""
        optimizer = self.model.optimizer
        if inside == optimizer.averages_inside:
            return
        for variable, average in zip(optimizer._trainable_variables, optimizer._model_variables_moving_average):
            value, other = variable.numpy(), average.numpy()
            variable.assign(other)
            average.assign(value)
        optimizer.averages_inside = inside

    def on_test_begin(self, logs=None):
        self.put(True)

    def on_epoch_end(self, epoch, logs=None):
        self.put(True)

    def on_epoch_begin(self, epoch, logs=None):
        self.put(False)
