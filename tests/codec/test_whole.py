"""Files of the networks' own ladder, written here and read in another process under other settings."""

import io
import json
import subprocess

import numpy as np
import pytest
from PIL import Image

import tf_selfvae as sv
from tests.codec.hostile import photo
from tf_selfvae.codec import index
from tf_selfvae.errors import Damaged, UserError
from tf_selfvae.transforms import haar_split

pytestmark = pytest.mark.usefixtures("no_other_format")
SHAPES = [(36, 40, 3), (36, 40, 3), (17, 5, 2), (1, 1, 1)]
IMAGES = [photo(*shape, seed) for seed, shape in enumerate(SHAPES)]


@pytest.fixture(scope="module")
def model(codec, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "own.svcm"
    codec.save(path)
    return path


def test_pictures_come_back(model):
    alone = [sv.codec.compress(image, model=model) for image in IMAGES]
    for data, image in zip(alone, IMAGES):
        assert np.array_equal(sv.codec.decompress(data, model=model), image)
    together = sv.codec.compress(IMAGES, model=model)
    found = sv.codec.decompress(together, model=model)
    assert all(np.array_equal(a, b) for a, b in zip(found, IMAGES))
    assert len(together) < sum(map(len, alone))
    # In a batch or alone: the same payloads, before the last two checksums.
    entries = index.Index(io.BytesIO(together), "").entries
    for data, (begin, length) in zip(alone[:2], entries.values()):
        assert data[-48:-8] == together[begin : begin + length][-48:-8]


def test_a_level_is_the_lifting_s(model):
    data = sv.codec.compress(IMAGES[0], model=model)
    half = haar_split(IMAGES[0][None])[0].numpy().astype(np.uint8)
    quarter = haar_split(half)[0].numpy().astype(np.uint8)
    for level, image in ((1, half), (2, quarter)):
        assert np.array_equal(sv.codec.decompress(data, level=level, model=model), image[0])
    drawn = sv.codec.compress(IMAGES[0], model=model, quality=1 / 2, fill="sample")
    assert np.array_equal(sv.codec.decompress(drawn, level=1, model=model), half[0])
    assert sv.codec.decompress(drawn, model=model).shape == IMAGES[0].shape


def test_another_process_decodes_the_same_pixels(model, tmp_path):
    (tmp_path / "in").mkdir()
    for i, image in enumerate(IMAGES):
        Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(tmp_path / "in" / f"{i}.png")
    path, _, _ = sv.codec.compress_files(tmp_path / "in", tmp_path / "a.svar", model=model, verified=True)
    assert sv.codec.info(path)["names"] == [f"{i}.png" for i in range(len(IMAGES))]


@pytest.mark.parametrize("status, said", [(0, json.dumps({"": "another"})), (3, "its pixels are others"), (1, "")])
def test_what_another_process_decodes_to_else_is_not_written(status, said, model, tmp_path, monkeypatch):
    def run(command, **_):
        return subprocess.CompletedProcess(command, status, said, "a fault")

    monkeypatch.setattr(subprocess, "run", run)
    Image.fromarray(IMAGES[2]).save(tmp_path / "a.png")
    with pytest.raises(Damaged, match="^verify: "):
        sv.codec.compress_files(tmp_path / "a.png", model=model, verified=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    monkeypatch.undo()
    path, _, _ = sv.codec.compress_files([tmp_path / "a.png", tmp_path], tmp_path / "a.svar", model=model)
    before = path.read_bytes()
    monkeypatch.setattr(subprocess, "run", run)
    Image.fromarray(IMAGES[3][..., 0]).save(tmp_path / "b.png")
    with pytest.raises(Damaged, match="^verify: "):
        sv.codec.compress_files(tmp_path / "b.png", path, model=model, append=True, verified=True)
    assert path.read_bytes() == before


def test_an_archive_brings_its_model(model, tmp_path):
    Image.fromarray(IMAGES[0]).save(tmp_path / "a.png")
    path, _, _ = sv.codec.compress_files([tmp_path], tmp_path / "a.svar", model=model, embed=True)
    assert np.array_equal(sv.codec.Archive(path).read("a.png"), IMAGES[0])
    with pytest.raises(UserError, match="needs the codec model tiny-1 .*hand in its .svcm"):
        sv.codec.decompress(sv.codec.compress(IMAGES[0], model=model))
    changed = path.read_bytes().replace(b'"tiny-1"', b'"tiny-2"')
    with pytest.raises(Damaged, match="the codec model in it was changed"):
        sv.codec.Archive(io.BytesIO(changed))
