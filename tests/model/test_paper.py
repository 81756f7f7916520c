"""The paper's models: every convolution as the authors built it, and training that does not explode."""

import gc

import keras
import numpy as np
import pytest

from benchmarks.convolutions import Convolution, convolutions
from tests.small import eagerly, pictures
from tf_selfvae import SelfVAE, presets
from tf_selfvae.devices import best_precision

PARAMETERS = {  # of the two that were published, all but 272 gains
    "vae-32-paper": 34_276_092,
    "downscale2-32-paper": 39_272_298,
    "vae-64-paper": 40_749_226,
    "downscale3-64-paper": 39_673_576,
    "sketch2-64-paper": 34_277_988,
}


@pytest.fixture(scope="module")
def model(request):
    yield SelfVAE(presets.get_preset(request.param).override({"precision": best_precision()}), name=request.param)
    keras.backend.clear_session()  # a gigabyte and more a model, of which nothing is left to the next one
    gc.collect()


def conv(side, channels_in, channels_out, kernel):
    return [Convolution((side, side), (side, side), channels_in, channels_out, kernel)]


def down(side, channels_in, channels_out):
    return [Convolution((side, side), (side // 2, side // 2), channels_in, channels_out, 3)]


def up(side, channels_in, channels_out):
    return [Convolution((side, side), (2 * side, 2 * side), channels_in, channels_out, 3)]


def dense(side, before, growth, steps, after):
    """A stack of dense blocks, and the channel attention that ends it."""
    made = []
    for step in range(steps):
        made += conv(side, before + step * growth, 4 * growth, 1) + conv(side, 4 * growth, growth, 3)
    return made + conv(1, after, after // 8, 1) + conv(1, after // 8, after, 1)


REALNVP = [
    *3 * (dense(8, 16, 64, 5, 336) + conv(8, 336, 32, 3)),  # checkerboard
    *3 * (dense(4, 32, 64, 5, 352) + conv(4, 352, 64, 3)),  # half of 64 channels
    *4 * (dense(4, 32, 64, 5, 352) + conv(4, 352, 64, 3)),  # checkerboard, behind the split
]
CONVOLUTIONS = {
    "vae-32-paper": [
        # q(u | x)
        *dense(32, 3, 16, 8, 131),
        *down(32, 131, 262),
        *dense(16, 262, 32, 8, 518),
        *down(16, 518, 1036),
        *dense(8, 1036, 64, 8, 1548),
        *conv(8, 1548, 32, 1),
        *REALNVP,
        # p(x | u)
        *dense(8, 16, 128, 6, 784),
        *up(8, 784, 392),
        *dense(16, 392, 64, 6, 776),
        *up(16, 776, 388),
        *conv(32, 388, 100, 3),
    ],
    "downscale2-32-paper": [
        # q(u | y)
        *dense(16, 3, 64, 3, 195),
        *down(16, 195, 390),
        *dense(8, 390, 128, 3, 774),
        *conv(8, 774, 32, 1),
        *REALNVP,
        # p(y | u)
        *dense(8, 16, 128, 4, 528),
        *up(8, 528, 264),
        *conv(16, 264, 100, 3),
        # q(z | x)
        *dense(32, 3, 16, 4, 67),
        *down(32, 67, 134),
        *dense(16, 134, 32, 4, 262),
        *down(16, 262, 524),
        *dense(8, 524, 64, 4, 780),
        *conv(8, 780, 32, 1),
        # p(z | y, u): what reads y, what reads u, what joins the two
        *dense(16, 3, 32, 5, 163),
        *down(16, 163, 326),
        *dense(8, 326, 64, 5, 646),
        *conv(8, 646, 16, 1),
        *dense(8, 16, 64, 3, 208),
        *dense(8, 208, 64, 3, 400),
        *dense(8, 400, 64, 3, 592),
        *conv(8, 592, 16, 1),
        *dense(8, 32, 64, 3, 224),
        *dense(8, 224, 64, 3, 416),
        *dense(8, 416, 64, 3, 608),
        *conv(8, 608, 32, 1),
        # p(x | y, z): what decodes z, and what reads it with y
        *dense(8, 16, 64, 8, 528),
        *up(8, 528, 264),
        *dense(16, 264, 32, 8, 520),
        *up(16, 520, 260),
        *conv(32, 260, 100, 3),
        *dense(32, 103, 64, 5, 423),
        *dense(32, 423, 64, 5, 743),
        *dense(32, 743, 64, 5, 1063),
        *conv(32, 1063, 100, 1),
    ],
}
GIGA_MULTIPLY_ADDS = {"vae-32-paper": 3.20, "downscale2-32-paper": 7.15}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_as_counted(name):
    with keras.StatelessScope():  # no weight gets its value
        assert SelfVAE(presets.get_preset(name)).count_params() == PARAMETERS[name]


@pytest.mark.parametrize("model", CONVOLUTIONS, indirect=True)
def test_convolutions_are_those_of_the_authors(model):
    found, key = convolutions(model), Convolution.__repr__
    assert sorted(found, key=key) == sorted(CONVOLUTIONS[model.name], key=key)
    assert round(sum(convolution.multiply_adds for convolution in found) / 1e9, 2) == GIGA_MULTIPLY_ADDS[model.name]
    # Kernels, gains and biases, and the scales of the couplings: all that there is to learn.
    weights = sum(c.kernel**2 * c.channels_in * c.channels_out + 2 * c.channels_out for c in found)
    assert weights + 3 * 16 + 3 * 32 + 4 * 32 == PARAMETERS[model.name]


@pytest.mark.parametrize("model", ["vae-32-paper"], indirect=True)
@eagerly()
def test_the_first_steps_of_training_lower_the_loss(model):
    """Without a warm-up AdaMax moves every weight by the whole rate at once, which these networks do not survive.

    `python -m benchmarks.first_steps` takes ten steps of each of them.
    """
    model.compile()
    images = pictures(model.config, 4)
    losses = np.array([model.train_on_batch(images) for _ in range(5)]).reshape(5, -1)[:, 0]
    assert losses[-1] < losses[0] - 0.05 and losses.max() < losses[0] + 0.2, losses  # each step has noise of its own
