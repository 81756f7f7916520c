"""Training curves of a run, from its metrics.csv."""

from __future__ import annotations

import csv

from ..errors import UserError
from .plots import plot


def read_metrics(path):
    """Return metrics.csv as a dict of column to list of floats, one per epoch; an empty cell is NaN."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name] or "nan") for row in rows] for name in (rows[0] if rows else ())}


def training_curves(metrics, terms):
    """Draw bits per dimension and each term over training.

    Args:
        metrics: what `read_metrics` gave.
        terms: names of the objective's terms.

    Returns:
        A PIL image: bits per dimension (training and validation), the reconstruction terms, and the KL
        terms (logarithmic), of validation where it was measured.

    Raises:
        ValueError: when no epoch has ended yet.
    """
    if not metrics.get("bpd"):
        raise UserError("metrics: expected at least one epoch, got none")
    has_minutes = "minutes" in metrics
    across = metrics["minutes"] if has_minutes else [1 + i for i in range(len(metrics["bpd"]))]
    label = "minutes of training" if has_minutes else "epoch"

    def values(name):
        return metrics.get(f"val_{name}", metrics.get(name))

    def draw(figure):
        total, images, latents = figure.subplots(1, 3)
        total.plot(across, metrics["bpd"], marker=".", label="training")
        if "val_bpd" in metrics:
            total.plot(across, metrics["val_bpd"], marker=".", label="validation")
        for term in terms:
            axes = images if term.startswith("re_") else latents
            axes.plot(across, values(term), marker=".", label=term)
        latents.set_yscale("symlog", linthresh=1e-4)
        for axes, title in ((total, "all terms"), (images, "-log p of images"), (latents, "KL of latents")):
            axes.set_title(title)
            axes.set_xlabel(label)
            axes.grid(alpha=0.3)
            axes.legend(frameon=False)
        total.set_ylabel("bits per dimension of x")

    return plot(draw, 3.4)
