"""What a reversible likelihood pays for bands that no picture has: bits per dimension of x.

python -m benchmarks.outside imagenette64 --data folder:IMAGENETTE/train --images 32

The coarser picture and the bands before it leave an interval for each value; mass outside it is lost. So
-log2 P(the value is inside) is what keeping to the interval would save, at most: it is what a codec saves.
"""

import math

import click
import numpy as np
import tensorflow as tf
from scipy.special import expit, softmax

from tf_selfvae.codec.intervals import halved, interval
from tf_selfvae.devices import quick_start
from tf_selfvae.evaluation.images import pictures_for
from tf_selfvae.layers.phases import Phases
from tf_selfvae.layers.reversible import ReversibleLikelihood


def inside(distribution, values, least, end):
    """Return log2 P(least <= value < end) of each channel given those before it: float64 [B, h, w, C]."""
    logits, loc, scale, coeffs = (
        part.numpy().astype(float)
        for part in (distribution.logits, distribution.loc, distribution.scale, distribution.coeffs)
    )
    weights, masses = softmax(logits, -1), []
    for c in range(loc.shape[-2]):
        first = c * (c - 1) // 2
        mean = loc[..., c, :] + sum(coeffs[..., first + j, :] * values[..., j, None] for j in range(c))

        def below(value, mean=mean, scale=scale[..., c, :]):
            return expit((value[..., None] - 0.5 - mean) / scale)

        masses.append((weights * (below(end[..., c]) - below(least[..., c]))).sum(-1))
        weights = weights * np.maximum(below(values[..., c] + 1) - below(values[..., c]), 1e-300)
        weights /= weights.sum(-1, keepdims=True)
    return np.log2(np.maximum(np.stack(masses, -1), 1e-300))


def lost_bits(likelihood, images):
    """Return the bits that each image loses, [B], and the images of half the size."""
    coarser, bands = halved(images)
    values, phases = likelihood.split(images, coarser), Phases(likelihood.phases)
    context, lost = likelihood.context(tf.cast(coarser, tf.float32), None), 0.0
    for index, value in enumerate(values):
        band, phase = divmod(index, likelihood.phases)
        bounds = interval(band, coarser.astype(int), [known.astype(int) for known in bands[:band]])
        ends = [phases.pick(tf.constant(bound), phase).numpy() for bound in bounds]
        distribution = likelihood.band_distribution(index, context, values[:index])
        lost -= inside(distribution, value.numpy().astype(float), *ends).sum((1, 2, 3))
    return lost, coarser


@click.command()
@click.argument("model")
@click.option("--data", help="By default the run's own data set.")
@click.option("--images", "count", default=64, show_default=True)
def main(model, data, count):
    """Print what each reversible level of MODEL, which has no latents, loses on test images."""
    quick_start()
    model, images = pictures_for(model, (), data, count, None)
    finer = "x"
    for level in range(1, model.hierarchy.depth + 1):
        likelihood = model.likelihoods[finer]
        if not isinstance(likelihood, ReversibleLikelihood) or likelihood.reads_latent:
            raise click.ClickException(f"expected reversible levels without latents, got another at level {level}")
        bits, images = lost_bits(likelihood, images)
        lost = bits / math.prod(model.config.image)
        print(f"{finer}: {lost.mean():.4f} bits per dimension of x, at most {lost.max():.4f}")
        finer = f"y{level}"


if __name__ == "__main__":
    main()
