"""Many pictures in one file: each found alone, harmed alone, and never lost by what is put in later."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies

import tf_selfvae as sv
from tests.codec.test_file import PHOTO, Counting
from tf_selfvae.codec import archive, coding, names, pictures
from tf_selfvae.errors import Damaged, UserError

pytestmark = pytest.mark.usefixtures("double", "no_other_format")
ROOT = Path(__file__).parents[2]
MANY = [PHOTO[i:, : 40 + i, :c] for i, c in ((0, 3), (7, 1), (0, 3), (30, 4), (0, 3))]
NAMES = ["a.png", "b/c.png", "\u00fc.jpg", "d", "e.png"]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "set.svar"
    path.write_bytes(sv.codec.compress(MANY, names=NAMES))
    return path


def append(path, images):
    with archive.appending(path) as (reader, writer):
        many = [pictures.from_array(image) for image in images.values()]
        for name, record in zip(images, coding.encode(many, reader.model)):
            writer.add(name, record)


def test_each_is_found_by_its_name(path):
    with sv.codec.Archive(path) as found:
        assert found.names == NAMES and len(found) == 5 and "d" in found and "f" not in found
        for name, image in reversed(list(zip(NAMES, MANY))):
            assert np.array_equal(found.read(name), image)
            assert np.array_equal(found.read(name, level=1), image[::2, ::2])
        with pytest.raises(UserError, match="name: expected a picture of .*set.svar, which has 5, got 'f'"):
            found.read("f")
    assert sv.codec.info(path)["names"] == NAMES


def test_one_of_many_is_read_without_the_others():
    images = np.stack([np.roll(PHOTO, i, 0) for i in range(32)])
    file = Counting(sv.codec.compress(images))
    found = sv.codec.Archive(file)
    assert file.count < 1000
    assert np.array_equal(found.read("17"), images[17])
    assert file.count < len(file.getvalue()) / 16


def test_an_archive_is_smaller_than_its_pictures_alone():
    images = np.stack([np.roll(PHOTO[..., :3], i, 0) for i in range(64)])
    alone = sum(len(sv.codec.compress(image)) for image in images)
    assert len(sv.codec.compress(images)) < alone - 10 * len(images)


def test_a_damaged_picture_harms_no_other(path):
    data = bytearray(path.read_bytes())
    begin, _ = sv.codec.Archive(path).index.entries["b/c.png"]
    data[begin + 12] ^= 1
    found = sv.codec.Archive(io.BytesIO(data))
    with pytest.raises(Damaged, match="archive: b/c.png: the section of level 2 was changed"):
        found.read("b/c.png")
    for name, image in zip(NAMES, MANY):
        if name != "b/c.png":
            assert np.array_equal(found.read(name, strict=True), image)
    assert [name for name, _, picture in found.decode() if isinstance(picture, UserError)] == ["b/c.png"]


def test_what_decodes_to_nothing_harms_no_other_of_its_batch(monkeypatch):
    images = np.stack([PHOTO] * 4)
    data = sv.codec.compress(images)
    found = sv.codec.Archive(io.BytesIO(data))
    records = [found.record(name) for name in found.names]
    records[1].colour[-1] = b"no ladder"
    made = coding.decode(records, [found.model] * 4)
    assert isinstance(made[1], Damaged) and all(np.array_equal(made[i].to_array(), PHOTO) for i in (0, 2, 3))


def test_appending_keeps_all_that_was_there(path):
    before = path.read_bytes()
    for i in range(3):
        append(path, {f"new{i}": PHOTO[i:]})
    assert path.read_bytes().startswith(before)
    with sv.codec.Archive(path) as found:
        assert found.names == [*NAMES, "new0", "new1", "new2"] and found.problem is None
        for name, image in zip(found.names, [*MANY, PHOTO, PHOTO[1:], PHOTO[2:]]):
            assert np.array_equal(found.read(name), image)
    with pytest.raises(UserError, match="expected one that the archive does not have, got 'new1'"):
        append(path, {"new1": PHOTO})
    assert sv.codec.Archive(path).names[5:] == ["new0", "new1", "new2"]


def test_an_append_that_ends_early_loses_nothing(path, caplog):
    before = path.read_bytes()
    append(path, {"new": PHOTO})
    after = path.read_bytes()
    for end in [*range(len(before) + 1, len(after), 211), *range(len(after) - 40, len(after))]:
        found = sv.codec.Archive(io.BytesIO(after[:end]))
        assert found.names == NAMES and "what was last put in may be missing" in found.problem
        assert np.array_equal(found.read("e.png"), MANY[4])
    path.write_bytes(after[:-5])
    append(path, {"newer": PHOTO})
    found = sv.codec.Archive(path)
    assert found.names == [*NAMES, "newer"] and found.problem is None and np.array_equal(found.read("newer"), PHOTO)


def test_a_failed_append_leaves_the_file_as_it_was(path):
    before = path.read_bytes()
    with pytest.raises(OSError, match="no more"), archive.appending(path) as (_, writer):
        writer._file.write(b"half a picture")
        raise OSError("no more")
    assert path.read_bytes() == before


_KILLED = """
import os, signal, sys
from tests.codec import double
double.install()
from tf_selfvae.codec import archive, coding, pictures
from tests.codec.test_file import PHOTO
with archive.appending(sys.argv[1]) as (reader, writer):
    for i in range(9):
        writer.add(f"new{i}", coding.encode([pictures.from_array(PHOTO)], reader.model)[0])
    writer._file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_append_loses_nothing_and_locks_nothing(path):
    before = path.stat().st_size
    subprocess.run([sys.executable, "-c", _KILLED, path], cwd=ROOT)
    assert path.stat().st_size > before
    append(path, {"new": PHOTO})
    found = sv.codec.Archive(path)
    assert found.names == [*NAMES, "new"] and np.array_equal(found.read("a.png"), MANY[0])


