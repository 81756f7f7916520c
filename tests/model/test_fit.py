"""The front door: `compile` and `fit` as a user of Keras expects them."""

import functools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.small import FLAT, eagerly, pictures
from tf_selfvae.config import Config, Optimizer, Prior, Top
from tf_selfvae.errors import NotFinite, UserError
from tf_selfvae.model.optimizers import Adamax

# Small enough to be traced in seconds.
CONFIG = Config(
    image=(8, 8, 3),
    top=Top((2, 2, 4), FLAT, Prior("standard_normal"), FLAT, mixtures=2),
    optimizer=Optimizer(learning_rate=3e-3, warmup=10, schedule="cosine", lowest=1e-5, ema=0.999, batch_size=8),
)
IMAGES = pictures(CONFIG, 64)
FLOATS = IMAGES - 0.25 * (IMAGES > 0)


def made(optimizer=None, **changes):
    model = sv.SelfVAE(CONFIG.override(changes))
    model.compile(optimizer)
    return model


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model that was trained, and its file; tests may train it on."""
    model, path = made(), tmp_path_factory.mktemp("trained") / "m.keras"
    model.fit(IMAGES, batch_size=8, verbose=0)
    model.save(path)
    return model, path


class Rates(keras.callbacks.Callback):
    """Note what each step takes."""

    def __init__(self):
        super().__init__()
        self.rates = []

    def on_train_batch_begin(self, batch, logs=None):
        optimizer = self.model.optimizer
        self.rates.append(float(optimizer.learning_rate) * float(optimizer.relative_rate()))


def bpd(model, images=IMAGES, **arguments):
    return model.evaluate(images, verbose=0, return_dict=True, **arguments)["bpd"]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other))


def generator():
    for begin in range(0, 64, 8):
        yield IMAGES[begin : begin + 8]


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return IMAGES[8 * index : 8 * index + 8], np.zeros(8)


DATA = {
    "array": lambda: IMAGES,
    "dataset": lambda: tf.data.Dataset.from_tensor_slices(IMAGES).batch(8),
    "labelled floats": lambda: tf.data.Dataset.from_tensor_slices((FLOATS, np.zeros(64))).batch(8),
    "generator": generator,
    "PyDataset": Batches,
}


@functools.cache
def initialised(count):
    model = made()
    model.data_init(IMAGES[:count])
    return model.get_weights()


@pytest.mark.parametrize("kind", DATA)
def test_a_fresh_model_is_initialised_from_its_data_and_sees_all_of_it(kind):
    model, seen = made(keras.optimizers.SGD(1e-12)), []
    assert not model.initialised

    class Seen(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)

    model.fit(DATA[kind](), batch_size=8 if kind == "array" else None, verbose=0, callbacks=Seen())
    assert model.initialised and len(seen) == 8
    by_hand = initialised(8 if kind in ("generator", "PyDataset") else 64)
    for weight, expected in zip(model.get_weights(), by_hand):
        np.testing.assert_allclose(weight, expected, atol=1e-5)


@eagerly()
def test_what_is_trained_loaded_or_set_is_not_initialised_again(trained, tmp_path):
    model, _ = trained
    model.save_weights(tmp_path / "m.weights.h5")
    loaded, copied = made(), made()
    loaded.load_weights(tmp_path / "m.weights.h5")
    copied.set_weights(model.get_weights())
    for other in (loaded, copied):
        assert other.initialised
        other.compile(keras.optimizers.SGD(1e-12))
        other.fit(IMAGES, batch_size=32, verbose=0)
        for weight, expected in zip(other.get_weights(), model.get_weights()):
            np.testing.assert_allclose(weight, expected, atol=1e-5)


def test_warm_up_comes_once_and_a_cosine_with_every_fit():
    model, first, second = made(), Rates(), Rates()
    model.fit(IMAGES, batch_size=8, epochs=4, callbacks=[first], verbose=0)
    model.fit(IMAGES, batch_size=8, epochs=2, callbacks=[second], verbose=0)
    steps = np.arange(32)
    cosine = 1e-5 + (3e-3 - 1e-5) * 0.5 * (1 + np.cos(np.pi * steps / 32))
    np.testing.assert_allclose(first.rates, cosine * np.minimum(1, (steps + 1) / 10), rtol=1e-4)
    again = 1e-5 + (3e-3 - 1e-5) * 0.5 * (1 + np.cos(np.pi * steps[:16] / 16))
    np.testing.assert_allclose(second.rates, again, rtol=1e-4)


def test_where_the_length_is_unknown_the_rate_stays_after_warm_up():
    model, rates = made(), Rates()
    model.fit(generator(), callbacks=[rates], verbose=0)
    np.testing.assert_allclose(rates.rates[:8], 3e-3 * (np.arange(8) + 1) / 10, rtol=1e-5)


def test_the_papers_schedule_decays_without_a_length():
    optimizer = made(**{"optimizer.schedule": "exponential", "optimizer.decay": 0.999999}).optimizer
    optimizer.iterations.assign(10**5)
    assert float(optimizer.relative_rate()) == pytest.approx(0.999999 ** (10**5), rel=1e-5)
    optimizer.iterations.assign(10**8)
    assert float(optimizer.relative_rate()) == pytest.approx(1e-5 / 3e-3)


def test_adamax_takes_the_steps_of_keras():
    random = np.random.default_rng(0)
    start, gradients = random.normal(size=[3, 4]), random.normal(size=[20, 3, 4])
    weights = []
    for optimizer in (Adamax(1e-2), keras.optimizers.Adamax(1e-2)):
        weights.append(keras.Variable(start))
        for gradient in gradients:
            optimizer.apply([tf.constant(gradient, tf.float32)], [weights[-1]])
    np.testing.assert_allclose(*weights, rtol=1e-6, atol=1e-7)
    assert np.abs(weights[0] - start).max() > 0.05


def test_callbacks_that_set_the_rate_act_as_a_factor():
    model, rates = made(**{"optimizer.schedule": "exponential", "optimizer.warmup": 0, "optimizer.decay": 1.0}), Rates()
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    plateau = keras.callbacks.ReduceLROnPlateau("bpd", factor=0.1, patience=1, min_delta=1e3, verbose=0)
    model.fit(IMAGES, batch_size=32, epochs=3, callbacks=[halve, plateau, rates], verbose=0)
    expected = [1.5e-3] * 2 + [7.5e-4] * 2 + [3.75e-5] * 2
    np.testing.assert_allclose(rates.rates, expected, rtol=1e-5)


def test_after_a_short_fit_the_averages_are_no_worse_than_what_was_trained():
    model = made(**{"optimizer.learning_rate": 1e-2})
    model.data_init(IMAGES)
    before = bpd(model)
    history = model.fit(IMAGES, validation_data=(IMAGES,), batch_size=8, epochs=12, verbose=0).history
    assert history["val_bpd"][-1] == pytest.approx(bpd(model, batch_size=8), abs=1e-5)
    assert bpd(model) < history["bpd"][-1] + 0.05 < before - 0.3


def test_the_average_is_the_one_that_is_promised():
    """Against the definition in float64: momentum min(0.999, (1 + t) / (10 + t)) after update t, the first a copy."""
    model, noted = made(), []

    class Note(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            noted.append(np.float64(model.trainable_variables[0].numpy()))

    model.fit(IMAGES, batch_size=8, epochs=1, callbacks=[Note()], verbose=0)
    average = noted[0]
    for t, value in enumerate(noted[1:], 1):
        momentum = min(0.999, (1 + t) / (10 + t))
        average = momentum * average + (1 - momentum) * value
    np.testing.assert_allclose(model.trainable_variables[0].numpy(), average, rtol=1e-5, atol=1e-7)


def test_the_next_fit_goes_on_from_where_the_last_one_ended():
    once, often = made(), made()
    arguments = {"batch_size": 8, "shuffle": False, "verbose": 0}
    often.compile()
    for model in (once, often):
        model.optimizer.schedule = "constant"
    once.fit(IMAGES, epochs=3, **arguments)
    for _ in range(3):
        often.fit(IMAGES, epochs=1, validation_data=IMAGES[:8], **arguments)
    assert same(once.get_weights(), often.get_weights())
    once.train_on_batch(IMAGES[:8])
    often.train_on_batch(IMAGES[:8])
    assert same(once.get_weights(), often.get_weights())


def test_a_saved_model_goes_on_too(trained, tmp_path):
    model, _ = trained
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    for each in (model, loaded):
        each.fit(IMAGES, batch_size=8, shuffle=False, verbose=0)
    assert same(model.get_weights(), loaded.get_weights())


def test_weights_that_are_set_after_a_fit_are_those_that_training_goes_on_with():
    model = made(**{"optimizer.learning_rate": 1e-12, "optimizer.lowest": 0.0})
    model.data_init(IMAGES)
    start = model.get_weights()
    model.fit(IMAGES, batch_size=8, verbose=0)
    model.set_weights([weight + 0.5 for weight in start])
    model.fit(IMAGES, batch_size=8, verbose=0)
    for weight, before in zip(model.get_weights(), start):
        np.testing.assert_allclose(weight, before + 0.5, atol=1e-5)


@eagerly()
def test_validation_checkpoints_and_early_stopping_see_the_averages_and_backups_do_not(tmp_path):
    model, seen = made(), {}
    watched = model.trainable_variables[0]

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen["trained"] = watched.numpy()

        def on_test_begin(self, logs=None):
            seen["validated"] = watched.numpy()

        def on_epoch_begin(self, epoch, logs=None):
            if epoch:
                np.testing.assert_array_equal(watched.numpy(), seen["trained"])

    best = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="val_bpd", save_best_only=True)
    stop = keras.callbacks.EarlyStopping("val_bpd", patience=3, restore_best_weights=True)
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    callbacks = [backup, Watch(), best, stop]  # whatever the order is
    model.fit(IMAGES, batch_size=8, epochs=3, validation_data=IMAGES, callbacks=callbacks, verbose=0)
    assert (seen["trained"] != seen["validated"]).any()
    np.testing.assert_array_equal(watched.numpy(), seen["validated"])
    assert bpd(keras.saving.load_model(tmp_path / "best.keras"), batch_size=8) == pytest.approx(best.best, abs=1e-5)
    saved = made()
    saved.restore(tmp_path / "backup" / "latest.weights.h5")
    np.testing.assert_array_equal(saved.trainable_variables[0].numpy(), seen["trained"])


def test_a_training_that_was_broken_off_and_backed_up_ends_as_an_unbroken_one(tmp_path):
    class Break(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    def run(name, *more):
        model = made()
        backup = keras.callbacks.BackupAndRestore(tmp_path / name)
        model.fit(
            IMAGES, batch_size=8, epochs=4, validation_data=IMAGES[:8], shuffle=False, verbose=0,
            callbacks=[backup, *more],
        )  # fmt: skip
        return model.get_weights()

    with pytest.raises(KeyboardInterrupt):
        run("broken", Break())
    assert same(run("broken"), run("unbroken"))


def test_nan_stops_with_the_terms_name_and_the_last_good_weights():
    model = made(keras.optimizers.SGD(1e-6))
    model.data_init(IMAGES)
    good = model.get_weights()

    class Poison(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 3:
                kernel = model.likelihoods["x"].head.out.v
                kernel.assign(kernel * np.nan)

    with pytest.raises(NotFinite, match=r"step 4: re_x became NaN or infinite.*weights of step 0"):
        model.fit(IMAGES, batch_size=8, callbacks=[Poison()], verbose=0)
    assert same(model.get_weights(), good)


OPTIMIZERS = {
    "gradient accumulation": lambda: keras.optimizers.Adam(1e-3, gradient_accumulation_steps=2),
    "loss scale": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-3)),
    "schedule, averages": lambda: keras.optimizers.SGD(
        keras.optimizers.schedules.CosineDecay(1e-2, 16), use_ema=True, ema_momentum=0.5
    ),
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_any_optimizer_of_keras_trains(kind):
    model = made(OPTIMIZERS[kind]())
    history = model.fit(IMAGES, batch_size=8, epochs=3, verbose=0).history["bpd"]
    assert history[-1] < history[0] - 0.01
    assert math.isfinite(model.train_on_batch(IMAGES[:8], return_dict=True)["bpd"])


@eagerly()
def test_sample_and_class_weights_count():
    model = made("sgd")  # of Keras's name
    model.data_init(IMAGES)
    before = model.get_weights()
    model.fit(IMAGES[:8], sample_weight=np.zeros(8), batch_size=4, verbose=0)
    model.fit(IMAGES[:8], np.zeros(8), sample_weight=np.zeros(8), batch_size=4, verbose=0)
    model.train_on_batch(IMAGES[:8], sample_weight=np.zeros(8))
    model.fit(IMAGES[:8], np.zeros(8), class_weight={0: 0.0}, batch_size=4, verbose=0)
    assert same(before, model.get_weights())
    with pytest.raises(UserError, match="class_weight: expected labels y"):
        model.fit(IMAGES[:8], class_weight={0: 0.0}, verbose=0)
    fresh = made(keras.optimizers.SGD(1e-12))
    fresh.fit(IMAGES[:8], sample_weight=np.zeros(8), verbose=0)
    assert not fresh.initialised  # from images that count for nothing
    # A weighted mean is that of the images alone, as far as the weights say.
    weights = np.float32([3, 1, 0, 0, 0, 0, 0, 0])
    rows = model.predict(IMAGES[:8], verbose=0, batch_size=8)
    bits = np.sum([nats for nats in rows.values()], 0) / (math.log(2) * 8 * 8 * 3)
    weighted = bpd(model, IMAGES[:8], sample_weight=weights, batch_size=8)
    assert weighted == pytest.approx(np.average(bits, weights=weights), rel=1e-5)


REFUSED = {
    "floats up to one": (lambda: IMAGES / 255.0, "expected grey levels in 0..255, got float64 in 0..1"),
    "negative": (lambda: IMAGES - 5.0, "got float64 in -5..250"),
    "nan": (lambda: IMAGES * np.nan, "expected grey levels in 0..255"),
    "size": (lambda: IMAGES[:, :4], r"expected uint8 \[B, 8, 8, 3\].*got uint8 \[64, 4, 8, 3\]"),
    "int64": (lambda: IMAGES.astype(np.int64), "expected uint8.*got int64"),
    "nothing": (lambda: IMAGES[:0], "got no images|at least one image, got none"),
    "an empty generator": (lambda: (image for image in ()), "at least one image, got none"),
    "no images": (lambda: 7, "expected images, batches of them or a data set of batches, got int"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_images_that_do_not_fit_are_refused_in_a_sentence(kind):
    data, message = REFUSED[kind]
    for use in ("fit", "evaluate"):
        with pytest.raises(UserError, match=f"x: .*{message}|x: {message}"):
            getattr(made(), use)(data(), verbose=0)


def test_what_keras_would_ignore_is_refused(tmp_path):
    model = made()
    for name in ("loss", "metrics", "loss_weights", "weighted_metrics"):
        with pytest.raises(UserError, match=f"{name}: expected none"):
            model.compile(**{name: ["mse"]})
    with pytest.raises(UserError, match="filepath: expected a name that ends in .keras, got 'm.h5'"):
        model.save("m.h5")
    with pytest.raises(UserError, match="export_saved_model"):
        model.export(tmp_path)


def test_frozen_layers_stay_and_unfreezing_asks_for_compile(trained):
    loaded = keras.saving.load_model(trained[1])
    loaded.posteriors["u"].trainable = False
    frozen = loaded.posteriors["u"].get_weights()
    moving = loaded.likelihoods["x"].get_weights()
    loaded.compile()
    loaded.fit(IMAGES, batch_size=8, verbose=0)
    assert same(frozen, loaded.posteriors["u"].get_weights())
    assert not same(moving, loaded.likelihoods["x"].get_weights())
    loaded.posteriors["u"].trainable = True
    with pytest.raises(UserError, match="trainable: .*compile"):
        loaded.fit(IMAGES, batch_size=8, verbose=0)


def test_files_for_use_hold_no_optimizer(trained, tmp_path):
    model, path = trained
    steps = int(model.optimizer.iterations)
    model.save(tmp_path / "bare.keras", include_optimizer=False)
    sizes = [each.stat().st_size for each in (path, tmp_path / "bare.keras")]
    assert sizes[1] < 0.6 * sizes[0]
    bare = keras.saving.load_model(tmp_path / "bare.keras")
    assert not bare.compiled and same(bare.get_weights(), model.get_weights())
    assert model.compiled and int(model.optimizer.iterations) == steps > 0  # and the model is as before


@eagerly()
def test_a_model_with_an_optimizer_of_ones_own_loads_uncompiled(tmp_path, caplog):
    class Mine(keras.optimizers.SGD):
        pass

    model = made(Mine(1e-3))
    model.save(tmp_path / "m.keras")
    for load in (sv.load_model, keras.saving.load_model):
        caplog.clear()
        loaded = load(tmp_path / "m.keras")
        assert same(loaded.get_weights(), model.get_weights())
        assert not loaded.compiled and "optimizer" in caplog.text
    loaded.compile()
    loaded.fit(IMAGES[:8], batch_size=8, verbose=0)
