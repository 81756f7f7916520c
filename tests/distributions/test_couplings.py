"""Couplings, squeeze and RealNVP: against numerical Jacobians."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

from tf_selfvae.distributions import (
    AffineCoupling,
    FirstChannels,
    Squeeze,
    coupling_mask,
    coupling_network_shape,
    coupling_shapes,
    realnvp,
)

tfb, tfd = tfp.bijectors, tfp.distributions
MASKS = ("checkerboard", "checkerboard_inverse", "channel", "channel_inverse")


class Dense:
    """A network of one hidden layer over the whole event, in the dtype of its input."""

    def __init__(self, shape, seed=0):
        rng = np.random.default_rng(seed)
        self.shape, size = shape, int(np.prod(shape))
        self.first = tf.Variable(rng.normal(size=(size, 8)) / size**0.5)
        self.second = tf.Variable(rng.normal(size=(8, 2 * size)) / 2)

    def __call__(self, x):
        hidden = tf.tanh(tf.reshape(x, [-1, self.first.shape[0]]) @ tf.cast(self.first, x.dtype))
        outputs = hidden @ tf.cast(self.second, x.dtype)
        return tf.reshape(outputs, [-1, *self.shape[:2], 2 * self.shape[2]])


def coupling(shape=(4, 2, 4), mask="channel", seed=0):
    read = coupling_network_shape(shape, mask)
    rescale = tf.constant(np.random.default_rng(seed).uniform(0.5, 1.5, read[2]))
    return AffineCoupling(Dense(read, seed), rescale, shape, mask)


def values(shape, batch=3, seed=9):
    return tf.constant(np.random.default_rng(seed).normal(size=(batch, *shape)))


def log_det(function, x):
    """log |det| of the numerical Jacobian of every row, [B]."""
    x = tf.identity(x)  # TFP's cache knows tensors by identity, and its answers have no gradient
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    size = int(np.prod(x.shape[1:]))
    return np.linalg.slogdet(tf.reshape(tape.batch_jacobian(y, x), [-1, size, size]))[1]


@pytest.mark.parametrize("mask", MASKS)
def test_masks_keep_half_and_the_inverse_the_other_half(mask):
    kept = coupling_mask((4, 6, 2), mask)
    assert kept.shape == (4, 6, 2) and kept.mean() == 0.5 and set(np.unique(kept)) == {0, 1}
    if "inverse" in mask:
        np.testing.assert_array_equal(kept, 1 - coupling_mask((4, 6, 2), mask[:-8]))
    elif mask == "channel":
        np.testing.assert_array_equal(kept, np.broadcast_to([1, 0], (4, 6, 2)))
    else:
        assert kept[0, 0, 0] == kept[1, 1, 1] == 1 and kept[0, 1, 0] == kept[1, 0, 1] == 0


def test_an_unknown_mask_is_explained():
    with pytest.raises(ValueError, match="mask: expected one of checkerboard.*'stripes'"):
        coupling_mask((2, 2, 2), "stripes")
    with pytest.raises(ValueError, match=r"shape: expected an even number of channels .*'channel', got \(2, 2, 3\)"):
        coupling_mask((2, 2, 3), "channel")


@pytest.mark.parametrize("mask", MASKS[:2])
def test_coupling_over_space_is_the_formula(mask):
    shape = (4, 2, 4)
    bijector, x = coupling(shape, mask), values(shape)
    kept = coupling_mask(shape, mask)
    shift, raw = np.split(Dense(shape, 0)(x * kept).numpy(), 2, -1)
    rescale = np.random.default_rng(0).uniform(0.5, 1.5, 4)
    expected = np.where(kept == 1, x, x * np.exp(rescale * np.tanh(raw)) + shift)
    np.testing.assert_allclose(bijector.forward(x), expected, rtol=1e-12)


@pytest.mark.parametrize("mask", MASKS[2:])
def test_coupling_over_channels_is_the_formula_and_reads_only_what_it_keeps(mask):
    shape = (4, 2, 4)
    bijector, halves = coupling(shape, mask), np.split(values(shape).numpy(), 2, -1)
    kept, changed = halves if mask == "channel" else halves[::-1]
    assert coupling_network_shape(shape, mask) == kept.shape[1:]
    shift, raw = np.split(Dense(kept.shape[1:], 0)(tf.constant(kept)).numpy(), 2, -1)
    rescale = np.random.default_rng(0).uniform(0.5, 1.5, 2)
    expected = [kept, changed * np.exp(rescale * np.tanh(raw)) + shift]
    expected = np.concatenate(expected if mask == "channel" else expected[::-1], -1)
    np.testing.assert_allclose(bijector.forward(np.concatenate(halves, -1)), expected, rtol=1e-12)


@pytest.mark.parametrize("mask", MASKS)
def test_coupling_log_determinants_are_the_numerical_ones(mask):
    x = values((4, 2, 4))
    forward = log_det(coupling(mask=mask).forward, x)
    np.testing.assert_allclose(coupling(mask=mask).forward_log_det_jacobian(x, event_ndims=3), forward, rtol=1e-10)
    backward = log_det(coupling(mask=mask).inverse, x)
    np.testing.assert_allclose(coupling(mask=mask).inverse_log_det_jacobian(x, event_ndims=3), backward, rtol=1e-10)
    assert np.abs(forward).min() > 1e-3 and forward.std() > 1e-3


BIJECTORS = {
    **{mask: (lambda mask=mask: coupling(mask=mask), (4, 2, 4)) for mask in MASKS},
    "squeeze": (lambda: Squeeze((4, 2, 4)), (4, 2, 4)),
    "unsqueeze": (lambda: tfb.Invert(Squeeze((4, 2, 1))), (2, 1, 4)),
    "first_channels": (lambda: FirstChannels(coupling(), 4), (4, 2, 6)),
    "chain": (lambda: tfb.Chain([Squeeze((4, 2, 4)), coupling()]), (4, 2, 4)),
}


@pytest.mark.parametrize("name", BIJECTORS)
def test_inverse_undoes_forward(name):
    make, shape = BIJECTORS[name]
    x = values(shape)
    y = make().forward(x)
    assert y.shape[1:] == make().forward_event_shape(shape)
    # A second instance and a copy of the tensor: TFP's cache must not answer.
    np.testing.assert_allclose(make().inverse(tf.identity(y)), x, atol=1e-12)
    z = make().inverse(tf.identity(y) + 1)
    np.testing.assert_allclose(make().forward(tf.identity(z)), y + 1, atol=1e-12)
    np.testing.assert_allclose(
        make().inverse_log_det_jacobian(tf.identity(y), event_ndims=3),
        -make().forward_log_det_jacobian(x, event_ndims=3),
        atol=1e-12,
    )
    found = make().forward_log_det_jacobian(x, event_ndims=3)
    np.testing.assert_allclose(np.broadcast_to(found, [3]), log_det(make().forward, x), atol=1e-10)


def test_first_channels_leaves_the_rest():
    x = values((4, 2, 6))
    y = FirstChannels(coupling(), 4).forward(x)
    np.testing.assert_array_equal(y[..., 4:], x[..., 4:])
    np.testing.assert_array_equal(y[..., :4], coupling().forward(x[..., :4]))


def test_squeeze_is_a_permutation_of_blocks():
    x = tf.reshape(tf.range(2 * 4 * 6 * 3), [2, 4, 6, 3])
    y = Squeeze((4, 6, 3)).forward(tf.cast(x, tf.float32)).numpy()
    assert y.shape == (2, 2, 3, 12)
    np.testing.assert_array_equal(np.sort(y.ravel()), np.arange(y.size))
    for row, column in np.ndindex(2, 3):
        block = x.numpy()[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        np.testing.assert_array_equal(np.sort(y[:, row, column]), np.sort(block.reshape(2, -1)))
    with pytest.raises(ValueError, match="even rows and columns"):
        Squeeze((3, 4, 1))


SHAPES = {1: (2, 3, 2), 2: (4, 2, 2), 3: (4, 4, 2)}


def network_shapes(shape, scales):
    return [coupling_network_shape(piece[:3], piece[3]) for piece in coupling_shapes(shape, scales)]


def flow(scales, networks=None):
    shapes = network_shapes(SHAPES[scales], scales)
    networks = networks or [Dense(s, i) for i, s in enumerate(shapes)]
    rescales = [tf.constant(np.random.default_rng(i).uniform(0.3, 0.8, s[2]), tf.float32) for i, s in enumerate(shapes)]
    return realnvp(SHAPES[scales], networks, rescales)


def test_coupling_shapes_follow_the_paper():
    shapes = coupling_shapes((8, 8, 16), 2)
    assert len(shapes) == 10
    assert [s[3] for s in shapes[:3]] == [MASKS[0], MASKS[1], MASKS[0]]
    assert [s[3] for s in shapes[3:6]] == [MASKS[2], MASKS[3], MASKS[2]]
    assert {s[:3] for s in shapes[:3]} == {(8, 8, 16)}
    assert {s[:3] for s in shapes[3:6]} == {(4, 4, 64)}
    assert {s[:3] for s in shapes[6:]} == {(4, 4, 32)}
    with pytest.raises(ValueError, match="can't be squeezed 2 times"):
        coupling_shapes((6, 6, 2), 3)


@pytest.mark.parametrize("scales", SHAPES)
def test_realnvp_inverse_undoes_forward(scales):
    u = values(SHAPES[scales])
    v = flow(scales).bijector.inverse(u)
    assert v.shape[1:] == flow(scales).distribution.event_shape
    assert np.prod(v.shape) == np.prod(u.shape)
    np.testing.assert_allclose(flow(scales).bijector.forward(tf.identity(v)), u, atol=1e-9)


@pytest.mark.parametrize("scales", SHAPES)
def test_realnvp_log_prob_is_the_change_of_variables(scales):
    u = values(SHAPES[scales])
    v = flow(scales).bijector.inverse(u).numpy().reshape(3, -1)
    expected = -0.5 * (v**2 + np.log(2 * np.pi)).sum(1) + log_det(flow(scales).bijector.inverse, u)
    found = flow(scales).log_prob(tf.cast(u, tf.float32))
    assert found.shape == (3,)
    np.testing.assert_allclose(found, expected, rtol=2e-5)


def test_realnvp_is_a_distribution():
    dist = flow(3)
    assert isinstance(dist, tfd.Distribution) and isinstance(dist.bijector, tfb.Bijector)
    assert dist.event_shape == SHAPES[3] and dist.batch_shape == ()
    assert dist.sample(5, seed=(1, 2)).shape == (5, *SHAPES[3])
    assert dist.event_shape_tensor().numpy().tolist() == list(SHAPES[3])


def test_realnvp_integrates_to_one():
    # Importance sampling from a wide normal on a small event.
    rng = np.random.default_rng(0)
    shapes = network_shapes((2, 1, 1), 1)
    dist = realnvp((2, 1, 1), [Dense(s, i) for i, s in enumerate(shapes)], [tf.constant([0.5])] * len(shapes))
    u = rng.normal(size=(200000, 2)) * 3
    log_q = -0.5 * (u**2 / 9 + np.log(2 * np.pi * 9)).sum(1)
    ratio = np.exp(dist.log_prob(u.reshape(-1, 2, 1, 1).astype(np.float32)) - log_q)
    assert abs(ratio.mean() - 1) < 5 * ratio.std() / 200000**0.5 + 1e-3


def test_wrong_numbers_of_networks_are_explained():
    for count in (0, 3, 5, 9):
        with pytest.raises(ValueError, match=r"networks: expected 4 \+ 6 a further scale"):
            realnvp((4, 4, 2), [None] * count, [None] * count)
    with pytest.raises(ValueError, match="got 4 and 3 rescales"):
        realnvp((4, 4, 2), [None] * 4, [None] * 3)


@pytest.mark.parametrize("place", [0, 4, 8])
def test_log_prob_follows_the_weights_at_once(place):
    shapes = network_shapes(SHAPES[2], 2)
    networks = [Dense(s, i) for i, s in enumerate(shapes)]
    rescales = [tf.ones(s[2]) for s in shapes]
    u = tf.cast(values(SHAPES[2]), tf.float32)

    def log_prob(u):
        return realnvp(SHAPES[2], networks, rescales).log_prob(u).numpy()

    before = log_prob(u)
    np.testing.assert_array_equal(log_prob(u), before)
    networks[place].second.assign(networks[place].second * 1.5)
    after = log_prob(u)  # the same tensor object, the same networks, the same rescales
    np.testing.assert_array_equal(after, log_prob(tf.identity(u)))
    assert (after != before).all()


@pytest.mark.parametrize("scales", SHAPES)
def test_a_log_prob_runs_each_network_once(scales):
    shapes = network_shapes(SHAPES[scales], scales)
    calls = [0] * len(shapes)

    def counted(i, network):
        def call(x):
            calls[i] += 1
            return network(x)

        return call

    networks = [counted(i, Dense(s, i)) for i, s in enumerate(shapes)]
    flow(scales, networks).log_prob(tf.cast(values(SHAPES[scales]), tf.float32))
    assert calls == [1] * len(shapes)


@pytest.mark.parametrize("sample_shape", [(), (3,), (2, 3)])
def test_samples_have_the_shape_that_was_asked_for(sample_shape):
    shape = (4, 4, 2)
    couplings = network_shapes(shape, 2)
    networks = [lambda x: 0.1 * tf.concat([x, x], -1)] * len(couplings)
    rescales = [tf.ones([piece[2]]) for piece in couplings]
    flow = realnvp(shape, networks, rescales)
    drawn = flow.sample(sample_shape, seed=1)
    assert tuple(drawn.shape) == (*sample_shape, *shape)
    assert tuple(flow.log_prob(drawn).shape) == sample_shape
