"""The command line: selfvae train, evaluate, sample, reconstruct, transforms, presets."""

from __future__ import annotations

import functools
import logging
import os
from pathlib import Path

import click

# TensorFlow takes seconds to import and logs to the terminal: commands import it when they run.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def _start_tensorflow():
    """Import TensorFlow without the start-up messages that it writes past Python's streams.

    What they would tell is told in one line by `train`: the devices. TF_SELFVAE_DEBUG=1 shows them.
    """
    if os.environ.get("TF_SELFVAE_DEBUG"):
        return
    errors, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        from .devices import quick_start

        quick_start()
        # One graph a plan is meant; TensorFlow warns of "retracing" each time.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    finally:
        os.dup2(errors, 2)
        os.close(errors)
        os.close(nowhere)


def _clear_errors(command):
    """Turn the library's errors about input into one clear sentence."""

    @functools.wraps(command)
    def run(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except (ValueError, ArithmeticError, OSError) as error:
            if os.environ.get("TF_SELFVAE_DEBUG"):
                raise
            raise click.ClickException(str(error)) from error

    return run


def _assignments(pairs):
    values = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"--set: expected FIELD=VALUE, got {pair!r}")
        values[path] = value
    return values


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tf_selfvae")
def main():
    """Self-supervised variational auto-encoders: train, measure, sample, reconstruct."""


