"""Compressed files with something wrong: each decodes right, to a whole level that is reported, or is refused."""

import io
import logging
import tracemalloc
from unittest import mock

import numpy as np

import tf_selfvae as sv
from tf_selfvae.codec import archive, file, index, ladder, pictures, single
from tf_selfvae.codec.stream import Source
from tf_selfvae.errors import UserError

MOST = 1 << 16  # pixels
MEMORY = 64 * MOST + (4 << 20)  # bytes: what Python and NumPy may take for pictures of so many


def mutated(data, random, other=b""):
    """Change some bytes.

    Args:
        data: bytes.
        random: a `numpy.random.Generator`.
        other: bytes of another file, a part of which may come in.

    Returns:
        A bytearray.
    """
    data = bytearray(data)
    for _ in range(random.integers(1, 4)):
        # Heads and ends are short, and most happens there.
        far = len(data) if random.random() < 0.5 else min(len(data), 64)
        at = int(random.integers(0, far + 1))
        at = len(data) - at if random.random() < 0.3 else at
        length = int(random.integers(1, 9)) if random.random() < 0.7 else int(random.integers(1, len(data) + 2))
        kind = random.integers(0, 8)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << int(random.integers(0, 8))
        elif kind == 1 and at < len(data):
            data[at] = int(random.choice([0, 1, 0x7F, 0x80, 0xFF, random.integers(0, 256)]))
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            del data[at : at + length]
        elif kind == 4:
            data[at:at] = random.bytes(min(length, 4096))
        elif kind == 5:
            data[at : at + length] = random.bytes(min(length, len(data) - at))
        elif kind == 6:
            data[at:at] = data[int(random.integers(0, len(data) + 1)) :][:length]
        else:
            data[at : at + length] = other[at : at + length]
    return data


class _Stamping(Source):
    """Writes the checksums that `Source` compares."""

    def __init__(self, data, begin=0, end=None):
        super().__init__(io.BytesIO(data[begin:end]))
        self._data, self._begin = data, begin

    def check(self, what):
        at, right = self._begin + self._file.tell(), self._sum
        self.take(4)
        self._sum = right
        self._data[at : at + 4] = right.to_bytes(4, "little")


def stamp(data, entries=None):
    """Write the checksums of a changed file anew, as far as it can be read.

    Args:
        data: a bytearray of a file.
        entries: of the archive that it was; None for one picture.
    """
    try:
        if entries is None:
            head, _, source = _header(data)
            file.read(source, head, len(ladder.rungs(head.height, head.width)))
    except UserError:
        pass
    if entries is None:
        return
    try:
        source = _Stamping(data)
        index.start(source, index.MAGIC, "")
        source.take(1)
        file.Needs.read(source)
        source.check("")
    except UserError:
        pass
    for begin, length in entries.values():
        try:
            source = _Stamping(data, begin, begin + length)
            head = file.Head.read(source, MOST)
            file.read(source, head, len(ladder.rungs(head.height, head.width)))
        except UserError:
            pass
    places = index._FOOTER.size
    if len(data) > places:
        at = int.from_bytes(data[-places + 8 : -places + 16], "little")
        value = index.zlib.crc32(data[-places:-8], index.zlib.crc32(data[at:-places]))
        data[-8:-4] = value.to_bytes(4, "little")


def _header(data):
    source = _Stamping(data)
    file.start(source, file.MAGIC, "")
    head = file.Head.read(source, MOST)
    needs = None if head.stored else file.Needs.read(source)
    source.check("")
    return head, needs, source


class Reports(logging.Handler):
    """Counts what is said of pictures that are not whole."""

    count = 0

    def emit(self, record):
        self.count += 1


class Victim:
    """A compressed file, and what may become of it.

    Args:
        images: one uint8 [H, W, C], or many.
        model: the codec model.
        **options: of `compress`.
    """

    def __init__(self, images, model=None, **options):
        self.model, options["model"] = model, model
        self.data = sv.codec.compress(images, **options)
        self.images = images if isinstance(images, list) else [images]
        self.levels = [self._levels(image, options) for image in self.images]
        self.entries = index.Index(io.BytesIO(self.data), "").entries if isinstance(images, list) else None

    @staticmethod
    def _levels(image, options):
        data = sv.codec.compress(image, **options)
        return [sv.codec.decompress(data, level=level, model=options["model"]).tobytes() for level in range(6)]

    def changed(self, random, other, stamped):
        """Return a bytearray of it with some bytes changed; stamped: and its checksums written anew."""
        data = mutated(self.data, random, other.data)
        if stamped:
            stamp(data, self.entries)
        return data

    def try_(self, data, stamped, random, other):
        """Decode what was made of it, and of `other`, which may be all that is left.

        Returns:
            "whole", "shorter" or "refused".

        Raises:
            AssertionError: for a wrong picture that nothing was said of, or too much memory.
        """
        reports = Reports()
        single._LOG.addHandler(reports)
        single._LOG.propagate = False
        tracemalloc.start()
        try:
            return self._try(bytes(data), stamped, random, reports, self.levels + other.levels)
        except UserError as error:
            assert str(error) and "\n" not in str(error), repr(error)
            return "refused"
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            single._LOG.removeHandler(reports)
            single._LOG.propagate = True
            assert peak < MEMORY, f"{peak} bytes"

    def _try(self, data, stamped, random, reports, levels):
        level = int(random.choice([0, 0, 1, 5]))
        if data.startswith(index.MAGIC):
            found = archive.Archive(io.BytesIO(data), self.model, MOST)
            reports.count += found.problem is not None
            array = found.read(str(random.choice(found.names)) if found.names else "0", level)
        else:
            array = sv.codec.decompress(data, level=level, most=MOST, model=self.model)
        assert array.shape[0] * array.shape[1] <= MOST
        right = any(array.tobytes() == one[level] for one in levels)
        if reports.count:
            # Of a level that isn't the last, nothing but its section's checksum tells.
            assert stamped or any(array.tobytes() in one for one in levels)
            return "whole" if right else "shorter"
        assert right or stamped
        return "whole"


def photo(height, width, channels, seed=0):
    """Return a smooth random picture, uint8 [height, width, channels]."""
    random = np.random.default_rng(seed)
    ramp = np.add.outer(np.arange(height), np.arange(width))[..., None]
    return np.clip(ramp + random.normal(0, 5, [height, width, channels]), 0, 255).astype(np.uint8)


def victims(model=None):
    """Return files of every kind, small ones, of a codec model."""
    drawing = np.zeros([20, 30, 3], np.uint8)
    drawing[3:9, 5:20] = 200, 10, 10
    stored = pictures.stored

    def seldom(picture, size):  # or the simplest ladder would be stored, and never attacked
        return stored(picture, size) if picture.size == drawing.shape[:2] else None

    with mock.patch.object(pictures, "stored", seldom):
        return _victims(drawing, model)


def _victims(drawing, model):
    return [
        Victim(photo(24, 20, 3), model),
        Victim(photo(33, 18, 4), model),
        Victim(photo(5, 1, 1), model),
        Victim(photo(40, 33, 2), model, quality=1 / 2),
        Victim(photo(20, 20, 3), model, quality=1 / 2, fill="sample"),
        Victim(drawing, model),
        Victim([photo(24, 20, 3, seed) for seed in range(4)] + [drawing], model),
    ]
