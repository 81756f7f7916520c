"""A ladder of the simplest kind, in the place of the networks': the container must hold any."""

import zlib

import numpy as np

from tf_selfvae.errors import Damaged, UserError


class Model:
    def __init__(self, name="double-1", hash=b"\x00\x01\x02\x03\x04\x05\x06\x07"):
        self.name, self.hash = name, hash

    @staticmethod
    def from_bytes(data):
        return Model("mine", data[:8])  # eight bytes are a whole model


def released():
    return ["double-0", "double-1"]


def released_hash(name):
    return load_codec(name).hash


def load_codec(name=None):
    if name in (None, "double-1"):
        return Model()
    if name == "double-0":
        return Model("double-0", b"earliest")
    try:
        with open(name, "rb") as file:
            data = file.read()
    except OSError:
        raise UserError(f"model: expected a codec model, got {name}") from None
    return Model.from_bytes(data)


def rungs(height, width):
    sizes = [(height, width)]
    while max(sizes[0]) > 16:
        sizes.insert(0, tuple(-(-side // 2) for side in sizes[0]))
    return sizes


def _rung(planes, left_out):
    step = 2**left_out
    return planes[:, ::step, ::step]


def encode(model, planes):
    count = len(rungs(*planes.shape[1:3]))
    mask = model.hash[0]  # another model gives other pixels
    return [
        [zlib.compress((_rung(planes, count - 1 - rung)[i] ^ mask).tobytes()) for rung in range(count)]
        for i in range(len(planes))
    ]


def decode(model, height, width, channels, sections):
    size = rungs(height, width)[len(sections[0]) - 1]
    found = []
    for parts in sections:
        assert len(parts) == len(sections[0])
        length = size[0] * size[1] * channels
        try:
            data = zlib.decompressobj().decompress(parts[-1], length + 1)
        except zlib.error:
            raise Damaged("its sections are no ladder") from None
        if len(data) != length:
            raise Damaged("its sections are too short")
        found.append(np.frombuffer(data, np.uint8).reshape(*size, channels) ^ model.hash[0])
    return np.stack(found)


def extend(model, planes, height, width, choose, seed=0):
    assert choose in ("mean", "sample")
    found = planes
    while found.shape[1:3] != (height, width):
        sizes = rungs(height, width)
        h, w = sizes[sizes.index(found.shape[1:3]) + 1]
        found = found.repeat(2, 1).repeat(2, 2)[:, :h, :w]
    return found + np.uint8(seed % 200) if choose == "sample" else found


def install(patch=setattr):
    """Put it in the place of the networks; `patch` sets an attribute of a module."""
    from tf_selfvae.codec import ladder, model

    models = load_codec, released, released_hash
    for module, functions in ((ladder, (rungs, encode, decode, extend)), (model, models)):
        for function in functions:
            patch(module, function.__name__, function)
    patch(model, "CodecModel", Model)
