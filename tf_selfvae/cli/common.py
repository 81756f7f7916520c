"""What the commands share: a quiet start, clear errors, common options and printing."""

from __future__ import annotations

import functools
import logging
import os
from pathlib import Path

import click

from ..errors import UserError

# TensorFlow takes seconds to import and logs to the terminal: commands import it when they run.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def start_tensorflow():
    """Import TensorFlow without the start-up messages that it writes past Python's streams.

    What they would tell is told in one line by `train`: the devices. TF_SELFVAE_DEBUG=1 shows them.
    """
    if os.environ.get("TF_SELFVAE_DEBUG"):
        return
    errors, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        from ..devices import quick_start

        quick_start()
        # One graph a plan is meant; TensorFlow warns of "retracing" each time.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    finally:
        os.dup2(errors, 2)
        os.close(errors)
        os.close(nowhere)


def clear_errors(command):
    """Turn the library's errors about input into one clear sentence."""

    @functools.wraps(command)
    def run(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except (ValueError, ArithmeticError, OSError, ImportError, RuntimeError) as error:
            if os.environ.get("TF_SELFVAE_DEBUG"):
                raise
            raise click.ClickException(str(error)) from error

    return run


def assignments(pairs):
    """Return a dict of field to value of `--set FIELD=VALUE` options."""
    values = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals:
            raise UserError(f"--set: expected FIELD=VALUE, got {pair!r}")
        values[path] = value
    return values


MODEL = click.argument("model", type=click.Path())
SEED = click.option("--seed", default=0, show_default=True)


def print_results(results):
    """Print a table of bits per dimension."""
    click.echo(f"\n{results['split']} ({results['count']} images), bits per dimension of x:")
    for count, bound in results.get("bounds", {}).items():
        error = bound["standard_error"]
        error = "(one image: no standard error)" if error is None else f"+- {error:.4f}"
        click.echo(f"  {count:>4s} sample{' ' if count == '1' else 's'}   {bound['bpd']:8.4f} {error}")
    for name, value in results.items():
        if name == "bpd" or name.startswith(("re_", "kl_")):
            click.echo(f"  {name:14s} {value:8.4f}")
    if "effective_samples" in results:
        click.echo(f"effective samples: {results['effective_samples']:.1f} of {results['importance_samples']}")
    click.echo(f"resize: {results['resize']}")
    for name, label in (
        ("seconds_per_image", "seconds per image"),
        ("images_per_second", "images per second"),
        ("peak_memory_gib", "peak memory, GiB"),
        ("training_minutes", "minutes of training"),
    ):
        if name in results:
            click.echo(f"{label}: {results[name]:.2f}")


def save(picture, output):
    """Write a PIL image whole or not at all, by the suffix of its name."""
    from ..files import atomic

    output = Path(output)
    if output.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise UserError(f"--output: expected a name ending in .png, .jpg or .webp, got {str(output)!r}")
    output.parent.mkdir(parents=True, exist_ok=True)
    with atomic(output) as path:
        picture.save(path)
    click.echo(f"wrote {output}")
