"""Images a second of a preset's training step, and its parameters.

python benchmarks/step.py downscale2-32-paper --batch 16 --precision float32
"""

import time

import click
import numpy as np
import tensorflow as tf

from tf_selfvae.devices import quick_start
from tf_selfvae.model.presets import get_preset
from tf_selfvae.model.selfvae import SelfVAE


@click.command()
@click.argument("preset")
@click.option("--batch", default=16, show_default=True)
@click.option("--steps", default=10, show_default=True)
@click.option("--precision", default="float32", type=click.Choice(["float32", "bfloat16"]), show_default=True)
def main(preset, batch, steps, precision):
    """Time PRESET's training step on random images: the median of --steps steps after two."""
    quick_start()
    model = SelfVAE(get_preset(preset).override({"precision": precision}))
    model.compile()
    shape = (batch, *model.config.image)
    images = tf.constant(np.random.default_rng(0).integers(0, 256, shape, np.uint8))
    step = tf.function(model.train_step)
    seconds = []
    for _ in range(steps + 2):
        begin = time.perf_counter()
        step(images)
        seconds.append(time.perf_counter() - begin)
    median = float(np.median(seconds[2:]))
    click.echo(
        f"{preset}: {model.count_params():,} parameters, batch {batch}, {precision}: "
        f"{batch / median:.1f} images per second (first step {seconds[0]:.0f} s)"
    )


if __name__ == "__main__":
    main()
