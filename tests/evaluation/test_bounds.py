"""Importance-weighted bounds: against a model with a known marginal, and against themselves."""

import math
import types

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

import tf_selfvae as sv
from tests.small import CONFIGS, pictures
from tf_selfvae.errors import UserError
from tf_selfvae.evaluation import bounds
from tf_selfvae.model import noise
from tf_selfvae.model.importance import bytes_per_row, log_mean_exp


class LinearGaussian:
    """u ~ N(0, I), x | u ~ N(Wu + b, s^2 I) with a q that is wrong by its mean and its width."""

    shape, latent, deviation = (4, 4, 1), 3, 6.0

    def __init__(self, exact=False):
        random = np.random.default_rng(3)
        size = math.prod(self.shape)
        self.matrix = random.normal(0, 20, [size, self.latent])
        self.mean = random.uniform(90, 160, size)
        self.config = types.SimpleNamespace(image=self.shape)
        self.terms = ["kl_u", "re_x"]
        precision = np.eye(self.latent) + self.matrix.T @ self.matrix / self.deviation**2
        self.covariance = np.linalg.inv(precision)
        self.widen, self.move = (1.0, 0.0) if exact else (1.5, 0.4)
        self.encoded = 0

    def draw(self, count):
        random = np.random.default_rng(4)
        u = random.normal(size=[count, self.latent])
        x = u @ self.matrix.T + self.mean + random.normal(0, self.deviation, [count, len(self.mean)])
        return np.clip(x.round(), 0, 255).astype(np.uint8).reshape(count, *self.shape)

    def log_marginal(self, images):
        covariance = self.matrix @ self.matrix.T + self.deviation**2 * np.eye(len(self.mean))
        flat = images.reshape(len(images), -1).astype(float)
        return stats.multivariate_normal(self.mean, covariance).logpdf(flat)

    def encode(self, images):
        self.encoded += len(images)
        x = np.reshape(images, [len(images), -1]).astype(float)
        centre = (x - self.mean) @ self.matrix @ self.covariance / self.deviation**2
        root = np.linalg.cholesky(self.covariance) * self.widen
        return x, centre + self.move * np.sqrt(np.diag(self.covariance)), root

    def importance_weights(self, encoded, seeds, first, count):
        x, centre, root = encoded
        rows = noise.RowNoise(_folded(tf.repeat(seeds, count, 0), tf.tile(tf.range(first, first + count), [len(x)])))
        eps = rows.normal("u", [self.latent]).numpy().astype(float).reshape(len(x), count, -1)
        u = centre[:, None] + eps @ root.T
        log_q = stats.norm.logpdf(eps).sum(-1) - np.log(np.diag(root)).sum()
        log_p = stats.norm.logpdf(u).sum(-1)
        likelihood = stats.norm.logpdf(x[:, None], u @ self.matrix.T + self.mean, self.deviation).sum(-1)
        return likelihood + log_p - log_q, {"re_x": -likelihood, "kl_u": log_q - log_p}


@tf.function(input_signature=[tf.TensorSpec([None, 2], tf.int32), tf.TensorSpec([None], tf.int32)], autograph=False)
def _folded(seeds, numbers):
    return tf.map_fn(lambda pair: noise.fold(*pair), (seeds, numbers), fn_output_signature=tf.int32)


def test_a_known_marginal_is_found():
    model = LinearGaussian()
    images = model.draw(40)
    result = bounds.importance_bound(model, images, 512, rows=256, progress=False)
    exact = -model.log_marginal(images) / math.log(2) / 16
    # The error that is left is the sampling's: known from the spread of the groups of 64.
    assert result["effective_samples"] > 50
    errors = []
    for seed in range(1, 5):
        again = bounds.importance_bound(model, images, 64, seed=seed, rows=256, progress=False)
        errors.append(again["bpd"] - exact.mean())
    assert abs(result["bpd"] - exact.mean()) < 3 * np.std(errors) / math.sqrt(8) + 1e-3
    assert result["bounds"]["1"]["bpd"] > exact.mean() + 0.02
    assert math.isclose(result["standard_error"], exact.std(ddof=1) / math.sqrt(40), rel_tol=0.05)
    assert math.isclose(result["kl_u"] + result["re_x"], result["bounds"]["1"]["bpd"], rel_tol=1e-9)


def test_the_exact_posterior_needs_one_sample():
    model = LinearGaussian(exact=True)
    images = model.draw(10)
    result = bounds.importance_bound(model, images, 8, rows=16, progress=False)
    exact = -model.log_marginal(images).mean() / math.log(2) / 16
    for bound in result["bounds"].values():
        assert math.isclose(bound["bpd"], exact, rel_tol=1e-6)
    assert math.isclose(result["effective_samples"], 8, rel_tol=1e-3)


def test_bounds_fall_with_the_samples():
    result = bounds.importance_bound(LinearGaussian(), LinearGaussian().draw(30), 512, rows=512, progress=False)
    bits = [result["bounds"][k]["bpd"] for k in ("1", "8", "64", "512")]
    assert bits == sorted(bits, reverse=True) and bits[0] > bits[3]


def test_log_mean_exp_stays_finite():
    assert log_mean_exp([-2000.0, -2000.0]) == pytest.approx(-2000.0)
    assert log_mean_exp(np.array([[1000.0, 1000.0 + math.log(3)]])) == pytest.approx([1000 + math.log(2)])


