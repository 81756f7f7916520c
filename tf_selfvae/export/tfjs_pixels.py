"""A top that is drawn pixel by pixel, as numbers for the page's own program (`web/src/pixels.js`)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from ..layers import AutoregressiveLikelihood
from ..layers.heads import mixture_sizes
from .tfjs_convert import pack_weights

_LANES = 8  # outputs that the program computes together


@dataclasses.dataclass(frozen=True)
class Pixels:
    """p(y_K) of a causal transformer.

    Attributes:
        name: "p_" and the variable's name.
        likelihood: an `AutoregressiveLikelihood` that reads no latent.
        noise: list of dicts, as for `Graph`: that of the components, and that of the values.
    """

    name: str
    likelihood: AutoregressiveLikelihood
    noise: list

    def manifest(self):
        """Return what a program that draws the picture has to know, JSON-ready.

        `loop` has the picture's `rows`, `columns` and `channels`, the `mixtures` of a pixel, and of the transformer its
        `blocks`, `heads`, `features`, and the `width` of these and the `size` of a head, padded to multiples of 8.
        """
        likelihood, transformer = self.likelihood, self.likelihood.transformer
        loop = dict(zip(("rows", "columns", "channels"), likelihood.image)) | {"mixtures": likelihood.mixtures}
        loop |= {"blocks": transformer.blocks, "heads": transformer.heads, "features": transformer.width}
        loop |= {"width": _padded(transformer.width), "size": _padded(transformer.width // transformer.heads)}
        return {"inputs": [], "noise": self.noise, "temperature": True, "loop": loop}

    def weights(self):
        """List the float32 arrays in the order in which the program reads them.

        A kernel [inputs, outputs] is [outputs / 8, inputs, 8], its bias follows it. Gains of normalisations, the scales
        of queries and of grey levels are in the kernels beside them; padding is zeros.
        """
        likelihood, heads = self.likelihood, self.likelihood.transformer.heads
        positions = likelihood.positions.numpy()
        features = positions.shape[-1]
        width, size = _padded(features), features // heads
        scale = np.reshape([size**-0.5, 1, 1], (3, 1, 1))
        found = [*_layer(*_dense(likelihood.embed), None, width), _pad(positions, 1, width)]
        for block in likelihood.blocks:
            gains = [gain.numpy()[:, None] for gain in block.gains]
            kernel, bias = (np.reshape(part, (-1, 3, heads, size)) * scale for part in _dense(block.attend))
            kernel, bias = (_pad(part, 3, _padded(size)).reshape(len(part), -1) for part in (kernel, bias))
            found += _layer(gains[0] * kernel, bias[0], width, len(bias[0]))
            kernel, bias = _dense(block.mix)
            kernel = _pad(kernel.reshape(heads, size, features), 1, _padded(size))
            found += _layer(kernel.reshape(-1, features), bias, None, width)
            kernel, bias = _dense(block.widen)
            found += _layer(gains[1] * kernel, bias, width, 4 * width)
            found += _layer(*_dense(block.narrow), 4 * width, width)
        kernel, bias = self._head()
        return found + _layer(kernel, bias, width, _padded(len(bias)))

    def _head(self):
        head = self.likelihood.head
        v, g, b = (weight.numpy() for weight in (head.out.v, head.out.g, head.out.b))
        kernel, bias = v[0, 0] * g / np.sqrt(np.sum(v * v, (0, 1, 2)) + 1e-12), b + head.start
        (band,) = self.likelihood.bands()
        logits, locations, *_ = mixture_sizes(head.mixtures, head.channels)
        grey = slice(logits, logits + locations)
        kernel[:, grey] *= band.unit
        bias[grey] = bias[grey] * band.unit + (band.low + band.high) / 2
        return kernel, bias


def write_pixels(pixels, folder):
    """Write the numbers of a `Pixels` as `weights.bin` (packed) into a folder to make."""
    folder = Path(folder)
    folder.mkdir()
    data = b"".join(np.ascontiguousarray(array, np.float32).tobytes() for array in pixels.weights())
    (folder / "weights.bin").write_bytes(pack_weights(data))


def _padded(count):
    return -(-count // _LANES) * _LANES


def _pad(array, axis, size):
    """Put zeros behind an array, so that an axis has that size."""
    padding = [[0, 0]] * array.ndim
    padding[axis] = [0, size - array.shape[axis]]
    return np.pad(array, padding)


def _dense(layer):
    return layer.kernel.numpy(), layer.bias.numpy()


def _layer(kernel, bias, inputs, outputs):
    """A kernel and its bias as the program reads them, of these sizes; None for as many inputs as there are."""
    kernel = _pad(_pad(kernel, 0, inputs or len(kernel)), 1, outputs)
    return [kernel.reshape(len(kernel), -1, _LANES).transpose(1, 0, 2), _pad(bias, 0, outputs)]
