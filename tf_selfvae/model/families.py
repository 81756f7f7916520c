"""Families of small models: how their networks scale with one width, at any size of square images."""

from __future__ import annotations

from ..config import Config, Level, Network, Optimizer, Prior, Top

FAST = Optimizer(learning_rate=2.5e-3, schedule="cosine", lowest=1e-5, clip_norm=1.0, ema=0.99, batch_size=16)
_LATENT = 8  # side of u and z, where the image that they describe is as large


def dense(width, steps, blocks=1):
    """Return a dense `Network`."""
    return Network("dense", width, steps, blocks)


def residual(width, steps):
    """Return a residual `Network`."""
    return Network("residual", width, steps)


SMALL_PRIOR = Prior("realnvp", residual(32, 0), scales=2)


def most_levels(size):
    """Return how often a side can be halved: to no less than 8, of images below 32 to no less than 4."""
    least, count = (8 if size >= 32 else 4), 0
    while size % 2 == 0 and size // 2 >= least and count < 4:
        size, count = size // 2, count + 1
    return count


def _latent(size, channels):
    side = min(_LATENT, size)
    return (side - side % 2,) * 2 + (channels,)  # RealNVP squeezes u once


def _networks(network):
    """Return a function of (width, steps) to a `Network`; dense growth is a quarter of the width."""
    if network == "residual":
        return residual
    return lambda width, steps: dense(max(1, width // 4), max(1, steps))


def _share(width, part, whole):
    return max(4, round(width * part / whole))


def small_vae(image, width=64, mixtures=10, network="residual"):
    """Configure a VAE with RealNVP prior.

    Args:
        image: rows, columns and channels of x.
        width: of every network.
        mixtures: logistic components a pixel.
        network: "residual" or "dense".
    """
    net = _networks(network)
    top = Top(_latent(image[0], 16), net(width, 3), SMALL_PRIOR, net(width, 4), mixtures)
    return Config(image=image, top=top, optimizer=FAST)


def small_mixture(image, transforms, width=48, mixtures=10, network="residual", joint=2):
    """Configure a model of mixture likelihoods (the paper's form).

    Args:
        image: rows, columns and channels of x.
        transforms: specs, from fine to coarse; "bicubic:2" halves the image, "sketch" keeps its size.
        width: of every network but p(y_K | u), which is a third wider.
        mixtures: logistic components a pixel.
        network: "residual" or "dense".
        joint: blocks of the network that reads z_k and y_k together.
    """
    net = _networks(network)
    levels, size = [], image[0]
    for transform in transforms:
        size = size // 2 if transform == "bicubic:2" else size
        parts = [net(width, 1)] * 5
        levels.append(
            Level(transform, "mixture", _latent(size, 16), *parts, joint=net(width, joint), mixtures=mixtures)
        )
    decoder = net(_share(width, 4, 3), 2)
    top = Top(_latent(size, 16), net(width, 2), SMALL_PRIOR, decoder, mixtures)
    return Config(image=image, levels=tuple(levels), top=top, optimizer=FAST)


def small_reversible(image, levels, width=96, mixtures=5, network="residual"):
    """Configure a model of reversible downscaling: integer Haar liftings, band after band.

    Args:
        image: rows, columns and channels of x.
        levels: how often x is halved, at least once.
        width: of the finest level's trunk and bands; coarser levels have two thirds of it, the networks of
            latents a third, the top half.
        mixtures: logistic components a value of the bands.
        network: "residual" or "dense".
    """
    net, size, made = _networks(network), image[0], []
    third = _share(width, 1, 3)
    for k in range(levels):
        size, is_last = size // 2, k == levels - 1
        wide = width if k == 0 else _share(width, 2, 3)
        made.append(
            Level(
                "haar",
                "reversible",
                latent=_latent(size, 4 if is_last else 8),
                posterior=net(third, 1),
                prior_image=net(third, 0),
                prior_latent=net(third, 0),
                prior=net(third, 1),
                decoder=net(third, 0),
                joint=net(wide, 2),
                band=net(wide, 1),
                mixtures=mixtures,
                kl_warmup=300 if is_last else 0,
            )
        )
    half = _share(width, 1, 2)
    top = Top(_latent(size, 4), net(half, 1), SMALL_PRIOR, net(half, 2), kl_warmup=300)
    return Config(image=image, levels=tuple(made), top=top, optimizer=FAST)
