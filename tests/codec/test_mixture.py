"""The mixture in integers: against Python's integers, and against the distribution that it stands for."""

import numpy as np
import pytest
import tensorflow as tf

from tf_selfvae.codec import tables as t
from tf_selfvae.codec.mixture import Mixture, Tables
from tf_selfvae.codec.networks import Level
from tf_selfvae.distributions import DiscretizedLogisticMixture

LEVEL = Level(channels=3, width=8, trunk=1, band=1, mixtures=4, phases=2)
TABLE = t.make()


def outputs(count, seed=0, wild=False):
    """A head's integers: as a trained one's, or anything inside the limits."""
    random = np.random.default_rng(seed)
    least, most = LEVEL.limits()
    if wild:
        return random.integers(least, most + 1, [count, LEVEL.outputs])
    scales = np.repeat([20, 60, 30, 20], [4, 12, 12, 12])
    middle = np.repeat([0, 0, 50, 0], [4, 12, 12, 12])
    return np.clip(random.normal(middle, scales, [count, LEVEL.outputs]).round(), least, most).astype(int)


def chances(mixture, values, low, high):
    """The product of a value's decisions, channel by channel: float64 [P, C]."""
    found = np.ones(values.shape)
    for channel in range(values.shape[1]):

        def decide(p, left, middle, channel=channel):
            lower = values[:, channel] < middle
            found[:, channel] *= np.where(left, np.where(lower, p, 1 - p), 1)
            return lower

        chosen = mixture.channel(low, high, decide)
        np.testing.assert_array_equal(chosen, values[:, channel])
    return found


def test_is_the_discretized_logistic_mixture():
    count, random = 300, np.random.default_rng(1)
    numbers, values = outputs(count), random.integers(-30, 31, [count, 3])
    low, high = np.full(count, -255), np.full(count, 256)
    found = chances(Mixture(numbers, LEVEL, Tables(TABLE)), values, low, high).prod(-1)
    logits, loc, log_scale, coeffs = (tf.constant(part, tf.float64) for part in np.split(numbers, [4, 16, 28], -1))
    oracle = DiscretizedLogisticMixture(
        logits / t.LOGIT,
        tf.reshape(loc / t.LOCATION, [-1, 3, 4]),
        tf.exp(tf.reshape(log_scale / t.LOG_SCALE, [-1, 3, 4])),
        tf.tanh(tf.reshape(coeffs / t.COEFFICIENT, [-1, 3, 4])),
        low=-255,
        high=255,
    )
    expected = oracle.log_prob(tf.constant(values, tf.float64)).numpy()
    likely = expected > np.log(1e-6)  # below, what every value has counts
    assert likely.sum() > 100
    np.testing.assert_allclose(np.log(found[likely]), expected[likely], atol=0.2)
    assert abs(np.mean(np.log(found[likely]) - expected[likely])) < 5e-3


@pytest.mark.parametrize("wild", [False, True])
def test_values_share_one_in_every_interval(wild):
    numbers = outputs(6, 2, wild)
    for low, high in ((-255, 256), (-510, 511), (7, 8), (-3, 0)):
        values = np.arange(low, high)
        repeated = np.repeat(numbers, len(values), 0)
        mixture = Mixture(repeated, LEVEL, Tables(TABLE))
        tiled = np.tile(values, 6)[:, None]
        ends = (np.full(len(tiled), end) for end in (low, high))
        total = chances(mixture, tiled, *ends).reshape(6, -1).sum(-1)
        np.testing.assert_allclose(total, 1, rtol=1e-12)


class Whole:
    """The mixture anew, in Python's integers of any size, from the written format."""

    def __init__(self, numbers):
        m, self.numbers, self.values = LEVEL.mixtures, [int(n) for n in numbers], []
        top = max(self.numbers[:m])
        self.weights = self.normalised([int(TABLE["exponential"][top - logit]) for logit in self.numbers[:m]])

    @staticmethod
    def normalised(weights):
        return [(weight << 14) // sum(weights) for weight in weights]

    def component(self, k):
        m, c = LEVEL.mixtures, len(self.values)
        location = self.numbers[(1 + c) * m + k]
        for j, value in enumerate(self.values):
            coefficient = int(TABLE["coefficient"][self.numbers[(7 + c * (c - 1) // 2 + j) * m + k] + 256])
            location += (coefficient * value + 8) // 16
        return location, int(TABLE["inverse_scale"][self.numbers[(4 + c) * m + k] + 96])

    def below(self, k, value):
        location, inverse = self.component(k)
        argument = (32 * value - 2 * location - 16) * inverse + (16 << 18)
        argument = min(max(argument, 0), (32 << 18) - 1)
        index, rest = divmod(argument, 1 << 12)
        first = int(TABLE["logistic"][index])
        return (first << 12) + (int(TABLE["logistic"][index + 1]) - first) * rest

    def mass(self, value):
        return (sum(w * self.below(k, value) for k, w in enumerate(self.weights)) >> 24) + 4 * value

    def choose(self, value):
        gained = [self.below(k, value + 1) - self.below(k, value) for k in range(LEVEL.mixtures)]
        self.weights = self.normalised([w * ((g >> 12) + 1) // 16 + 1 for w, g in zip(self.weights, gained)])
        self.values.append(value)


@pytest.mark.parametrize("wild", [False, True])
def test_computes_as_integers_of_any_size_do(wild):
    count, random = 40, np.random.default_rng(3)
    numbers, values = outputs(count, 4, wild), random.integers(-510, 511, [count, 3])
    mixture, wholes = Mixture(numbers, LEVEL, Tables(TABLE)), [Whole(row) for row in numbers]
    for channel in range(3):
        low, high = [-510] * count, [511] * count

        def decide(p, left, middle, low=low, high=high, channel=channel):
            for i, (row, cut) in enumerate(zip(wholes, middle.astype(int).tolist())):
                if left[i]:
                    assert cut == (low[i] + high[i]) // 2
                    below, above = row.mass(low[i]), row.mass(high[i])
                    share = ((row.mass(cut) - below) << 24) // (above - below)
                    assert p[i] * 2**24 == min(max(share, 1), 2**24 - 1)
                    if values[i, channel] < cut:
                        high[i] = cut
                    else:
                        low[i] = cut
            return values[:, channel] < middle

        mixture.channel(np.full(count, -510), np.full(count, 511), decide)
        for row, value in zip(wholes, values[:, channel].tolist()):
            row.choose(value)


def test_stays_below_what_doubles_hold():
    """Every product, at its worst, is at most 2^53."""
    weight, mass = 2**t.WEIGHT_BITS, 2**t.MASS_BITS
    assert weight * mass * 2**t.STEP_BITS < 2**53
    assert (2 * t.LOCATION_LIMIT + 33 * 3 * t.LOCATION * 510) * int(TABLE["inverse_scale"].max()) < 2**53
    assert (2**28 + 4 * 1021) * 2**24 < 2**53
    assert (weight * (mass + 1) / 16 + 1) * weight < 2**53
