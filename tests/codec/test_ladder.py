"""Pictures to payloads and back, rung by rung."""

import numpy as np
import pytest

from tf_selfvae.codec import ladder, walk
from tf_selfvae.codec.halving import evened
from tf_selfvae.errors import Damaged, UserError
from tf_selfvae.transforms.haar_lifting import haar_split_numpy


def smooth(count, height, width, channels, seed=0):
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width][:, None, :, :, None]
    slopes = random.uniform(-9, 9, [3, count, 1, 1, channels])
    pictures = 128 + 20 * slopes[0] + slopes[1] * y + slopes[2] * x
    return np.clip(pictures + random.normal(0, 3, pictures.shape), 0, 255).astype(np.uint8)


def halved(pictures):
    return haar_split_numpy(evened(pictures))[0].astype(np.uint8)


@pytest.mark.parametrize(
    "shape", [(1, 1, 1, 3), (2, 1, 9, 3), (1, 5, 3, 1), (3, 17, 16, 3), (2, 33, 41, 3), (1, 40, 6, 1), (2, 64, 64, 3)]
)
def test_brings_every_pixel_back(codec, shape):
    pictures = smooth(*shape)
    payloads = ladder.encode(codec, pictures)
    sizes = ladder.rungs(*shape[1:3])
    assert [len(rungs) for rungs in payloads] == [len(sizes)] * shape[0]
    np.testing.assert_array_equal(ladder.decode(codec, *shape[1:], payloads), pictures)
    coarser = pictures
    for rung in range(len(sizes) - 1, 0, -1):
        coarser = halved(coarser)
        found = ladder.decode(codec, *shape[1:], [rungs[:rung] for rungs in payloads])
        assert found.shape[1:3] == sizes[rung - 1]
        np.testing.assert_array_equal(found, coarser)


def test_hard_pictures(codec):
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, [1, 32, 32, 3])
    pictures = np.concatenate([noise, 0 * noise, 0 * noise + 255, 255 * (noise > 127)]).astype(np.uint8)
    payloads = ladder.encode(codec, pictures)
    np.testing.assert_array_equal(ladder.decode(codec, 32, 32, 3, payloads), pictures)
    # Beside others or alone: the same bytes.
    assert ladder.encode(codec, pictures[2:3])[0] == payloads[2]


def test_sizes():
    assert ladder.rungs(64, 64) == [(16, 16), (32, 32), (64, 64)]
    assert ladder.rungs(5, 16) == [(5, 16)]
    assert ladder.rungs(1, 100) == [(1, 13), (1, 25), (1, 50), (1, 100)]
    assert ladder.rungs(17, 3) == [(9, 2), (17, 3)]


def test_takes_as_long_as_the_model_says(codec):
    pictures = smooth(4, 64, 64, 3)
    lengths = ladder.code_lengths(codec, pictures)
    written = np.array([[8 * len(payload) for payload in rungs] for rungs in ladder.encode(codec, pictures)])
    assert lengths.shape == written.shape == (4, 3)
    assert (written.sum(1) < 1.01 * lengths.sum(1) + 3 * 64).all()
    assert (written.sum(1) > 0.99 * lengths.sum(1)).all()


def test_blocks_follow_one_another(codec, monkeypatch):
    monkeypatch.setattr(walk, "BLOCK", 8)
    pictures = smooth(1, 38, 50, 3)
    payloads = ladder.encode(codec, pictures)
    np.testing.assert_array_equal(ladder.decode(codec, 38, 50, 3, payloads), pictures)


def test_bytes_do_not_depend_on_how_many_decisions_wait(codec, monkeypatch):
    pictures = smooth(2, 30, 30, 3)
    expected = ladder.encode(codec, pictures)
    monkeypatch.setattr(ladder, "_HELD", 100)
    assert ladder.encode(codec, pictures) == expected


