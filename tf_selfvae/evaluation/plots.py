"""Plots by matplotlib, as pictures."""

from __future__ import annotations

import io

from PIL import Image

from ..extras import needs

_STYLE = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def plot(draw, height):
    """Let a function draw on a figure.

    Args:
        draw: takes a `matplotlib.figure.Figure`, 11 inches wide.
        height: of the figure, in inches.

    Returns:
        A PIL image, 110 pixels per inch.
    """
    with needs("report"):
        import matplotlib

        # The object interface: a figure of a library must not touch its user's pyplot.
        from matplotlib.figure import Figure
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(11, height), dpi=110, layout="constrained")
        draw(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
    return Image.open(buffer).convert("RGB")
