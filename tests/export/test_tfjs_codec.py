"""Compressed pictures in JavaScript: in Node, and on the page in headless Chromium, against Python."""

import base64
import json
import shutil
import struct

import numpy as np
import pytest

import tf_selfvae as sv
from tests.codec.conftest import codec, source  # noqa: F401
from tests.codec.hostile import mutated, photo, stamp
from tf_selfvae.codec import model as codec_model
from tf_selfvae.codec import pictures
from tf_selfvae.errors import UserError
from tf_selfvae.export import tfjs

from .tools import chromium, run_script

RANDOM = np.random.default_rng(0)
SHAPES = {
    "odd": (33, 47, 3),
    "one": (1, 1, 3),
    "line": (1, 50, 3),
    "grey": (21, 40, 1),
    "grey with alpha": (19, 18, 2),
    "with alpha": (40, 23, 4),
    "of two blocks": (18, 520, 3),
}
IMAGES = {name: photo(*shape, seed) for seed, (name, shape) in enumerate(SHAPES.items())}
IMAGES["noise"] = RANDOM.integers(0, 256, [20, 24, 3]).astype(np.uint8)
IMAGES["flat"] = np.full([20, 20, 3], 7, np.uint8)
IMAGES["grey as RGB"] = IMAGES["grey"].repeat(3, -1)


def _text(data):
    return base64.b64encode(bytes(data)).decode()


def _rgba(image):
    """Red, green, blue and alpha of an array of `decompress`."""
    colour, alpha = (image, None) if image.shape[-1] % 2 else (image[..., :-1], image[..., -1:])
    alpha = np.full_like(colour[..., :1], 255) if alpha is None else alpha
    return np.concatenate([colour if colour.shape[-1] == 3 else colour.repeat(3, -1), alpha], -1)


def _pixels(step):
    return np.frombuffer(base64.b64decode(step["pixels"]), np.uint8).reshape(step["height"], step["width"], 4)


@pytest.fixture(scope="module")
def model(codec, tmp_path_factory):  # noqa: F811
    path = tmp_path_factory.mktemp("model") / "tiny-1.svcm"
    codec.save(path)
    return path


