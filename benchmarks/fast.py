"""What each change to the fast family is worth at equal processor minutes: one row a variant.

python -m benchmarks.fast folder:PATH --minutes 10 --output runs/fast

A variant that was killed goes on at the next call; one that is done is not trained again. Variants that only say
`seed` show the spread: smaller differences don't count.
"""

from pathlib import Path

import click

import tf_selfvae as sv
from tf_selfvae.devices import quick_start
from tf_selfvae.json_files import read_json
from tf_selfvae.model.presets import get_preset

BASE = "downscale3-64-fast"
ELU = {f"levels.{k}.{net}.activation": "elu" for k in (0, 1) for net in ("joint", "band")}
VARIANTS = {
    "base": {},
    "seed 1": {"seed": 1},
    "seed 2": {"seed": 2},
    "AdaMax 2.5e-3": {"optimizer.kind": "adamax", "optimizer.learning_rate": 2.5e-3, "optimizer.clip_norm": 1.0},
    "rate 1e-2": {"optimizer.learning_rate": 1e-2},
    "rate 4e-2": {"optimizer.learning_rate": 4e-2},
    "Adam at a third": {"optimizer.adam_ratio": 0.3},
    "batch 8": {"optimizer.batch_size": 8},
    "batch 32": {"optimizer.batch_size": 32},
    "one phase": {"levels.0.phases": 1, "levels.1.phases": 1},
    "4 phases at level 1": {"levels.0.phases": 4},
    "8 phases at level 2": {"levels.1.phases": 8},
    "ELU": ELU,
    "trunk of two": {"levels.0.joint.steps": 2},
    "10 components": {"levels.0.mixtures": 10, "levels.1.mixtures": 10},
}


@click.command()
@click.argument("data")
@click.option("--minutes", default=10.0, show_default=True, help="Of processor time, each.")
@click.option("--output", default="runs/fast", type=click.Path(path_type=Path), show_default=True)
@click.option("--only", multiple=True, type=click.Choice(list(VARIANTS)), help="These variants alone.")
def main(data, minutes, output, only):
    """Train each variant on DATA and print a table of the test images' bits per dimension, by one sample."""
    quick_start()
    click.echo("| variant | bits per dimension | x | y1 | y2 | steps | parameters |\n|---|---|---|---|---|---|---|")
    for name in only or VARIANTS:
        run = output / name.replace(" ", "-")
        config = get_preset(BASE).override({"precision": "bfloat16", **VARIANTS[name]})
        if not (run / "results.json").exists():
            sv.train(config, data, run, minutes=minutes, resume=True, clock="cpu")
        results = read_json(run / "results.json")
        bits = [f"{results[term]:.4f}" for term in ("bpd", "re_x", "re_y1", "re_y2")]
        click.echo(f"| {name} | {' | '.join(bits)} | {results['steps']} | {results['parameters']} |")


if __name__ == "__main__":
    main()
