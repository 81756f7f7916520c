"""Draw the pictures of the trained models that README and cards show, none chosen.

python -m benchmarks.sheets docs
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from tf_selfvae import SelfVAE, devices
from tf_selfvae.data.photos import PHOTOS, photo_path
from tf_selfvae.data.pictures import fit, from_array, read_picture

_FINER = {"x": 0.7, "y1": 0.7}


def tiled(rows, side, margin):
    """Lay out rows of pictures on white.

    Args:
        rows: list of uint8 arrays [N, h, w, 3]; smaller pictures are enlarged with their pixels showing.
        side: of a picture on the sheet; a multiple of each one's.
        margin: pixels between two.

    Returns:
        A PIL image.
    """
    step = side + margin
    sheet = np.full((step * len(rows) + margin, step * len(rows[0]) + margin, 3), 255, np.uint8)
    for row, pictures in enumerate(rows):
        times = side // pictures.shape[1]
        for column, picture in enumerate(pictures.repeat(times, 1).repeat(times, 2)):
            top, left = margin + row * step, margin + column * step
            sheet[top : top + side, left : left + side] = picture
    return from_array(sheet)


def samples(name, **options):
    """Draw 64 samples of seed 0, sixteen in a row, at 64 pixels each."""
    model = SelfVAE.from_preset(name)
    pictures = model.sample(64, seed=0, **options).numpy()
    return tiled(pictures.reshape(4, 16, *model.config.image), 64, 0)


def upscaled():
    """Draw photographs at 16x16 and at 32x32, each above what is drawn from it, and the photographs."""
    model = SelfVAE.from_preset("imagenette64")
    paths = [photo_path(*photo) for photos in PHOTOS.values() for photo in photos]
    photographs = np.stack([fit(read_picture(path), (64, 64)) for path in paths])
    smaller, rows = model.encode(photographs)[0], []
    for name, level in (("y2", 2), ("y1", 1)):
        rows.append(smaller[name].numpy().astype(np.uint8))
        plan = f"conditional_reconstruction:{level}"
        rows.append(model.reconstruct(photographs, plan=plan, temperature=_FINER, seed=0).numpy())
    return tiled([*rows, photographs], 128, 6)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def main(folder):
    """Write the pictures into FOLDER."""
    devices.quick_start()
    samples("imagenette64").save(folder / "imagenette64.png", optimize=True)
    samples("imagenette64", temperature=_FINER).save(folder / "imagenette64-0.7.png", optimize=True)
    samples("imagenette32").save(folder / "imagenette32.png", optimize=True)
    upscaled().save(folder / "upscaled.jpg", quality=92)


if __name__ == "__main__":
    main()
