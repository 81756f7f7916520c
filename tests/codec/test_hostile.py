"""A few hundred of the files that `python -m benchmarks.fuzz_codec` makes, on the simplest ladder."""

from collections import Counter

import numpy as np
import pytest

import tf_selfvae as sv
from tests.codec import hostile
from tf_selfvae.codec import coding, pictures
from tf_selfvae.errors import Damaged, UserError

pytestmark = pytest.mark.usefixtures("double")


@pytest.mark.parametrize("stamped", [False, True])
def test_every_changed_file_decodes_right_or_is_refused(stamped):
    random = np.random.default_rng(stamped)
    found, files = Counter(), hostile.victims()
    for _ in range(60):
        for victim, other in zip(files, files[1:] + files[:1]):
            data = victim.changed(random, other, stamped)
            found[victim.try_(data, stamped, random, other)] += 1
    assert found["refused"] > 100 and found["shorter"] > 5 and found["whole"] > 5


def test_a_head_claims_no_memory():
    data = bytearray(sv.codec.compress(hostile.photo(24, 20, 3)))
    assert data[6:8] == bytes([20, 24])
    data[6:8] = b"\xff\x3f\xff\x3f"  # 8191 x 8191
    with pytest.raises(UserError, match="expected a picture of at most 65536 pixels, got 8191x8191"):
        sv.codec.decompress(bytes(data), most=hostile.MOST)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_stored_picture_of_another_size_is_refused(form):
    many = pictures.from_array(hostile.photo(64, 64, 3))
    head = coding.Head("RGB", 8, 8, stored=True)
    with pytest.raises(Damaged, match="another size"):
        pictures.unstored(head, form, pictures._encoded(pictures._bare(many), form))
