"""Makes a trained model's networks integer: folds weight normalisation, calibrates, rounds."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from ..errors import UserError
from ..layers import ReversibleLikelihood
from ..layers.heads import mixture_sizes
from ..transforms import haar_split
from . import tables as t
from .model import CodecModel, check_name
from .networks import ACTIVATION, EXACT, KNOWN, STREAM, Level, Networks, Walk, convolve, largest_sums
from .places import known_before
from .rounding import Patches, nearest

_END = 0.9999  # quantile of an activation that is the greatest one left
_ROOM = 2.0  # for residual sums larger than those of calibration
_MOST = 127  # of a kernel's integers
_WANTED = "codec: expected reversible levels without latents, of residual networks with ReLU and no halvings"


def codec_of(model, images, name):
    """Make a `CodecModel` of a model.

    Args: as for `quantise`, and
        name: of the codec model.
    """
    check_name(name)
    return CodecModel(name, model.config.image[:2], quantise(model, images), t.make())


def quantise(model, images):
    """Make the networks of a model's levels integer.

    Args:
        model: a `SelfVAE` of reversible levels without latents, its blocks residual with ReLU.
        images: uint8 [N, H, W, C], to calibrate on.

    Returns:
        A list of `Networks`, from the finest level on.

    Raises:
        UserError: for another model.
    """
    if not model.hierarchy.depth:
        raise UserError(f"{_WANTED}, got a model without levels")
    layers = [_checked(model, model.hierarchy.image(k)) for k in range(model.hierarchy.depth)]
    networks, finer = [], images
    for layer in layers:
        coarser, bands = haar_split(finer)
        networks.append(_Calibration(layer).run(coarser, bands).networks())
        finer = coarser
    return networks


def _checked(model, name):
    layer = model.likelihoods[name]
    if not isinstance(layer, ReversibleLikelihood) or layer.reads_latent:
        raise UserError(f"{_WANTED}; {name} is {type(layer).__name__}{' with a latent' if layer.reads_latent else ''}")
    for network in (layer.joint, layer.band):
        found = (network.family, network.activation, network.width, network.halvings)
        if found != ("residual", "relu", layer.joint.width, 0):
            raise UserError(f"{_WANTED}, and of one width; {name} has {layer.joint} and {layer.band}")
    return layer


class _Calibration(Walk):
    """A level's networks in float32, which note what values they meet."""

    def __init__(self, layer):
        joint, band = layer.joint, layer.band
        blocks = [network.blocks * network.steps for network in (joint, band)]
        self.level = Level(layer.image[-1], joint.width, *blocks, layer.mixtures, layer.phases)
        self._kernels = dict(_convolutions(layer))
        self._patches = {name: Patches(kernel.shape[0]) for name, (kernel, _) in self._kernels.items()}
        self._most, self._ends = 0.0, {}

    def run(self, coarser, bands):
        """Meet the values of int32 pictures [N, h, w, C] and their bands."""
        for first in range(0, coarser.shape[0], 16):
            self._run(coarser[first : first + 16], [band[first : first + 16] for band in bands])
        return self

    def _run(self, coarser, bands):
        context = self._context(tf.cast(coarser, tf.float32))
        for part in range(self.level.parts):
            whole = [slice(0, size) for size in coarser.shape[1:3]]
            self._part(part, context, known_before(self.level.phases, part, bands, *whole))

    def _convolve(self, name, inputs, step=None):
        kernel, bias = (numbers.astype(np.float32) for numbers in self._kernels[name])
        self._patches[name].meet(inputs, step)
        return convolve(inputs * self._unit(name), kernel, step) + bias

    def _unit(self, name):
        """Return what an integer 1 that a convolution reads stands for, where that is given from outside."""
        return {"widen": 1 / 255, "known": 1 / KNOWN}.get(name.split("/")[-1], 1.0)

    def _inside(self, name, values):
        return self._enter(name, values)

    def _stream(self, values):
        self._most = max(self._most, float(tf.reduce_max(tf.abs(values))))
        return values

    def _enter(self, name, values):
        values = tf.nn.relu(values)
        end = float(np.quantile(values.numpy(), _END))
        self._ends.setdefault(name, []).append(end)
        return values

    def networks(self):
        """Return the level's integer `Networks`."""
        unit = {name: max(np.mean(ends), 1e-6) / ACTIVATION for name, ends in self._ends.items()}
        stream = _ROOM * self._most / STREAM
        for name in self._kernels:
            if name.endswith(("widen", "known", "second")):  # a kernel of 8 bits reaches as far as it must
                read = unit[name.replace("second", "first")] if name.endswith("second") else self._unit(name)
                stream = max(stream, np.abs(self._kernels[name][0]).max() * read / _MOST)
        entries = {}
        for name in self.level.entries():
            entries[name] = _entry(stream / unit[name])
            unit[name] = stream * 2.0 ** entries[name][1] / entries[name][0]
        convolutions = {}
        for name, _, most in self.level.convolutions():
            stack, last = name.rsplit("/", 1)
            read = {"first": f"{stack}/in", "second": f"{stack}/first", "head": f"{name}/in"}.get(last)
            given = {"first": lambda name=name: unit[name], "head": self._outputs}.get(last, lambda: stream)()
            kernel, bias = self._kernels[name]
            of_one = unit[read] if read else self._unit(name)
            # Pictures and bands were met as the integers that they are.
            mean = self._patches[name].mean() / (of_one if read else 1.0)
            covariance = self._patches[name].covariance()
            convolutions[name] = _rounded(name, kernel * of_one / given, bias / given, most, covariance, mean)
        return Networks(self.level, convolutions, entries)

    def _outputs(self):
        """Return what an integer 1 of each of a head's outputs stands for."""
        steps = [t.LOGIT, t.LOCATION * KNOWN, t.LOG_SCALE, t.COEFFICIENT]
        return 1.0 / np.repeat(steps, mixture_sizes(self.level.mixtures, self.level.channels))


