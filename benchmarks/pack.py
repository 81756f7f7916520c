"""Make a trained model one of the package's.

python -m benchmarks.pack RUN NAME 3.266
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import click
import h5py
import numpy as np

from tf_selfvae import weights
from tf_selfvae.json_files import write_json
from tf_selfvae.model.presets import FAST
from tf_selfvae.runs import load_model


def halve(source, path):
    """Copy a Keras weights file with its floats as float16: half the size, and loaded into float32 variables as ever.

    It moves the bits per dimension of `imagenette64` by less than 0.0001.

    Args:
        source: a `.weights.h5` file.
        path: of the copy.

    Raises:
        OverflowError: when a weight is beyond float16.
    """
    with h5py.File(source, "r") as old, h5py.File(path, "w") as new:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                made = new.require_group(name)
            else:
                value = item[()]
                half = value.astype(np.float16) if value.dtype == np.float32 else value
                if not np.isfinite(half).all():
                    raise OverflowError(f"{name}: its largest weight, {np.abs(value).max()}, is beyond float16")
                made = new.create_dataset(name, data=half)
            made.attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True))
@click.argument("name")
@click.argument("bits_per_dim", type=float)
def main(run, name, bits_per_dim):
    """Write the weights of RUN and what they are into the package, as the preset NAME; its card is docs/NAME.md.

    BITS_PER_DIM is what `selfvae evaluate` says of held-out pictures: RUN itself may know of some levels alone.
    """
    folder, model = Path(weights.__file__).parent, load_model(run)
    path = folder / f"{name}.weights.h5"
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / path.name
        model.save_weights(whole)
        halve(whole, path)
    config = replace(model.config, optimizer=FAST, precision="float32", seed=0)  # what one's own training begins with
    about = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "card": f"docs/{name}.md",
        "bits_per_dim": bits_per_dim,
        "config": config.to_dict(),
    }
    write_json(folder / f"{name}.json", about)
    click.echo(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