def test_two_do_not_append_at_once(path):
    with archive.appending(path), pytest.raises(UserError, match="another process is writing"):
        append(path, {"new": PHOTO})


def test_a_changed_index_is_noticed(path):
    data = path.read_bytes()
    for place in range(len(data) - 100, len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x40
        try:
            found = sv.codec.Archive(io.BytesIO(changed))
        except Damaged:
            continue
        assert place < sum(found.index.entries["e.png"])  # a picture's byte


def test_an_archive_cut_before_its_index_is_refused(path):
    with pytest.raises(Damaged, match="its index is missing"):
        sv.codec.Archive(io.BytesIO(path.read_bytes()[:-1]))


def test_many_false_ends_cost_little(path):
    counting = Counting(path.read_bytes() + (b"\0" * 28 + b"\x8bSVX") * 20000)
    with pytest.raises(Damaged):
        sv.codec.Archive(counting)
    assert counting.count < 20 * len(counting.getvalue())


def test_it_brings_its_own_model(tmp_path):
    from PIL import Image

    model = tmp_path / "own.svcm"
    model.write_bytes(b"\x37of mine")
    (tmp_path / "in").mkdir()
    for i in range(2):
        Image.fromarray(PHOTO[i:]).save(tmp_path / "in" / f"{i}.png")
    for embed in (False, True):
        path = tmp_path / f"{embed}.svar"
        sv.codec.compress_files(tmp_path / "in", path, model=model, embed=embed)
        assert np.array_equal(sv.codec.Archive(path, model).read("1.png"), PHOTO[1:])
    assert np.array_equal(sv.codec.Archive(path).read("0.png"), PHOTO)
    with pytest.raises(UserError, match="needs the codec model mine"):
        sv.codec.Archive(tmp_path / "False.svar").read("0.png")
    other = path.read_bytes().replace(b"\x37of mine", b"\x37of ours", 1)
    with pytest.raises(UserError):
        sv.codec.Archive(io.BytesIO(other)).read("0.png")


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\a.png",
    "\\\\host\\a",
    "a/./../b",
    "con.png",
    "LPT1",
    "..",
    "",
    "a\0b",
]


@given(
    strategies.lists(strategies.one_of(strategies.sampled_from([*HOSTILE, "a", "A.jpg", "a.png/b"]), strategies.text()))
)
@settings(max_examples=200, deadline=None)
def test_names_lead_nowhere_else(given):
    found = names.on_disk(given, ".png")
    assert len({path.as_posix().casefold() for path in found}) == len(given)
    folders = {folder.as_posix().casefold() for path in found for folder in path.parents}
    for path in found:
        assert not path.is_absolute() and ".." not in path.parts and path.suffix == ".png"
        assert path.as_posix().casefold() not in folders
        for part in path.parts:
            assert len(part.encode()) <= 240 and not set(part) & set('<>:"|?*\\\0') and part == part.strip(" ")
            assert part.partition(".")[0].lower() not in ("con", "nul", "lpt1", "aux", "prn", "com1")


def test_names_that_are_fine_stay():
    assert [path.as_posix() for path in names.on_disk(["a.jpg", "b/a.png", "b/a.jpg", "x.y"], ".png")] == [
        *("a.png", "b/a.png", "b/a.jpg.png", "x.png")
    ]
