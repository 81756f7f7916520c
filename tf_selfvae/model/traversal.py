"""The one walk over a model's variables that training, sampling, every reconstruction and both exports are made of."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

from ..layers.latents import normal
from .hierarchy import Step
from .plans import Source

tfd = tfp.distributions


def observe(model, start, images):
    """Do what `SelfVAE.observe` says."""
    observed = {start: tf.cast(images, tf.float32)}
    for name in reversed(model.hierarchy.images):
        finer = observed.get(model.hierarchy[name].observed)
        if finer is not None:
            observed[name] = tf.cast(model.transforms[name](tf.cast(finer, tf.uint8)), tf.float32)
    return observed


def traverse(model, plan, noise, given, temperature, score, encoded):
    """Do what `SelfVAE.traverse` says."""
    scored = (model.hierarchy if score else ()) if isinstance(score, bool) else score
    observed, posteriors = encoded or ({}, {})
    if plan.start and encoded is None:
        observed = observe(model, plan.start, given[plan.start])
    steps = {}
    for name, variable in model.hierarchy.items():
        source = plan.sources[name]
        if source is Source.UNUSED:
            continue
        warmth = temperature[name] if isinstance(temperature, dict) else temperature
        coarser, latent = (
            steps[parent].value if parent in steps else None for parent in (variable.coarser, variable.latent)
        )
        parents = [value for value in (coarser, latent) if value is not None]
        if variable.is_latent:
            q = posteriors.get(name)
            if q is None and source in (Source.POSTERIOR, Source.POSTERIOR_MEAN):
                q = model.posteriors[name](observed[variable.observed])
            q = None if q is None else normal(*q)
            known = given.get(name) if source is Source.GIVEN else None
            prior = model.priors[name]
            steps[name] = _latent_step(prior, variable, source, parents, q, known, noise, warmth, name in scored)
            continue
        likelihood = model.likelihoods[name]
        if source is Source.GIVEN:
            value = observed[name]
        elif source is Source.PRIOR:
            value = likelihood.draw(name, coarser, latent, noise, warmth)
        else:
            value = likelihood.mean(coarser, latent, noise)
        steps[name] = Step(value)
        if name in scored:
            steps[name].log_p = likelihood([value, *reversed(parents)])
    return steps


def _latent_step(prior, variable, source, parents, q, known, noise, temperature, score):
    name = variable.name
    is_top = not variable.parents
    p = None
    if not is_top and (score or source in (Source.PRIOR, Source.PRIOR_MEAN)):
        p = normal(*prior(parents))
    if source is Source.GIVEN:
        value = tf.cast(known, tf.float32)
    elif source is Source.POSTERIOR:
        value = q.mean() + q.stddev() * noise.normal(name, variable.shape)
    elif source is Source.POSTERIOR_MEAN:
        value = q.mean()
    elif is_top:
        value = prior.mean(noise) if source is Source.PRIOR_MEAN else prior.draw(noise, temperature)
    elif source is Source.PRIOR:
        value = p.mean() + p.stddev() * noise.normal(name, variable.shape) * temperature
    else:
        value = p.mean()
    step = Step(value)
    if score:
        step.log_p = prior(step.value) if is_top else p.log_prob(step.value)
        if q is not None:
            step.log_q = q.log_prob(step.value)
            step.kl = step.log_q - step.log_p if p is None else tfd.kl_divergence(q, p)
    return step
