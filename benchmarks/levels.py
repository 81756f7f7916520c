"""Time and memory of a step of some levels, beside that of all levels at once.

python benchmarks/levels.py downscale4-64-small --batch 16
"""

import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np
import tensorflow as tf

from tf_selfvae.devices import quick_start
from tf_selfvae.model.presets import get_preset
from tf_selfvae.model.selfvae import SelfVAE


def make_step(config, images, levels):
    model = SelfVAE(config)
    model.compile(levels=levels)
    step = tf.function(model.train_step, autograph=False)
    step(images)
    weights = sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    return lambda: float(step(images)["bpd"]), weights


def peak():
    # Not of `resource`, whose number a process has from its parent.
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 2**20


@click.command()
@click.argument("preset")
@click.option("--batch", default=16, show_default=True)
@click.option("--steps", default=9, show_default=True)
@click.option("--only", hidden=True, help="Print the memory that a step of these levels takes, in GiB.")
def main(preset, batch, steps, only):
    """Time steps of PRESET's levels 1 and 2-, and of all, in turn: medians. Memory: of a process each."""
    quick_start()
    config = get_preset(preset)
    images = tf.constant(np.random.default_rng(0).integers(0, 256, (batch, *config.image), np.uint8))
    if only:
        before = peak()
        step, _ = make_step(config, images, None if only == "all" else only)
        step()
        click.echo(f"{peak() - before:.2f}")
        return
    made = {name: make_step(config, images, None if name == "all" else name) for name in ("all", "1", "2-")}
    seconds = {name: [] for name in made}
    for _ in range(steps):
        for name, (step, _weights) in made.items():
            begin = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - begin)
    whole = float(np.median(seconds["all"]))
    for name, (_, weights) in made.items():
        found = float(np.median(seconds[name]))
        click.echo(f"levels {name:3s}: {weights:9,} weights trained, {found:.3f} s a step ({found / whole:.2f} of all)")
    for name in made:
        command = [sys.executable, __file__, preset, "--batch", str(batch), "--only", name]
        printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        click.echo(f"levels {name:3s}: {float(printed.split()[-1]):.2f} GiB more than before the model was made")


if __name__ == "__main__":
    main()
