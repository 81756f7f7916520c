"""`selfvae compress`, `decompress` and `info`, from outside."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import tf_selfvae as sv
from tests.codec.hostile import photo
from tf_selfvae.cli.app import main

pytestmark = pytest.mark.usefixtures("double", "no_other_format")
IMAGES = [photo(40, 33, 3, 0), photo(40, 33, 4, 1), photo(9, 5, 1, 2), photo(64, 64, 3, 3)]
NAMES = ["a.png", "b.png", "deep/a.png", "deep/er/c.webp"]


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def does(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def fails(*arguments):
    result = run(*arguments)
    assert result.exit_code != 0 and "Traceback" not in result.output
    return " ".join(result.output.split())


def pixels(path):
    with Image.open(path) as image:
        array = np.asarray(image)
    return array[..., None] if array.ndim == 2 else array


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    for name, image in zip(NAMES, IMAGES):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.squeeze()).save(folder / name, **{"lossless": True} if "webp" in name else {})
    return folder


def test_a_picture_goes_and_comes_back(folder):
    source = folder / "b.png"
    output = does("compress", source)
    assert f"wrote {folder / 'b.svae'}: {source.stat().st_size:,} bytes became" in output
    source.unlink()
    assert does("decompress", folder / "b.svae") == f"wrote {source}\n"
    assert np.array_equal(pixels(source), IMAGES[1])
    assert "expected a new name, got" in fails("decompress", folder / "b.svae")
    does("decompress", folder / "b.svae", "-o", folder / "new" / "half.webp", "--level", 1)
    assert np.array_equal(pixels(folder / "new" / "half.webp"), IMAGES[1][::2, ::2])
    assert "ending in .png, .webp, .tif, .tiff" in fails("decompress", folder / "b.svae", "-o", folder / "b.jpg")
    shown = does("info", folder / "b.svae")
    assert "width:       33" in shown and "mode:        RGBA" in shown and "stored:      no" in shown


def test_a_folder_goes_and_comes_back(folder, tmp_path):
    output = does("compress", folder)
    assert f"wrote {tmp_path / 'in.svar'}: " in output
    does("decompress", tmp_path / "in.svar", "-o", tmp_path / "out")
    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert found == ["a.png", "b.png", "deep/a.png", "deep/er/c.png"]
    for name, image in zip(found, IMAGES):
        assert np.array_equal(pixels(tmp_path / "out" / name), image)
    shown = does("info", tmp_path / "in.svar")
    assert "pictures:    4" in shown and shown.endswith("".join(f"  {name}\n" for name in NAMES))
    does("decompress", tmp_path / "in.svar", "deep/er/c.webp", "-o", tmp_path / "one.tif")
    assert np.array_equal(pixels(tmp_path / "one.tif"), IMAGES[3])
    assert "name: expected a picture of" in fails("decompress", tmp_path / "in.svar", "absent")


def test_what_is_compressed_stays_out_of_an_archive(folder, monkeypatch, caplog):
    does("compress", folder / "a.png")
    monkeypatch.chdir(folder)
    does("compress", ".")
    assert sv.codec.info(folder.parent / "in.svar")["names"] == NAMES
    assert "left out in .: 1 compressed" in caplog.text


def test_nothing_is_written_over_unasked(folder, tmp_path):
    does("compress", folder, "-o", tmp_path / "a.svar")
    before = (tmp_path / "a.svar").read_bytes()
    assert "which exists; --overwrite lets it go" in fails("compress", folder / "deep", "-o", tmp_path / "a.svar")
    assert "which exists; --overwrite lets it go" in fails("decompress", tmp_path / "a.svar", "-o", folder)
    assert (tmp_path / "a.svar").read_bytes() == before
    assert sorted(p.name for p in folder.rglob("*.*")) == ["a.png", "a.png", "b.png", "c.webp"]
    does("compress", folder / "deep", "-o", tmp_path / "a.svar", "--overwrite")
    assert sv.codec.info(tmp_path / "a.svar")["names"] == ["a.png", "er/c.webp"]


def test_pictures_are_put_in_later(folder, tmp_path):
    path = tmp_path / "a.svar"
    assert "an archive to put pictures in" in fails("compress", folder / "a.png", "-o", path, "--append")
    does("compress", folder / "deep", "-o", path)
    does("compress", folder / "a.png", folder / "b.png", "-o", tmp_path / "two.svar")
    assert sv.codec.info(tmp_path / "two.svar")["names"] == ["a.png", "b.png"]
    before = path.read_bytes()
    assert "names that" in fails("compress", folder / "a.png", folder / "b.png", "-o", path, "--append")
    assert path.read_bytes() == before
    does("compress", folder / "b.png", "-o", path, "--append")
    assert sv.codec.info(path)["names"] == ["a.png", "er/c.webp", "b.png"]
    assert np.array_equal(sv.codec.Archive(path).read("b.png"), IMAGES[1])


def test_what_can_not_be_put_in_is_told_and_the_others_are_there(folder, tmp_path):
    Image.fromarray(np.zeros([9, 9], np.uint16)).save(folder / "deep.png")
    output = fails("compress", folder, "-o", tmp_path / "a.svar")
    assert "1 picture of 5 could not be put in" in output and "deep.png can't be compressed" in output
    assert sv.codec.info(tmp_path / "a.svar")["names"] == NAMES


def test_a_damaged_picture_of_many_is_told_and_the_others_are_there(folder, tmp_path):
    path = tmp_path / "a.svar"
    does("compress", folder, "-o", path)
    begin, _ = sv.codec.Archive(path).index.entries["b.png"]
    data = bytearray(path.read_bytes())
    data[begin + 12] ^= 1
    path.write_bytes(data)
    output = fails("decompress", path, "-o", tmp_path / "out")
    assert "1 picture of 4 could not be decompressed: " in output and "b.png: the section of level" in output
    assert sorted(p.name for p in (tmp_path / "out").rglob("*.*")) == ["a.png", "a.png", "c.png"]


def test_a_cut_picture_is_told_or_refused(folder, tmp_path, caplog):
    does("compress", folder / "a.png", "-o", tmp_path / "a.svae")
    (tmp_path / "a.svae").write_bytes((tmp_path / "a.svae").read_bytes()[:-9])
    assert "the file ends" in fails("decompress", tmp_path / "a.svae", "--strict")
    assert not (tmp_path / "a.png").exists()
    does("decompress", tmp_path / "a.svae")
    assert "it is given at level 1, 17x20" in caplog.text
    assert np.array_equal(pixels(tmp_path / "a.png"), IMAGES[0][::2, ::2])


def test_quality(folder, tmp_path):
    does("compress", folder / "a.png", "-o", tmp_path / "half.svae", "--quality", "1/2", "--fill", "sample")
    assert "left out:    1" in does("info", tmp_path / "half.svae")
    assert "1, 1/2, 1/4, ..., got 'fine'" in fails("compress", folder / "a.png", "--quality", "fine")
    assert "quality: expected 1, 1/2, 1/4, ..., got 0.3" in fails("compress", folder / "a.png", "--quality", "0.3")
    assert "verify: expected a quality of 1" in fails("compress", folder / "a.png", "--quality", "1/2", "--verify")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["compress", "{}/absent.png"], "image: {}/absent.png can't be read as a picture (it is not a file)"),
        (["compress", "{}/a.png", "-o", "{}/x.png"], "--output: expected a name ending in .svae, .svar, got"),
        (["compress", "{}/a.png", "-o", "{}/x.svar"], "output: expected a name ending in .svae, got"),
        (["compress", "{}", "-o", "{}/x.svae"], "output: expected a name ending in .svar, got"),
        (["compress", "{}/a.png", "--model", "absent"], "model: expected a codec model, got absent"),
        (["compress", "{}/a.png", "{}/b.png"], "output: expected a name for the archive of several pictures"),
        (["compress", "{}", "--embed-model"], "embed: expected a new archive and the file of a codec model"),
        (["decompress", "{}/a.png"], "data: expected a .svae or .svar file, got {}/a.png, which is another file"),
        (["info", "{}/absent.svae"], "data: expected a .svae or .svar file, got {}/absent.svae, which is no file"),
    ],
)  # fmt: skip
def test_mistakes(folder, arguments, said):
    before = sorted(folder.rglob("*"))
    assert said.replace("{}", str(folder)) in fails(*(one.replace("{}", str(folder)) for one in arguments))
    assert sorted(folder.rglob("*")) == before
