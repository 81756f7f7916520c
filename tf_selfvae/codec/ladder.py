"""The ladder: a picture as payloads of bits, coarse to fine, each of which leads to a picture of twice the size."""

from __future__ import annotations

import constriction
import numpy as np

from ..errors import Damaged, UserError
from .halving import halved
from .walk import climb

_TOP = 16  # the larger side of the coarsest picture that has a payload of its own
_HELD = 1 << 22  # decisions that wait to be coded
_MODEL = constriction.stream.model.Bernoulli(perfect=False)


def _sizes(height, width):
    """List a picture's sizes from 1x1 to its own, each but the last half the next."""
    sizes = [(height, width)]
    while sizes[0] != (1, 1):
        sizes.insert(0, tuple(-(-side // 2) for side in sizes[0]))
    return sizes


def rungs(height, width):
    """List the sizes of a picture's rungs, coarse to fine: each has a payload.

    The first, the top, is the largest whose sides are at most 16, or the picture's own. Its payload begins with the 1x1
    picture, a byte a channel, and leads through all sizes between.

    Args:
        height, width: of the picture, at least 1.
    """
    sizes = _sizes(height, width)
    top = [size for size in sizes if max(size) <= _TOP]
    return sizes[len(top) - 1 :]


def _steps(height, width):
    """List, payload by payload, the (halving, size) that each leads through: halving 0 is the picture's own."""
    sizes = _sizes(height, width)
    top = len(sizes) - len(rungs(height, width))
    numbered = list(zip(range(len(sizes) - 1, -1, -1), sizes))
    return [numbered[1 : top + 1], *([step] for step in numbered[top + 1 :])]


def encode(model, planes):
    """Return each picture's payloads, coarse to fine: a list of lists of bytes.

    Args:
        model: a `CodecModel`.
        planes: uint8 [N, H, W, C], C the model's or 1; all are coded beside one another.

    Raises:
        UserError: when the model's channels are others.
    """
    ladder, smallest = _ladder(model, planes)
    payloads = [[] for _ in planes]
    for i, steps in enumerate(_steps(*planes.shape[1:3])):
        coder = _Encoder(len(planes))
        for halving, size in steps:
            coarser, bands = ladder[size]
            climb(model, halving, coarser, *size, _known(bands, coder.put))
        for written, payload, picture in zip(payloads, coder.payloads(), smallest):
            written.append((picture.tobytes() if i == 0 else b"") + payload)
    return payloads


def decode(model, height, width, channels, sections):
    """Return the pictures that payloads lead to: uint8 [N, h, w, C], of the size of the last payload's rung.

    Args:
        model: a `CodecModel`.
        height, width, channels: of the pictures that were coded.
        sections: for each picture its first payloads, at least one, equally many.

    Raises:
        Damaged: when a payload ends too early, or holds what no picture's does.
    """
    _check_channels(model, channels)
    for payloads in sections:
        if len(payloads[0]) < channels:
            raise Damaged("payload: its first bytes are missing")
    pictures = np.stack([np.frombuffer(payloads[0][:channels], np.uint8) for payloads in sections])[:, None, None]
    for i, steps in enumerate(_steps(height, width)[: len(sections[0])]):
        coder = _Decoder([payloads[i][channels if i == 0 else 0 :] for payloads in sections])
        for halving, size in steps:
            pictures = climb(model, halving, pictures, *size, _decoding(coder))
        coder.close()
    return pictures


def extend(model, planes, height, width, choose, seed=0):
    """Draw the finer rungs of pictures from the model.

    Args:
        model: a `CodecModel`.
        planes: uint8 [N, h, w, C], of one of the rungs' sizes.
        height, width: of the pictures wanted.
        choose: "mean" or "sample".
        seed: of the sample.

    Returns:
        uint8 [N, height, width, C].
    """
    _check_channels(model, planes.shape[-1])
    random = np.random.Generator(np.random.Philox(seed))
    chosen = _mean if choose == "mean" else _sampling(random)
    size = planes.shape[1:3]
    for halving, finer in [step for steps in _steps(height, width) for step in steps]:
        if finer[0] > size[0] or finer[1] > size[1]:
            planes = climb(model, halving, planes, *finer, chosen)
    return planes


def code_lengths(model, planes):
    """Return the integer model's own code length of each payload, in bits: float64 [N, rungs].

    Args:
        model: a `CodecModel`.
        planes: uint8 [N, H, W, C], as for `encode`.
    """
    ladder, _ = _ladder(model, planes)
    lengths = []
    for i, steps in enumerate(_steps(*planes.shape[1:3])):
        bits = np.full(len(planes), 8.0 * planes.shape[-1] if i == 0 else 0.0)
        for halving, size in steps:
            coarser, bands = ladder[size]
            climb(model, halving, coarser, *size, _measuring(bits, bands))
        lengths.append(bits)
    return np.stack(lengths, 1)


def _check_channels(model, channels):
    if channels not in (1, model.channels):
        raise UserError(f"model: {model.name} codes pictures of {model.channels} channels or of 1, got {channels}")


def _ladder(model, planes):
    """Halve pictures to 1x1; returns (dict of a size to the pictures of half of it and their bands, those of 1x1)."""
    _check_channels(model, planes.shape[-1])
    ladder = {}
    while planes.shape[1:3] != (1, 1):
        size = planes.shape[1:3]
        ladder[size] = planes, _ = halved(planes)
    return ladder, planes


def _known(bands, act):
    """Choose a picture's own values; `act` takes the (p, open, lower) of each decision, each [N P]."""

    def choose(where, mixture, channel, low, high):
        band, block, inside = where
        values = bands[band][(slice(None), *block)][:, inside, channel].reshape(-1)

        def decide(p, left, middle):
            lower = values < middle
            act(p, left, lower)
            return lower

        return mixture.channel(low, high, decide)

    return choose


def _measuring(bits, bands):
    def act(p, left, lower):
        lengths = np.where(left, np.log2(np.where(lower, p, 1.0 - p)), 0.0)
        bits[:] -= lengths.reshape(len(bits), -1).sum(-1)

    return _known(bands, act)


def _decoding(coder):
    def choose(where, mixture, channel, low, high):
        return mixture.channel(low, high, lambda p, left, middle: coder.take(p, left))

    return choose


def _sampling(random):
    def choose(where, mixture, channel, low, high):
        return mixture.channel(low, high, lambda p, left, middle: left & (random.random(len(p)) < p))

    return choose


def _mean(where, mixture, channel, low, high):
    return mixture.mean(low, high)


class _Encoder:
    """Codes the decisions of N pictures, many in one call: one for each round of a small picture would take longer."""

    def __init__(self, count):
        self._coders = [constriction.stream.queue.RangeEncoder() for _ in range(count)]
        self._decisions, self._held = [], 0

    def put(self, p, left, lower):
        """Add decisions, each array [N P]."""
        self._decisions.append([x.reshape(len(self._coders), -1) for x in (p, left, lower)])
        self._held += p.size
        if self._held > _HELD:
            self._code()

    def _code(self):
        if self._decisions:
            rows = (np.concatenate(column, 1) for column in zip(*self._decisions))
            for coder, p, left, lower in zip(self._coders, *rows):
                coder.encode(lower[left].astype(np.int32), _MODEL, p[left])
        self._decisions, self._held = [], 0

    def payloads(self):
        """Return each picture's bytes."""
        self._code()
        # What follows the end reads as zeros.
        return [coder.get_compressed().astype("<u4").tobytes().rstrip(b"\0") for coder in self._coders]


class _Decoder:
    """Reads the decisions of N pictures."""

    def __init__(self, payloads):
        padded = (payload + b"\0" * (-len(payload) % 4) for payload in payloads)
        words = (np.frombuffer(payload, "<u4").astype(np.uint32) for payload in padded)
        self._coders = [constriction.stream.queue.RangeDecoder(of_one) for of_one in words]

    def take(self, p, left):
        """Return decisions, bool [N P]: those that are open; arguments as of `Mixture.channel`."""
        ends = left.reshape(len(self._coders), -1).sum(1).cumsum()
        p, begin = p[left], 0
        bits = np.empty(len(p), bool)
        try:
            for coder, end in zip(self._coders, ends.tolist()):
                bits[begin:end] = coder.decode(_MODEL, p[begin:end])
                begin = end
        except BaseException as error:  # its PanicException is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                raise
            raise Damaged(f"payload: holds what no picture's does ({type(error).__name__})") from None
        lower = np.zeros(len(left), bool)
        lower[left] = bits
        return lower

    def close(self):
        if not all(coder.maybe_exhausted() for coder in self._coders):
            raise Damaged("payload: is longer than its picture's")
