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
        A list of dicts: "plan", "sent" (names), "percent" (of x's dimensions), "bits" a picture and
        "bpd" (bits per dimension of x); the last, "infer", sends everything, without loss.
    """
    images = check_images(images, model.config.image)
    noise = noises.RowNoise(noises.row_seeds(seed, images.shape[0]))
    whole = model.traverse(get_plan("infer", model.graph), noise, {"x": images}, score=True)
    total, rows = math.prod(model.config.image), []
    for name in [*reconstruction_plans(model), "infer"]:
        plan = get_plan(name, model.graph)
        given = [name for name in plan.sent if model.graph[name].kind == "image"]
        if given:
            order = list(model.graph)
            finest = order.index("x" if "x" in given else given[-1])
            names = [n for i, n in enumerate(order) if i <= finest or n in plan.sent]
            nats = sum(whole[n].cost.numpy() for n in names)
        else:
            steps = model.traverse(plan, noise, {plan.start: images}, score=True)
            nats = sum(steps[n].cost.numpy() for n in plan.sent)
        bits = float(np.mean(nats)) / math.log(2)
        dims = sum(math.prod(model.graph[n].shape) for n in (["x"] if "x" in given else plan.sent))
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
    total = math.prod(model.config.image)
    rows = []
    for term, (name, variable) in zip(model.terms, model.graph.items()):
        bits = terms[term] * total
        rows.append(
            {
                "variable": name,
                "shape": "x".join(map(str, variable.shape)),
                "term": "KL(q || p)" if variable.kind == "latent" else "-log p",
                "bpd": terms[term],
                "bits": bits,
                "bits_per_own_dimension": bits / math.prod(variable.shape),
            }
        )
    return rows
