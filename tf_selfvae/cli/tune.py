"""The command `selfvae tune`: search for a configuration."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from .common import CACHE, PRECISION, SEED, AnyPath, assignments, command, data_option, set_option, start_tensorflow


@command("selfvae tune --data photos32 --run runs/search --trials 8 --images 4800")
@data_option(required=True)
@click.option(
    "--run",
    required=True,
    type=AnyPath(file_okay=False),
    help="The search's folder; the same command again goes on with it.",
)
@click.option(
    "--trials", type=int, default=20, show_default=True, help="How many; of a Bayesian search it may be raised later."
)
@click.option("--algorithm", type=click.Choice(["bayesian", "hyperband"]), default="bayesian", show_default=True)
@click.option(
    "--images",
    type=int,
    default=20_000,
    show_default=True,
    help="Training images that a trial sees (Hyperband: that the longest see).",
)
@click.option("--size", type=int, help="Side of the images; by default the data's.")
@click.option("--channels", type=click.Choice(["1", "3"]), default="3", show_default=True)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    help="vae, downscale-mixture, downscale-reversible or sketch; repeat it. By default all that fit the size.",
)
@click.option(
    "--width",
    "widths",
    type=int,
    multiple=True,
    help="Channels of the main networks; repeat it. By default 32, 48, 64, 96.",
)
@click.option("--levels", type=int, multiple=True, help="How often the downscale kinds halve images; repeat it.")
@click.option("--mixtures", type=int, multiple=True, help="Logistic components; repeat it. By default 3, 5, 10.")
@click.option("--learning-rate", type=float, nargs=2, metavar="LOWEST HIGHEST", help="By default 5e-4 1e-2.")
@click.option(
    "--family",
    "families",
    multiple=True,
    help="Of the networks' blocks: residual or dense; repeat it. By default residual.",
)
@set_option("A field that every trial has, such as optimizer.batch_size=32.")
@PRECISION
@CACHE
@click.option(
    "--silence",
    type=float,
    default=60.0,
    show_default=True,
    help="Seconds after which a chief gives up a worker that gives no sign.",
)
@SEED
def tune(
    data,
    run,
    trials,
    algorithm,
    images,
    size,
    channels,
    kinds,
    widths,
    levels,
    mixtures,
    learning_rate,
    families,
    overrides,
    precision,
    cache,
    silence,
    seed,
):
    """Search for the configuration of the lowest validation bits per dimension.

    Start it in several processes with KERASTUNER_TUNER_ID=chief, tuner0, tuner1, ..., and in all of them
    KERASTUNER_ORACLE_IP and KERASTUNER_ORACLE_PORT, to share the trials among workers.
    """
    choices = {
        "kinds": kinds,
        "widths": widths,
        "levels": levels,
        "mixtures": mixtures,
        "learning_rate": learning_rate,
        "families": families,
        "overrides": assignments(overrides),
    }
    start_tensorflow()
    from ..tuning.results import best, markdown
    from ..tuning.search import tune as search

    trials = search(
        data,
        run,
        trials,
        algorithm,
        images,
        {name: value for name, value in choices.items() if value},
        size,
        int(channels),
        seed,
        precision,
        cache,
        silence,
    )
    if trials is None:
        return
    folder, found = Path(run), best(trials)
    click.echo(f"\n{markdown(trials)}\ntable, plot: {folder / 'trials.md'}, {folder / 'trials.png'}")
    command = ["selfvae", "train", "--config", str(folder / "best.json"), "--data", data]
    command += ["--run", str(folder.parent / f"{folder.name}-best"), "--minutes", "30"]
    command += ["--cache", cache] if cache else []
    click.echo(f"best: trial {found['trial']}; train it with:\n{shlex.join(command)}")
