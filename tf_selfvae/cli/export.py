"""The command `selfvae export`: a model for other programs."""

from __future__ import annotations

import click

from ..errors import UserError
from .common import PACKAGED, AnyPath, Output, command, start_tensorflow


@command("selfvae export runs/first --format saved_model --output served/selfvae")
@click.argument("model", type=AnyPath(), required=False)
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
    """Write MODEL (a run's folder, a .keras file; for saved_model, by default the one of the package) for others."""
    if model is None and form == "tfjs":
        raise UserError(
            "MODEL: expected a run's folder or a .keras file, since the model of the package draws its coarsest "
            "picture in a loop, which TF.js can't run yet"
        )
    start_tensorflow()
    from ..runs import load_model

    model = load_model(model or PACKAGED)
    if form == "saved_model":
        from ..export.saved_model import export_saved_model

        output = export_saved_model(model, output)
    else:
        from ..export.tfjs import export_tfjs

        export_tfjs(model, output)
    click.echo(f"wrote {output}")
