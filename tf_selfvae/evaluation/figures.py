"""Figures of a model: samples by level and reconstructions by plan (figures 4 to 6)."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..model.plans import available_plans, plans_by_level

_MARGIN, _HEADER = 6, 34


def grid(columns, labels, cell=None):
    """Draw a labelled grid: a column per label, a row per image.

    Args:
        columns: list of uint8 arrays [N, h, w, C]; smaller pictures are enlarged with their pixels
            showing.
        labels: one per column; a line break starts a second line.
        cell: side of a cell in pixels; by default twice the largest picture, at least 96.

    Returns:
        A PIL image.
    """
    columns = [np.asarray(column) for column in columns]
    largest = max(column.shape[1] for column in columns)
    cell = cell or max(96, 2 * largest)
    rows = max(len(column) for column in columns)
    step = cell + _MARGIN
    lines = max(label.count("\n") + 1 for label in labels)
    header = 6 + 14 * lines
    canvas = Image.new("RGB", (step * len(columns) + _MARGIN, step * rows + header), "white")
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(11)
    for i, (column, label) in enumerate(zip(columns, labels)):
        left = _MARGIN + i * step
        draw.multiline_text((left, 3), label, fill="black", font=font, spacing=2)
        for j, picture in enumerate(column):
            canvas.paste(_picture(picture, cell), (left, header + j * step))
    return canvas


def stack(sheets):
    """Put PIL images under one another, on white."""
    width, height = max(s.width for s in sheets), sum(s.height for s in sheets)
    canvas = Image.new("RGB", (width, height), "white")
    top = 0
    for sheet in sheets:
        canvas.paste(sheet, (0, top))
        top += sheet.height
    return canvas


def _picture(array, cell):
    picture = Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array).convert("RGB")
    scale = cell / max(picture.size)
    size = tuple(max(1, round(side * scale)) for side in picture.size)
    return picture.resize(size, Image.NEAREST)


def op_by_op(figure):
    """Decorate what draws a figure of a model: it computes each plan a few times, and tracing takes ten times that."""

    @functools.wraps(figure)
    def draw(model, *arguments, **options):
        before, model.run_eagerly = model.run_eagerly, True
        try:
            return figure(model, *arguments, **options)
        finally:
            model.run_eagerly = before

    return draw


@op_by_op
def sample_sheet(model, count=8, seed=0, temperatures=(1.0, 0.7)):
    """Draw samples, one column per level from coarse to fine, for each temperature (figures 4 and 5).

    Args:
        model: a `SelfVAE`.
        count: rows.
        seed: of the samples.
        temperatures: one group of columns each; each is what `SelfVAE.sample` takes.

    Returns:
        A PIL image.
    """
    columns, labels = [], []
    for temperature in temperatures:
        values = model.sample(count, seed=seed, temperature=temperature, return_variables=True)
        for name in model.hierarchy.images:
            height, width, _ = model.hierarchy[name].shape
            columns.append(values[name].numpy())
            own = temperature.get(name, 1.0) if isinstance(temperature, Mapping) else temperature
            labels.append(f"{name} {height}x{width}\ntemperature {own:g}")
    return grid(columns, labels)


def reconstruction_plans(hierarchy):
    """List the `Plan`s that figure 6 shows for a model, coarse to fine."""
    names = available_plans(hierarchy)
    plans = plans_by_level(hierarchy, [name for name in names if name.startswith("reconstruction_")])
    for name in names:
        if name.startswith("conditional_"):
            plans += reversed(plans_by_level(hierarchy, [name]))
    return plans


@op_by_op
def reconstruction_sheet(model, images, seed=0, temperature=0.7):
    """Draw images beside their reconstructions, one column per plan (figure 6).

    Args:
        model: a `SelfVAE`.
        images: uint8 [B, H, W, C].
        seed: of the samples.
        temperature: of what is sampled from p.

    Returns:
        A PIL image; a column's label says what is sent, in percent of x's dimensions.
    """
    images = np.asarray(images)
    columns, labels = [images], ["image"]
    hierarchy = model.hierarchy
    for plan in reconstruction_plans(hierarchy):
        columns.append(model.reconstruct(images, plan=plan, seed=seed, temperature=temperature).numpy())
        sent = sum(hierarchy[name].size for name in plan.sent)
        title = plan.name.replace("conditional_", "conditional\n")
        title = title if "\n" in title else title.replace("_", "\n", 1)
        labels.append(f"{title}\nsends {' '.join(plan.sent)}\n{100 * sent / hierarchy['x'].size:.1f}% of x")
    return grid(columns, labels)
