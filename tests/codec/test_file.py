"""One picture's file: what is in it, what is left of it when it is cut, and what a level reads."""

import io

import numpy as np
import pytest

import tf_selfvae as sv
from tests.codec import double
from tf_selfvae.errors import Damaged, UserError

pytestmark = pytest.mark.usefixtures("double", "no_other_format")
RANDOM = np.random.default_rng(0)
PHOTO = np.clip(np.add.outer(np.arange(64), np.arange(64))[..., None] + RANDOM.normal(0, 5, [64, 64, 4]), 0, 255)
PHOTO = PHOTO.astype(np.uint8)


def rung(image, level):
    return image[:: 2**level, :: 2**level]


def test_a_file_has_little_beside_its_sections():
    image = PHOTO[..., :3]
    (payloads,) = double.encode(double.Model(), image[None])
    assert len(sv.codec.compress(image)) - sum(map(len, payloads)) <= 50


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_file_cut_anywhere_gives_its_last_whole_level(channels, caplog):
    image = PHOTO[..., :channels]
    data = sv.codec.compress(image)
    sizes = []
    for end in [*range(0, len(data), 37), *range(len(data) - 6, len(data))]:
        with pytest.raises(UserError):
            sv.codec.decompress(data[:end], strict=True)
        caplog.clear()
        try:
            found = sv.codec.decompress(data[:end])
        except UserError:
            assert not sizes  # before the first level is whole
            continue
        level = next(level for level in range(3) if rung(image, level).shape == found.shape)
        assert np.array_equal(found, rung(image, level))
        assert f"it is given at level {level}, {found.shape[1]}x{found.shape[0]}" in caplog.text
        sizes.append(found.size)
    assert sizes == sorted(sizes) and len(set(sizes)) == 3


class Counting(io.BytesIO):
    count = 0

    def read(self, size=-1):
        data = super().read(size)
        self.count += len(data)
        return data


def test_a_level_reads_what_it_needs():
    image = PHOTO[..., :4]
    data = sv.codec.compress(image)
    counts = []
    for level in range(4):
        file = Counting(data)
        assert np.array_equal(sv.codec.decompress(file, level=level), rung(image, min(level, 2)))
        counts.append(file.count)
    assert counts[0] == len(data) + 4 and counts[1] < 0.4 * len(data) and counts[2] < 0.15 * len(data)
    assert counts[3] == counts[2]


@pytest.mark.parametrize("level", [0, 2])
def test_a_changed_byte_is_noticed(level, caplog):
    image = PHOTO[..., 2:]
    data = sv.codec.compress(image)
    whole = sv.codec.decompress(data)
    for place in [*range(60), *range(60, len(data), 97), *range(len(data) - 8, len(data))]:
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        with pytest.raises(UserError):
            sv.codec.decompress(bytes(changed), strict=True)
        caplog.clear()
        try:
            found = sv.codec.decompress(bytes(changed), level)
        except UserError:
            continue
        level_found = next(level for level in range(3) if rung(image, level).shape == found.shape)
        assert np.array_equal(found, rung(whole, level_found))
        assert level_found == level or "it is given at level" in caplog.text


def test_bytes_behind_a_picture_are_noticed():
    with pytest.raises(Damaged, match="more follows than a picture has"):
        sv.codec.decompress(sv.codec.compress(PHOTO) + b"\0", strict=True)


@pytest.mark.parametrize("fill", ["mean", "sample"])
def test_a_quality_keeps_a_level_and_draws_the_rest(fill):
    data = {quality: sv.codec.compress(PHOTO, quality=quality, fill=fill) for quality in (1, 1 / 2, 1 / 4, 1 / 8)}
    assert len(data[1]) > 2 * len(data[1 / 2]) > 4 * len(data[1 / 4]) and data[1 / 4] == data[1 / 8]
    half = sv.codec.decompress(data[1 / 2])
    assert half.shape == PHOTO.shape and not np.array_equal(half, PHOTO)
    for level in (1, 2):
        assert np.array_equal(sv.codec.decompress(data[1 / 2], level=level), rung(PHOTO, level))
    assert np.array_equal(sv.codec.decompress(data[1 / 4], level=2), rung(PHOTO, 2))
    assert sv.codec.decompress(data[1 / 4], level=1).shape == rung(PHOTO, 1).shape
    assert sv.codec.info(data[1 / 2])["fill"] == fill
    many = sv.codec.decompress(sv.codec.compress([PHOTO[:40], PHOTO, PHOTO], quality=1 / 2, fill=fill))
    assert np.array_equal(many[1], half)  # what is drawn depends on no other picture
    with pytest.raises(UserError, match="quality: expected 1, 1/2, 1/4, ..., got 0.3"):
        sv.codec.compress(PHOTO, quality=0.3)


def test_files_of_other_models_are_refused_by_name(tmp_path):
    old = sv.codec.compress(PHOTO, model="double-0")
    assert np.array_equal(sv.codec.decompress(old), PHOTO)  # it comes with the package, too
    (tmp_path / "own.svcm").write_bytes(b"\x37of mine")
    (tmp_path / "other.svcm").write_bytes(b"another.")
    own = sv.codec.compress(PHOTO, model=tmp_path / "own.svcm")
    assert np.array_equal(sv.codec.decompress(own, model=tmp_path / "own.svcm"), PHOTO)
    assert sv.codec.info(own)["model"] == "mine"
    with pytest.raises(UserError, match="needs the codec model mine .376f66206d696e65.: hand in its .svcm"):
        sv.codec.decompress(own)
    with pytest.raises(UserError, match="expected the file's codec model, mine .376f.*, got mine .616e6f"):
        sv.codec.decompress(own, model=tmp_path / "other.svcm")


@pytest.mark.parametrize("data", [b"", b"\x8b", b"\x8bSVA", b"\x8bSVA\x02", b"\x8bSVA\x01\x07", b"PNG" * 99])
def test_other_bytes_are_no_picture(data):
    with pytest.raises(UserError):
        sv.codec.decompress(data)
    with pytest.raises(UserError):
        sv.codec.info(data)
