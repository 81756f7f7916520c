"""Named configurations: the paper's models, and small ones for a laptop."""

from __future__ import annotations

from ..config import Config, Level, Prior, Top
from ..errors import UserError
from .families import dense, small_mixture, small_reversible, small_vae

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


def _level64_paper(transform, decoder, joint, prior_image):
    return Level(
        transform,
        posterior=dense(16, 4),
        prior_image=prior_image,
        prior_latent=dense(32, 3, 2),
        prior=dense(32, 3, 2),
        decoder=decoder,
        joint=joint,
    )


def _downscale3_64_paper():
    levels = (
        _level64_paper("bicubic:2", dense(32, 6), dense(32, 5, 2), dense(16, 4)),
        _level64_paper("bicubic:2", dense(64, 6), dense(64, 4, 2), dense(32, 4)),
    )
    top = Top((8, 8, 16), dense(64, 3), _PAPER_PRIOR, dense(128, 3))
    return Config(image=(64, 64, 3), levels=levels, top=top)


def _sketch2_64_paper():
    level = _level64_paper("sketch", dense(64, 5), dense(32, 5, 2), dense(16, 4))
    top = Top((8, 8, 16), dense(16, 4), _PAPER_PRIOR, dense(64, 5))
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
    "downscale3-32-small": lambda: small_reversible((32, 32, 3), 2),
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
        raise UserError(f"preset: {name!r} is unknown; valid ones: {', '.join(_PRESETS)}")
    return _PRESETS[name]()
