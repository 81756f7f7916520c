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
        kinds = [("re_", "-log p of images"), ("kl_", "KL of latents")]
        kinds = [kind for kind in kinds if any(term.startswith(kind[0]) for term in terms)]
        total, *others = figure.subplots(1, 1 + len(kinds))
        total.plot(across, metrics["bpd"], marker=".", label="training")
        if "val_bpd" in metrics:
            total.plot(across, metrics["val_bpd"], marker=".", label="validation")
        total.set_title("all terms")
        for axes, (prefix, title) in zip(others, kinds):
            for term in terms:
                if term.startswith(prefix):
                    axes.plot(across, values(term), marker=".", label=term)
            if prefix == "kl_":
                axes.set_yscale("symlog", linthresh=1e-4)
            axes.set_title(title)
        for axes in (total, *others):
            axes.set_xlabel(label)
            axes.grid(alpha=0.3)
            axes.legend(frameon=False)
        total.set_ylabel("bits per dimension of x")

    return plot(draw, 3.4)
