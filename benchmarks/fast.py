"""What each change to the fast family is worth at equal processor minutes, beside other families: one row a variant.

python -m benchmarks.fast folder:PATH --minutes 10 --output runs/fast

A variant that was killed goes on at the next call; one that is done is not trained again. Variants that only say
`seed` show the spread: smaller differences don't count. Looks: `selfvae frechet` of a variant's folder.
"""

from dataclasses import replace
from pathlib import Path

import click

import tf_selfvae as sv
from tf_selfvae.devices import quick_start
from tf_selfvae.json_files import read_json
from tf_selfvae.model.presets import get_preset, small_reversible

ADAMAX = {"optimizer.kind": "adamax", "optimizer.learning_rate": 2.5e-3, "optimizer.clip_norm": 1.0}
ELU = {f"levels.{k}.{net}.activation": "elu" for k in (0, 1) for net in ("joint", "band")}
WIDTHS = {n: {f"levels.0.{net}.width": n for net in ("joint", "band")} for n in (64, 128)}
FAST, SMALL = get_preset("downscale3-64-fast"), get_preset("downscale4-64-small")
# u and z of the small presets, for the fast preset's levels; charged for early, since the steps are few.
LATENT = small_reversible(FAST.image, 2).override({"top.kl_warmup": 100, "levels.1.kl_warmup": 100})
Z = [
    replace(own, joint=fast.joint, band=fast.band, mixtures=fast.mixtures, phases=fast.phases)
    for own, fast in zip(LATENT.levels, FAST.levels)
]
MIXTURE = ("vae-64-small", "sketch2-64-small", "downscale3-64-small")
CHANGES = {
    "base": {},
    "seed 1": {"seed": 1},
    "seed 2": {"seed": 2},
    "AdaMax 2.5e-3": ADAMAX,
    "rate 1e-2": {"optimizer.learning_rate": 1e-2},
    "rate 4e-2": {"optimizer.learning_rate": 4e-2},
    "Adam at a third": {"optimizer.adam_ratio": 0.3},
    "batch 8": {"optimizer.batch_size": 8},
    "batch 32": {"optimizer.batch_size": 32},
    "warm-up of 10": {"optimizer.warmup": 10},
    "average 0.98": {"optimizer.ema": 0.98},
    "momentum 0.9": {"optimizer.momentum": 0.9},
    "one phase": {"levels.0.phases": 1, "levels.1.phases": 1},
    "4 phases at level 1": {"levels.0.phases": 4},
    "8 phases at level 2": {"levels.1.phases": 8},
    "ELU": ELU,
    "trunk of two": {"levels.0.joint.steps": 2},
    "two coarser grids around": {f"levels.{k}.joint.halvings": 2 for k in (0, 1)},
    **{f"width {n}": change for n, change in WIDTHS.items()},
    "10 components": {"levels.0.mixtures": 10, "levels.1.mixtures": 10},
}
VARIANTS = {
    **{name: FAST.override(change) for name, change in CHANGES.items()},
    "u for the transformer": replace(FAST, top=LATENT.top),
    "u beside the transformer": replace(FAST, top=replace(LATENT.top, transformer=FAST.top.transformer)),
    "z at both levels": replace(FAST, levels=tuple(Z)),
    "downscale4-64-small, AdaMax, one phase": SMALL.override(ADAMAX | {f"levels.{k}.phases": 1 for k in range(3)}),
    "downscale4-64-small": SMALL,
    **{name: get_preset(name) for name in MIXTURE},
    **{f"{name}, AdaMax": get_preset(name).override(ADAMAX) for name in MIXTURE},
}


@click.command()
@click.argument("data")
@click.option("--minutes", default=10.0, show_default=True, help="Of processor time, each.")
@click.option("--output", default="runs/fast", type=click.Path(path_type=Path), show_default=True)
@click.option("--only", multiple=True, type=click.Choice(list(VARIANTS)), help="These variants alone.")
@click.option("--precision", default="bfloat16", type=click.Choice(["bfloat16", "float32"]), show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), help="Where decoded images are cached.")
def main(data, minutes, output, only, precision, cache):
    """Train each variant on DATA and print a table of the test images' bits per dimension, by one sample."""
    quick_start()
    click.echo("| variant | bits per dimension | x | y1 | y2 | steps | parameters |\n|---|---|---|---|---|---|---|")
    for name in only or VARIANTS:
        run = output / name.replace(",", "").replace(" ", "-")
        config = VARIANTS[name].override({"precision": precision})
        if not (run / "results.json").exists():
            sv.train(config, data, run, minutes=minutes, resume=True, clock="cpu", cache_dir=cache)
        results = read_json(run / "results.json")
        bits = [f"{results[term]:.4f}" if term in results else "" for term in ("bpd", "re_x", "re_y1", "re_y2")]
        click.echo(f"| {name} | {' | '.join(bits)} | {results['steps']} | {results['parameters']} |")


if __name__ == "__main__":
    main()
