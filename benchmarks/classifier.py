"""A small classifier of class folders, whose features a Frechet distance of small pictures is measured by.

python -m benchmarks.classifier IMAGENETTE/train runs/features.keras
"""

from __future__ import annotations

from pathlib import Path

import click
import keras
import numpy as np
from keras import layers

from tf_selfvae.data.folder import find_pictures
from tf_selfvae.data.pictures import read_all
from tf_selfvae.data.splits import part_of
from tf_selfvae.devices import quick_start

SIDE, FEATURES = 64, 128


def labelled(folder):
    """Read the pictures of class folders, as the library deals and resizes them.

    Args:
        folder: has one folder a class.

    Returns:
        Dict of part to (uint8 [N, 64, 64, 3], int [N]); names of the classes.
    """
    paths, _ = find_pictures(folder)
    names = sorted({path.parent.name for path in paths})
    parts = {"train": ([], []), "validation": ([], []), "test": ([], [])}
    pictures = list(read_all(paths, (SIDE, SIDE), 3, str(folder)))
    if len(pictures) != len(paths):
        raise SystemExit(f"{len(paths) - len(pictures)} pictures could not be read: their labels would be lost")
    for path, (digest, [image]) in zip(paths, pictures):
        images, labels = parts[part_of(digest)]
        images.append(image)
        labels.append(names.index(path.parent.name))
    return {part: (np.stack(images), np.array(labels)) for part, (images, labels) in parts.items()}, names


def _block(x, width, stride):
    shortcut = layers.Conv2D(width, 1, stride, use_bias=False)(x) if stride > 1 else x
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.Conv2D(width, 3, stride, "same", use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return layers.add([layers.Conv2D(width, 3, 1, "same", use_bias=False)(x), shortcut])


def build(classes):
    """Return (classifier of grey levels 0..255, the part of it that gives `FEATURES` numbers a picture)."""
    inputs = layers.Input([SIDE, SIDE, 3])
    x = layers.Conv2D(32, 3, 2, "same", use_bias=False)(layers.Rescaling(1 / 64, -2.0)(inputs))
    for width, stride in ((32, 1), (64, 2), (64, 1), (FEATURES, 2), (FEATURES, 1)):
        x = _block(x, width, stride)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    features = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(classes, "softmax")(layers.Dropout(0.3)(features))
    return keras.Model(inputs, outputs), keras.Model(inputs, features)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--epochs", default=10, show_default=True, help="Over the pictures, mirrored and moved at random.")
def main(folder, path, epochs):
    """Train on FOLDER, which has one folder a class, and write the network of features to the .keras file PATH."""
    quick_start()
    keras.utils.set_random_seed(0)
    parts, names = labelled(folder)
    classifier, features = build(len(names))
    augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomTranslation(0.1, 0.1)])
    inputs = layers.Input([SIDE, SIDE, 3])
    model = keras.Model(inputs, classifier(augment(inputs)))
    images, labels = parts["train"]
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * -(-len(images) // 64))
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(images, labels, batch_size=64, epochs=epochs, validation_data=parts["validation"], verbose=2)
    _, accuracy = model.evaluate(*parts["test"], verbose=0)
    print(f"{accuracy:.1%} of {len(parts['test'][1])} test pictures of {len(names)} classes")
    path.parent.mkdir(parents=True, exist_ok=True)
    features.save(path)


if __name__ == "__main__":
    main()
