"""What a run knows of its pictures: changes are said, a moved folder is taken, what it learned from is not scored."""

import json
import logging
import shutil

import numpy as np
import pytest
from PIL import Image

import tf_selfvae as sv
from tests.data.test_dataset import dealt
from tests.small import config
from tf_selfvae import data
from tf_selfvae.data.fingerprint import Known, fingerprint
from tf_selfvae.evaluation.images import run_images
from tf_selfvae.evaluation.measure import bound
from tf_selfvae.json_files import read_json, to_json, write_json

SIZE = 16


def save(folder, images, first=0):
    folder.mkdir(exist_ok=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{first + number:03d}.png")


@pytest.fixture
def place(tmp_path):
    save(tmp_path / "pics", dealt(30, 3, 5, SIZE))
    return tmp_path


def load(place, name="pics"):
    return data.load(f"folder:{place / name}", size=SIZE, cache_dir=place / "cache")


def start(place):
    """A run on the folder, with weights that nothing was trained on."""
    run = sv.Run(place / "run")
    run.create(config(), {"seed": 0, "clock": "wall"}, load(place))
    sv.SelfVAE(config()).save(run.model)
    return run


def test_fingerprints_are_of_pictures_not_of_names(place):
    first = fingerprint(load(place))
    shutil.copytree(place / "pics", place / "other")
    (place / "other" / "000.png").rename(place / "other" / "zzz.png")
    assert fingerprint(load(place, "other")) == first
    (place / "other" / "zzz.png").unlink()
    assert fingerprint(load(place, "other")) != first
    assert fingerprint(data.Dataset("fixed", {}, "none")) is None


def test_what_came_and_went_is_said_and_kept(place):
    known = Known(place / "pictures.npz")
    assert "does not know which pictures" in known.changes(load(place))
    known.keep(load(place))
    assert known.changes(load(place)) is None
    before = {row.tobytes() for row in load(place).contents["train"]}
    images = dealt(40, 5, 8, SIZE)[-15:]
    save(place / "pics", images, 500)
    gone = next(
        path
        for path in sorted((place / "pics").iterdir())
        if data.pictures.content(data.pictures.read_picture(path)) in before
    )
    gone.unlink()
    said = Known(place / "pictures.npz").changes(load(place))
    assert "15 pictures came (" in said and "1 picture went" in said
    known.keep(load(place))
    again = Known(place / "pictures.npz")
    assert again.changes(load(place)) is None
    # What went was trained on all the same.
    Image.fromarray(dealt(30, 3, 5, SIZE)[int(gone.stem)]).save(gone)
    assert again.trained_on(load(place), "train").all() and not again.trained_on(load(place), "test").any()


def test_a_damaged_file_is_named(place):
    (place / "pictures.npz").write_bytes(b"PK")
    with pytest.raises(ValueError, match="pictures.npz can't be read.*which pictures were trained on"):
        Known(place / "pictures.npz")


def test_a_run_keeps_where_its_data_is_and_what(place, monkeypatch):
    monkeypatch.chdir(place)
    images = data.load("folder:./pics/", size=SIZE, cache_dir="cache")
    run = sv.Run("run")
    run.create(config(), {"seed": 0, "clock": "wall"}, images)
    settings = run.read_settings()
    assert settings["data"] == f"folder:{place / 'pics'}" and settings["fingerprint"] == fingerprint(images)
    monkeypatch.chdir("/")
    assert sv.Run(place / "run").own_data() == settings["data"]


def test_a_moved_folder_is_taken_when_it_holds_the_same(place, caplog):
    run = start(place)
    shutil.move(place / "pics", place / "moved")
    with pytest.raises(ValueError, match="pics, which the run in .* is trained on, is not there.*--data"):
        run.own_data()
    run.go_on(load(place, "moved"))
    assert run.own_data() == f"folder:{place / 'moved'}" and not caplog.records
    shutil.copytree(place / "moved", place / "less")
    next((place / "less").iterdir()).unlink()
    with pytest.raises(ValueError, match="less' does not hold the same pictures .*1 picture went"):
        run.go_on(load(place, "less"))
    assert run.own_data() == f"folder:{place / 'moved'}"
    # In its own place it may change, with a word.
    next((place / "moved").iterdir()).unlink()
    run.go_on(load(place, "moved"))
    assert "since the run was trained last, 1 picture went in" in caplog.text


def test_pictures_that_were_trained_on_are_left_out_with_a_word(place, caplog):
    run = start(place)
    model = sv.load_model(run.folder)
    images = load(place)
    assert len(run_images(run.folder, model, "test", cache=place / "cache")[1]) == 5 and not caplog.records
    # As a run of another way of dealing would have it: two of today's test pictures were trained on.
    parts = {part: set(map(bytes, digests)) for part, digests in images.contents.items()}
    moved = sorted(parts["test"])[:2]
    np.savez(
        run.pictures,
        **{
            name: np.frombuffer(b"".join(sorted(digests)), np.uint8).reshape(-1, 16)
            for name, digests in {
                "train": parts["train"] | set(moved),
                "validation": parts["validation"],
                "test": parts["test"] - set(moved),
                "earlier": set(),
            }.items()
        },
    )
    with caplog.at_level(logging.WARNING):
        _, found, left_out = run_images(run.folder, model, "test", cache=place / "cache")
    assert left_out == 2 and len(found) == 3
    assert "trained on 2 of the 5 test pictures" in caplog.text and "left out" in caplog.text
    seen = [bytes(row) in moved for row in images.contents["test"]]
    wanted = images.examples("test", 5)[~np.array(seen)]
    np.testing.assert_array_equal(found, wanted)
    result = bound(run.folder, cache=place / "cache")
    assert result["count"] == 3 and result["left_out_as_trained_on"] == 2


def test_a_run_that_does_not_know_says_so(place, caplog):
    run = start(place)
    run.pictures.unlink()
    with caplog.at_level(logging.WARNING):
        run_images(run.folder, sv.load_model(run.folder), "test", cache=place / "cache")
    assert "does not know which pictures it was trained on" in caplog.text


def test_one_image_has_no_standard_error_and_json_no_nan(place):
    run = start(place)
    result = bound(run.folder, limit=1, cache=place / "cache")
    assert result["standard_error"] is None
    (file,) = run.evaluations.glob("bpd-test-1x1*.json")

    def refuse(name):
        raise AssertionError(name)

    assert json.loads(file.read_text(), parse_constant=refuse)["standard_error"] is None


def test_json_files(tmp_path):
    assert to_json({"a": [float("nan"), np.float64("inf"), 1.5], 2: (True, None)}) == (
        '{"a": [null, null, 1.5], "2": [true, null]}'
    )
    write_json(tmp_path / "deep" / "x.json", {"a": float("-inf")})
    assert read_json(tmp_path / "deep" / "x.json", needs=["a"]) == {"a": None}
    (tmp_path / "old.json").write_text('{"a": NaN}')
    assert read_json(tmp_path / "old.json") == {"a": None}
    for content, said in (
        (b"", "got something else"),
        (b"[1]", "an object"),
        (b"\xff", "got something else"),
        (b"{}", "with a,"),
    ):
        (tmp_path / "bad.json").write_bytes(content)
        with pytest.raises(ValueError, match=f"bad.json: .*{said}"):
            read_json(tmp_path / "bad.json", needs=["a"])
    with pytest.raises(ValueError, match="absent.json: can't be read"):
        read_json(tmp_path / "absent.json")


def test_damaged_runs_are_one_sentence(place):
    run = start(place)
    whole = run.model.read_bytes()
    run.model.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="model.keras cannot be loaded as a SelfVAE: it is cut or damaged"):
        bound(run.folder, cache=place / "cache")
    run.model.write_bytes(whole)
    run.settings.write_text("")
    with pytest.raises(ValueError, match="settings.json: expected JSON"):
        bound(run.folder, cache=place / "cache")
    shutil.rmtree(run.evaluations)
    run.evaluations.write_text("in the way")
    with pytest.raises(ValueError, match="evaluations: .*evaluations can't be written"):
        bound(run.folder, data=f"folder:{place / 'pics'}", cache=place / "cache")