@pytest.fixture(scope="module", params=["vae", "reversible"])
def model(request):
    made = sv.SelfVAE(CONFIGS[request.param])
    made.data_init(pictures(made.config, 16))
    return made


def test_chunks_and_batches_change_nothing(model):
    images = pictures(model.config, 5)
    first = bounds.importance_bound(model, images, 12, rows=64, progress=False)
    for rows, batch in ((1, 1), (7, 3), (24, 2)):
        other = bounds.importance_bound(model, images, 12, rows=rows, batch_size=batch, progress=False)
        for term in ("bpd", "standard_error", *model.terms):
            assert math.isclose(first[term], other[term], rel_tol=2e-5, abs_tol=1e-7), term
    nats = model.log_prob(images, 12).numpy()
    assert math.isclose(-nats.mean() / math.log(2) / math.prod(model.config.image), first["bpd"], rel_tol=1e-5)
    assert sum(first[term] for term in model.terms) == pytest.approx(first["bounds"]["1"]["bpd"], rel=0.05)


def test_encoders_run_once_an_image():
    model = LinearGaussian()
    bounds.importance_bound(model, model.draw(7), 20, rows=6, batch_size=3, progress=False)
    assert model.encoded == 7


class Killed(RuntimeError):
    pass


def test_a_run_that_was_killed_goes_on(tmp_path, monkeypatch):
    model, path = LinearGaussian(), tmp_path / "weights.npz"
    images = model.draw(6)
    whole = bounds.importance_bound(model, images, 30, rows=12, batch_size=3, progress=False)
    drawn, score = [], model.importance_weights

    def dies(encoded, seeds, first, count):
        if len(drawn) == 3:
            raise Killed
        drawn.append(count * len(seeds))
        return score(encoded, seeds, first, count)

    monkeypatch.setattr(model, "importance_weights", dies)
    with pytest.raises(Killed):
        bounds.importance_bound(model, images, 30, rows=12, batch_size=3, path=path, progress=False)

    def counts(encoded, seeds, first, count):
        drawn.append(count * len(seeds))
        return score(encoded, seeds, first, count)

    monkeypatch.setattr(model, "importance_weights", counts)
    # Other rows and batches than before: the samples are the same.
    again = bounds.importance_bound(model, images, 30, rows=8, batch_size=4, path=path, progress=False)
    assert sum(drawn) == 6 * 30
    for key in ("bpd", "standard_error", "kl_u", "re_x", "effective_samples"):
        assert math.isclose(again[key], whole[key], rel_tol=1e-9)
    more = bounds.importance_bound(model, images, 40, rows=8, path=path, progress=False)
    assert sum(drawn) == 6 * 40 and more["importance_samples"] == 40
    fewer = bounds.importance_bound(model, images, 30, rows=8, path=path, progress=False)
    assert sum(drawn) == 6 * 40 and math.isclose(fewer["bpd"], whole["bpd"], rel_tol=1e-9)


def test_one_process_at_a_time_draws_for_a_file(tmp_path):
    class Busy(LinearGaussian):
        """Tries again while it is being measured."""

        def encode(self, images):
            with pytest.raises(UserError, match=f"another process is measuring the same model .* in {tmp_path}"):
                measure(LinearGaussian(), 8)
            measure(LinearGaussian(), 8, "other.npz")
            return super().encode(images)

    def measure(model, samples, name="weights.npz"):
        return bounds.importance_bound(model, images, samples, rows=64, path=tmp_path / name, progress=False)

    images = LinearGaussian().draw(6)
    whole = measure(Busy(), 64)
    again = measure(LinearGaussian(), 64)
    assert again["seconds_per_image"] == 0 and again["bpd"] == whole["bpd"]


def test_memory_sets_the_rows(model):
    one = bounds.rows_that_fit(model, 0.01)
    assert 1 <= one < bounds.rows_that_fit(model, 0.05)
    # At least the parameters of the mixture of the largest image are alive at once.
    assert bytes_per_row(model) >= 8 * 8 * 3 * 3 * 4
    with pytest.raises(ValueError, match="memory_gib: one sample of one image takes"):
        bounds.rows_that_fit(model, 1e-9)
    for bad in (0, -1, float("nan"), float("inf"), "much"):
        with pytest.raises(ValueError, match="memory_gib: expected a finite number above 0"):
            bounds.rows_that_fit(model, bad)


def test_bad_input(tmp_path):
    model = LinearGaussian()
    images = model.draw(2)
    with pytest.raises(ValueError, match="importance_samples: expected a whole number of at least 1, got 0"):
        bounds.importance_bound(model, images, 0, rows=4)
    with pytest.raises(ValueError, match=r"images: expected uint8 \[B, 4, 4, 1\]"):
        bounds.importance_bound(model, images[:, :2], 1, rows=4)
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"not an archive")
    with pytest.raises(ValueError, match="broken.npz cannot be read"):
        bounds.importance_bound(model, images, 1, rows=4, path=broken)
    assert broken.read_bytes() == b"not an archive"


def test_the_fingerprint_knows_weights_images_and_seed(model):
    images = pictures(model.config, 2)
    first = bounds.fingerprint(model, images, 0)
    assert first == bounds.fingerprint(model, images, 0)
    assert first != bounds.fingerprint(model, images, 1)
    assert first != bounds.fingerprint(model, images[::-1], 0)
    weights = model.get_weights()
    model.set_weights([weights[0] + 1, *weights[1:]])
    assert first != bounds.fingerprint(model, images, 0)
    model.set_weights(weights)
