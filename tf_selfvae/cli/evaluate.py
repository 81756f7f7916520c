"""Commands that measure and show what a model learned: evaluate, frechet, report, table."""

from __future__ import annotations

import click
from click.core import ParameterSource

from ..errors import UserError
from .common import (
    CACHE,
    MODEL,
    OWN_DATA,
    SEED,
    SPLIT,
    TEMPERATURE,
    AnyPath,
    Output,
    command,
    print_results,
    start_tensorflow,
)


@command("selfvae evaluate runs/first --importance-samples 512")
@MODEL
@OWN_DATA
@click.option("--split", type=SPLIT, default="test", show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Only so many images, spread evenly over the split.")
@click.option("--importance-samples", type=int, default=1, show_default=True, help="The paper's tables use 512.")
@click.option("--memory", type=float, default=1.0, show_default=True, help="GiB that scoring may take.")
@CACHE
@SEED
def evaluate(model, data, split, limit, importance_samples, memory, cache, seed):
    """Measure bits per dimension of MODEL (a run's folder or a .keras file) by importance sampling.

    What was drawn is kept: stop and start it again, or ask for more samples later. Of a codec model (a .svcm file) it
    is the code length of its integers, on pictures of the size that it was trained on.
    """
    is_codec = str(model).endswith(".svcm")
    for name in ("importance_samples", "memory", "seed") if is_codec else ():
        if click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT:
            option = f"--{name.replace('_', '-')}"
            raise UserError(f"{option}: expected none, since the code length of a codec model needs no samples")
    start_tensorflow()
    from ..evaluation import measure

    if is_codec:
        return print_results(measure.code_length(model, data, split, limit, cache))
    print_results(measure.bound(model, data, split, limit, importance_samples, cache, seed, memory))


@command("selfvae frechet runs/first --count 10000")
@MODEL
@OWN_DATA
@click.option("--split", type=SPLIT, default="train", show_default=True)
@click.option(
    "--count", type=int, default=10_000, show_default=True, help="Pictures of each side, at most the split's."
)
@click.option(
    "--features",
    default="inception",
    show_default=True,
    help='"inception", or a .keras file that turns grey levels 0..255 to vectors.',
)
@click.option(
    "--inception-weights",
    type=AnyPath(),
    help="Keras's Inception-v3 file without its top; by default Keras downloads it.",
)
@click.option(
    "-t",
    "--temperature",
    type=TEMPERATURE,
    default=1.0,
    show_default=True,
    help="A number, or variables' own, such as x=0.7,y1=0.9, and 1 for the others; tables show that of 1.",
)
@CACHE
@SEED
def frechet(model, data, split, count, features, inception_weights, temperature, cache, seed):
    """Measure the Frechet distance of MODEL's samples to real images."""
    start_tensorflow()
    from ..evaluation import measure

    result = measure.frechet(model, data, split, count, features, inception_weights, cache, seed, temperature)
    click.echo(
        f"Frechet distance: {result['frechet_distance']:.3f} ({result['features']}, {result['count']} "
        f"pictures of {result['split']}; resize: {result['resize']})"
    )


@command("selfvae report runs/first")
@click.argument("run", type=AnyPath())
@OWN_DATA
@click.option("-t", "--temperature", type=float, default=0.7, show_default=True)
@click.option("-o", "--output", type=Output(), help="By default RUN/report.")
@CACHE
@SEED
def report(run, data, temperature, output, cache, seed):
    """Write one HTML page with every figure and table of RUN (and the pictures as PNG files)."""
    start_tensorflow()
    from ..evaluation import measure

    click.echo(f"wrote {measure.report(run, data, temperature, output, cache, seed)}")


@command("selfvae score runs/first photographs/ odd.png")
@MODEL
@click.argument("pictures", nargs=-1, required=True, type=AnyPath())
@click.option("-o", "--output", default="scores", show_default=True, type=Output())
@SEED
def score(model, pictures, output, seed):
    """Score each of PICTURES (files and folders) by MODEL: bits per dimension, as a whole and per level.

    The folder OUTPUT gets scores.csv and scores.json, the least likely first, and scores.png: the least
    and the most likely pictures, each beside a map of where its bits are.
    """
    start_tensorflow()
    from ..evaluation.score import score as score_pictures

    rows = score_pictures(model, pictures, output, seed)["pictures"]
    shown = rows if len(rows) <= 10 else [*rows[:5], None, *rows[-5:]]
    for row in shown:
        click.echo(f"{row['bpd']:9.4f}  {row['picture']}" if row else "      ...")
    click.echo(f"wrote {output}: scores.csv, scores.json, scores.png")


@command("selfvae table runs/first runs/second")
@click.argument("runs", nargs=-1, required=True, type=AnyPath())
@click.option("-o", "--output", type=Output(()), help="Write the table to a Markdown file, too.")
def table(runs, output):
    """Print measured numbers of RUNS beside the published ones of the paper's table 1."""
    start_tensorflow()
    from ..evaluation.run_record import read_record
    from ..evaluation.table import comparison
    from ..files import write_text

    text = comparison([read_record(run) for run in runs])
    click.echo(text)
    if output:
        write_text(output, text + "\n")
