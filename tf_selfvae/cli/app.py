"""The command line: train, sample, reconstruct, transforms, presets; and the commands of the other modules of `cli`."""

from __future__ import annotations

import math
from pathlib import Path

import click

from ..errors import UserError
from .codec import compress, decompress, info
from .common import (
    CACHE,
    MODEL,
    OWN_DATA,
    PICTURE,
    PRECISION,
    SEED,
    TEMPERATURE,
    TRAINED,
    AnyPath,
    Sections,
    assignments,
    command,
    data_option,
    print_results,
    save,
    set_option,
    start_tensorflow,
)
from .data_service import data_service
from .evaluate import evaluate, frechet, report, score, table
from .export import export
from .merge import merge
from .tune import tune

_STOPPED = 143  # as of a process that SIGTERM ended: a scheduler starts the job again
_SECTIONS = {
    "Train": ("train", "tune", "merge", "data-service"),
    "Measure": ("evaluate", "frechet", "report", "table", "score"),
    "Use": ("sample", "reconstruct", "transforms", "presets"),
    "Compress": ("compress", "decompress", "info"),
    "Share": ("export",),
}


@click.group(
    cls=Sections,
    sections=_SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExample:\n  selfvae train --preset downscale4-64-small --data photos64 --run runs/first --minutes 5",
)
@click.option("--traceback", is_flag=True, help="Show where an error came from, and TensorFlow's own messages.")
@click.version_option(package_name="tf_selfvae")
def main(traceback):
    """Self-supervised variational auto-encoders: train, measure, sample, reconstruct."""


@command("selfvae train --preset downscale4-64-small --data photos64 --run runs/first --minutes 5")
@click.option("--preset", help="A named configuration; `selfvae presets` lists them.")
@click.option(
    "--config",
    "config_file",
    type=AnyPath(exists=True, dir_okay=False),
    help="A configuration as JSON, instead of a preset.",
)
@data_option()
@click.option("--run", required=True, type=AnyPath(file_okay=False), help="The run's folder.")
@click.option(
    "--levels",
    metavar="RANGE",
    help="Train these levels alone, such as 1, 1-2 or 2- (1 is the finest); the others stay as they are.",
)
@click.option(
    "--from",
    "start",
    metavar="RUN",
    help="Start from the weights of this run's folder or .keras file, by default with its configuration.",
)
@click.option(
    "--size",
    type=int,
    help="Side of the images: the model's, or that of a coarser picture of --from, with whose levels it goes on.",
)
@click.option("--minutes", type=float, help="Budget of training; the learning rate fits it.")
@click.option(
    "--clock",
    type=click.Choice(["wall", "cpu"]),
    default="wall",
    show_default=True,
    help="What --minutes counts; cpu: processor time of all threads, fair between runs on one machine.",
)
@click.option("--epochs", type=int, help="Budget in passes over the training images.")
@click.option("--seed", default=0, show_default=True, help="Of the weights and the order of images.")
@click.option("--resume", is_flag=True, help="Go on with the run in the folder; where there is none yet, start it.")
@click.option(
    "--strategy",
    type=click.Choice(["auto", "one", "mirrored", "multiworker"]),
    default="auto",
    show_default=True,
    help="auto: all GPUs of this machine; multiworker: all those of TF_CONFIG.",
)
@click.option(
    "--data-service", metavar="ADDRESS", help="A tf.data service that prepares training batches, as grpc://HOST:PORT."
)
@click.option(
    "--checkpoint-seconds", type=click.FloatRange(0), default=60, show_default=True, help="Between two checkpoints."
)
@PRECISION
@set_option("Override any field of the configuration, such as levels.0.mixtures=5.")
@CACHE
def train(
    preset,
    config_file,
    data,
    run,
    levels,
    start,
    size,
    minutes,
    clock,
    epochs,
    seed,
    resume,
    strategy,
    data_service,
    checkpoint_seconds,
    precision,
    overrides,
    cache,
):
    """Train a model and leave a run's folder with weights, metrics and pictures."""
    for name, value in (("minutes", minutes), ("epochs", epochs)):
        if value is not None and not 0 < value < math.inf:
            raise UserError(f"--{name}: expected more than 0 and a finite number, got {value}")
    if (minutes is None) == (epochs is None):
        raise UserError("expected either --minutes or --epochs")
    config = None
    start_tensorflow()
    if preset or config_file or start or not resume:
        config = _config(preset, config_file, overrides, seed, precision, run if resume else None, start, size)
        if not data and not resume:
            raise UserError("--data: expected a data set, such as photos64 or folder:PATH")
        if size is not None and size != config.image[0]:
            raise UserError(f"--size: the model's images are {config.image[0]}x{config.image[1]}, got {size}")
    elif overrides:
        raise UserError("--set changes a --preset or --config, and --resume alone takes the run's own configuration")
    from ..training.api import train as run_training

    results = run_training(
        config,
        data,
        run,
        minutes,
        epochs,
        seed=seed,
        resume=resume,
        cache_dir=cache,
        clock=clock,
        strategy=strategy,
        service=data_service,
        checkpoint_seconds=checkpoint_seconds,
        levels=levels,
        start=start,
    )
    if results is None:
        raise SystemExit(_STOPPED)
    if "hardware" in results:  # the chief's
        print_results(results)
        folder = Path(run)
        click.echo(f"pictures: {folder / 'samples.png'}, {folder / 'reconstructions.png'}")
        click.echo(f"model:    {folder / 'model.keras'}")


