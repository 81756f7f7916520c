"""A model without latents, whose coarsest picture is drawn pixel by pixel: its likelihood, and what it lacks."""

import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.small import CONFIGS, eagerly, level, pictures
from tf_selfvae.config import Transformer
from tf_selfvae.errors import UserError
from tf_selfvae.evaluation.figures import sample_sheet
from tf_selfvae.export.tfjs import export_tfjs


@pytest.fixture(scope="module")
def model():
    made = sv.SelfVAE(CONFIGS["drawn"])  # no test depends on its weights, and one trains them
    made.compile()
    made.data_init(pictures(made.config, 16))
    return made


@eagerly()
def test_its_variables_are_its_images(model):
    assert list(model.hierarchy) == ["y2", "y1", "x"] and not model.hierarchy.latents
    assert sorted(model.terms) == ["re_x", "re_y1", "re_y2"]
    assert sv.available_plans(model.hierarchy) == [
        "generate",
        "infer",
        "conditional_reconstruction",
        "super_resolution",
    ]
    drawn = model.sample(2, seed=3, return_variables=True)
    finest = model.reconstruct(drawn["y1"], plan="super_resolution:1", seed=4)
    assert finest.shape == (2, 16, 16, 3)


@eagerly()
def test_its_likelihood_is_exact(model):
    """Nothing is drawn to score a picture: samples, seeds and the model's parts agree."""
    images = pictures(model.config, 3)
    one = model.log_prob(images, 1, seed=1).numpy()
    np.testing.assert_allclose(model.log_prob(images, 3, seed=2).numpy(), one, rtol=1e-5)
    np.testing.assert_allclose(-sum(model(images).values()).numpy(), one, rtol=1e-5)


def test_a_seed_gives_an_image_in_any_batch(model):
    many = model.sample(5, seed=[3, 4, 5, 6, 7]).numpy()
    assert np.mean(model.sample(1, seed=[5]).numpy()[0] == many[2]) > 0.99


def test_op_by_op_it_draws_what_a_graph_draws(model):
    drawn = model.sample(5, seed=3).numpy()
    model.run_eagerly = True
    op_by_op = model.sample(5, seed=3).numpy()
    model.run_eagerly = False
    assert np.mean(drawn == op_by_op) > 0.99


def test_a_figure_leaves_the_model_as_it_was(model):
    sample_sheet(model, 1, temperatures=[1.0])
    assert not model.run_eagerly
    model.run_eagerly = True
    with pytest.raises(UserError, match="count"):
        sample_sheet(model, 0)
    assert model.run_eagerly
    model.run_eagerly = False


def test_it_trains_and_comes_back_from_a_file(model, tmp_path):
    images = pictures(model.config, 32)
    losses = model.fit(images, batch_size=8, epochs=8, verbose=0).history["bpd"]
    assert losses[-1] < losses[0] - 0.05
    model.save(tmp_path / "drawn.keras")
    again = sv.load_model(tmp_path / "drawn.keras")
    with eagerly():
        np.testing.assert_array_equal(again.sample(2, seed=1), model.sample(2, seed=1))


def test_what_it_lacks_is_said(model, tmp_path):
    image = pictures(model.config, 1)[0]
    with pytest.raises(UserError, match="interpolate: expected a model with latents"):
        model.interpolate(image, image)
    with pytest.raises(UserError, match="drawn pixel by pixel from a latent"):
        export_tfjs(sv.SelfVAE(model.config.override({"top.latent": (2, 2, 4)})), tmp_path / "site")
    with pytest.raises(UserError, match="top: without a latent"):
        CONFIGS["drawn"].override({"top.transformer": None})
    with pytest.raises(UserError, match="5 heads divide, got 8"):
        Transformer(8, 1, 5)
    with pytest.raises(UserError, match="phases are of the reversible likelihood"):
        CONFIGS["downscale"].override({"levels.0.phases": 2})


@eagerly()
@pytest.mark.parametrize("z,u", [((2, 2, 3), None), (None, (2, 2, 4)), ((2, 2, 3), (2, 2, 4))])
def test_each_latent_may_be_left_out_by_itself(z, u):
    drawn = {"top.latent": u, "top.transformer": Transformer(8, 1, 2).to_dict()}
    cfg = CONFIGS["reversible"].override(drawn)
    model = sv.SelfVAE(cfg.override({"levels": [level(latent=latent).to_dict() for latent in (None, z)]}))
    images = pictures(model.config, 3)
    model.data_init(images)
    assert model.hierarchy.latents == tuple(name for name, shape in (("u", u), ("z2", z)) if shape)
    assert np.isfinite(model.log_prob(images, 2)).all()
    for name in sv.available_plans(model.hierarchy):
        plan = sv.get_plan(name, model.hierarchy)
        if plan.start:
            given = tf.cast(model.observe("x", images)[plan.start], tf.uint8)
            assert model.reconstruct(given, plan=plan).shape == images.shape