class Coder:
    """The decoder of decisions as the format writes it down, anew."""

    def __init__(self, payload):
        self.rest = payload
        self.point, self.low, self.range = 0, 0, 2**64 - 1
        for _ in range(2):
            self.point = self.point << 32 | self.word()

    def word(self):
        word, self.rest = self.rest[:4].ljust(4, b"\0"), self.rest[4:]
        return int.from_bytes(word, "little")

    def decide(self, p):
        scale = self.range >> 24
        upper = 1 + ((2**24 - round(p * 2**24)) * (2**24 - 2) >> 24)  # this part comes first
        is_lower = (self.point - self.low) % 2**64 // scale >= upper
        self.low = (self.low + scale * upper * is_lower) % 2**64
        self.range = scale * (2**24 - upper if is_lower else upper)
        if self.range < 2**32:
            self.low, self.range = self.low << 32 & 2**64 - 1, self.range << 32
            self.point = (self.point << 32 | self.word()) & 2**64 - 1
        return is_lower


def test_decisions_follow_the_written_format():
    random = np.random.default_rng(0)
    p = np.round(np.clip(random.random(5000) ** 8, 2**-24, 1 - 2**-24) * 2**24) / 2**24
    encoder = ladder._Encoder(1)
    lower = random.random(5000) < p
    encoder.put(p, np.ones(5000, bool), lower)
    coded = encoder.payloads()[0]
    np.testing.assert_array_equal(ladder._Decoder([coded]).take(p, np.ones(5000, bool)), lower)
    plain = Coder(coded)
    np.testing.assert_array_equal([plain.decide(x) for x in p], lower)


@pytest.mark.parametrize("choose", ["mean", "sample"])
def test_extends_a_small_picture(codec, choose):
    pictures = smooth(2, 40, 23, 3)
    coarse = halved(halved(pictures))
    found = ladder.extend(codec, coarse, 40, 23, choose, seed=1)
    assert found.shape == pictures.shape and found.dtype == np.uint8
    np.testing.assert_array_equal(halved(halved(found)), coarse)  # what was known stays
    again = ladder.extend(codec, coarse, 40, 23, choose, seed=2)
    assert (found != again).any() == (choose == "sample")


def test_damage_ends_in_a_sentence_or_in_other_pixels(codec):
    pictures = smooth(1, 24, 24, 3)
    payloads = ladder.encode(codec, pictures)[0]
    random = np.random.default_rng(0)
    for _ in range(30):
        changed = [bytearray(payload) for payload in payloads]
        part = int(random.integers(len(changed)))
        if random.random() < 0.3:
            del changed[part][int(random.integers(len(changed[part]))) :]
        else:
            changed[part][int(random.integers(len(changed[part])))] ^= 1 << int(random.integers(8))
        try:
            found = ladder.decode(codec, 24, 24, 3, [[bytes(payload) for payload in changed]])
        except Damaged as error:
            assert str(error).startswith("payload: ")
        else:
            assert found.shape == pictures.shape
    with pytest.raises(Damaged, match="first bytes"):
        ladder.decode(codec, 24, 24, 3, [[b"ab", b""]])


def test_a_panic_of_the_coder_is_damage(codec, monkeypatch):
    class PanicException(BaseException):
        pass

    class Decoder:
        def __init__(self, words):
            pass

        def decode(self, *_):
            raise PanicException("assertion failed")

    payloads = ladder.encode(codec, smooth(1, 8, 8, 3))
    monkeypatch.setattr(ladder.constriction.stream.queue, "RangeDecoder", Decoder)
    with pytest.raises(Damaged, match="payload: holds what no picture's does .PanicException"):
        ladder.decode(codec, 8, 8, 3, payloads)


def test_other_channels_are_refused(codec):
    with pytest.raises(UserError, match="model: tiny-1 codes pictures of 3 channels or of 1, got 2"):
        ladder.encode(codec, smooth(1, 8, 8, 2))
