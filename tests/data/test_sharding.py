"""The order of images, and streams that are shared out between replicas."""

import functools
import os

import numpy as np
import pytest
import tensorflow as tf

from tests.data.test_dataset import archive, dealt, numbered
from tf_selfvae import data
from tf_selfvae.data.order import seed_pair, shuffled

SHARDS = [
    [(0, 1, 2), (1, 1, 2)],
    [(0, 2, 4), (2, 2, 4)],
    [(0, 3, 4), (3, 1, 4)],
    [(0, 2, 2)],
    [(0, 1, 4), (1, 1, 4), (2, 1, 4), (3, 1, 4)],
]


def order(seed, number, count):
    positions = tf.range(count, dtype=tf.int64)
    return shuffled(positions, tf.constant(seed_pair(seed)), tf.constant(number, tf.int64), count).numpy()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 97, 9469])
def test_every_pass_is_a_permutation(count):
    for seed in (0, 1, 2**31, 2**40):
        for number in (0, 1, 2**33):
            np.testing.assert_array_equal(np.sort(order(seed, number, count)), np.arange(count))


def test_all_orders_of_a_few_images_are_as_likely():
    found = [tuple(order(seed, number, 3)) for seed in range(60) for number in range(10)]
    counts = [found.count(one) for one in set(found)]
    assert len(counts) == 6 and min(counts) > 60 and max(counts) < 145  # 100 +- 5 deviations


@pytest.mark.parametrize("count", [97, 9469])
def test_passes_look_independent(count):
    passes = np.array([order(seed, number, count) for seed in range(6) for number in range(6)])
    deviations = np.sqrt(count)  # in which a correlation of independent orders is about 1
    between = np.corrcoef(passes)[np.triu_indices(len(passes), 1)] * deviations
    assert np.abs(between).max() < 5 and 0.8 < between.std() < 1.2
    neighbours = np.array([np.corrcoef(one[:-1], one[1:])[0, 1] for one in passes]) * deviations
    assert np.abs(neighbours).max() < 5 and neighbours.std() < 1.4
    plain = np.array([np.corrcoef(one, np.arange(count))[0, 1] for one in passes]) * deviations
    assert np.abs(plain).max() < 5


@pytest.fixture(scope="module", params=["cache", "memory"])
def images(request, tmp_path_factory):
    pixels = numbered(54)
    if request.param == "memory":
        splits = {"train": pixels[:40], "validation": pixels[40:47], "test": pixels[47:]}
        return data.Dataset("numbered", splits, "none", flips=True, shifts=2)
    folder = tmp_path_factory.mktemp("sharded")
    found = data.load(archive(folder / "a.npz", images=pixels), cache_dir=folder / "cache")
    return data.Dataset("numbered", found._splits, "none", flips=True, shifts=2)


def join(streams, shards, batches):
    """Put the parts of each global batch together again."""
    parts = [iter(stream) for stream in streams]
    total = shards[0][2]
    for _ in range(batches):
        replicas = {}
        for part, (first, count, _) in zip(parts, shards):
            for replica in range(first, first + count):
                replicas[replica] = next(part).numpy()
        assert sorted(replicas) == list(range(total))
        joined = np.zeros([sum(map(len, replicas.values())), *replicas[0].shape[1:]], np.uint8)
        for replica, rows in replicas.items():
            joined[replica::total] = rows
        yield joined
    assert all(next(part, None) is None for part in parts)


@pytest.mark.parametrize("start", [0, 12])
def test_shards_are_parts_of_the_whole_stream(images, start):
    stream = functools.partial(images.train, 8, seed=3, repeat=True, start_batch=start)
    whole = list(stream().take(7).as_numpy_iterator())
    for shards in SHARDS:
        streams = [stream(shard=shard).take(7 * shard[1]) for shard in shards]
        for each in streams:
            assert each.element_spec.shape == (8 // shards[0][2], *images.image_shape)
        np.testing.assert_array_equal(list(join(streams, shards, 7)), whole, err_msg=str(shards))


def test_shards_of_one_pass(images):
    train = images.counts["train"]
    batches = train // 8 - 1
    whole = list(images.train(8, repeat=True, start_batch=1 + train // 8).take(batches).as_numpy_iterator())
    for shards in SHARDS:
        streams = [images.train(8, start_batch=1, shard=shard) for shard in shards]
        for stream, (_, count, _) in zip(streams, shards):
            assert stream.cardinality() == batches * count
        for _ in range(2):
            joined = list(join(streams, shards, batches))
            assert len(joined) == batches
        np.testing.assert_array_equal(joined, whole, err_msg=str(shards))


@pytest.mark.parametrize("batch", [3, 4, 64])
@pytest.mark.parametrize("name", ["validation", "test"])
def test_shards_of_validation_and_test(images, name, batch):
    split = getattr(images, name)
    whole = list(split(batch).as_numpy_iterator())
    for shards in SHARDS:
        streams = [split(batch, shard=shard) for shard in shards]
        for stream, (_, count, _) in zip(streams, shards):
            assert stream.cardinality() == len(whole) * count
            assert stream.element_spec.shape.as_list() == [None, *images.image_shape]
        for one, other in zip(join(streams, shards, len(whole)), whole, strict=True):
            np.testing.assert_array_equal(one, other, err_msg=str(shards))


def test_only_the_rows_of_the_shard_are_read(tmp_path):
    found = data.load(archive(tmp_path / "a.npz", images=dealt(44, 2, 8)), cache_dir=tmp_path / "cache")
    test = found._splits["test"]
    os.truncate(test.path, os.path.getsize(test.path) - 1)  # the last of 8 rows can't be read
    assert sum(len(part) for part in found.test(8, shard=(0, 1, 2))) == 4
    with pytest.raises(tf.errors.OpError):
        list(found.test(8, shard=(1, 1, 2)))


def test_streams_are_graphs_without_python(images):
    """What a service or another process can run; Python is left for the number of the pass only."""

    def python(stream):
        return b"PyFunc" in bytes(stream._as_serialized_graph().numpy())

    assert python(images.train(8)) and not python(images.train(8, repeat=True))
    assert not python(images.validation(8)) and not python(images.test(8, shard=(0, 1, 2)))


def test_a_cached_graph_holds_no_images(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, [300, 16, 16, 3], np.uint8)
    found = data.load(archive(tmp_path / "a.npz", images=pixels), cache_dir=tmp_path / "cache")
    assert len(found.train(8, repeat=True)._as_serialized_graph().numpy()) < pixels.nbytes / 4


@pytest.mark.parametrize(
    "shard", [(0, 1), (0, 0, 1), (1, 1, 1), (-1, 1, 2), (0, 3, 2), (0, 1, 0), None, 1, "abc", (0, 1.0, 2), (0, True, 2)]
)
def test_bad_shards(images, shard):
    for stream in (images.train, images.validation, images.test):
        with pytest.raises(ValueError, match=r"shard: expected \(first, count, total\).*got"):
            stream(8, shard=shard)


def test_a_batch_must_be_shared_evenly(images):
    with pytest.raises(ValueError, match="batch_size: expected a multiple of 3.*got 8"):
        images.train(8, shard=(0, 1, 3))
