"""Named configurations: the paper's models, and small ones for a laptop."""

from __future__ import annotations

from .config import Config, Level, Network, Optimizer, Prior, Top


def _dense(width, steps, blocks=1):
    return Network("dense", width, steps, blocks)


def _residual(width, steps):
    return Network("residual", width, steps)


_PAPER_PRIOR = Prior("realnvp", _dense(64, 5), scales=2)
_SMALL_PRIOR = Prior("realnvp", _residual(32, 0), scales=2)
_FAST = Optimizer(
    learning_rate=2.5e-3, schedule="cosine", lowest=1e-5, clip_norm=1.0, ema=0.99, batch_size=16
)


def _vae_paper(size, posterior, decoder):
    top = Top((8, 8, 16), posterior, _PAPER_PRIOR, decoder)
    return Config(image=(size, size, 3), top=top)


def _downscale2_32_paper():
    level = Level(
        "bicubic:2",
        posterior=_dense(16, 4),
        prior_image=_dense(32, 5),
        prior_latent=_dense(64, 3, 3),
        prior=_dense(64, 3, 3),
        decoder=_dense(64, 8),
        joint=_dense(64, 5, 3),
    )
    top = Top((8, 8, 16), _dense(64, 3), _PAPER_PRIOR, _dense(128, 4))
    return Config(image=(32, 32, 3), levels=(level,), top=top)


def _level64_paper(transform, decoder, joint, prior_image):
    return Level(
        transform,
        posterior=_dense(16, 4),
        prior_image=prior_image,
        prior_latent=_dense(32, 3, 2),
        prior=_dense(32, 3, 2),
        decoder=decoder,
        joint=joint,
    )


def _downscale3_64_paper():
    levels = (
        _level64_paper("bicubic:2", _dense(32, 6), _dense(32, 5, 2), _dense(16, 4)),
        _level64_paper("bicubic:2", _dense(64, 6), _dense(64, 4, 2), _dense(32, 4)),
    )
    top = Top((8, 8, 16), _dense(64, 3), _PAPER_PRIOR, _dense(128, 3))
    return Config(image=(64, 64, 3), levels=levels, top=top)


def _sketch2_64_paper():
    level = _level64_paper("sketch", _dense(64, 5), _dense(32, 5, 2), _dense(16, 4))
    top = Top((8, 8, 16), _dense(16, 4), _PAPER_PRIOR, _dense(64, 5))
    return Config(image=(64, 64, 3), levels=(level,), top=top)


def _vae_64_small():
    top = Top((8, 8, 16), _residual(64, 3), _SMALL_PRIOR, _residual(64, 4))
    return Config(image=(64, 64, 3), top=top, optimizer=_FAST)


def _mixture_level_small(transform="bicubic:2", joint=2):
    return Level(
        transform,
        latent=(8, 8, 16),
        posterior=_residual(48, 1),
        prior_image=_residual(48, 1),
        prior_latent=_residual(48, 1),
        prior=_residual(48, 1),
        decoder=_residual(48, 1),
        joint=_residual(48, joint),
    )


def _downscale3_64_small():
    levels = (_mixture_level_small(), _mixture_level_small())
    top = Top((8, 8, 16), _residual(48, 2), _SMALL_PRIOR, _residual(64, 2))
    return Config(image=(64, 64, 3), levels=levels, top=top, optimizer=_FAST)


def _sketch2_64_small():
    levels = (_mixture_level_small("sketch", joint=4),)
    top = Top((8, 8, 16), _residual(48, 2), _SMALL_PRIOR, _residual(64, 2))
    return Config(image=(64, 64, 3), levels=levels, top=top, optimizer=_FAST)


def _reversible_level(latent, width, trunk, band, kl_warmup=0):
    return Level(
        "haar",
        "reversible",
        latent=latent,
        posterior=_residual(32, 1),
        prior_image=_residual(32, 0),
        prior_latent=_residual(32, 0),
        prior=_residual(32, 1),
        decoder=_residual(32, 0),
        joint=_residual(width, trunk),
        band=_residual(width, band),
        mixtures=5,
        kl_warmup=kl_warmup,
    )


_SMALL_TOP = Top((8, 8, 4), _residual(48, 1), _SMALL_PRIOR, _residual(48, 2), kl_warmup=300)


def _downscale4_64_small():
    levels = (
        _reversible_level((8, 8, 8), 96, 2, 1),
        _reversible_level((8, 8, 8), 64, 2, 1),
        _reversible_level((8, 8, 4), 64, 2, 1, kl_warmup=300),
    )
    return Config(image=(64, 64, 3), levels=levels, top=_SMALL_TOP, optimizer=_FAST)


def _downscale3_32_small():
    levels = (
        _reversible_level((8, 8, 8), 96, 2, 1),
        _reversible_level((8, 8, 4), 64, 2, 1, kl_warmup=300),
    )
    return Config(image=(32, 32, 3), levels=levels, top=_SMALL_TOP, optimizer=_FAST)


_PRESETS = {
    "vae-32-paper": lambda: _vae_paper(32, _dense(16, 8), _dense(128, 6)),
    "downscale2-32-paper": _downscale2_32_paper,
    "vae-64-paper": lambda: _vae_paper(64, _dense(16, 4), _dense(96, 6)),
    "downscale3-64-paper": _downscale3_64_paper,
    "sketch2-64-paper": _sketch2_64_paper,
    "vae-64-small": _vae_64_small,
    "downscale3-64-small": _downscale3_64_small,
    "sketch2-64-small": _sketch2_64_small,
    "downscale4-64-small": _downscale4_64_small,
    "downscale3-32-small": _downscale3_32_small,
}


def available():
    """List the names of the presets."""
    return list(_PRESETS)


def get_preset(name):
    """Return a preset's `Config`.

    Raises:
        ValueError: when the name is unknown; the error lists the valid ones.

    Example:
        >>> get_preset("downscale2-32-paper").image
        (32, 32, 3)
    """
    if name not in _PRESETS:
        raise ValueError(f"preset: {name!r} is unknown; valid ones: {', '.join(_PRESETS)}")
    return _PRESETS[name]()
