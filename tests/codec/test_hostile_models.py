"""A few of the codec models that `python -m benchmarks.fuzz_codec --svcm` makes, and what no change at random finds."""

import json
import struct
from collections import Counter

import numpy as np
import pytest

from tests.codec.hostile_model import ModelVictim, tiny
from tf_selfvae.codec.model import CodecModel
from tf_selfvae.errors import UserError


def test_every_changed_model_is_refused_or_codes_without_loss():
    random, found = np.random.default_rng(0), Counter()
    victim, other = (ModelVictim(tiny(seed)) for seed in range(2))
    assert victim.try_(victim.data, False, random, other) == "whole"
    for number in range(14):
        data = victim.changed(random, other, stamped=number % 2 == 1)
        found[victim.try_(data, number % 2 == 1, random, other)] += 1
    assert found["refused"] > 2 and found["another"] > 2


def claiming(**changes):
    """Return the tiny model's file with a header that says something else."""
    data = tiny().to_bytes()
    length = struct.unpack("<I", data[5:9])[0]
    text = json.dumps({**json.loads(data[9 : 9 + length]), **changes}).encode()
    return data[:5] + struct.pack("<I", len(text)) + text + data[9 + length :]


def test_a_header_claims_neither_time_nor_memory():
    level = {"channels": 1, "width": 1, "trunk": 64, "band": 64, "mixtures": 1, "phases": 16}
    with pytest.raises(UserError, match="expected at most 1024 convolutions, got 50944"):
        CodecModel.from_bytes(claiming(levels=[level] * 8))
    for image in ([0, 8], [8, 10**9], [8, 10**400]):
        with pytest.raises(UserError, match="codec model: its header is damaged"):
            CodecModel.from_bytes(claiming(image=image))


def test_a_shift_that_no_sum_needs_is_refused():
    """Behind float32's least number machines differ in what a sum becomes."""
    data = bytearray(tiny().to_bytes())
    data[-1] = 140
    with pytest.raises(UserError, match="codec model: a shift of part2/head leaves its range"):
        CodecModel.from_bytes(data)
