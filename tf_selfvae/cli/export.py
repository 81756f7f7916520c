"""The command `selfvae export`: a model for other programs."""

from __future__ import annotations

import click

from .common import TRAINED, Output, command, start_tensorflow


@command("selfvae export runs/first --format saved_model --output served/selfvae")
@TRAINED
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["saved_model", "tfjs"]),
    help="For TensorFlow Serving, or for a browser.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=Output(),
    metavar="DIR",
    help="saved_model: DIR gets the next version, 1, 2, ...; tfjs: DIR gets a page.",
)
def export(model, form, output):
    """Write MODEL (a run's folder, a .keras file; by default the one of the package) for other programs."""
    start_tensorflow()
    from ..runs import load_model

    model = load_model(model)
    if form == "saved_model":
        from ..export.saved_model import export_saved_model

        output = export_saved_model(model, output)
    else:
        from ..export.tfjs import export_tfjs

        export_tfjs(model, output)
    click.echo(f"wrote {output}")
