"""Compressed pictures in JavaScript: in Node, and on the page in headless Chromium, against Python."""

import base64
import hashlib
import io
import json
import struct

import numpy as np
import PIL.Image
import pytest

import tf_selfvae as sv
from tests.codec.conformance import FOLDER
from tests.codec.conftest import codec, source  # noqa: F401
from tests.codec.hostile import mutated, photo, stamp
from tf_selfvae.codec import file as container
from tf_selfvae.codec import model as codec_model
from tf_selfvae.codec import pictures
from tf_selfvae.errors import UserError

from .tools import chromium, run_script

RANDOM = np.random.default_rng(0)
SHAPES = {
    "odd": (33, 47, 3),
    "one": (1, 1, 3),
    "grey": (21, 40, 1),
    "grey with alpha": (19, 18, 2),
    "with alpha": (40, 23, 4),
}
# All but a large one, which takes as long as the others together.
CONFORMANCE = sorted(path for path in FOLDER.glob("*.svae") if path.stem not in ("rgb-270x300", "rgb-64x64-level-1"))
IMAGES = {name: photo(*shape, seed) for seed, (name, shape) in enumerate(SHAPES.items())}
IMAGES["of two blocks"] = RANDOM.integers(100, 130, [18, 540, 3]).astype(np.uint8)
IMAGES["noise"] = RANDOM.integers(0, 256, [20, 24, 3]).astype(np.uint8)
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
    head, needs, rest = container.read_header(io.BytesIO(data))
    record = container.read(rest, head, 3)
    record.colour[1] += 3 * b"more"
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
        "longer payload": container.write_file(record, needs),
    }
    changed = [mutated(whole["with alpha"], RANDOM, whole["grey with alpha"]) for _ in range(16)]
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

    def claiming(**changes):
        text = json.dumps({**header, **changes}).encode()
        return data[:5] + struct.pack("<I", len(text)) + text + data[9 + length :]

    def with_number(place, number):
        place += 9 + length
        return data[:place] + struct.pack("<i", number) + data[place + 4 :]

    shifts = len(data) - 10 * header["levels"][-1]["mixtures"]  # the last numbers, behind the biases
    many = {"channels": 1, "width": 1, "trunk": 64, "band": 64, "mixtures": 1, "phases": 16}
    models = {
        "inexactly": claiming(answer=header["answer"] ^ 1),
        "expected at most 1024 convolutions, got 50944": claiming(levels=[many] * 8),
        "header is cut off or damaged": claiming(image=[8, 10**9]),
        "a shift of part": data[:-1] + bytes([140]),
        "its table logistic leaves its range": with_number(4 * 2048, 2**26 + 1),
        "no distribution functions": with_number(4 * 1024, 0),
        "its table exponential doesn't begin at 1": with_number(4 * 2049, 2**14 - 1),
        "could reach 2^24": data[: shifts - 3] + 3 * b"\x7f" + data[shifts:],
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
    for name, sizes in (("head", 0), ("first section", 0), ("longer payload", 1)):
        assert len(wrong[name]["steps"]) == sizes
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
def seen(site, model, files, tmp_path_factory):
    """What a page shows of the conformance files, of those of a codec model that it lacks, and of others."""
    whole, wrong, _ = files
    requests = [[(path.name, path.read_bytes())] for path in CONFORMANCE]
    requests += [
        [("own.svae", whole["odd"])],
        [("tiny-1.svcm", model.read_bytes()), ("own.svae", whole["odd"])],
        [("changed.svae", wrong["other pixels"])],
        [("many.svar", wrong["archive"])],
    ]
    requests = [[(name, _text(data)) for name, data in given] for given in requests]
    folder = tmp_path_factory.mktemp("seen")
    return run_script("compressed.mjs", chromium(), site("reversible"), requests=requests, folder=folder)


def _canvas(one):
    return np.array(one["data"], np.uint8).reshape(one["height"], one["width"], 4)


def test_the_page_shows_the_conformance_files_coarse_to_fine(seen):
    assert seen["errors"] == [] and seen["isolated"]  # a worker starts there, too
    for path, one in zip(CONFORMANCE, seen["seen"]):
        expected = np.asarray(PIL.Image.open(path.with_suffix(".png")))
        expected = expected[..., None] if expected.ndim == 2 else expected
        assert one["shown"] and one["error"] == "", path.name
        assert one["timing"].startswith(f"{path.name}: ") and one["timing"].endswith(" ms")
        sizes = np.array(one["sizes"])
        assert (sizes[:-1] == -(-sizes[1:] // 2)).all(), path.name
        if path.stem.startswith("lossy"):
            level = int(np.log2(64 // one["width"]))
            expected = sv.codec.decompress(path, level=level)
            assert level and "left to the model" in one["caption"], path.name
        if path.stem == "rgb-64x64-cut":
            assert one["caption"].startswith("32x32 of 64x64: the file ends "), path.name
        else:
            assert "every pixel checked" in one["caption"] and "wasm" in one["caption"], path.name
        assert (one["height"], one["width"]) == expected.shape[:2], path.name
        if expected.shape[-1] % 2:  # what is transparent a canvas keeps roughly
            np.testing.assert_array_equal(_canvas(one), _rgba(expected), path.name)
    assert seen["seen"][CONFORMANCE.index(FOLDER / "rgb-64x64.svae")]["sizes"] == [[16, 16], [32, 32], [64, 64]]


def test_the_page_loads_a_codec_model_when_a_picture_needs_it(seen):
    assert not any("/codec/" in path for path in seen["before"])
    assert [path for path in seen["after"] if path.endswith(".svcm")] == ["/codec/imagenette64-1.svcm"]


def test_the_page_takes_a_codec_model_of_ones_own(seen, codec):  # noqa: F811
    missing, given = seen["seen"][len(CONFORMANCE) :][:2]
    hint = "give its .svcm file first"
    assert missing["error"] == f"own.svae: the file needs the codec model tiny-1 ({codec.hash.hex()}): {hint}"
    assert not missing["shown"]
    np.testing.assert_array_equal(_canvas(given), _rgba(IMAGES["odd"]))
    assert given["error"] == "" and given["caption"].startswith("47x33: every pixel checked")


def test_the_page_says_what_is_wrong_with_a_file(seen):
    changed, many = seen["seen"][-2:]
    assert changed["error"].startswith("changed.svae: its pixels are not those that were put in")
    assert many["error"] == "many.svar: expected a .svae file, got an archive of many"


def test_an_exported_page_brings_the_packages_codec_models(site):
    listed = json.loads((site("reversible") / "codec" / "models.json").read_text())
    assert [entry["name"] for entry in listed] == codec_model.released()
    for entry in listed:
        data = (site("reversible") / "codec" / f"{entry['name']}.svcm").read_bytes()
        assert hashlib.sha256(data).hexdigest()[:16] == entry["hash"]
