"""Runs beside the published numbers of the paper's table 1."""

from __future__ import annotations

from .run_record import bits_of_bound, conditions, data_name

# Table 1 of the paper: data set, model, bits per dimension, Frechet inception distance.
PUBLISHED = (
    ("CIFAR-10", "PixelCNN (van den Oord et al. 2016)", "3.14", "65.93"),
    ("CIFAR-10", "GLOW (Kingma & Dhariwal 2018)", "3.35", "65.93"),
    ("CIFAR-10", "ResidualFlow (Chen et al. 2019)", "3.28", "46.37"),
    ("CIFAR-10", "BIVA (Maaloe et al. 2019)", "3.08", "-"),
    ("CIFAR-10", "NVAE (Vahdat & Kautz 2020)", "2.91", "-"),
    ("CIFAR-10", "DDPM (Ho et al. 2020)", "3.75", "5.24 (3.17 on the training set)"),
    ("CIFAR-10", "VAE (the paper's)", "3.51", "41.36 (37.25 on the training set)"),
    ("CIFAR-10", "selfVAE-downscale", "3.65", "34.71 (29.95 on the training set)"),
    ("CelebA", "RealNVP (Dinh et al. 2016)", "3.02", "-"),
    ("CelebA", "VAE (the paper's)", "3.12", "-"),
    ("CelebA", "selfVAE-sketch", "3.24", "-"),
    ("CelebA", "selfVAE-downscale-3lvl", "2.88", "-"),
    ("Imagenette64", "VAE (the paper's)", "3.85", "-"),
    ("Imagenette64", "selfVAE-downscale-3lvl", "3.70", "-"),
)
_NAMES = {"cifar10": "CIFAR-10", "celeba64": "CelebA", "imagenette64": "Imagenette64"}


def comparison(records):
    """Return a Markdown table of measured and published numbers, and the conditions of each run.

    The paper's own numbers stand in the column of one sample: its published code takes the logsumexp of S batches'
    mean costs, less log S, which is never below their mean, so never below the bound of one sample.

    Args:
        records: list of `Record`; published rows are those of the runs' data sets, or all where a run's
            data set is none of the paper's.

    Returns:
        Text.
    """
    bits = "bits per dimension"
    header = ["source", "data", "model", f"{bits}, one sample", f"{bits}, all samples", "samples x images", "Frechet"]
    rows = []
    for record in records:
        data = _NAMES.get(record.data, data_name(record.data))
        rows.append(["**measured**", data, record.model, *_bound(record.bound), _frechet(record.frechet)])
    known = {_NAMES.get(record.data) for record in records}
    for data, model, bits, distance in PUBLISHED:
        if None in known or data in known:
            own = model.startswith("selfVAE") or "the paper" in model
            columns = [bits, "-", "test set"] if own else ["-", bits, "-"]
            rows.append(["published", data, model, *columns, distance])
    lines = [_row(header), _row(["---"] * len(header)), *map(_row, rows), ""]
    lines.append(
        "The paper's own bits per dimension compare with those of one sample, not with those of all: its published "
        "code takes a logsumexp over mean costs of batches, which is never below the bound of one sample."
    )
    lines.append("")
    lines.append(
        "Published values: table 1 of *Self-Supervised Variational Auto-Encoders* (2020); other data, splits, "
        "resize filters or budgets make numbers that do not compare. Conditions of what was measured:"
    )
    lines.append("")
    for record in records:
        said = "; ".join(f"{label}: {text}" for label, text in conditions(record) if label != "model")
        lines.append(f"- `{record.run.folder.name}` ({record.model}): {said}.")
    return "\n".join(lines)


def _row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _bound(bound):
    if bound is None:
        return ["not measured", "not measured", "-"]
    one = bound.get("bounds", {}).get("1", bound)  # what training leaves has one sample
    return [bits_of_bound(one), bits_of_bound(bound), f"{bound['importance_samples']} x {bound['count']}"]


def _frechet(frechet):
    if frechet is None:
        return "not measured"
    return f"{frechet['frechet_distance']:.2f} ({frechet['features']}, {frechet['count']} {frechet['split']} images)"
