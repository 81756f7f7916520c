"""`selfvae score`: single pictures, where their bits are, and what can't be read."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import tf_selfvae as sv
from tests.small import CONFIGS, config, level, pictures
from tf_selfvae.cli.app import main
from tf_selfvae.evaluation.score import score, score_images

pytestmark = pytest.mark.usefixtures("eager")

MIXED = config([level(), level("bicubic:2", "mixture")], channels=1)


@pytest.mark.parametrize("cfg", [CONFIGS["vae"], MIXED], ids=["vae", "mixed grey"])
def test_terms_are_the_models_and_the_map_adds_up_to_those_of_images(cfg):
    model = sv.SelfVAE(cfg)
    model.compile()
    images = pictures(cfg, 40)
    model.data_init(images[:16])
    terms, maps = score_images(model, images, range(40))
    assert set(terms) == {"bpd", *model.hierarchy.terms.values()} and maps.shape == images.shape[:3]
    np.testing.assert_allclose(sum(terms[t] for t in model.hierarchy.terms.values()), terms["bpd"])
    own = model.evaluate(images, batch_size=40, return_dict=True, verbose=0)
    # Other noise, the same distribution: the terms of images vary by the latents' sample.
    np.testing.assert_allclose(terms["bpd"].mean(), own["bpd"], rtol=0.05)
    bits = sum(terms[f"re_{name}"] for name in model.hierarchy.images) * images[0].size
    np.testing.assert_allclose(maps.sum((1, 2)), bits, rtol=1e-4)
    # A score depends on the picture alone.
    one, _ = score_images(model, images[37:38], [37])
    np.testing.assert_allclose(one["bpd"][0], terms["bpd"][37], rtol=1e-5)


def test_files(tmp_path):
    made = sv.SelfVAE(config([level()]))
    images = pictures(made.config, 30)
    made.data_init(images)
    made.save(tmp_path / "m.keras")
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i, image in enumerate(images[:20]):
        Image.fromarray(image).save(folder / f"{i:02d}.png")
    noise = np.random.default_rng(0).integers(0, 256, [16, 16, 3], np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    (folder / "bad.png").write_bytes(b"\x89PNG")
    arguments = ["score", tmp_path / "m.keras", folder, tmp_path / "noise.png", "-o", tmp_path / "out"]
    result = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0 and "noise.png" in result.output
    found = json.loads((tmp_path / "out" / "scores.json").read_text(), parse_constant=None)
    assert found["pictures"][0]["picture"] == str(tmp_path / "noise.png") and len(found["pictures"]) == 21
    (bad,) = found["unreadable"]
    assert bad["picture"] == str(folder / "bad.png") and "can't be read" in bad["reason"]
    bits = [row["bpd"] for row in found["pictures"]]
    assert bits == sorted(bits, reverse=True)
    rows = list(csv.DictReader((tmp_path / "out" / "scores.csv").open()))
    assert [float(row["re_y1"]) for row in rows] == [row["re_y1"] for row in found["pictures"]]
    assert Image.open(tmp_path / "out" / "scores.png").width > 4 * 96
    # A copy elsewhere has the same score.
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "copy.png").write_bytes((folder / "07.png").read_bytes())
    (copy,) = score(tmp_path / "m.keras", [tmp_path / "one"], tmp_path / "again")["pictures"]
    (whole,) = [row for row in found["pictures"] if row["picture"].endswith("07.png")]
    np.testing.assert_allclose(copy["bpd"], whole["bpd"], rtol=1e-5)


def test_what_can_not_be_scored(tmp_path):
    made = sv.SelfVAE(CONFIGS["vae"])
    made.save(tmp_path / "m.keras")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="pictures: .*empty holds none"):
        score(tmp_path / "m.keras", [tmp_path / "empty"], tmp_path / "out")
    with pytest.raises(ValueError, match="pictures: none can be read .*absent.png"):
        score(tmp_path / "m.keras", [tmp_path / "absent.png"], tmp_path / "out")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="output: expected a folder, got .*file, which is a file"):
        score(tmp_path / "m.keras", [tmp_path / "m.keras"], tmp_path / "file")
