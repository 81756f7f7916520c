"""How likely a model finds single pictures, and where in them it loses its bits: what is unusual, or damaged."""

from __future__ import annotations

import csv
import io
import logging
import math
import os
from pathlib import Path

import numpy as np
import tensorflow as tf

from ..checks import check_images
from ..data.folder import find_pictures
from ..data.pictures import content, counted, fit, read_picture
from ..errors import UserError
from ..files import atomic, check_output, write_text
from ..json_files import write_json
from ..model import noise as noises
from ..model.plans import get_plan
from ..runs import load_model
from .figures import grid

_BATCH = 32
_SHOWN = 12  # of the least likely pictures, and of the most likely
_LOG = logging.getLogger(__name__)


def score_images(model, images, seeds):
    """Measure each image by each term of the objective, with one sample of the latents.

    Args:
        model: a `SelfVAE`.
        images: uint8 [B, H, W, C].
        seeds: B ints: what an image is given depends on its own alone.

    Returns:
        (dict of "bpd" and each term to float64 [B], bits per dimension of x; float32 [B, H, W]: bits of
        each pixel, those of coarser levels and of bands spread over the pixels that they stand for. The
        latents, which have no place, are left out of it.)

    Raises:
        UserError: for images that don't fit.
    """
    images = check_images(images, model.config.image)
    hierarchy, plan = model.hierarchy, get_plan("infer", model.hierarchy)
    height, width, _ = model.config.image

    @tf.function(autograph=False)
    def run(images, rows):
        steps = model.traverse(plan, noises.RowNoise(rows), {"x": images}, score=True)
        by_pixel = tf.zeros([tf.shape(images)[0], height, width])
        for name in hierarchy.images:
            parents = [steps[parent].value for parent in (hierarchy[name].latent, hierarchy[name].coarser) if parent]
            for nats in model.likelihoods[name].log_prob_by_place([steps[name].value, *parents]):
                area = height * width / (nats.shape[1] * nats.shape[2])
                spread = tf.image.resize(nats[..., None], [height, width], "nearest")[..., 0]
                by_pixel -= spread / (area * math.log(2))
        return {hierarchy[name].term: step.cost / hierarchy.unit for name, step in steps.items()}, by_pixel

    terms, maps = {term: [] for term in hierarchy.terms.values()}, []
    rows = noises.row_seeds(np.asarray(seeds, np.int32), len(images))
    for begin in range(0, len(images), _BATCH):
        costs, by_pixel = run(images[begin : begin + _BATCH], rows[begin : begin + _BATCH])
        maps.append(by_pixel.numpy())
        for term, cost in costs.items():
            terms[term].append(np.float64(cost))
    terms = {term: np.concatenate(costs) for term, costs in terms.items()}
    return {"bpd": sum(terms.values()), **terms}, np.concatenate(maps)


def score(path, pictures, output, seed=0):
    """Score picture files; see `selfvae score --help`.

    Args:
        path: a run's folder or a `.keras` file.
        pictures: files, and folders whose pictures are taken.
        output: a folder, which gets scores.csv, scores.json and scores.png.
        seed: of the samples; a picture's score depends on this and on its pixels, not on what else is scored.

    Returns:
        A dict of the conditions, and "pictures": a list of dicts of "picture", "bpd" and the terms, the
        least likely first.

    Raises:
        UserError: when no picture can be read, or the folder can't be written.
    """
    output = Path(output)
    check_output(output, "output")
    files = [file for picture in pictures for file in _files(Path(picture))]
    model = load_model(path)
    names, images, seeds, unreadable = [], [], [], []
    height, width, channels = model.config.image
    for file in files:
        try:
            picture = read_picture(file)
        except UserError as error:
            unreadable.append({"picture": _text(file), "reason": _text(error)})
            continue
        names.append(_text(file))
        images.append(fit(picture, (height, width), channels))
        seeds.append(seed ^ int.from_bytes(content(picture)[:4], "big") >> 1)
    if not names:
        reasons = "; ".join(each["reason"] for each in unreadable[:3])
        raise UserError(f"pictures: none can be read{f' ({reasons})' if reasons else ''}")
    if unreadable:
        _LOG.warning("left out %s: see scores.json", counted(len(unreadable), "unreadable picture"))
    images = np.stack(images)
    terms, maps = score_images(model, images, seeds)
    order = np.argsort(-np.nan_to_num(terms["bpd"], nan=np.inf), kind="stable")
    rows = [{"picture": names[i], **{term: float(value[i]) for term, value in terms.items()}} for i in order]
    results = {
        "model": str(path),
        "image": list(model.config.image),
        "seed": seed,
        "importance_samples": 1,
        "unreadable": unreadable,
        "pictures": rows,
    }
    table = io.StringIO()
    writer = csv.DictWriter(table, ["picture", *terms], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(output / "scores.csv", table.getvalue())
    write_json(output / "scores.json", results)
    with atomic(output / "scores.png") as temporary:
        _sheet(images, maps, order).save(temporary)
    return results


def _files(picture):
    if not picture.is_dir():
        return [picture]
    found, _ = find_pictures(picture)
    if not found:
        raise UserError(f"pictures: {picture} holds none")
    return found


def _text(value):
    """A path as text that can be written: bytes that are no UTF-8 are spelled out."""
    return os.fsencode(str(value)).decode("utf-8", "backslashreplace")


def _sheet(images, maps, order):
    """Show the least likely images and the most likely ones, each beside its map."""
    count = min(_SHOWN, len(order))
    ends = {"least likely": order[:count], "most likely": order[::-1][:count]}
    finite = maps[np.concatenate(list(ends.values()))]
    most = float(np.quantile(finite[np.isfinite(finite)], 0.995)) if np.isfinite(finite).any() else 1.0
    columns, labels = [], []
    for title, chosen in ends.items():
        shades = np.clip(np.nan_to_num(maps[chosen], nan=most) / max(most, 1e-6), 0, 1)
        # Black, red, yellow, white, a third each.
        heat = np.stack([np.clip(3 * shades - first, 0, 1) for first in range(3)], -1)
        columns += [images[chosen], np.uint8(255 * heat)]
        labels += [f"{title}\nfirst above", f"bits of a pixel\nblack 0, white {most:.1f}"]
    return grid(columns, labels)
