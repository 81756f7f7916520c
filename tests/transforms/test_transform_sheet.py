"""The sheet of figure 2."""

import numpy as np
import pytest
from PIL import Image

from tests.transforms.pictures import noise, photographs
from tf_selfvae.evaluation.transform_sheet import PANELS, transform_sheet
from tf_selfvae.transforms import available


def has_panel(sheet, panel):
    """Says whether `panel` stands somewhere on the sheet, pixel for pixel."""
    height, width = panel.shape[:2]
    starts = np.argwhere((sheet[: -height + 1, : -width + 1] == panel[0, 0]).all(-1))
    return any(np.array_equal(sheet[y : y + height, x : x + width], panel) for y, x in starts)


@pytest.mark.parametrize("shape", [(64, 64, 3), (40, 90, 3), (64, 64, 1), (12, 12, 3), (700, 300, 3), (310, 310, 1)])
def test_sheet_is_drawn_for_any_size(shape):
    sheet = transform_sheet(noise(shape))
    assert isinstance(sheet, Image.Image) and sheet.mode == "RGB"
    assert max(sheet.size) < 4000
    assert (np.asarray(sheet)[:5] == 255).all()


def test_sheet_holds_the_cut_original_enlarged():
    image = photographs(64)[0]
    sheet = np.asarray(transform_sheet(image))
    assert has_panel(sheet, image[2:62, 2:62].repeat(5, 0).repeat(5, 1))
    assert {spec.split(":")[0] for _, spec in PANELS if spec} == set(available())
    np.testing.assert_array_equal(sheet, np.asarray(transform_sheet(image)))


@pytest.mark.parametrize(
    "image,words",
    [
        (np.zeros((64, 64, 3)), "image.*uint8.*float64"),
        (np.zeros((64, 64), np.uint8), r"image: expected uint8 \[H, W, 1 or 3\].*uint8 \[64, 64\]"),
        (np.zeros((64, 64, 4), np.uint8), r"image.*1 or 3\].*\[64, 64, 4\]"),
        (np.zeros((11, 64, 3), np.uint8), "image.*at least 12.*11"),
    ],
)
def test_wrong_images_are_explained(image, words):
    with pytest.raises(ValueError, match=words):
        transform_sheet(image)
