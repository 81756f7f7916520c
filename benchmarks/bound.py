"""Seconds an image of the streamed importance bound, against calling log_prob once a sample.

python benchmarks/bound.py runs/mine --images 8 --samples 64
"""

import time

import click
import numpy as np

from tf_selfvae.devices import quick_start
from tf_selfvae.evaluation.bounds import importance_bound, rows_that_fit
from tf_selfvae.evaluation.images import pictures_for


@click.command()
@click.argument("model")
@click.option("--data", help="By default the run's own data set.")
@click.option("--images", "count", default=8, show_default=True)
@click.option("--samples", default=64, show_default=True)
@click.option("--memory", default=1.0, show_default=True, help="GiB of the streamed bound.")
def main(model, data, count, samples, memory):
    """Time both on the same test images of MODEL, each after one warm-up, and print their ratio."""
    quick_start()
    model, images = pictures_for(model, (), data, count, None)
    rows = rows_that_fit(model, memory)

    def streamed():
        return importance_bound(model, images, samples, rows=rows, progress=False)["bpd"]

    def called():
        return np.mean([model.log_prob(images, 1, seed).numpy() for seed in range(samples)])

    importance_bound(model, images, 2, rows=rows, progress=False)
    model.log_prob(images, 1)
    seconds, processor = {}, {}
    for name, run in (("streamed", streamed), ("log_prob once a sample", called)):
        begin, worked = time.perf_counter(), time.process_time()
        run()
        seconds[name] = (time.perf_counter() - begin) / count
        processor[name] = (time.process_time() - worked) / count
        print(f"{name}: {seconds[name]:.2f} s an image at {samples} samples, {processor[name]:.2f} s of processor")
    for clock, spent in (("time", seconds), ("processor time", processor)):
        ratio = spent["log_prob once a sample"] / spent["streamed"]
        print(f"ratio of {clock}: {ratio:.2f} ({rows} rows at once)")


if __name__ == "__main__":
    main()
