"""What a plan sends, in percent of the dimensions and in bits."""

from __future__ import annotations

import math

import numpy as np

from ..checks import check_images
from ..model import noise as noises
from ..model.plans import get_plan
from .figures import reconstruction_plans


def sent_by_plan(model, images, seed=0):
    """Measure what each plan of figure 6 sends for images, on average over them.

    A latent costs KL(q || p) given what the receiver has (what bits-back coding pays); an image that is
    given costs what the model needs to send it from nothing: -log p and KL of all that is coarser, too.

    Args:
        model: a `SelfVAE`.
        images: uint8 [B, H, W, C].
        seed: of the posterior samples.

    Returns:
        A list of dicts: "plan", "sent" (names), "percent" (of x's dimensions), "bits" per picture and
        "bpd" (bits per dimension of x); the last, "infer", sends everything, without loss.
    """
    hierarchy = model.hierarchy
    images = check_images(images, model.config.image)
    noise = noises.RowNoise(noises.row_seeds(seed, images.shape[0]))
    infer = get_plan("infer", hierarchy)
    whole = model.traverse(infer, noise, {"x": images}, score=True)
    total, rows = hierarchy["x"].size, []
    for plan in [*reconstruction_plans(hierarchy), infer]:
        given = [name for name in plan.sent if not hierarchy[name].is_latent]
        if given:
            order = list(hierarchy)
            finest = order.index("x" if "x" in given else given[-1])
            names = [n for i, n in enumerate(order) if i <= finest or n in plan.sent]
            nats = sum(whole[n].cost.numpy() for n in names)
        else:
            steps = model.traverse(plan, noise, {plan.start: images}, score=True)
            nats = sum(steps[n].cost.numpy() for n in plan.sent)
        bits = float(np.mean(nats)) / math.log(2)
        dims = sum(hierarchy[n].size for n in (["x"] if "x" in given else plan.sent))
        rows.append(
            {
                "plan": plan.name,
                "sent": list(plan.sent),
                "percent": 100 * dims / total,
                "bits": bits,
                "bpd": bits / total,
            }
        )
    return rows


def bits_by_level(model, terms):
    """Say what each variable costs.

    Args:
        model: a `SelfVAE`.
        terms: dict with each of `model.terms` in bits per dimension of x.

    Returns:
        A list of dicts, in generative order: "variable", "shape", "term", "bpd" (of x), "bits" a
        picture, "bits_per_own_dimension".
    """
    total = model.hierarchy["x"].size
    rows = []
    for name, variable in model.hierarchy.items():
        bpd = terms[variable.term]
        bits = bpd * total
        rows.append(
            {
                "variable": name,
                "shape": "x".join(map(str, variable.shape)),
                "term": "KL(q || p)" if variable.is_latent else "-log p",
                "bpd": bpd,
                "bits": bits,
                "bits_per_own_dimension": bits / variable.size,
            }
        )
    return rows
