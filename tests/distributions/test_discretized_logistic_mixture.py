"""The discretized logistic mixture: against SciPy, TFP and exact enumeration."""

import itertools

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
import tensorflow_probability as tfp
from scipy.special import log_expit, log_softmax, logsumexp

from tf_selfvae.distributions import DiscretizedLogisticMixture

tfd = tfp.distributions
PAIRS = [(1, 0), (2, 0), (2, 1)]
RANGES = [(0, 255), (-255, 255), (-510, 510)]


def parameters(batch, channels, components, low=0, high=255, coeffs=True, seed=0, dtype="float64"):
    """Random parameters that spread over the whole support."""
    rng = np.random.default_rng(seed)
    width = high - low
    made = {
        "logits": rng.normal(size=(*batch, components)),
        "loc": rng.uniform(low - 0.1 * width, high + 0.1 * width, (*batch, channels, components)),
        "scale": np.exp(rng.uniform(-2, np.log(width / 4), (*batch, channels, components))),
    }
    if coeffs and channels > 1:
        pairs = channels * (channels - 1) // 2
        made["coeffs"] = rng.uniform(-1, 1, (*batch, pairs, components))
    return {name: value.astype(dtype) for name, value in made.items()}


def conditional_locs(x, loc, coeffs, center):
    """The location of every channel and component, written out: [..., C, M]."""
    locs = np.array(np.broadcast_to(loc, (*x.shape[:-1], *loc.shape[-2:])))
    if coeffs is not None:
        for place, (c, j) in enumerate(PAIRS[: coeffs.shape[-2]]):
            locs[..., c, :] += coeffs[..., place, :] * (x[..., j, None] - center)
    return locs


def log_prob_scipy(x, logits, loc, scale, coeffs=None, low=0, high=255, center=None):
    """The definition in NumPy, in log space: log(F(x + 1/2) - F(x - 1/2)), ends with their tails."""
    locs = conditional_locs(x, loc, coeffs, (low + high) / 2 if center is None else center)
    value, low, high = x[..., None], *(np.asarray(end)[..., None] for end in (low, high))
    upper = np.where(value == high, 0, log_expit((value + 0.5 - locs) / scale))
    lower = np.where(value == low, -np.inf, log_expit((value - 0.5 - locs) / scale))
    # Right of the location the survival functions keep the digits.
    upper_s = np.where(value == high, -np.inf, log_expit(-(value + 0.5 - locs) / scale))
    lower_s = np.where(value == low, 0, log_expit(-(value - 0.5 - locs) / scale))
    right = value > locs
    large, small = np.where(right, lower_s, upper), np.where(right, upper_s, lower)
    mass = large + np.log(-np.expm1(small - large))
    return logsumexp(log_softmax(logits, -1) + mass.sum(-2), -1)


def all_values(low, high, channels=1):
    return np.array(list(itertools.product(range(low, high + 1), repeat=channels)), np.float64)