def _entry(ratio):
    """Return the (factor, shift), of at most 255 and 15, that come nearest to a ratio."""
    shift = int(np.clip(np.floor(np.log2(255 / ratio)), 0, 15))
    return int(np.clip(np.floor(ratio * 2.0**shift + 0.5), 1, 255)), shift


def _rounded(name, kernel, bias, most, covariance, mean):
    """Return (int8 kernel, int32 bias, uint8 shift) as precise as int8 and exact sums allow."""
    shift = np.floor(np.log2(_MOST / np.maximum(np.abs(kernel).max((0, 1, 2)), 1e-9))).clip(0, 20)
    while True:
        wanted = kernel * 2.0**shift
        whole, more = nearest(wanted, covariance, mean, _MOST)
        offset = np.floor(bias * 2.0**shift + more + 0.5) + np.floor(2.0 ** (shift - 1))
        over = (largest_sums(whole, offset, most) >= EXACT) | (np.abs(wanted).max((0, 1, 2)) >= _MOST + 0.5)
        if not over.any():
            return whole.astype(np.int8), offset.astype(np.int32), shift.astype(np.uint8)
        if (shift[over] == 0).any():
            raise UserError(f"codec: the kernel of {name} is too large for integers of 8 bits")
        shift[over] -= 1


def _convolutions(layer):
    """Give each convolution's name, kernel [k, k, in, out] and bias [out] in float64."""
    yield from _stack("trunk", layer.trunk)
    for part, (stack, head) in enumerate(zip(layer.stacks, layer.heads)):
        if part:
            yield f"part{part}/known", _fold(layer.embeddings[part - 1])
        yield from _stack(f"part{part}", stack)
        kernel, bias = _fold(head.out)
        yield f"part{part}/head", (kernel, bias + head.start)


def _stack(name, stack):
    blocks = list(stack.stages)
    if hasattr(blocks[0], "filters"):
        yield f"{name}/widen", _fold(blocks.pop(0))
    for i, block in enumerate(blocks):
        yield f"{name}/block{i}/first", _fold(block.first)
        yield f"{name}/block{i}/second", _fold(block.second)


def _fold(convolution):
    v, g, b = (np.float64(w.numpy()) for w in (convolution.v, convolution.g, convolution.b))
    return v / np.sqrt((v * v).sum((0, 1, 2)) + 1e-12) * g, b
