"""Codec models with something wrong: each is refused in one sentence, or codes pictures without loss as any other."""

import tracemalloc
from unittest import mock

import numpy as np

from tests.codec.hostile import mutated, photo
from tf_selfvae.codec import ladder, model
from tf_selfvae.codec.networks import Level, Networks, largest_sums
from tf_selfvae.codec.tables import SIZES, make
from tf_selfvae.errors import UserError

_PICTURES = np.stack([photo(5, 6, 3, seed) for seed in range(2)])


def tiny(seed=0):
    """Return a codec model of few small networks, with random numbers."""
    random, level = np.random.default_rng(seed), Level(channels=3, width=16, trunk=0, band=1, mixtures=2, phases=1)
    convolutions = {}
    for name, shape, most in level.convolutions():
        kernel = random.integers(-90, 91, shape).astype(np.int8)
        bias = random.integers(-2000, 2000, shape[-1]).astype(np.int32)
        shift = np.log2(largest_sums(kernel, bias, most) / 600).round().astype(np.uint8)
        convolutions[name] = kernel, bias, shift
    entries = {name: (3, 2) for name in level.entries()}
    return model.CodecModel("tiny-0", (8, 8), [Networks(level, convolutions, entries)], make())


class ModelVictim:
    """A `.svcm` file, and what may become of it.

    Args:
        codec: the codec model.
    """

    def __init__(self, codec):
        self.data = codec.to_bytes()

    def changed(self, random, other, stamped):
        """Return a bytearray of it with some bytes changed; stamped: some of its numbers, with the answer they have."""
        if not stamped:
            return mutated(self.data, random, other.data)
        data = bytearray(self.data)
        numbers = len(model._parsed(self.data)[1])
        behind_tables = numbers - 4 * sum(SIZES.values())
        for _ in range(random.integers(1, 4)):
            place = -int(random.integers(1, numbers if random.random() < 0.2 else behind_tables))
            data[place] = int(random.choice([0, 1, 0x7F, 0x80, 0xFF, random.integers(0, 256)]))
        answer = model._parsed(self.data)[0].answer
        try:
            with mock.patch.object(model.CodecModel, "answer", lambda _: answer):
                found = model.CodecModel.from_bytes(bytes(data))
        except UserError:
            return data
        found._bytes = None
        return bytearray(found.to_bytes())

    def try_(self, data, stamped, random, other):
        """Load what was made of it, and code pictures with what is loaded.

        Returns:
            "whole" for the model itself or `other`, "another", or "refused".

        Raises:
            AssertionError: for a picture that does not come back, or too much memory.
        """
        tracemalloc.start()
        try:
            found = model.CodecModel.from_bytes(bytes(data))
            _, peak = tracemalloc.get_traced_memory()
        except UserError as error:
            assert str(error).startswith("codec model: ") and "\n" not in str(error), repr(error)
            _, peak = tracemalloc.get_traced_memory()
            return "refused"
        finally:
            tracemalloc.stop()
            assert peak < 64 * len(data) + (4 << 20), f"{peak} bytes"
        pictures = _PICTURES[..., : found.channels]
        payloads = ladder.encode(found, pictures)
        np.testing.assert_array_equal(ladder.decode(found, *pictures.shape[1:], payloads), pictures)
        return "whole" if data in (self.data, other.data) else "another"