@pytest.mark.parametrize("low,high", RANGES)
def test_conditional_probabilities_sum_to_one(low, high):
    # Channel c given the earlier ones: P(first c + 1 channels) summed over channel c is
    # P(first c channels), for the distribution cut to its first channels.
    p = parameters((), 3, 4, low, high)
    before, earlier = np.zeros(()), np.array([0.0, 0.0])
    earlier[:] = low + 3, high - 40
    for c in range(3):
        cut = DiscretizedLogisticMixture(
            p["logits"],
            p["loc"][: c + 1],
            p["scale"][: c + 1],
            p["coeffs"][: c * (c + 1) // 2] if c else None,
            low,
            high,
        )
        x = np.concatenate([np.tile(earlier[:c], (high - low + 1, 1)), all_values(low, high)], 1)
        log_probs = cut.log_prob(x).numpy()
        np.testing.assert_allclose(logsumexp(log_probs), before, atol=1e-11)
        if c < 2:
            before = log_probs[int(earlier[c]) - low]


@pytest.mark.parametrize("coeffs", [True, False])
def test_joint_probabilities_sum_to_one(coeffs):
    p = parameters((5,), 3, 3, 0, 3, coeffs)
    x = all_values(0, 3, 3)[:, None]
    log_probs = DiscretizedLogisticMixture(**p, high=3).log_prob(x)
    assert log_probs.shape == (64, 5)
    np.testing.assert_allclose(np.exp(log_probs).sum(0), 1, rtol=1e-12)


@pytest.mark.parametrize("low,high", RANGES)
def test_one_channel_is_tfps_quantized_mixture(low, high):
    p = parameters((), 1, 4, low, high)
    # Integer v is where X - 1/2 rounds up to v.
    logistic = tfd.Logistic(p["loc"][0] - 0.5, p["scale"][0])
    oracle = tfd.MixtureSameFamily(tfd.Categorical(logits=p["logits"]), tfd.QuantizedDistribution(logistic, low, high))
    x = all_values(low, high)
    found = DiscretizedLogisticMixture(**p, low=low, high=high).log_prob(x)
    np.testing.assert_allclose(found, oracle.log_prob(x[:, 0]), rtol=1e-7)


@pytest.mark.parametrize("coeffs", [True, False])
def test_three_channels_are_tfps_quantized_mixture(coeffs):
    p = parameters((2, 3), 3, 4, coeffs=coeffs)
    x = DiscretizedLogisticMixture(**p).sample(50, seed=(1, 2)).numpy()
    x[0], x[1] = 0, 255
    x[2:6] = np.random.default_rng(1).integers(0, 256, (4, 2, 3, 3))
    locs = conditional_locs(x, p["loc"], p.get("coeffs"), 127.5)
    logistic = tfd.Logistic(np.swapaxes(locs, -1, -2) - 0.5, np.swapaxes(p["scale"], -1, -2))
    quantized = tfd.Independent(tfd.QuantizedDistribution(logistic, 0.0, 255.0), 1)
    oracle = tfd.MixtureSameFamily(tfd.Categorical(logits=np.broadcast_to(p["logits"], (50, 2, 3, 4))), quantized)
    expected = oracle.log_prob(x).numpy()
    usual = expected > -25  # beyond, the oracle's differences of probabilities lose digits
    assert usual.mean() > 0.5
    found = DiscretizedLogisticMixture(**p).log_prob(x).numpy()
    np.testing.assert_allclose(found[usual], expected[usual], rtol=1e-7)
    np.testing.assert_allclose(found, log_prob_scipy(x, **p), rtol=1e-7)


@pytest.mark.parametrize("low,high", RANGES)
@pytest.mark.parametrize("scale", [1e-6, 0.05, 1.0, 400.0, 1e6])
@pytest.mark.parametrize("place", [-1e4, -0.49, 0.0, 0.5, 1e4])
def test_extremes_are_finite_and_exact(low, high, scale, place):
    x = np.array([[low] * 3, [high] * 3, [low, high, low], [low + 1, high - 1, 0]], np.float32)
    p = {
        "logits": np.float32([0, -60]),
        "loc": np.float32([[low + place, high + place]] * 3),
        "scale": np.full([3, 2], scale, np.float32),
        "coeffs": np.float32([[1, -1], [-1, 1], [1, 0]]),
    }
    variables = {name: tf.constant(value) for name, value in p.items()}
    with tf.GradientTape() as tape:
        tape.watch(variables)
        log_probs = DiscretizedLogisticMixture(**variables, low=low, high=high).log_prob(x)
    assert np.isfinite(log_probs).all() and (log_probs.numpy() <= 1e-5).all()
    wide = {name: value.astype(np.float64) for name, value in p.items()}
    with np.errstate(divide="ignore"):
        expected = log_prob_scipy(x.astype(np.float64), **wide, low=low, high=high)
    exact = np.isfinite(expected)  # the oracle itself gives up first
    np.testing.assert_allclose(log_probs.numpy()[exact], expected[exact], rtol=2e-5, atol=2e-5)
    for name, gradient in tape.gradient(log_probs, variables).items():
        assert np.isfinite(gradient).all(), name


def test_gradients_are_the_numerical_ones():
    p = parameters((), 3, 2)
    x = np.array([[0, 128, 255], [40, 255, 0], [90, 100, 110]], np.float64)

    def value(**changed):
        return DiscretizedLogisticMixture(**{**p, **changed}).log_prob(x)

    for name in p:
        exact, numeric = tf.test.compute_gradient(lambda v, name=name: value(**{name: v}), [p[name]], 1e-5)
        np.testing.assert_allclose(exact[0], numeric[0], rtol=1e-5, atol=1e-7, err_msg=name)


def chi_square(counts, probabilities, n):
    """The p-value of counts; cells that expect fewer than 5 are merged."""
    rare = n * probabilities < 5
    cells = [np.append(v[~rare], v[rare].sum()) for v in (counts, n * probabilities)]
    if cells[1][-1] < 1:
        assert cells[0][-1] < 12
        cells = [v[:-1] for v in cells]
        cells[1] *= cells[0].sum() / cells[1].sum()
    return scipy.stats.chisquare(*cells).pvalue


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("low,high", [(0, 255), (-255, 255)])
def test_samples_of_one_channel_follow_the_probabilities(low, high, dtype):
    dist = DiscretizedLogisticMixture(**parameters((), 1, 4, low, high, seed=3, dtype=dtype), low=low, high=high)
    n = 20000
    samples = dist.sample(n, seed=(1, 2)).numpy()
    assert samples.shape == (n, 1) and samples.dtype == dtype
    assert samples.min() >= low and samples.max() <= high and (samples == samples.round()).all()
    counts = np.bincount(samples[:, 0].astype(int) - low, minlength=high - low + 1)
    probabilities = np.exp(dist.log_prob(all_values(low, high).astype(dtype))).astype(np.float64)
    assert chi_square(counts, probabilities / probabilities.sum(), n) > 1e-3


def test_samples_of_three_channels_follow_the_joint():
    dist = DiscretizedLogisticMixture(**parameters((), 3, 3, 0, 3, seed=4), high=3)
    n = 20000
    samples = dist.sample(n, seed=(3, 4)).numpy().astype(int)
    counts = np.bincount(samples @ [16, 4, 1], minlength=64)
    probabilities = np.exp(dist.log_prob(all_values(0, 3, 3))).astype(np.float64)
    assert chi_square(counts, probabilities, n) > 1e-3
    # The test can tell: without the dependence between channels it fails.
    apart = DiscretizedLogisticMixture(**parameters((), 3, 3, 0, 3, False, seed=4), high=3)
    assert chi_square(counts, np.exp(apart.log_prob(all_values(0, 3, 3))), n) < 1e-6


@pytest.mark.parametrize("low,high", RANGES)
def test_mean_of_one_channel_is_near_the_exact_sum(low, high):
    for seed, scale in itertools.product(range(3), [0.05, 1.0, 8.0, 400.0]):
        p = parameters((6,), 1, 3, low, high, seed=seed)
        p["scale"] = np.full_like(p["scale"], scale)
        dist = DiscretizedLogisticMixture(**p, low=low, high=high)
        x = all_values(low, high)[:, None]
        exact = (np.exp(dist.log_prob(x))[..., None] * x).sum(0)
        np.testing.assert_allclose(dist.mean(), exact, atol=0.5 if scale < 1 else 0.02)


def test_mean_of_three_channels_is_the_samples_mean():
    p = parameters((), 3, 3)
    p["loc"], p["scale"] = 128 + (p["loc"] - 128) / 8, np.full([3, 3], 3.0)
    dist = DiscretizedLogisticMixture(**p)
    samples = dist.sample(50000, seed=(5, 6)).numpy()
    error = 5 * samples.std(0) / np.sqrt(50000)
    assert (np.abs(samples.mean(0) - dist.mean()) < error + 0.02).all()


def test_mode_of_a_dominant_component():
    p = parameters((), 3, 3, 0, 7)
    p["logits"][1] += 50
    p["loc"][:, 1], p["scale"][:, 1], p["coeffs"][:, 1] = (2.2, 5.4, 4.1), 0.3, (0.3, -0.4, 0.2)
    dist = DiscretizedLogisticMixture(**p, high=7)
    x = all_values(0, 7, 3)
    np.testing.assert_array_equal(dist.mode(), x[np.argmax(dist.log_prob(x))])


def uniforms(shape, components=4, channels=3, seed=7):
    rng = np.random.default_rng(seed)
    return (
        rng.uniform(size=(*shape, components)).astype(np.float32),
        rng.uniform(size=(*shape, channels)).astype(np.float32),
    )


def test_sample_from_is_the_same_in_a_graph():
    p = parameters((2, 5), 3, 4, dtype="float32")
    u, v = uniforms((2, 5))

    def draw(logits, loc, scale, coeffs, u, v, temperature):
        dist = DiscretizedLogisticMixture(logits, loc, scale, coeffs)
        return dist.sample_from(u, v, temperature)

    arguments = [*p.values(), u, v, np.float32(0.7)]
    arguments = [tf.constant(value) for value in arguments]
    eager = draw(*arguments)
    specs = [tf.TensorSpec([None, *a.shape[1:]] if a.shape.rank else [], tf.float32) for a in arguments]
    # AutoGraph would first translate TFP, for a minute.
    np.testing.assert_array_equal(eager, tf.function(draw, autograph=False)(*arguments))
    np.testing.assert_array_equal(eager, tf.function(draw, input_signature=specs, autograph=False)(*arguments))
    by_row = tf.fill([2, 1, 1], 0.7)
    np.testing.assert_array_equal(eager, draw(*arguments[:-1], by_row))


@pytest.mark.parametrize("low, high", RANGES)
def test_sample_from_noise_is_sample_from_with_the_noise_made(low, high):
    p = parameters((2, 5), 3, 4, low, high, dtype="float32")
    dist = DiscretizedLogisticMixture(**p, low=low, high=high)
    u, v = uniforms((2, 5))
    gumbel, logistic = scipy.stats.gumbel_r.ppf(u), scipy.stats.logistic.ppf(v)
    values, before = dist.sample_from_noise(gumbel, logistic, 0.7)
    np.testing.assert_array_equal(values, dist.sample_from(u, v, 0.7))
    np.testing.assert_array_equal(values, np.floor(before.numpy() + 0.5))
    assert before.numpy().min() >= low and before.numpy().max() <= high
    assert (before != values).numpy().mean() > 0.3
    with pytest.raises(ValueError, match="temperature: expected at least 0, got -1"):
        dist.sample_from_noise(gumbel, logistic, -1)


def test_sample_from_is_the_inverse_distribution_function():
    # One component, one channel: U in (F(v - 1/2), F(v + 1/2)) gives v.
    dist = DiscretizedLogisticMixture(np.zeros([1]), np.float64([[90.3]]), np.float64([[7.0]]))
    u = np.random.default_rng(8).uniform(size=(500, 1))
    expected = np.floor(scipy.stats.logistic.ppf(u, 90.3, 7.0) + 0.5).clip(0, 255)
    np.testing.assert_array_equal(dist.sample_from(u, u), expected)


def test_temperature_near_zero_gives_the_mode():
    dist = DiscretizedLogisticMixture(**parameters((2, 5), 3, 4, dtype="float32"))
    for seed in range(3):
        drawn = dist.sample_from(*uniforms((2, 5), seed=seed), temperature=1e-6)
        np.testing.assert_array_equal(drawn, dist.mode())
    spread = [
        np.std([dist.sample_from(*uniforms((2, 5), seed=s), temperature=t) for s in range(20)], 0).mean()
        for t in (1e-6, 0.3, 1.0)
    ]
    assert spread[0] == 0 and 0 < spread[1] < spread[2]


@pytest.mark.parametrize("temperature", [0.0, 1e-38])
def test_a_tensor_of_temperature_zero_gives_the_mode(temperature):
    # A model's temperature is a tensor, and may be 0: also of rows beside warm ones.
    dist = DiscretizedLogisticMixture(**parameters((2, 5), 3, 4, dtype="float32"))
    u, v = uniforms((2, 5))
    np.testing.assert_array_equal(dist.sample_from(u, v, tf.constant(temperature)), dist.mode())
    mixed = dist.sample_from(u, v, tf.constant([[[temperature]], [[1.0]]]))
    np.testing.assert_array_equal(mixed[0], dist.mode()[0])
    np.testing.assert_array_equal(mixed[1], dist.sample_from(u, v)[1])


@pytest.mark.parametrize("temperature", [-0.5, -1, float("nan")])
def test_temperatures_below_zero_are_explained(temperature):
    dist = DiscretizedLogisticMixture(**parameters((), 3, 4, dtype="float32"))
    with pytest.raises(ValueError, match="temperature: expected at least 0"):
        dist.sample_from(*uniforms(()), temperature=temperature)


@pytest.mark.parametrize("low,high", RANGES)
@pytest.mark.parametrize("edge", [0.0, np.float32(1e-45), np.float32(1e-38), 1 - 2.0**-24, 1.0])
def test_extreme_uniforms_stay_in_the_support(low, high, edge):
    p = parameters((20,), 3, 4, low, high, dtype="float32")
    p["scale"][0] = 400
    dist = DiscretizedLogisticMixture(**p, low=low, high=high)
    for u, v in [(edge, edge), (0.5, edge), (edge, 0.5)]:
        drawn = dist.sample_from(np.full([20, 4], u, np.float32), np.full([20, 3], v, np.float32))
        assert np.isfinite(drawn).all()
        assert drawn.numpy().min() >= low and drawn.numpy().max() <= high
        np.testing.assert_array_equal(drawn, np.round(drawn))
        assert np.isfinite(dist.log_prob(drawn)).all()


def test_every_place_may_have_ends_of_its_own():
    rng = np.random.default_rng(3)
    p = parameters((4, 6), 3, 4, -255, 255)
    low = rng.integers(-40, 0, (4, 6, 3)).astype(float)
    high = low + rng.integers(1, 60, low.shape)
    dist = DiscretizedLogisticMixture(**p, low=tf.constant(low), high=tf.constant(high), center=5.0)
    for x in (rng.integers(low, high + 1), low, high):
        x = x.astype(float)
        expected = log_prob_scipy(x, **p, low=low, high=high, center=5.0)
        np.testing.assert_allclose(dist.log_prob(x), expected, rtol=1e-9)
    drawn = dist.sample(500, seed=1).numpy()
    assert (drawn >= low).all() and (drawn <= high).all()
    assert (drawn == low).any((0, 3)).all() and (drawn == high).any((0, 3)).all()
    assert (dist.mean() >= low).numpy().all() and (dist.mean() <= high).numpy().all()
    # One channel: all its values together, and the same as TFP's clipped at numbers.
    one = {name: value[..., :1, :] if name in ("loc", "scale") else value for name, value in p.items()}
    del one["coeffs"]
    dist = DiscretizedLogisticMixture(**one, low=low[..., :1] + tf.zeros([]), high=tf.constant(high[..., :1]), center=0)
    every = low[..., :1] + np.arange(60)[:, None, None, None]
    masses = np.where(every <= high[..., :1], np.exp(dist.log_prob(np.minimum(every, high[..., :1])))[..., None], 0)
    np.testing.assert_allclose(masses.sum(0), 1, rtol=1e-9)
    assert dist[1:, 2].batch_shape == (3,) and dist[1:, 2].low.shape == (3, 1)
    with pytest.raises(ValueError, match="center must be given where low and high are tensors"):
        DiscretizedLogisticMixture(**one, low=tf.constant(low[..., :1]), high=tf.constant(high[..., :1]))


def test_a_citizen_of_tfp():
    p = parameters((2, 4, 5), 3, 4, dtype="float32")
    dist = DiscretizedLogisticMixture(**p)
    assert isinstance(dist, tfd.Distribution) and dist.dtype == tf.float32
    assert dist.event_shape == (3,) and dist.batch_shape == (2, 4, 5)
    np.testing.assert_array_equal(dist.event_shape_tensor(), [3])
    np.testing.assert_array_equal(dist.batch_shape_tensor(), [2, 4, 5])
    assert dist.sample(seed=1).shape == (2, 4, 5, 3)
    assert dist.sample(7, seed=1).shape == (7, 2, 4, 5, 3)
    assert dist.sample((6, 7), seed=1).shape == (6, 7, 2, 4, 5, 3)
    assert dist.mean().shape == dist.mode().shape == (2, 4, 5, 3)
    np.testing.assert_array_equal(dist.sample(seed=(1, 2)), dist.sample(seed=(1, 2)))
    assert (dist.sample(seed=(1, 2)).numpy() != dist.sample(seed=(1, 3)).numpy()).any()

    image = tfd.Independent(dist, 2)
    x = image.sample(seed=(1, 2))
    assert image.event_shape == (4, 5, 3) and image.batch_shape == (2,)
    np.testing.assert_allclose(image.log_prob(x), dist.log_prob(x).numpy().sum((1, 2)), rtol=1e-5)
    np.testing.assert_array_equal(dist.copy().log_prob(x), dist.log_prob(x))
    lower = dist.copy(low=-3, name="lower")
    assert (lower.low, lower.high, lower.name) == (-3, 255, "lower")
    np.testing.assert_array_equal(dist[1].log_prob(x[1]), dist.log_prob(x)[1])
    assert dist.copy(coeffs=None).batch_shape == (2, 4, 5)
    doubled = tfd.Mixture(tfd.Categorical(probs=tf.fill([2, 4, 5, 2], 0.5)), [dist, dist])
    np.testing.assert_allclose(doubled.log_prob(x), dist.log_prob(x), rtol=1e-5)


def test_parameters_may_be_variables_and_are_read_late():
    p = {k: tf.Variable(v) for k, v in parameters((), 3, 4, dtype="float32").items()}
    dist = DiscretizedLogisticMixture(**p)
    x = tf.constant([3.0, 100.0, 255.0])
    before = dist.log_prob(x)
    p["loc"].assign_add(tf.ones_like(p["loc"]) * 20)
    assert dist.log_prob(x) != before
    np.testing.assert_array_equal(
        dist.log_prob(x), DiscretizedLogisticMixture(**{k: v.value() for k, v in p.items()}).log_prob(x)
    )


def test_validation_is_there_on_request():
    p = parameters((), 3, 4, dtype="float32")
    dist = DiscretizedLogisticMixture(**p, validate_args=True)
    dist.log_prob([0.0, 255.0, 7.0])
    for wrong in ([0.5, 1, 2], [-1.0, 1, 2], [0.0, 1, 256]):
        with pytest.raises(tf.errors.InvalidArgumentError):
            dist.log_prob(wrong)
    with pytest.raises(tf.errors.InvalidArgumentError, match="scale"):
        DiscretizedLogisticMixture(**{**p, "scale": -p["scale"]}, validate_args=True)


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"logits": np.zeros([5], np.float32)}, r"logits must have shape \[..., 4\]"),
        ({"scale": np.ones([2, 4], np.float32)}, r"scale must have shape \[..., 3, 4\]"),
        ({"coeffs": np.ones([2, 4], np.float32)}, r"coeffs must have shape \[..., 3, 4\]"),
        ({"loc": np.ones([4], np.float32)}, "loc must have a static shape"),
        ({"low": 255}, "low must be below high"),
        ({"low": 0.5}, "low must be an integer"),
    ],
)
def test_wrong_arguments_are_explained(changes, words):
    with pytest.raises(ValueError, match=words):
        DiscretizedLogisticMixture(**{**parameters((), 3, 4, dtype="float32"), **changes})


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_short_floats_are_refused(dtype):
    p = {k: tf.cast(v, dtype) for k, v in parameters((), 3, 4).items()}
    with pytest.raises(ValueError, match="float32 or float64"):
        DiscretizedLogisticMixture(**p)