@pytest.fixture(scope="module")
def files(model):
    """Of what is whole, {name: bytes}; of one of them, {what is wrong: bytes}; and some that were changed at random."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "stored", lambda picture, size: None)
        whole = {name: sv.codec.compress(image, model=model) for name, image in IMAGES.items()}
        half = sv.codec.compress(IMAGES["odd"], model=model, quality=1 / 2)
    data = whole["odd"]
    wrong = {
        "cut": data[:-200],
        "no checksum of its pixels": data[:-4],
        "other pixels": data[:-1] + bytes([data[-1] ^ 1]),
        "head": data[:6] + bytes([data[6] ^ 1]) + data[7:],
        "first section": data[:60] + bytes([data[60] ^ 1]) + data[61:],
        "another file": b"PNG" + data,
        "archive": sv.codec.compress([IMAGES["one"]], model=model),
        "stored": sv.codec.compress(np.zeros([300, 300, 3], np.uint8), model=model),
        "half": half,
    }
    changed = [mutated(whole["with alpha"], RANDOM, whole["grey with alpha"]) for _ in range(24)]
    for one in changed[::2]:
        stamp(one)
    return whole, wrong, changed


@pytest.fixture(scope="module")
def decoded(model, files, tmp_path_factory):
    """What Node makes of the files, of codec models that are none, and of a file whose model is missing."""
    whole, wrong, changed = files
    data = model.read_bytes()
    (length,) = struct.unpack("<I", data[5:9])
    header = json.loads(data[9 : 9 + length])
    header["answer"] ^= 1
    text = json.dumps(header).encode()
    outputs = data[: -header["levels"][-1]["mixtures"] * 10 - 3]  # into the last biases
    models = {
        "inexactly": data[:5] + struct.pack("<I", len(text)) + text + data[9 + length :],
        "could reach 2^24": outputs + b"\x7f" * (len(data) - len(outputs)),
        "bytes behind its header": data[:-1],
        "its header is cut off or damaged": data[:40],
        "expected a .svcm file": b"SVCM\x02" + data[5:],
    }
    every = [*whole.values(), *wrong.values(), *changed]
    requests = {"model": _text(data), "files": list(map(_text, every)), "wrong": list(map(_text, models.values()))}
    answers = run_script("codec.mjs", requests=requests, folder=tmp_path_factory.mktemp("codec"))
    found = iter(answers["decoded"])
    parts = [{name: next(found) for name in part} for part in (whole, wrong, range(len(changed)))]
    return answers, *parts, dict(zip(models, answers["refused"]))


@pytest.mark.parametrize("name", IMAGES)
def test_every_size_of_a_picture_is_pythons(decoded, files, model, name):
    answer, data = decoded[1][name], files[0][name]
    assert answer["error"] is None
    steps = answer["steps"]
    assert [step["level"] for step in steps] == list(range(len(steps)))[::-1]
    assert [step["checked"] for step in steps] == [False] * (len(steps) - 1) + [True]
    for step in steps:
        expected = sv.codec.decompress(data, level=step["level"], model=model)
        np.testing.assert_array_equal(_pixels(step), _rgba(expected))
        assert step["problem"] is None and step["size"] == list(IMAGES[name].shape[1::-1])
    np.testing.assert_array_equal(_pixels(steps[-1]), _rgba(IMAGES[name]))


def test_what_is_wrong_with_a_file_is_said(decoded, files, model):
    wrong = decoded[2]
    cut = wrong["cut"]["steps"]
    assert [step["level"] for step in cut] == [2, 1] and wrong["cut"]["error"] is None
    assert cut[-1]["problem"].startswith("the file ends ") and not cut[-1]["checked"]
    np.testing.assert_array_equal(_pixels(cut[-1]), _rgba(sv.codec.decompress(files[1]["cut"], model=model)))
    last = wrong["no checksum of its pixels"]["steps"][-1]
    assert (last["level"], last["checked"], last["problem"]) == (0, False, "the file ends 4 bytes early")
    assert [step["level"] for step in wrong["other pixels"]["steps"]] == [2, 1]
    assert wrong["other pixels"]["error"].startswith("its pixels are not those that were put in")
    half = wrong["half"]["steps"][-1]
    assert half["level"] == 1 and half["checked"] and "left to the model" in half["problem"]
    assert "only a browser reads" in wrong["stored"]["error"]
    assert wrong["another file"]["error"] == "expected a .svae file, got another file"
    assert wrong["archive"]["error"] == "expected a .svae file, got an archive of many"
    for name in ("head", "first section"):
        assert not wrong[name]["steps"]
        with pytest.raises(UserError) as error:
            sv.codec.decompress(files[1][name], model=model)
        assert wrong[name]["error"] in str(error.value)


def test_files_that_were_changed_are_refused_or_read_as_in_python(decoded, files, model):
    read = 0
    for data, answer in zip(files[2], decoded[3].values(), strict=True):
        try:
            expected = sv.codec.decompress(bytes(data), model=model, most=1 << 20)
        except UserError:
            assert answer["error"]
            continue
        last = answer["steps"][-1]
        if "left to the model" not in (last["problem"] or ""):
            np.testing.assert_array_equal(_pixels(last), _rgba(expected))
            read += 1
    assert 0 < read < len(files[2])


def test_a_codec_model_is_checked_before_it_decodes(decoded, codec):  # noqa: F811
    answers, *_, refused = decoded
    digest = codec.hash.hex()
    assert answers["hash"] == digest
    assert answers["missing"] == f"the file needs the codec model tiny-1 ({digest}): give its .svcm file first"
    for reason, message in refused.items():
        assert reason in message and message.startswith("codec model: ")


@pytest.fixture(scope="module")
def seen(site, codec, model, tmp_path_factory):  # noqa: F811
    """What a page shows that comes with one codec model, and is given another one."""
    folder = shutil.copytree(site("reversible"), tmp_path_factory.mktemp("codec") / "site")
    shutil.rmtree(folder / "codec")
    own = codec_model.CodecModel("mine", codec.image, codec.networks, codec.tables)
    image = IMAGES["odd"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec_model, "_FOLDER", model.parent)
        tfjs._write_codec_models(folder / "codec")
        stored = sv.codec.compress(np.tile(image[:8, :8], [40, 40, 1]))
        patch.setattr(pictures, "stored", lambda picture, size: None)
        released = sv.codec.compress(image)
        other = sv.codec.compress(image[:, ::-1], model=own)
    requests = [
        [("photo.svae", released)],
        [("other.svae", other)],
        [("mine.svcm", own.to_bytes()), ("other.svae", other)],
        [("cut.svae", released[:-200])],
        [("changed.svae", released[:-1] + b"?")],
        [("stored.svae", stored)],
    ]
    requests = [[(name, _text(data)) for name, data in files] for files in requests]
    found = run_script("compressed.mjs", chromium(), folder, requests=requests, folder=tmp_path_factory.mktemp("seen"))
    return found, codec, own


def _canvas(one):
    return np.array(one["data"], np.uint8).reshape(one["height"], one["width"], 4)


def test_the_page_shows_a_picture_coarse_to_fine(seen):
    found, codec, _ = seen  # noqa: F811
    photo, image = found["seen"][0], IMAGES["odd"]
    assert photo["shown"] and photo["error"] == "" and found["errors"] == []
    assert photo["sizes"] == [[12, 9], [24, 17], [47, 33]]
    np.testing.assert_array_equal(_canvas(photo), _rgba(image))
    assert photo["caption"].startswith("47x33: every pixel checked (wasm")
    assert photo["timing"].startswith("photo.svae: ") and photo["timing"].endswith(" ms")
    assert found["isolated"]  # a worker starts there, too
    # Codec models are fetched when a picture needs one.
    assert not any("/codec/" in path for path in found["before"])
    assert [path for path in found["after"] if path == "/codec/tiny-1.svcm"] == ["/codec/tiny-1.svcm"]


def test_the_page_takes_a_codec_model_of_ones_own(seen):
    found, _, own = seen
    missing, given = found["seen"][1:3]
    hint = "give its .svcm file first"
    assert missing["error"] == f"other.svae: the file needs the codec model mine ({own.hash.hex()}): {hint}"
    assert not missing["shown"]
    np.testing.assert_array_equal(_canvas(given), _rgba(IMAGES["odd"][:, ::-1]))
    assert given["error"] == "" and "every pixel checked" in given["caption"]


def test_the_page_says_what_is_wrong_with_a_file(seen):
    cut, changed, stored = seen[0]["seen"][3:]
    assert cut["sizes"][-1] == [24, 17] and cut["error"] == ""
    assert cut["caption"].startswith("24x17 of 47x33: the file ends ")
    assert changed["error"].startswith("changed.svae: its pixels are not those that were put in")
    assert stored["caption"].startswith("320x320: every pixel checked")
    np.testing.assert_array_equal(_canvas(stored), _rgba(np.tile(IMAGES["odd"][:8, :8], [40, 40, 1])))


def test_an_exported_page_brings_the_packages_codec_models(site):
    listed = json.loads((site("reversible") / "codec" / "models.json").read_text())
    assert [entry["name"] for entry in listed] == codec_model.released()
    for entry in listed:
        data = (site("reversible") / "codec" / f"{entry['name']}.svcm").read_bytes()
        assert codec_model.CodecModel.from_bytes(data).hash.hex() == entry["hash"]
