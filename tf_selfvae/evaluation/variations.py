"""Figures of what the latents add: resampled details and walks between pictures (figure 12)."""

from __future__ import annotations

import numpy as np

from ..errors import UserError
from ..model.plans import plans_by_level
from .figures import grid, op_by_op, stack


@op_by_op
def variation_sheet(model, images, seed=0, temperature=0.7, count=3):
    """Keep what is coarse, and draw what is finer again and again (figure 12.ii).

    For each level: y_k of a picture stays, z_k and all that is finer is drawn anew. A second group
    takes the mean of every image's distribution: what still differs is what z adds. A VAE keeps u. Without latents
    there is no second group.

    Args:
        model: a `SelfVAE`.
        images: uint8 [B, H, W, C].
        seed: of the first draw.
        temperature: of what is sampled from p.
        count: draws of each group.

    Returns:
        A PIL image.
    """
    images = np.asarray(images)
    hierarchy = model.hierarchy
    name = "conditional_reconstruction" if hierarchy.depth else "reconstruction_1"
    plans = reversed(plans_by_level(hierarchy, [name]))
    sheets = []
    for plan in plans:
        columns, labels = [images], ["picture"]
        kept = hierarchy[plan.sent[0]]
        for number in range(count):
            values = model.reconstruct(images, plan, seed + number, temperature, return_variables=True)
            if number == 0 and not kept.is_latent:
                columns.append(values[kept.name].numpy())
                labels.append(f"{kept.name}, {kept.shape[0]}x{kept.shape[1]},\nstays")
            columns.append(values["x"].numpy())
            labels.append(f"{kept.name} kept\ndraw {number + 1}")
        if hierarchy.depth and hierarchy.latents:
            means = plan.with_image_means(hierarchy)
            for number in range(count):
                columns.append(model.reconstruct(images, means, seed + number, temperature).numpy())
                labels.append(f"z drawn,\nmeans {number + 1}")
        sheets.append(grid(columns, labels))
    return stack(sheets)


@op_by_op
def interpolation_sheet(model, images, steps=8, seed=0, temperature=0.7):
    """Walk through the latents from each image of the first half to its partner in the second.

    Args:
        model: a `SelfVAE`.
        images: uint8 [2B, H, W, C].
        steps: pictures per walk.
        seed: of the samples.
        temperature: of what is sampled from p.

    Returns:
        A PIL image, a row per walk between two real pictures.

    Raises:
        ValueError: for an odd number of images, or none.
    """
    images = np.asarray(images)
    if len(images) < 2 or len(images) % 2:
        raise UserError(f"images: expected an even number of pictures, got {len(images)}")
    half = len(images) // 2
    walks = np.stack(
        [model.interpolate(a, b, steps, seed, temperature).numpy() for a, b in zip(images[:half], images[half:])]
    )
    columns = [images[:half], *walks.swapaxes(0, 1), images[half:]]
    return grid(columns, ["picture", *[f"{i / (steps - 1):.2f}" for i in range(steps)], "picture"])
