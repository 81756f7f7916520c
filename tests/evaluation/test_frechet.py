"""The Frechet distance: against closed forms and an independent implementation."""

import keras
import numpy as np
import pytest

from tf_selfvae.evaluation.features import FeatureNetwork, load_features
from tf_selfvae.evaluation.frechet import FeatureStatistics, frechet_distance


def statistics(vectors, batches=7):
    made = FeatureStatistics(vectors.shape[1])
    for part in np.array_split(vectors, batches):
        made.update(part)
    return made


def independent(first, second):
    """The definition, by the eigenvalues of C1 C2 in place of a matrix square root."""
    one, two = np.cov(first.T), np.cov(second.T)
    cross = np.sqrt(np.maximum(np.linalg.eigvals(one @ two).real, 0)).sum()
    return np.sum((first.mean(0) - second.mean(0)) ** 2) + np.trace(one) + np.trace(two) - 2 * cross


def exactly(vectors, mean, covariance):
    """Move vectors so that their sample mean and covariance are just these."""
    centred = vectors - vectors.mean(0)
    whitened = centred @ np.linalg.inv(np.linalg.cholesky(np.cov(centred.T))).T
    return mean + whitened @ np.linalg.cholesky(covariance).T


@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_one_pass_agrees_with_two(offset):
    vectors = np.random.default_rng(0).normal(offset, 3, [500, 6])
    for batches in (1, 7, 250):
        made = statistics(vectors, batches)
        assert made.count == 500
        np.testing.assert_allclose(made.mean, vectors.mean(0), rtol=1e-12)
        np.testing.assert_allclose(made.covariance, np.cov(vectors.T), rtol=1e-8, atol=1e-10)


def test_gaussians_of_known_distance():
    random = np.random.default_rng(1)
    # Covariances that commute: the distance is |m1 - m2|^2 + |sqrt(v1) - sqrt(v2)|^2.
    basis = np.linalg.qr(random.normal(size=[8, 8]))[0]
    variances = random.uniform(0.1, 4, [2, 8])
    means = random.normal(size=[2, 8])
    sides = [
        statistics(exactly(random.normal(size=[100, 8]), m, basis @ np.diag(v) @ basis.T))
        for m, v in zip(means, variances)
    ]
    expected = np.sum((means[0] - means[1]) ** 2) + np.sum((variances[0] ** 0.5 - variances[1] ** 0.5) ** 2)
    assert frechet_distance(*sides) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(*sides[::-1]) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("size", [2, 17, 64])
def test_an_independent_implementation(size):
    random = np.random.default_rng(size)
    first = random.normal(size=[3 * size, size]) @ random.normal(size=[size, size])
    second = random.exponential(size=[4 * size, size]) @ random.normal(size=[size, size]) + 1
    distance = frechet_distance(statistics(first), statistics(second))
    assert distance == pytest.approx(independent(first, second), rel=1e-6)
    assert abs(frechet_distance(statistics(first), statistics(first))) < 1e-6 * np.trace(np.cov(first.T))


def test_a_feature_that_never_fires():
    random = np.random.default_rng(5)
    first, second = random.normal(size=[2, 50, 4])
    first[:, 2] = second[:, 2] = 0.0
    expected = independent(np.delete(first, 2, 1), np.delete(second, 2, 1))
    assert frechet_distance(statistics(first), statistics(second)) == pytest.approx(expected, rel=1e-6)


def test_too_few_pictures():
    random = np.random.default_rng(0)
    enough, few = statistics(random.normal(size=[9, 8])), statistics(random.normal(size=[8, 8]))
    with pytest.raises(ValueError, match="on 8 features needs at least 9 pictures on each side .* got 8"):
        frechet_distance(enough, few)
    with pytest.raises(ValueError, match="equal size, got 8 and 3"):
        frechet_distance(enough, statistics(random.normal(size=[9, 3])))


def test_bad_features():
    made = FeatureStatistics(3)
    with pytest.raises(ValueError, match=r"features: expected \[B, 3\], got \[2, 4\]"):
        made.update(np.zeros([2, 4]))
    with pytest.raises(ValueError, match="finite numbers"):
        made.update(np.full([2, 3], np.nan))
    assert made.count == 0


def network(channels=3, side=None):
    inputs = keras.Input([side, side, channels])
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs))


def test_any_keras_model_gives_features(tmp_path):
    network().save(tmp_path / "mean.keras")
    features = load_features(tmp_path / "mean.keras")
    images = np.random.default_rng(0).integers(0, 256, [4, 6, 6, 3]).astype(np.uint8)
    assert (features.name, features.size) == ("mean", 3)
    np.testing.assert_allclose(features(images), images.mean((1, 2)), rtol=1e-5)
    grey = features(images[..., :1])
    np.testing.assert_allclose(grey, np.repeat(images[..., :1].mean((1, 2)), 3, 1), rtol=1e-5)
    resized = FeatureNetwork(network(side=12), "larger", lambda x: x / 255)(images)
    assert resized.shape == (4, 3) and resized.max() <= 1
    with pytest.raises(ValueError, match=r"one reads \[B, H, W, 1\], got \[4, 6, 6, 3\]"):
        FeatureNetwork(network(1), "one")(images)


def test_networks_that_do_not_fit(tmp_path):
    inputs = keras.Input([8, 8, 3])
    with pytest.raises(ValueError, match="gives vectors"):
        FeatureNetwork(keras.Model(inputs, inputs), "same")
    flat = keras.Input([8])
    with pytest.raises(ValueError, match="a model of pictures"):
        FeatureNetwork(keras.Model(flat, flat), "flat")
    with pytest.raises(ValueError, match='expected "inception" or a .keras file, got'):
        load_features(tmp_path / "absent.keras")
    (tmp_path / "broken.keras").write_text("no")
    with pytest.raises(ValueError, match="broken.keras cannot be loaded"):
        load_features(tmp_path / "broken.keras")


def test_inception_never_stands_in(tmp_path, monkeypatch):
    def offline(**arguments):
        raise OSError("URL fetch failure")

    monkeypatch.setattr(keras.applications, "InceptionV3", offline)
    with pytest.raises(OSError, match="could not be downloaded .*--inception-weights.*--features"):
        load_features()
    with pytest.raises(ValueError, match="inception_weights: .*absent.h5 does not exist"):
        load_features("inception", tmp_path / "absent.h5")
    (tmp_path / "other.h5").write_text("no weights")
    with pytest.raises(ValueError, match="other.h5 does not hold Inception-v3's weights"):
        load_features("inception", tmp_path / "other.h5")
    with pytest.raises(ValueError, match="expected only with features"):
        load_features(tmp_path / "x.keras", tmp_path / "other.h5")


def test_inception_reads_a_file_of_weights(tmp_path):
    keras.utils.set_random_seed(0)
    made = keras.applications.InceptionV3(include_top=False, pooling="avg", input_shape=(299, 299, 3), weights=None)
    made.save_weights(tmp_path / "inception.weights.h5")
    features = load_features("inception", tmp_path / "inception.weights.h5")
    images = np.random.default_rng(0).integers(0, 256, [2, 16, 16, 3]).astype(np.uint8)
    resized = keras.ops.image.resize(images.astype("float32"), (299, 299), "bilinear")
    expected = made(keras.applications.inception_v3.preprocess_input(np.array(resized)), training=False)
    assert features.size == 2048
    np.testing.assert_allclose(features(images), expected, rtol=1e-3, atol=1e-5)
