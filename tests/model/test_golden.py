"""What a seed gives stays as it is: images and bits of weights that are drawn anew from a seed."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from tests.small import CONFIGS, deep, eagerly, pictures
from tf_selfvae import SelfVAE
from tf_selfvae.config import Network

# Written by `python -m tests.model.test_golden`; run that only where what a seed gives is meant to change.
RECORD = Path(__file__).with_name("golden.json")
DENSE = {f"levels.0.{field}": Network("dense", 4, 2).to_dict() for field in ("posterior", "decoder", "joint")}
MODELS = {name: deep(CONFIGS[name]) for name in ("vae", "downscale3", "sketch", "reversible", "reversible-grey")}
MODELS["dense"] = deep(CONFIGS["downscale"]).override(DENSE)


@eagerly()
def measured(name):
    """Draw, rebuild and score with a model of fixed weights; what is checked, JSON-ready."""
    model = SelfVAE(MODELS[name])
    images = pictures(model.config, 3)
    model.data_init(pictures(model.config, 8, seed=1))
    drawn = {
        "sample": model.sample(2, seed=5),
        "reconstruction_1": model.reconstruct(images, seed=6, temperature=0.7),
        "interpolation": model.interpolate(images[0], images[1], steps=3, seed=7),
    }
    terms = {term: nats.numpy() for term, nats in model(images).items()}
    numbers = {"bits_per_dim": model.bits_per_dim(images, 3, seed=8).numpy(), **terms}
    return {
        "images": {key: base64.b64encode(np.asarray(value).tobytes()).decode() for key, value in drawn.items()},
        # A float32 as its exact decimal value.
        "numbers": {key: [float(number) for number in value] for key, value in numbers.items()},
    }


@pytest.mark.parametrize("name", MODELS)
def test_a_seed_gives_what_it_gave(name):
    expected, found = json.loads(RECORD.read_text())[name], measured(name)
    for key, values in expected["numbers"].items():
        # Another processor sums in another order: the last digit of float32 is what may differ.
        np.testing.assert_allclose(found["numbers"][key], values, rtol=2e-6, err_msg=key)
    for key, values in expected["images"].items():
        # ... and a value that stands at the edge of a rounding may fall to its other side.
        pair = [np.frombuffer(base64.b64decode(text), np.uint8) for text in (found["images"][key], values)]
        equal = np.mean(np.equal(*pair))
        assert equal > 0.998, f"{key}: {equal:.4f} of the values are as recorded"


if __name__ == "__main__":
    found = {name: measured(name) for name in MODELS}
    if RECORD.exists():
        print("to the last digit as recorded before:", found == json.loads(RECORD.read_text()))
    RECORD.write_text(json.dumps(found) + "\n")
