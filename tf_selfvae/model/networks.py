"""The networks of each factor of a model, as its configuration sizes them."""

from __future__ import annotations

from ..layers import (
    AutoregressiveLikelihood,
    ConditionalPrior,
    LatentPosterior,
    LatentPrior,
    MixtureLikelihood,
    ReversibleLikelihood,
)


def build_networks(config, hierarchy):
    """Build every network of a model, in generative order.

    Args:
        config: a `Config`.
        hierarchy: its `Hierarchy`.

    Yields:
        ("posteriors", "priors" or "likelihoods", the variable's name, the built layer): q and p of a latent, p of
        an image.
    """
    policy = "mixed_bfloat16" if config.precision == "bfloat16" else "float32"
    levels = [*config.levels, config.top]
    for name, variable in hierarchy.items():
        level = levels[variable.network_level - 1]
        is_top = level is config.top
        if variable.is_latent:
            yield "posteriors", name, _posterior(level, variable, hierarchy, policy)
            yield "priors", name, _prior(level, variable, hierarchy, policy, is_top)
        else:
            yield "likelihoods", name, _likelihood(level, variable, hierarchy, policy, is_top)


def _shapes(hierarchy, names):
    return [(None, *hierarchy[name].shape) for name in names]


def _posterior(level, variable, hierarchy, policy):
    layer = LatentPosterior(level.posterior, variable.shape, dtype=policy, name=f"q_{variable.name}")
    layer.build(*_shapes(hierarchy, [variable.observed]))
    return layer


def _prior(level, variable, hierarchy, policy, is_top):
    options = {"dtype": policy, "name": f"p_{variable.name}"}
    if is_top:
        layer = LatentPrior(level.prior, variable.shape, **options)
        layer.build()
        return layer
    latent = level.prior_latent if variable.latent else None
    layer = ConditionalPrior(level.prior, level.prior_image, latent, variable.shape, **options)
    layer.build(_shapes(hierarchy, variable.parents))
    return layer


def _likelihood(level, variable, hierarchy, policy, is_top):
    layer, options = MixtureLikelihood, {"joint": None if is_top else level.joint}
    if is_top and level.transformer:
        layer, options = AutoregressiveLikelihood, {"transformer": level.transformer}
    elif not is_top and level.likelihood == "reversible":
        layer, options = ReversibleLikelihood, {**options, "band": level.band, "phases": level.phases}
    decoder = level.decoder if variable.latent else None
    layer = layer(decoder, variable.shape, level.mixtures, dtype=policy, name=f"p_{variable.name}", **options)
    layer.build(_shapes(hierarchy, (variable.name, *reversed(variable.parents))))
    return layer
