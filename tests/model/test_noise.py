"""Noise: statistics, names, rows and errors."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from tf_selfvae.model.noise import BatchNoise, GivenNoise, RecordedNoise, RowNoise, fold, row_seeds

SHAPE = (40, 30, 2)
SOURCES = {"batch": lambda: BatchNoise([3, 4], 20), "row": lambda: RowNoise(row_seeds(3, 20))}
DRAWS = ("uniform", "normal")


@pytest.mark.parametrize("kind", SOURCES)
def test_statistics(kind):
    uniform = SOURCES[kind]().uniform("a", SHAPE).numpy()
    normal = SOURCES[kind]().normal("a", SHAPE).numpy()
    for drawn, law in ((uniform, scipy.stats.uniform()), (normal, scipy.stats.norm())):
        assert drawn.shape == (20, *SHAPE) and drawn.dtype == np.float32
        n = drawn.size
        assert abs(drawn.mean() - law.mean()) < 5 * law.std() / n**0.5
        assert abs(drawn.var() / law.var() - 1) < 5 * (2 / n) ** 0.5
        assert scipy.stats.kstest(drawn.ravel(), law.cdf).pvalue > 1e-3
        rows = drawn.reshape(20, -1)
        assert np.abs(np.corrcoef(rows) - np.eye(20)).max() < 6 / rows.shape[1] ** 0.5
    assert uniform.min() > 0 and uniform.max() < 1


def test_a_uniform_is_never_zero():
    drawn = BatchNoise([0, 0], 1).uniform("a", [3000, 4000]).numpy()
    assert drawn.min() > 0 and drawn.max() < 1 and np.isfinite(np.log(drawn)).all()


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("kind", SOURCES)
def test_names_give_numbers_of_their_own(kind, draw):
    names = ["u", "z1", "z2", "x/band0/value", "x/band1/value", "x/band0/component"]
    source = SOURCES[kind]()
    drawn = {name: getattr(source, draw)(name, [50]).numpy() for name in names}
    flat = np.stack([v.ravel() for v in drawn.values()])
    assert np.abs(np.corrcoef(flat) - np.eye(len(names))).max() < 6 / flat.shape[1] ** 0.5
    # The order of the draws, and whatever else is drawn, do not matter.
    source = SOURCES[kind]()
    for name in reversed(names):
        np.testing.assert_array_equal(getattr(source, draw)(name, [50]), drawn[name])


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("kind", SOURCES)
def test_the_same_in_a_graph(kind, draw):
    eager = getattr(SOURCES[kind](), draw)("u", (3, 2))

    @tf.function
    def graph():
        return getattr(SOURCES[kind](), draw)("u", (3, 2))

    np.testing.assert_array_equal(graph(), eager)


def test_open_batches():
    @tf.function(input_signature=[tf.TensorSpec([2], tf.int32), tf.TensorSpec([], tf.int32)])
    def by_batch(seed, rows):
        return BatchNoise(seed, rows).normal("u", [2])

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.int32)])
    def by_row(seeds):
        drawn = RowNoise(seeds).normal("u", [2])
        assert drawn.shape.as_list() == [None, 2]
        return drawn

    np.testing.assert_array_equal(by_batch([1, 2], 5), BatchNoise([1, 2], 5).normal("u", [2]))
    for rows in (1, 4):
        np.testing.assert_array_equal(by_row(row_seeds(7, rows)), RowNoise(row_seeds(7, rows)).normal("u", [2]))


@pytest.mark.parametrize("draw", DRAWS)
def test_a_row_does_not_depend_on_its_batch(draw):
    seeds = row_seeds(5, 6)
    drawn = getattr(RowNoise(seeds), draw)("u", (3, 2)).numpy()
    for rows in ([2], [5, 0], [4, 4, 1]):
        again = getattr(RowNoise(tf.gather(seeds, rows)), draw)("u", (3, 2))
        np.testing.assert_array_equal(again, drawn[rows])
    longer = getattr(RowNoise(row_seeds(5, 9)), draw)("u", (3, 2))
    np.testing.assert_array_equal(longer[:6], drawn)
    assert len({row.tobytes() for row in drawn}) == 6


def test_seeds_matter():
    first = BatchNoise([1, 2], 3).normal("u", [4]).numpy()
    for seed in ([2, 2], [1, 3], [2, 1]):
        assert (BatchNoise(seed, 3).normal("u", [4]).numpy() != first).all()
    assert (fold([1, 2], 3).numpy() == fold(tf.constant([1, 2], tf.int64), tf.constant(3)).numpy()).all()
    assert len({tuple(fold([1, 2], i).numpy()) for i in range(50)}) == 50


def test_row_seeds_by_number_and_by_row():
    seeds = row_seeds(7, 4)
    assert seeds.shape == (4, 2) and seeds.dtype == tf.int32
    assert len({tuple(row) for row in seeds.numpy()}) == 4
    given = row_seeds([7, -1, 2**31 - 1], 3)
    for i, seed in enumerate([7, -1, 2**31 - 1]):
        np.testing.assert_array_equal(given[i : i + 1], row_seeds(seed, 1))
    np.testing.assert_array_equal(row_seeds(np.int64([7, 8]), 2), row_seeds((7, 8), 2))
    np.testing.assert_array_equal(row_seeds([7], tf.constant(1)), row_seeds(7, tf.constant(1)))
    assert row_seeds(7, 0).shape == (0, 2)


@pytest.mark.parametrize("seed", [0.5, "seven", [1, 2], [[1, 2, 3]], [0.5, 1, 2], None, True])
def test_wrong_seeds_are_explained(seed):
    with pytest.raises(ValueError, match="seed: expected an int or 3 ints, got"):
        row_seeds(seed, 3)


@pytest.mark.parametrize("seed", [2**31, [0, 1, -(2**31) - 1], np.uint64([1, 2, 2**64 - 1])])
def test_seeds_that_32_bits_would_cut_are_refused(seed):
    with pytest.raises(ValueError, match="seed: expected whole numbers from -2147483648 to 2147483647, got"):
        row_seeds(seed, 3)


def test_given_noise_gives_what_was_handed_in():
    u = np.ones((2, 3), np.float32)
    noise = GivenNoise({"u": tf.constant(u)})
    np.testing.assert_array_equal(noise.normal("u", [3]), u)
    np.testing.assert_array_equal(noise.uniform("u", [3]), u)
    with pytest.raises(KeyError, match=r"no tensor for 'z1'; given: \['u'\]"):
        noise.normal("z1", [3])
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError), match=r"\[2,3\].*\[\?,4\]"):
        noise.normal("u", [4])


def test_gumbel_and_logistic_noise_follow_the_uniform_of_their_name():
    for kind, law in (("gumbel", "gumbel_r"), ("logistic", "logistic")):
        drawn = getattr(BatchNoise([3, 4], 20), kind)("a", SHAPE).numpy()
        assert scipy.stats.kstest(drawn.ravel(), law).pvalue > 1e-3
        uniform = BatchNoise([3, 4], 20).uniform("a", SHAPE).numpy().astype(np.float64)
        expected = getattr(scipy.stats, law).ppf(uniform)
        np.testing.assert_allclose(drawn, expected, rtol=1e-5, atol=1e-5)
        recorded = RecordedNoise(BatchNoise([3, 4], 20))
        np.testing.assert_array_equal(getattr(recorded, kind)("a", SHAPE), drawn)
        assert recorded.drawn == {"a": (kind, SHAPE)}
        # Handed in, it is taken as it is.
        np.testing.assert_array_equal(getattr(GivenNoise({"a": drawn}), kind)("a", SHAPE), drawn)


def test_given_noise_of_a_known_shape_leaves_no_operation():
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
    def graph(u):
        return GivenNoise({"u": u}).normal("u", [3])

    operations = {op.type for op in graph.get_concrete_function().graph.get_operations()}
    assert operations <= {"Placeholder", "Identity", "NoOp"}


def test_recorded_noise_passes_on_and_lists():
    noise = RecordedNoise(BatchNoise([1, 2], 3))
    np.testing.assert_array_equal(noise.normal("u", [2]), BatchNoise([1, 2], 3).normal("u", [2]))
    np.testing.assert_array_equal(noise.uniform("x", [4, 1]), BatchNoise([1, 2], 3).uniform("x", [4, 1]))
    assert noise.drawn == {"u": ("normal", (2,)), "x": ("uniform", (4, 1))}
