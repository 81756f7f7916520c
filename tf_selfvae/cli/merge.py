"""The command `selfvae merge`: levels that were trained apart become one model."""

from __future__ import annotations

import click

from .common import AnyPath, Output, command, start_tensorflow


@command("selfvae merge runs/coarse runs/fine -o runs/whole")
@click.argument("a", type=AnyPath())
@click.argument("b", type=AnyPath())
@click.option("-o", "--output", required=True, type=Output(), metavar="C", help="The new run's folder.")
def merge(a, b, output):
    """Put the levels that the runs A and B trained apart together as the run C.

    No term of a level changes: it is refused where the runs share a latent, unless one was trained --from the other.
    """
    start_tensorflow()
    from ..training.levels import merge as merge_runs

    for level, source in merge_runs(a, b, output).items():
        click.echo(f"level {level}: {f'of {source}' if source else 'untrained'}")
    click.echo(f"wrote {output}")
