"""Where Keras 3.15 goes wrong under `tf.distribute`, and what is done instead, all in one place.

`tests/training/test_workarounds.py` shows each fault in plain Keras: the test that fails after an upgrade says which
part can go.
"""

from __future__ import annotations

import contextlib

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


class WholeBatchClipping(keras.optimizers.Optimizer):
    """An optimizer that clips the gradient of the whole batch.

    Keras clips each replica's own gradient before it sums them, so that two replicas take another step
    than one: https://github.com/tensorflow/tensorflow/issues/33929. Here they are summed, then clipped.
    """

    def _clip_gradients(self, grads):
        context = tf.distribute.get_replica_context()
        if context is not None and context.num_replicas_in_sync > 1:
            grads = context.all_reduce(tf.distribute.ReduceOp.SUM, list(grads))
        return super()._clip_gradients(grads)

    def _all_reduce_sum_gradients(self, grads_and_vars):
        return list(grads_and_vars)


@contextlib.contextmanager
def without_optimizer(model):
    """Have a compiled model without its optimizer for a while, as it is to be saved.

    Keras 3 takes `include_optimizer=False` for a .keras file without a word, and saves the optimizer.
    """
    compiled, config, optimizer = (
        model.compiled,
        getattr(model, "_compile_config", None),
        getattr(model, "optimizer", None),
    )
    model.compiled, model._compile_config, model.optimizer = False, None, None
    try:
        yield
    finally:
        model.compiled, model._compile_config, model.optimizer = compiled, config, optimizer