@main.command()
@click.option("--preset", help="A named configuration; `selfvae presets` lists them.")
@click.option("--config", "config_file", type=click.Path(exists=True, dir_okay=False), help="A configuration as JSON, instead of a preset.")
@click.option("--data", help="photos32, photos64, cifar10, imagenette64, celeba64, folder:PATH or npz:PATH.")
@click.option("--run", required=True, type=click.Path(file_okay=False), help="The run's folder.")
@click.option("--size", type=int, help="Side of the images; must be the model's.")
@click.option("--minutes", type=float, help="Wall-clock budget of training; the learning rate fits it.")
@click.option("--epochs", type=int, help="Budget in passes over the training images.")
@click.option("--seed", default=0, show_default=True, help="Of the weights and the order of images.")
@click.option("--resume", is_flag=True, help="Go on with the run in the folder.")
@click.option("--precision", type=click.Choice(["auto", "float32", "bfloat16"]), default="auto", show_default=True, help="Of convolutions; auto: bfloat16 where the processor has it.")
@click.option("--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="Override any field of the configuration, such as levels.0.mixtures=5.")
@click.option("--cache", type=click.Path(file_okay=False), help="Where decoded images are cached.")
@_clear_errors
def train(preset, config_file, data, run, size, minutes, epochs, seed, resume, precision, overrides, cache):
    """Train a model and leave a run's folder with weights, metrics and pictures."""
    for name, value in (("minutes", minutes), ("epochs", epochs)):
        if value is not None and value <= 0:
            raise ValueError(f"--{name}: expected more than 0, got {value}")
    if (minutes is None) == (epochs is None):
        raise ValueError("expected either --minutes or --epochs")
    config = None
    _start_tensorflow()
    if resume:
        if preset or config_file or overrides:
            raise ValueError("--resume takes the run's own configuration; leave --preset, --config and --set out")
    else:
        config = _config(preset, config_file, overrides, seed, precision)
        if not data:
            raise ValueError("--data: expected a data set, such as photos64 or folder:PATH")
        if size is not None and size != config.image[0]:
            raise ValueError(f"--size: the model's images are {config.image[0]}x{config.image[1]}, got {size}")
    from .training import train as run_training

    results = run_training(config, data, run, minutes, epochs, seed=seed, resume=resume, cache_dir=cache)
    if results is not None:
        _print_results(results)
        folder = Path(run)
        click.echo(f"pictures: {folder / 'samples.png'}, {folder / 'reconstructions.png'}")
        click.echo(f"model:    {folder / 'model.keras'}")


def _config(preset, config_file, overrides, seed, precision):
    from .config import Config
    from .devices import best_precision
    from .presets import get_preset

    if bool(preset) == bool(config_file):
        raise ValueError("expected either --preset or --config")
    config = get_preset(preset) if preset else Config.from_json(Path(config_file).read_text())
    precision = best_precision() if precision == "auto" else precision
    return config.override({"seed": seed, "precision": precision, **_assignments(overrides)})


def _print_results(results):
    """Print a table of bits per dimension."""
    click.echo(f"\n{results['split']} ({results['images']} images), bits per dimension of x:")
    for name, value in results.items():
        if name in ("bpd", "standard_error") or name.startswith(("re_", "kl_")):
            click.echo(f"  {name:14s} {value:8.4f}")
    click.echo(f"resize: {results['resize']}")
    for name, label in (
        ("images_per_second", "images a second"),
        ("peak_memory_gib", "peak memory, GiB"),
        ("training_minutes", "minutes of training"),
    ):
        if name in results:
            click.echo(f"{label}: {results[name]:.2f}")


_MODEL = click.argument("model", type=click.Path())
_SEED = click.option("--seed", default=0, show_default=True)


@main.command()
@_MODEL
@click.option("--data", help="By default the run's own data set.")
@click.option("--split", type=click.Choice(["test", "validation", "train"]), default="test", show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Only the first images.")
@click.option("--importance-samples", type=click.IntRange(1), default=1, show_default=True)
@click.option("--cache", type=click.Path(file_okay=False))
@_SEED
@_clear_errors
def evaluate(model, data, split, limit, importance_samples, cache, seed):
    """Measure bits per dimension of MODEL (a run's folder or a .keras file)."""
    _start_tensorflow()
    from . import commands

    _print_results(commands.evaluate(model, data, split, limit, importance_samples, cache, seed))


@main.command()
@_MODEL
@click.option("-n", "--count", type=click.IntRange(1), default=8, show_default=True)
@click.option("-t", "--temperature", multiple=True, type=float, default=(1.0, 0.7), show_default=True, help="One group of columns each.")
@click.option("-o", "--output", default="samples.png", show_default=True, type=click.Path(dir_okay=False))
@_SEED
@_clear_errors
def sample(model, count, temperature, output, seed):
    """Draw samples of MODEL: one column a level, coarse to fine."""
    _start_tensorflow()
    from .evaluation.figures import sample_sheet
    from .runs import load_model

    _save(sample_sheet(load_model(model), count, seed, temperature), output)


@main.command()
@_MODEL
@click.argument("images", nargs=-1, type=click.Path())
@click.option("--data", help="Take images from this data set's test split instead of files.")
@click.option("-n", "--count", type=click.IntRange(1), default=8, show_default=True, help="Images of the data set.")
@click.option("-t", "--temperature", type=float, default=0.7, show_default=True)
@click.option("-o", "--output", default="reconstructions.png", show_default=True, type=click.Path(dir_okay=False))
@click.option("--cache", type=click.Path(file_okay=False))
@_SEED
@_clear_errors
def reconstruct(model, images, data, count, temperature, output, cache, seed):
    """Rebuild IMAGES (files) or a data set's test images by every plan of MODEL."""
    _start_tensorflow()
    from . import commands
    from .evaluation.figures import reconstruction_sheet

    loaded, pictures = commands.pictures_for(model, images, data, count, cache)
    _save(reconstruction_sheet(loaded, pictures, seed, temperature), output)


@main.command()
@click.argument("image", type=click.Path())
@click.option("-o", "--output", default="transforms.png", show_default=True, type=click.Path(dir_okay=False))
@_clear_errors
def transforms(image, output):
    """Draw every transform of IMAGE (figure 2)."""
    _start_tensorflow()
    from .data.pictures import open_picture
    from .evaluation.transform_sheet import transform_sheet

    _save(transform_sheet(open_picture(image)), output)


@main.command()
@click.argument("name", required=False)
@_clear_errors
def presets(name):
    """List the presets, or print the configuration of one as JSON."""
    from .presets import available, get_preset

    click.echo(get_preset(name).to_json(indent=2) if name else "\n".join(available()))


def _save(picture, output):
    from .files import atomic

    output = Path(output)
    if output.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise ValueError(f"--output: expected a name ending in .png, .jpg or .webp, got {str(output)!r}")
    output.parent.mkdir(parents=True, exist_ok=True)
    with atomic(output) as path:
        picture.save(path)
    click.echo(f"wrote {output}")
