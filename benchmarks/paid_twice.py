"""What a mixture likelihood pays twice: bits per dimension of x lost on images with another y.

    python benchmarks/paid_twice.py runs/downscale3 --images 16 --samples 64

p(finer | coarser, z) spreads over all finer images. Only those that the transform takes to `coarser` can come,
so -log P(transform(sample) = coarser | coarser, z) is paid for nothing: the coarser image was paid for already.
The probability is that of a normal with the samples' mean and covariance over channels (plus rounding's 1/12),
pixels taken as independent: a transform that overlaps correlates neighbours, so this is somewhat too much. For
the same reason only downscaling is measured: a sketch's pixels are not even nearly independent.
"""

import math

import click
import numpy as np

from tf_selfvae.devices import quick_start
from tf_selfvae.evaluation.images import pictures_for
from tf_selfvae.model.plans import get_plan
from tf_selfvae.transforms import get as get_transform


def wasted_bits(model, images, level, samples):
    """Bits an image of -log2 P(y_level is kept) for p(y_{level - 1} | y_level, z_level)."""
    plan = get_plan(f"conditional_generation:{level}", model.hierarchy)
    finer = "x" if level == 1 else f"y{level - 1}"
    transform = get_transform(model.config.levels[level - 1].transform)
    drawn = []
    for seed in range(samples):
        values = model.reconstruct(images, plan, seed, return_variables=True)
        drawn.append(transform.numpy(values[finer].numpy()).astype(float))
        kept = values[f"y{level}"].numpy().astype(float)
    drawn = np.stack(drawn, -1)  # [B, h, w, C, S]
    off = kept - drawn.mean(-1)
    centred = drawn - drawn.mean(-1, keepdims=True)
    channels = kept.shape[-1]
    covariance = centred @ centred.swapaxes(-1, -2) / (samples - 1) + np.eye(channels) / 12
    distance = np.einsum("...i,...i", off, np.linalg.solve(covariance, off[..., None])[..., 0])
    nats = 0.5 * (distance + np.linalg.slogdet(2 * math.pi * covariance)[1])
    return np.maximum(nats, 0).sum((1, 2)).mean() / math.log(2)


@click.command()
@click.argument("model")
@click.option("--data", help="By default the run's own data set.")
@click.option("--images", "count", default=16, show_default=True)
@click.option("--samples", default=64, show_default=True)
def main(model, data, count, samples):
    """Print, for each level of MODEL, what is paid twice."""
    quick_start()
    model, images = pictures_for(model, (), data, count, None)
    specs = [level.transform for level in model.config.levels]
    if not all(spec == "haar" or spec.startswith("bicubic:") for spec in specs):
        raise click.ClickException(f"expected a model whose transforms downscale, got {', '.join(specs)}")
    for level in range(1, len(specs) + 1):
        bits = wasted_bits(model, images, level, samples)
        print(f"level {level}: {bits / math.prod(model.config.image):.3f} bits per dimension of x")


if __name__ == "__main__":
    main()
