"""A trial trains as `selfvae train` does, on exactly its images."""

import keras
import keras_tuner
import numpy as np
import pytest

import tf_selfvae as sv
from tests.tuning.conftest import SPACE
from tf_selfvae.tuning import SelfVAEHyperModel
from tf_selfvae.tuning.space import SearchSpace


class Count(keras.callbacks.Callback):
    """Counts steps and keeps each step's learning rate."""

    def on_train_begin(self, logs=None):
        self.rates = []

    def on_train_batch_begin(self, batch, logs=None):
        optimizer = self.model.optimizer
        self.rates.append(float(optimizer.learning_rate) * float(optimizer.relative_rate()))


def parameters(**values):
    hp = keras_tuner.HyperParameters()
    hp.values.update(values)
    return hp


def test_a_trial_is_a_run_of_train(data, tiny, spec, cache, tmp_path):
    """So that the order of trials is the order of what `train` makes of their configurations."""
    hypermodel = SelfVAEHyperModel(data, 2 * 9 * 8, tiny)  # two passes of 9 batches of 8
    hp, count = parameters(learning_rate=5e-3), Count()
    model = hypermodel.build(hp)
    found = hypermodel.fit(hp, model, callbacks=[count])
    assert found["images_seen"] == found["images_spent"] == len(count.rates) * 8 == 144
    assert found["parameters"] == model.count_params()
    assert found["val_bpd"] == pytest.approx(found["val_re_x"] + found["val_kl_u"], rel=1e-4)
    assert count.rates[0] == pytest.approx(5e-3 / 50) and count.rates[-1] < count.rates[9]
    sv.train(model.config, spec, tmp_path / "run", epochs=2, cache_dir=cache, verbose=0)
    trained = sv.measure_terms(sv.load_model(tmp_path / "run"), data, "validation", verbose=0)
    assert trained["bpd"] == pytest.approx(found["val_bpd"], rel=1e-4)


def test_a_promoted_trial_ends_where_training_in_one_go_ends(data, tiny, tmp_path):
    hypermodel = SelfVAEHyperModel(data, 240, tiny, epochs=9)
    states = [tmp_path / f"{i}.weights.h5" for i in range(3)]

    def run(epochs, previous=None, state=None, **values):
        hp = parameters(learning_rate=5e-3, **{"tuner/epochs": epochs}, **values)
        model, count = hypermodel.build(hp), Count()
        return hypermodel.fit(hp, model, [count], previous=previous, state=state), model, count.rates

    promoted = {"tuner/trial_id": "0"}
    first, _, early = run(1, state=states[0])
    second, _, middle = run(3, previous=states[0], state=states[1], **promoted)
    last, model, late = run(9, previous=states[1], **promoted)
    whole, other, rates = run(9, state=states[2])
    assert [r["images_seen"] for r in (first, second, last, whole)] == [24, 80, 240, 240]
    assert [r["images_spent"] for r in (first, second, last, whole)] == [24, 56, 160, 240]
    assert early + middle + late == rates  # one schedule over all of it
    for mine, theirs in zip(model.get_weights(), other.get_weights()):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)
    assert last["val_bpd"] == pytest.approx(whole["val_bpd"], rel=1e-5)
    # Where the state is missing, the trial starts anew, whatever weights it was given.
    hp = parameters(learning_rate=5e-3, **{"tuner/epochs": 9}, **promoted)
    given = hypermodel.build(hp)
    given.set_weights(model.get_weights())
    again = hypermodel.fit(hp, given, previous=tmp_path / "absent.weights.h5")
    assert again["images_spent"] == 240 and again["val_bpd"] == pytest.approx(whole["val_bpd"], rel=1e-5)
    assert not list(tmp_path.glob(".*"))


def test_a_state_of_another_configuration_is_refused(data, tiny, tmp_path):
    hypermodel = SelfVAEHyperModel(data, 80, tiny)
    state = tmp_path / "state.weights.h5"
    hypermodel.build(parameters(mixtures=2)).save_weights(state)
    hp = parameters(mixtures=3)
    with pytest.raises(ValueError, match="does not hold this model and its optimizer"):
        hypermodel.fit(hp, hypermodel.build(hp), previous=state)


def test_it_fits_a_stock_tuner(data, tiny, tmp_path):
    tuner = keras_tuner.RandomSearch(
        SelfVAEHyperModel(data, 80, tiny),
        objective=keras_tuner.Objective("val_bpd", "min"),
        max_trials=1,
        seed=1,
        directory=tmp_path,
        project_name="stock",
    )
    tuner.search(verbose=0)
    (trial,) = tuner.oracle.get_best_trials()
    assert trial.status == "COMPLETED" and np.isfinite(trial.score)
    assert trial.metrics.get_last_value("images_seen") == 80
    assert isinstance(tuner.get_best_models()[0], sv.SelfVAE)


def test_a_term_that_is_not_finite_fails_the_trial(data):
    space = SearchSpace(data.image_shape, **{**SPACE, "learning_rate": (1e30, 1e30)})
    hypermodel = SelfVAEHyperModel(data, 400, space)
    hp = parameters()
    with pytest.raises(keras_tuner.errors.FailedTrialError, match="NaN or infinite"):
        hypermodel.fit(hp, hypermodel.build(hp))


def test_weights_that_start_not_finite_fail_the_trial(data, tiny, monkeypatch):
    monkeypatch.setattr(
        sv.SelfVAE, "data_init", lambda model, _: model.set_weights([w * np.nan for w in model.get_weights()])
    )
    hypermodel, hp = SelfVAEHyperModel(data, 80, tiny), parameters()
    with pytest.raises(keras_tuner.errors.FailedTrialError, match="before the first step"):
        hypermodel.fit(hp, hypermodel.build(hp))


@pytest.mark.parametrize(
    "images, epochs, message",
    [
        (84, 1, "images: expected a multiple of the batch size 8, got 84.*(80|88) is the nearest"),
        (64, 9, "images: expected at least 72"),
        (0, 1, "images: expected a whole number"),
    ],
)
def test_budgets_that_cannot_be_kept_are_refused(data, tiny, images, epochs, message):
    with pytest.raises(ValueError, match=message):
        SelfVAEHyperModel(data, images, tiny, epochs=epochs)


def test_a_space_of_another_size_is_refused(data):
    with pytest.raises(ValueError, match="space: is for images of .32, 32, 3."):
        SelfVAEHyperModel(data, 80, SearchSpace((32, 32, 3)))
