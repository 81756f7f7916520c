"""Each transform against an independent implementation."""

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tests.transforms.pictures import extremes, noise, photographs
from tf_selfvae.transforms import Bicubic, GaussianBlur, Greyscale, Haar, Quantize, Sketch


def difference(a, b):
    assert a.shape == b.shape
    return np.abs(a.astype(int) - b.astype(int))


def pillow_bicubic(images, factor):
    size = (images.shape[2] // factor, images.shape[1] // factor)
    return np.stack([np.asarray(Image.fromarray(x).resize(size, Image.BICUBIC)) for x in images])


@pytest.mark.parametrize("factor", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("images", [photographs(), noise(), extremes(60)], ids=["photographs", "noise", "extremes"])
def test_bicubic_is_pillow_within_one_level(factor, images):
    error = difference(Bicubic(factor).numpy(images), pillow_bicubic(images, factor))
    assert error.max() <= 1
    if len(np.unique(images)) > 2:  # stripes repeat one rounding
        assert error.mean() < 0.02


def test_bicubic_keeps_flat_images():
    for value in (0, 1, 127, 254, 255):
        flat = np.full((1, 24, 36, 3), value, np.uint8)
        for factor in (2, 3, 4):
            assert (Bicubic(factor).numpy(flat) == value).all()


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 3.3])
@pytest.mark.parametrize("images", [photographs(), noise()], ids=["photographs", "noise"])
def test_blur_is_scipy_within_rounding(sigma, images):
    radius = int(np.ceil(3 * sigma))
    exact = ndimage.gaussian_filter(
        images.astype(float), (0, sigma, sigma, 0), mode="nearest", radius=(0, radius, radius, 0)
    )
    error = np.abs(GaussianBlur(sigma).numpy(images) - exact)
    assert error.max() <= 1.1  # half a level a pass, and the rounding of the weights
    assert error.mean() < 0.4


def test_blur_keeps_flat_images_and_a_tiny_sigma_keeps_all():
    flat = np.full((1, 20, 9, 3), 200, np.uint8)
    for sigma in (0.3, 1, 40):
        assert (GaussianBlur(sigma).numpy(flat) == 200).all()
    np.testing.assert_array_equal(GaussianBlur(0.1).numpy(photographs()), photographs())


@pytest.mark.parametrize("bits", range(1, 8))
def test_quantize_by_definition(bits):
    values = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    levels = 2**bits
    expected = np.floor((values.ravel().astype(int) * levels // 256) * 255 / (levels - 1) + 0.5)
    result = Quantize(bits)(values).numpy()
    np.testing.assert_array_equal(result.ravel(), expected)
    np.testing.assert_array_equal(Quantize(bits).numpy(values), result)
    np.testing.assert_array_equal(Quantize(bits)(result), result)  # idempotent
    assert len(np.unique(result)) == levels
    assert result.min() == 0 and result.max() == 255
    assert np.ptp(np.diff(np.unique(result).astype(int))) <= 1  # evenly spaced


def test_quantize_known_values():
    values = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    assert np.unique(Quantize(1).numpy(values)).tolist() == [0, 255]
    assert np.unique(Quantize(2).numpy(values)).tolist() == [0, 85, 170, 255]
    assert np.unique(Quantize(3).numpy(values)).tolist() == [0, 36, 73, 109, 146, 182, 219, 255]


def test_grey_is_pillow_exactly():
    for images in (photographs(), noise((2, 200, 200, 3)), extremes()):
        expected = np.stack([np.asarray(Image.fromarray(x).convert("L")) for x in images])
        np.testing.assert_array_equal(Greyscale()(images).numpy()[..., 0], expected)
    corners = np.array(np.meshgrid([0, 255], [0, 255], [0, 255])).T.reshape(1, 2, 4, 3)
    corners = corners.astype(np.uint8)
    np.testing.assert_array_equal(
        difference(Greyscale().numpy(corners)[0, ..., 0], cv2.cvtColor(corners[0], cv2.COLOR_RGB2GRAY)) <= 1, True
    )
    grey = noise((2, 8, 8, 1))
    np.testing.assert_array_equal(Greyscale()(grey), grey)
    equal = np.repeat(grey, 3, -1)
    np.testing.assert_array_equal(Greyscale().numpy(equal), grey)


def test_haar_is_the_rounded_mean():
    for images in (photographs(), noise(), extremes()):
        x = images.astype(int)
        rows = (x[:, :, 0::2] + x[:, :, 1::2]) // 2
        np.testing.assert_array_equal(Haar()(images), (rows[:, 0::2] + rows[:, 1::2]) // 2)


@pytest.mark.parametrize("arguments", [(60, 0.07, 0.02), (30, 0.1, 0.03), (100, 0.2, 0.01)])
@pytest.mark.parametrize("size", [60, 64, 150])
def test_sketch_is_opencv_on_photographs(arguments, size):
    images = photographs(size)
    expected = np.stack([cv2.pencilSketch(x, None, None, *arguments)[0] for x in images])
    again = np.stack([cv2.pencilSketch(x, None, None, *arguments)[0] for x in images])
    np.testing.assert_array_equal(expected, again)  # OpenCV draws nothing at random here
    error = difference(Sketch(*arguments).numpy(images)[..., 0], expected)
    assert error.mean() < 0.1
    assert (error <= 1).mean() > 0.999
    assert error.max() <= 8


def test_sketch_is_opencv_on_noise_and_steps():
    images = np.concatenate([noise(), noise() // 16, noise() // 128 * 3])
    expected = np.stack([cv2.pencilSketch(x)[0] for x in images])
    # OpenCV leaves the first interval of a row or column empty when the radius spans all
    # of it, as in nearly flat images; this library counts it as the paper defines it.
    error = difference(Sketch().numpy(images)[..., 0], expected)[:, 1:, 1:]
    assert (error <= 1).mean() > 0.999
    assert error.max() <= 8


def test_sketch_by_definition():
    image = photographs()[3][:17, :23].astype(int)

    def intervals(x):  # pixels of the row within the radius, one pair at a time
        radius = 3 * 60 * 4 / np.sqrt(63)
        steps = 1 + 60 / 0.07 * np.abs(np.diff(x, axis=1)).sum(-1) / 255
        place = np.concatenate([np.zeros((len(x), 1)), np.cumsum(steps, 1)], 1)
        return np.array([[np.sum(np.abs(row - here) <= radius) for here in row] for row in place])

    count = intervals(image) + intervals(image.transpose(1, 0, 2)).T
    expected = np.minimum(255 * 0.02 * count, 255)
    result = Sketch().numpy(image[None].astype(np.uint8))[0, ..., 0]
    assert np.abs(result - expected).max() <= 0.5 + 1e-2


def test_sketch_of_grey_images_is_that_of_equal_channels():
    grey = photographs()[..., :1]
    np.testing.assert_array_equal(Sketch()(grey), Sketch()(np.repeat(grey, 3, -1)))
    flat = np.full((1, 64, 64, 3), 90, np.uint8)
    assert (Sketch()(flat).numpy() == 255).all()
