"""Networks of integers: against NumPy's int64, in every way to run them, and in another process."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests import small
from tests.codec.conftest import CONFIG
from tests.processes import ROOT
from tf_selfvae.codec import ladder, model, models, walk
from tf_selfvae.codec.file import Needs
from tf_selfvae.codec.halving import halved
from tf_selfvae.codec.model import CodecModel, load_codec
from tf_selfvae.codec.networks import ACTIVATION, EXACT, STREAM, Networks, Walk, largest_sums
from tf_selfvae.codec.places import known_before
from tf_selfvae.errors import UserError
from tf_selfvae.layers import reversible
from tf_selfvae.transforms.haar_lifting import HAAR_RANGES, haar_split_numpy


class Int64(Walk):
    """The same networks in NumPy's int64."""

    def __init__(self, networks):
        self.level, self.of = networks.level, networks

    def _convolve(self, name, inputs, step=None):
        kernel, bias, shift = (x.astype(np.int64) for x in self.of.convolutions[name])
        inputs = np.asarray(inputs).astype(np.int64)
        side = kernel.shape[0]
        if step is None:
            inputs = np.pad(inputs, [(0, 0)] + [(side // 2, side // 2)] * 2 + [(0, 0)])
        rows, columns = (size - side + 1 for size in inputs.shape[1:3])
        total = sum(
            inputs[:, r : r + rows : step or 1, c : c + columns : step or 1] @ kernel[r, c]
            for r in range(side)
            for c in range(side)
        )
        return (total + bias) >> shift

    def _inside(self, name, values):
        return np.clip(values, 0, ACTIVATION)

    def _stream(self, values):
        return np.clip(values, -STREAM, STREAM)

    def _enter(self, name, stream):
        factor, shift = self.of.entries[name]
        return np.clip((np.maximum(stream, 0) * factor + (1 << shift >> 1)) >> shift, 0, ACTIVATION)


def inputs(codec, count=3, seed=1):
    picture, bands = haar_split_numpy(small.pictures(CONFIG, count, seed)[:, :14, :10])
    return picture, bands, [slice(0, size) for size in picture.shape[1:3]]


def test_equal_int64(codec):
    picture, bands, whole = inputs(codec)
    for networks in codec.networks:
        oracle, level = Int64(networks), networks.level
        context = networks.context(picture.astype(np.float32))
        expected = oracle._context(picture.astype(np.int64))
        np.testing.assert_array_equal(context, expected)
        assert np.ptp(expected) > 1000
        for part in range(level.parts):
            known = known_before(level.phases, part, bands, *whole)
            for found, exact in zip(networks.part(part, context, known), oracle._part(part, expected, known)):
                np.testing.assert_array_equal(found, np.clip(exact, *level.limits()))


def test_eagerly_by_xla_and_one_by_one(codec):
    picture, bands, whole = inputs(codec)
    networks = codec.networks[0]
    known = known_before(2, 3, bands, *whole)

    def run(rows):
        context = networks._context(tf.cast(picture[rows], tf.float32))
        return networks._limited(3, context, known[rows])

    def everything():
        return run(slice(0, 3))

    graph = tf.function(everything)()
    ways = {"eager": everything(), "xla": tf.function(everything, jit_compile=True)()}
    ways["one by one"] = [np.concatenate(parts) for parts in zip(*(run(slice(i, i + 1)) for i in range(3)))]
    for way, found in ways.items():
        for one, other in zip(graph, found):
            np.testing.assert_array_equal(one, other, err_msg=way)


_DECODE = """
import json, sys
from tf_selfvae.codec import ladder, model
codec = model.load_codec("tiny-1.svcm")
payloads = [[bytes.fromhex(payload) for payload in rungs] for rungs in json.loads(sys.argv[1])]
print(json.dumps([codec.answer(), codec.name, ladder.decode(codec, 33, 20, 3, payloads).tolist()]))
"""


def test_another_process_gives_the_same_answer_and_decodes(codec, tmp_path):
    """With other settings than this one's, which TensorFlow reads when it is imported."""
    images = np.tile(small.pictures(CONFIG, 2), (1, 3, 2, 1))[:, :33, :20]
    payloads = json.dumps([[payload.hex() for payload in rungs] for rungs in ladder.encode(codec, images)])
    codec.save(tmp_path / "tiny-1.svcm")
    names = ("TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    environment = {**os.environ, **dict(zip(names, "011")), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _DECODE, payloads]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [codec.answer(), "tiny-1", images.tolist()]


@pytest.mark.parametrize("block", [4, 8])
def test_any_tiling(codec, monkeypatch, block):
    """A tile of any block, with the places around, gives what the whole picture gives."""
    picture, bands, _ = inputs(codec)
    monkeypatch.setattr(walk, "BLOCK", block)
    for networks in codec.networks:
        shape = picture.shape[1:3]
        whole = walk._Tile(networks, tuple(slice(0, size) for size in shape), shape)
        for part in range(networks.level.parts):
            expected = whole.outputs(part, picture, bands, True)
            for inside in walk.blocks(*shape):
                found = walk._Tile(networks, inside, shape).outputs(part, picture, bands, False)
                np.testing.assert_array_equal(found, expected[:, inside[0], inside[1]])


def test_sums_that_float32_does_not_hold_are_refused(codec):
    networks = codec.networks[0]
    name, shape, most = networks.level.convolutions()[1]
    kernel, bias, shift = networks.convolutions[name]
    room = EXACT - 1 - largest_sums(kernel, np.zeros_like(bias), most)
    Networks(networks.level, {**networks.convolutions, name: (kernel, room.astype(np.int32), shift)}, networks.entries)
    over = {**networks.convolutions, name: (kernel, (-room - 1).astype(np.int32), shift)}
    with pytest.raises(UserError, match=f"{name} could reach 2\\^24"):
        Networks(networks.level, over, networks.entries)


def test_keeps_what_the_float_model_says(codec, source, monkeypatch):
    """Where no value is ruled out, a level's code length is the float model's but for rounding."""

    def whole_ranges(band, low, known, library=np):
        return [library.zeros_like(low) + end for end in HAAR_RANGES[band]]

    monkeypatch.setattr(walk, "haar_ends", whole_ranges)
    monkeypatch.setattr(reversible, "haar_ends", whole_ranges)
    finer = small.pictures(CONFIG, 16, 5)
    for halving, name in enumerate(("x", "y1")):
        coarser, bands = halved(finer)
        images = [tf.cast(image, tf.float32) for image in (finer, coarser)]
        expected = -float(tf.reduce_mean(source.likelihoods[name](images))) / np.log(2)
        bits = np.zeros(16)
        walk.climb(codec, halving, coarser, *finer.shape[1:3], ladder._measuring(bits, bands))
        assert abs(bits.mean() - expected) < 0.02 * finer[0].size, name
        finer = coarser


def test_a_file_brings_the_model_back(codec, tmp_path):
    path = tmp_path / "tiny-1.svcm"
    codec.save(path)
    again = load_codec(path)
    assert (again.name, again.hash, again.answer()) == (codec.name, codec.hash, codec.answer())
    assert again.to_bytes() == codec.to_bytes() == path.read_bytes()


def test_a_file_finds_its_model_among_all_released_and_loads_no_other(codec, tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_FOLDER", tmp_path)
    codec.save(tmp_path / "tiny-1.svcm")
    for name in ("earlier-1", "younger-1"):  # to load one would fail
        (tmp_path / f"{name}.svcm").write_bytes(name.encode())
    found = models.for_file(Needs(codec.hash))
    assert (found.name, found.hash) == ("tiny-1", codec.hash)
    with pytest.raises(UserError, match="model: expected one for the file, which needs .*: a later tf_selfvae"):
        models.for_file(Needs(b"12345678"))


def test_damaged_files_are_refused(codec):
    data = codec.to_bytes()
    random = np.random.default_rng(0)
    places = [0, 4, 5, 8, *random.integers(9, 400, 4), *random.integers(400, len(data), 3)]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << int(random.integers(8))
        try:
            other = CodecModel.from_bytes(bytes(changed))
        except UserError as error:
            assert str(error).startswith("codec model: ")
        else:  # a name, or a number that the known answer does not meet: another model, and it says so
            assert other.hash != codec.hash
    for cut in (0, 3, 8, 100, len(data) - 1):
        with pytest.raises(UserError, match="codec model: "):
            CodecModel.from_bytes(data[:cut])
    with pytest.raises(UserError, match="model: expected a .svcm"):
        load_codec("nothing.svcm")
