"""Keras's faults under strategies are still there: where a test fails, a part of `workarounds` can go."""

import json

import keras
import numpy as np
import pytest

from tests.small import CONFIGS, pictures
from tests.training.processes import LONGEST, free_ports, start, tf_config
from tf_selfvae import SelfVAE
from tf_selfvae.model.workarounds import SwapAveragedWeights


def said(process, log):
    assert process.wait(LONGEST) == 0, log.read_text()
    return json.loads(log.read_text().splitlines()[-1])


def test_keras_clips_before_it_sums(tmp_path):
    process = start(["tests.training.plain_keras", "clipping"], tmp_path / "log")
    moments = said(process, tmp_path / "log")
    assert moments["ours"] == pytest.approx([0.6, 0.8], rel=1e-5)
    assert moments["keras"] == pytest.approx([1.0, 1.0], rel=1e-5)  # the fault


def test_keras_cannot_fit_with_several_workers(tmp_path):
    ports = free_ports(2)
    logs = [tmp_path / "0", tmp_path / "1"]
    processes = [
        start(["tests.training.plain_keras", "fitting"], log, TF_CONFIG=tf_config(ports, index))
        for index, log in enumerate(logs)
    ]
    for process, log in zip(processes, logs):
        errors = said(process, log)
        assert "Invalid reduction dimension 0 for input with 0 dimensions" in errors["float32"]
        assert "uint8 is not in the list of allowed values" in errors["uint8"]


def _after_swaps(callback):
    """Return whether the weights are the same bits after ten swaps there and back, and the averages too."""
    keras.utils.set_random_seed(0)
    model = SelfVAE(CONFIGS["vae"])
    model.compile()
    callback.set_model(model)
    callback.set_params({"epochs": 100})
    optimizer = model.optimizer
    for average in optimizer._model_variables_moving_average:
        average.assign(average * 1.37 + 0.1)  # of a time when the weights were elsewhere
    watched = [*optimizer._trainable_variables, *optimizer._model_variables_moving_average]
    before = [v.numpy() for v in watched]
    for epoch in range(10):
        callback.on_epoch_end(epoch)
        callback.on_epoch_begin(epoch + 1)
    return all(np.array_equal(v.numpy(), b) for v, b in zip(watched, before))


def test_keras_rounds_when_it_swaps():
    assert _after_swaps(SwapAveragedWeights())
    assert not _after_swaps(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))  # the fault


class _Watch(keras.callbacks.Callback):
    """Stop in the fourth step, and keep the averages of then."""

    def on_train_batch_end(self, batch, logs=None):
        if batch == 3:
            self.averages = [v.numpy() for v in self.model.optimizer._model_variables_moving_average]
            self.weights = [v.numpy() for v in self.model.trainable_variables]
            self.model.stop_training = True

    def on_test_begin(self, logs=None):
        self.validated = [v.numpy() for v in self.model.trainable_variables]


@pytest.mark.parametrize("kind", [SwapAveragedWeights, lambda: keras.callbacks.SwapEMAWeights(swap_on_epoch=True)])
def test_averaged_weights_are_validated_and_stay(kind):
    model = SelfVAE(CONFIGS["vae"])
    model.compile()
    images, watch = pictures(CONFIGS["vae"], 64), _Watch()
    model.fit(images, batch_size=8, epochs=9, validation_data=images, callbacks=[kind(), watch], verbose=0)
    final = [v.numpy() for v in model.trainable_variables]
    if kind is SwapAveragedWeights:
        for got, validated, average in zip(final, watch.validated, watch.averages):
            np.testing.assert_array_equal(validated, average)
            np.testing.assert_array_equal(got, average)
        return
    # The fault: the last weights are put back.
    worst = max(np.abs(got - weight).max() for got, weight in zip(final, watch.weights))
    assert worst < 1e-6 < max(np.abs(got - average).max() for got, average in zip(final, watch.averages))
