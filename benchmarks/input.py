"""Images a second of the input pipeline alone, against what a preset's training step takes.

    python benchmarks/input.py
    python benchmarks/input.py downscale4-64-small --batch 16 --seconds 10

Both are measured one after the other in this process, on built-in photographs, shuffled and augmented;
the pipeline with a tf.data service has a dispatcher and a worker in another process, on loopback. The
ratio must be at least 5, or the command fails.
"""

import os
import signal
import subprocess
import sys
import time

import click
import numpy as np
import tensorflow as tf

from tf_selfvae import data
from tf_selfvae.devices import best_precision, describe, quick_start
from tf_selfvae.model.presets import available, get_preset
from tf_selfvae.model.selfvae import SelfVAE

_LEAST = 5


def rate(stream, batch, seconds):
    """Images a second after a warm-up of 20 batches."""
    iterator = iter(stream)
    for _ in range(20):
        next(iterator)
    count, begin = 0, time.perf_counter()
    while (passed := time.perf_counter() - begin) < seconds:
        next(iterator)
        count += batch
    return count / passed


def step_rate(config, images, batch, steps):
    """Images a second of the training step: the median of some steps after two."""
    model = SelfVAE(config)
    model.compile()
    step = tf.function(model.train_step)
    pixels = next(iter(images.train(batch)))
    taken = []
    for _ in range(steps + 2):
        begin = time.perf_counter()
        step(pixels)
        taken.append(time.perf_counter() - begin)
    return batch / float(np.median(taken[2:]))


def start_service():
    """Return a process that runs a service, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tf_selfvae", "data-service", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().split()[-1]


@click.command()
@click.argument("presets", nargs=-1)
@click.option(
    "--batch", "batches", multiple=True, type=int, default=(16, 256), show_default=True, help="Of the pipeline."
)
@click.option("--seconds", default=5.0, show_default=True, help="A measurement of the pipeline.")
@click.option("--steps", default=8, show_default=True, help="Training steps, of the preset's own batch.")
@click.option("--cache", type=click.Path(file_okay=False), help="Where decoded images are cached.")
def main(presets, batches, seconds, steps, cache):
    """Measure the input of PRESETS, by default all the small ones."""
    presets = presets or [name for name in available() if name.endswith("-small")]
    quick_start()
    precision = best_precision()
    click.echo(
        f"{describe()}; TensorFlow {tf.__version__}; load {os.getloadavg()[0]:.1f}; {precision} convolutions; "
        f"{seconds:g} s a pipeline, {steps} steps a preset; files in the page cache"
    )
    process, address = start_service()
    worst = np.inf
    try:
        pipelines = {}
        for preset in presets:
            config = get_preset(preset).override({"precision": precision})
            size = config.image[0]
            images = data.load(f"photos{size}", cache_dir=cache)
            if size not in pipelines:
                pipelines[size] = {}
                for batch in batches:
                    for name, service in (("alone", None), ("by a service", address)):
                        stream = images.train(batch, repeat=True, service=service)
                        pipelines[size][batch, name] = rate(stream, batch, seconds)
            needed = step_rate(config, images, config.optimizer.batch_size, steps)
            click.echo(
                f"{preset}: training takes {needed:.1f} images per second in batches of {config.optimizer.batch_size}"
            )
            for (batch, name), found in pipelines[size].items():
                click.echo(
                    f"  input of {size}x{size} in batches of {batch:3d} {name:12s} {found:8.0f} images per second, "
                    f"{found / needed:6.1f} times"
                )
                if name == "alone":
                    worst = min(worst, found / needed)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    if worst < _LEAST:
        raise click.ClickException(f"expected at least {_LEAST} times, got {worst:.1f}")


if __name__ == "__main__":
    main()
