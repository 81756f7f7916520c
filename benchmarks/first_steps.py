"""The first ten losses of every preset of the paper on four fixed pictures: training must not explode.

python -m benchmarks.first_steps

The tests take the VAE through five steps; the others take minutes of building graphs and of steps each.
"""

import gc

import click
import keras

from tests.small import pictures
from tf_selfvae import SelfVAE, presets
from tf_selfvae.devices import quick_start


@click.command()
@click.argument("names", nargs=-1)
@click.option("--precision", type=click.Choice(["float32", "bfloat16"]), default="float32")
@click.option("--steps", default=10, show_default=True)
def main(names, precision, steps):
    """Print the losses of NAMES, by default of all presets that end in -paper; fail where they don't fall."""
    quick_start()
    risen = []
    for name in names or [name for name in presets.available() if name.endswith("-paper")]:
        model = SelfVAE(presets.get_preset(name).override({"precision": precision}))
        model.compile()
        images = pictures(model.config, 4)
        losses = [float(model.train_on_batch(images)[0]) for _ in range(steps)]
        print(f"{name}: {' '.join(f'{loss:.3f}' for loss in losses)}", flush=True)
        # Each step has noise of its own: that of the latents' samples.
        if max(losses) >= losses[0] + 0.2 or losses[-1] >= losses[0] - 0.05:
            risen.append(name)
        keras.backend.clear_session()
        gc.collect()
    if risen:
        raise click.ClickException(f"losses rose: {', '.join(risen)}")


if __name__ == "__main__":
    main()
