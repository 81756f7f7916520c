"""The page's random numbers are TensorFlow's."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from tf_selfvae.model.noise import RowNoise, fold, name_tag

from .tools import run_script

SEEDS = ([0, 0], [3, 5], [-1, 2**31 - 1], [-(2**31), -7])
ROWS = [[7, 0], [7, 1], [-3, 0]]
KINDS = ("uniform", "normal", "gumbel", "logistic")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    draws = [{"name": "x/a", "kind": kind, "shape": [40, 3], "tag": name_tag("x/a")} for kind in KINDS]
    requests = [{"seed": seed, "count": 1000 + i} for i, seed in enumerate(SEEDS)]
    requests += [{"rows": ROWS, "draw": draw} for draw in draws]
    big = {**draws[0], "shape": [50, 80]}
    requests += [{"seed": [1, 0], "to": [2, 0], "weights": [0, 0.3, 1], "draw": {**big, "kind": k}} for k in KINDS]
    answers = run_script("draws.mjs", requests=requests, folder=tmp_path_factory.mktemp("draws"))
    return {"plain": answers[:4], "named": answers[4:8], "between": answers[8:]}


@pytest.mark.parametrize("index", range(4))
def test_uniforms_are_equal_bit_by_bit_and_normals_to_1e6(drawn, index):
    seed, answer = SEEDS[index], drawn["plain"][index]
    count = len(answer["uniform"])
    np.testing.assert_array_equal(np.float32(answer["uniform"]), tf.random.stateless_uniform([count], seed))
    np.testing.assert_allclose(answer["normal"], tf.random.stateless_normal([count], seed), rtol=0, atol=1e-6)
    assert answer["fold"] == fold(seed, 77).numpy().tolist()


@pytest.mark.parametrize("index", range(4))
def test_named_draws_are_those_of_row_noise(drawn, index):
    kind, answer = KINDS[index], drawn["named"][index]
    expected = getattr(RowNoise(ROWS), kind)("x/a", (40, 3)).numpy()
    np.testing.assert_allclose(np.reshape(answer["seeded"], expected.shape), expected, rtol=1e-6, atol=1e-6)
    mean = np.zeros_like(expected) if kind == "normal" else expected
    np.testing.assert_allclose(np.reshape(answer["mean"], expected.shape), mean, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("index", range(4))
def test_a_walk_between_seeds_starts_and_ends_at_them_and_keeps_the_law(drawn, index):
    kind, answer = KINDS[index], np.reshape(drawn["between"][index], (3, -1))
    for row, seed in ((0, 1), (2, 2)):
        expected = getattr(RowNoise([[seed, 0]]), kind)("x/a", (50, 80)).numpy().ravel()
        np.testing.assert_allclose(answer[row], expected, rtol=1e-6, atol=1e-6)
    law = {"uniform": "uniform", "normal": "norm", "gumbel": "gumbel_r", "logistic": "logistic"}[kind]
    assert scipy.stats.kstest(answer[1], law).pvalue > 1e-3
    # It is on the way: like both ends, and equal to neither.
    for end in (0, 2):
        assert 0.3 < np.corrcoef(answer[1], answer[end])[0, 1] < 0.95
