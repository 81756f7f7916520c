"""Files that were written once decode to the pixels that were put in, and always will."""

import numpy as np
import pytest
from PIL import Image

import tf_selfvae as sv
from tests.codec.conformance import FOLDER

FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".svae", ".svar"))


def pixels(name):
    found = np.asarray(Image.open(FOLDER / f"{name}.png"))
    return found[..., None] if found.ndim == 2 else found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_decodes(path):
    level = 1 if path.stem.endswith("level-1") else 0
    found = sv.codec.decompress(path, level=level)
    if path.suffix == ".svar":
        for i, one in enumerate(found):
            np.testing.assert_array_equal(one, pixels(f"{path.stem}-{i}"))
    else:
        np.testing.assert_array_equal(found, pixels(path.stem))


def test_there_are_a_dozen():
    assert len(FILES) >= 12