def _config(preset, config_file, overrides, seed, precision, run, start, size):
    from ..config import Config
    from ..devices import best_precision
    from ..model.levels import coarser_config
    from ..model.presets import get_preset
    from ..runs import Run, load_model

    if preset and config_file or not (preset or config_file or start):
        raise UserError("expected either --preset or --config")
    before = None
    if start:
        before = Run(start).read_config() if Path(start).is_dir() else load_model(start).config
    if preset or config_file:
        config = get_preset(preset) if preset else Config.from_file(config_file)
    else:
        config = coarser_config(before, size) if size else before
    if precision == "auto":
        if run is not None and Run(run).config.exists():
            before = Run(run).read_config()
        precision = before.precision if before else best_precision()
    return config.override({"seed": seed, "precision": precision, **assignments(overrides)})


@command("selfvae sample runs/first --count 16 --output samples.png")
@TRAINED
@click.option("-n", "--count", type=click.IntRange(1), default=8, show_default=True)
@click.option(
    "-t",
    "--temperature",
    multiple=True,
    type=TEMPERATURE,
    default=(1.0, 0.7),
    show_default=True,
    help="One group of columns each: a number, or variables' own, such as x=0.7,y1=0.9, and 1 for the others.",
)
@click.option("-o", "--output", default="samples.png", show_default=True, type=PICTURE)
@SEED
def sample(model, count, temperature, output, seed):
    """Draw samples of MODEL, by default the one of the package: one column per level, coarse to fine."""
    start_tensorflow()
    from ..evaluation.figures import sample_sheet
    from ..runs import load_model

    save(sample_sheet(load_model(model), count, seed, temperature), output)


@command("selfvae reconstruct runs/first cat.png dog.png --output reconstructions.png")
@MODEL
@click.argument("images", nargs=-1, type=AnyPath())
@OWN_DATA
@click.option(
    "-n", "--count", type=click.IntRange(1), default=8, show_default=True, help="Test images, where no files are given."
)
@click.option("-t", "--temperature", type=TEMPERATURE, default=0.7, show_default=True, help="As for `sample`.")
@click.option("-o", "--output", default="reconstructions.png", show_default=True, type=PICTURE)
@CACHE
@SEED
def reconstruct(model, images, data, count, temperature, output, cache, seed):
    """Rebuild IMAGES (files) or a data set's test images by every plan of MODEL."""
    start_tensorflow()
    from ..evaluation.figures import reconstruction_sheet
    from ..evaluation.images import pictures_for

    loaded, pictures = pictures_for(model, images, data, count, cache)
    save(reconstruction_sheet(loaded, pictures, seed, temperature), output)


@command("selfvae transforms cat.png --output transforms.png")
@click.argument("image", type=AnyPath())
@click.option("-o", "--output", default="transforms.png", show_default=True, type=PICTURE)
def transforms(image, output):
    """Draw every transform of IMAGE (figure 2); one of more than a megapixel is reduced first."""
    start_tensorflow()
    from ..data.pictures import open_picture
    from ..evaluation.transform_sheet import transform_sheet

    save(transform_sheet(open_picture(image, most=1_000_000)), output)


@command("selfvae presets downscale4-64-small > mine.json")
@click.argument("name", required=False)
def presets(name):
    """List the presets, or print the configuration of one as JSON."""
    from ..model.presets import available, get_preset

    click.echo(get_preset(name).to_json(indent=2) if name else "\n".join(available()))


for _command in (
    *(train, tune, merge, data_service, evaluate, frechet, report, table, score),
    *(sample, reconstruct, transforms, presets, compress, decompress, info, export),
):
    main.add_command(_command)
