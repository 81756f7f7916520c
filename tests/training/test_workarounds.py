"""Keras's faults under strategies are still there: where a test fails, a part of `workarounds` can go."""

import json

import keras
import numpy as np
import pytest

from tests.processes import LONGEST, free_ports, start, tf_config
from tests.small import TINY
from tf_selfvae import SelfVAE
from tf_selfvae.model.workarounds import without_optimizer


def said(process, log):
    assert process.wait(LONGEST) == 0, log.read_text()
    return json.loads(log.read_text().splitlines()[-1])


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """What each of two workers said."""
    folder = tmp_path_factory.mktemp("workers")
    ports, logs = free_ports(2), [folder / "0", folder / "1"]
    processes = [
        start(["tests.training.plain_keras", "working"], log, TF_CONFIG=tf_config(ports, index))
        for index, log in enumerate(logs)
    ]
    return [said(process, log) for process, log in zip(processes, logs)]


def test_keras_clips_before_it_sums(tmp_path):
    process = start(["tests.training.plain_keras", "clipping"], tmp_path / "log")
    moments = said(process, tmp_path / "log")
    assert moments["ours"] == pytest.approx([0.6, 0.8], rel=1e-5)
    assert moments["keras"] == pytest.approx([1.0, 1.0], rel=1e-5)  # the fault


def test_keras_cannot_fit_with_several_workers(workers):
    for worker in workers:
        assert "Invalid reduction dimension 0 for input with 0 dimensions" in worker["errors"]["float32"]
        assert "uint8 is not in the list of allowed values" in worker["errors"]["uint8"]


def test_workers_share_one_initialisation(workers):
    """Not a fault: `fit` initialises a fresh model from one worker's images, whatever the others have."""
    one, other = workers
    assert one["initialised"] == other["initialised"]


def _after_swaps(swap_in, swap_out, model):
    """Return whether the weights are the same bits after ten swaps there and back, and the averages too."""
    optimizer = model.optimizer
    for average in optimizer._model_variables_moving_average:
        average.assign(average * 1.37 + 0.1)  # of a time when the weights were elsewhere
    watched = [*optimizer._trainable_variables, *optimizer._model_variables_moving_average]
    before = [v.numpy() for v in watched]
    for _ in range(10):
        swap_in()
        swap_out()
    return all(np.array_equal(v.numpy(), b) for v, b in zip(watched, before))


def test_keras_rounds_when_it_swaps():
    keras.utils.set_random_seed(0)
    model = SelfVAE(TINY)
    model.compile()
    model.optimizer.iterations.assign(3)
    ours = model.optimizer.put_averages
    assert _after_swaps(lambda: ours(True), lambda: ours(False), model)
    callback = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    callback.set_model(model)
    callback.set_params({"epochs": 100})
    assert not _after_swaps(lambda: callback.on_epoch_end(0), lambda: callback.on_epoch_begin(1), model)  # the fault


def test_keras_saves_the_optimizer_that_it_was_told_to_leave_out(tmp_path):
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(3)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "m.keras", include_optimizer=False)
    assert keras.saving.load_model(tmp_path / "m.keras").compiled  # the fault
    with without_optimizer(model):
        model.save(tmp_path / "m.keras")
    assert not keras.saving.load_model(tmp_path / "m.keras").compiled
    assert model.optimizer is not None and model.compiled
