"""The command `selfvae export`: a model for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from ..files import check_output
from .common import CACHE, OWN_DATA, TRAINED, AnyPath, command, start_tensorflow

_CALIBRATION = 128  # pictures


@command("selfvae export runs/first --format saved_model --output served/selfvae")
@TRAINED
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["saved_model", "tfjs", "codec"]),
    help="For TensorFlow Serving, for a browser, or for `selfvae compress`.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=AnyPath(),
    help="saved_model: a folder that gets the next version, 1, 2, ...; tfjs: a folder for a page; codec: a .svcm file.",
)
@OWN_DATA
@CACHE
def export(model, form, output, data, cache):
    """Write MODEL (a run's folder, a .keras file; by default the one of the package) for other programs.

    A codec model's integers are fitted to training pictures: --data says which, where MODEL is not a run.
    """
    check_output(output, "--output", (".svcm",) if form == "codec" else None)
    start_tensorflow()
    from ..runs import load_model

    loaded = load_model(model)
    if form == "saved_model":
        from ..export.saved_model import export_saved_model

        output = export_saved_model(loaded, output)
    elif form == "tfjs":
        from ..export.tfjs import export_tfjs

        export_tfjs(loaded, output)
    else:
        from ..codec.quantise import codec_of
        from ..evaluation.images import run_images

        images = run_images(model, loaded, "train", _CALIBRATION, data, cache)[1]
        codec_of(loaded, images, Path(output).stem).save(output)
    click.echo(f"wrote {output}")
