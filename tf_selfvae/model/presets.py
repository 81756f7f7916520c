"""Named configurations: the paper's models, and small ones for a laptop, at any size of square images."""

from __future__ import annotations

from .. import weights
from ..config import Config, Level, Network, Optimizer, Prior, Top, Transformer
from ..errors import UserError

FAST = Optimizer("muon", learning_rate=2e-2, schedule="cosine", lowest=1e-5, ema=0.99, batch_size=16)
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


def _networks(family):
    """Return a function of (width, steps) to a `Network`; dense growth is a quarter of the width."""
    if family == "residual":
        return residual
    return lambda width, steps: dense(max(1, width // 4), max(1, steps))


def _share(width, numerator, denominator):
    return max(4, round(width * numerator / denominator))


def small_vae(image, width=64, mixtures=10, family="residual"):
    """Configure a VAE with RealNVP prior.

    Args:
        image: rows, columns and channels of x.
        width: of every network.
        mixtures: logistic components per pixel.
        family: of the networks' blocks, "residual" or "dense".
    """
    net = _networks(family)
    top = Top(_latent(image[0], 16), net(width, 3), SMALL_PRIOR, net(width, 4), mixtures)
    return Config(image=image, top=top, optimizer=FAST)


def small_mixture(image, transforms, width=48, mixtures=10, family="residual", joint=2):
    """Configure a model of mixture likelihoods (the paper's form).

    Args:
        image: rows, columns and channels of x.
        transforms: specs, from fine to coarse; "bicubic:2" halves the image, "sketch" keeps its size.
        width: of every network but p(y_K | u), which is a third wider.
        mixtures: logistic components per pixel.
        family: of the networks' blocks, "residual" or "dense".
        joint: blocks of the network that reads z_k and y_k together.
    """
    net = _networks(family)
    levels, size = [], image[0]
    for transform in transforms:
        size = size // 2 if transform == "bicubic:2" else size
        networks = [net(width, 1)] * 5
        levels.append(
            Level(transform, "mixture", _latent(size, 16), *networks, joint=net(width, joint), mixtures=mixtures)
        )
    decoder = net(_share(width, 4, 3), 2)
    top = Top(_latent(size, 16), net(width, 2), SMALL_PRIOR, decoder, mixtures)
    return Config(image=image, levels=tuple(levels), top=top, optimizer=FAST)


def small_reversible(image, levels, width=96, mixtures=5, family="residual"):
    """Configure a model of reversible downscaling: integer Haar liftings, band after band.

    Args:
        image: rows, columns and channels of x.
        levels: how often x is halved, at least once.
        width: of the finest level's trunk and bands; coarser levels have two thirds of it, the networks of
            latents a third, the top half.
        mixtures: logistic components per value of the bands.
        family: of the networks' blocks, "residual" or "dense".
    """
    net, size, made = _networks(family), image[0], []
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
                phases=2,
                kl_warmup=300 if is_last else 0,
            )
        )
    half = _share(width, 1, 2)
    top = Top(_latent(size, 4), net(half, 1), SMALL_PRIOR, net(half, 2), kl_warmup=300)
    return Config(image=image, levels=tuple(made), top=top, optimizer=FAST)


def fast_reversible(image, levels, width=96, mixtures=5):
    """Configure the model that is best per hour of a processor: reversible levels in phases under a drawn top.

    No latents: beside networks that see the bands and phases before them, they said nothing (their KL went to zero).

    Args:
        image: rows, columns and channels of x.
        levels: how often x is halved, at least once; what is left is drawn pixel by pixel.
        width: of the finest level's networks; coarser levels have two thirds of it.
        mixtures: logistic components per value of the bands.
    """
    made = []
    for k in range(levels):
        net = Network("residual", width if k == 0 else _share(width, 2, 3), 1, activation="relu")
        options = {"joint": net, "band": net, "mixtures": mixtures, "phases": 2 if k == 0 else 4}
        made.append(Level("haar", "reversible", latent=None, **options))
    top = Top(None, transformer=Transformer())
    return Config(image=image, levels=tuple(made), top=top, optimizer=FAST)


_PAPER_PRIOR = Prior("realnvp", dense(64, 5), scales=2)


def _vae_paper(size, posterior, decoder):
    top = Top((8, 8, 16), posterior, _PAPER_PRIOR, decoder)
    return Config(image=(size, size, 3), top=top)


def _downscale2_32_paper():
    level = Level(
        "bicubic:2",
        posterior=dense(16, 4),
        prior_image=dense(32, 5),
        prior_latent=dense(64, 3, 3),
        prior=dense(64, 3, 3),
        decoder=dense(64, 8),
        joint=dense(64, 5, 3),
    )
    top = Top((8, 8, 16), dense(64, 3), _PAPER_PRIOR, dense(128, 4))
    return Config(image=(32, 32, 3), levels=(level,), top=top)


def _level64_paper(transform, posterior, prior_image, decoder, joint):
    return Level(
        transform,
        posterior=posterior,
        prior_image=prior_image,
        prior_latent=dense(32, 3, 2),
        prior=dense(32, 3, 2),
        decoder=decoder,
        joint=joint,
    )


def _downscale3_64_paper():
    levels = (
        _level64_paper("bicubic:2", dense(8, 4), dense(16, 4), dense(32, 6), dense(32, 5, 2)),
        _level64_paper("bicubic:2", dense(16, 4), dense(32, 4), dense(64, 6), dense(64, 4, 2)),
    )
    top = Top((8, 8, 16), dense(64, 3), _PAPER_PRIOR, dense(128, 3))
    return Config(image=(64, 64, 3), levels=levels, top=top)


def _sketch2_64_paper():
    level = _level64_paper("sketch", dense(8, 4), dense(8, 4), dense(64, 5), dense(32, 5, 2))
    top = Top((8, 8, 16), dense(8, 4), _PAPER_PRIOR, dense(64, 5))
    return Config(image=(64, 64, 3), levels=(level,), top=top)


_PRESETS = {
    "vae-32-paper": lambda: _vae_paper(32, dense(16, 8), dense(128, 6)),
    "downscale2-32-paper": _downscale2_32_paper,
    "vae-64-paper": lambda: _vae_paper(64, dense(16, 4), dense(96, 6)),
    "downscale3-64-paper": _downscale3_64_paper,
    "sketch2-64-paper": _sketch2_64_paper,
    "vae-64-small": lambda: small_vae((64, 64, 3)),
    "downscale3-64-small": lambda: small_mixture((64, 64, 3), ["bicubic:2"] * 2),
    "sketch2-64-small": lambda: small_mixture((64, 64, 3), ["sketch"], joint=4),
    "downscale4-64-small": lambda: small_reversible((64, 64, 3), 3),
    "downscale3-64-fast": lambda: fast_reversible((64, 64, 3), 2),
    "downscale2-32-fast": lambda: fast_reversible((32, 32, 3), 1),
    "downscale3-32-small": lambda: small_reversible((32, 32, 3), 2),
}


def available() -> list[str]:
    """List the names of the presets; those of `weights.names()`, the last, come trained."""
    return [*_PRESETS, *weights.names()]


def get_preset(name: str) -> Config:
    """Return a preset's `Config`.

    Raises:
        ValueError: when the name is unknown; the error lists the valid ones.

    Example:
        >>> get_preset("downscale2-32-paper").image
        (32, 32, 3)
    """
    if name in weights.names():
        return Config.from_stored(weights.about(name)["config"], f"preset {name!r}")
    if name not in _PRESETS:
        raise UserError(f"preset: {name!r} is unknown; valid ones: {', '.join(available())}")
    return _PRESETS[name]()
