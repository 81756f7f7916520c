"""The page in headless Chromium, used as a visitor uses it."""

import numpy as np
import PIL.Image
import pytest

from tf_selfvae.model.noise import RowNoise, row_seeds
from tf_selfvae.model.plans import Plan, Source

from .models import make, pictures
from .tools import chromium, run_script

EQUAL = 0.995  # share of equal values: a rounding may flip by the last bits of a float
# What the page starts with: 1 for the smallest picture and its latent, less for what is finer.
TEMPERATURE = {"u": 1, "y2": 1, "z2": 0.7, "y1": 0.7, "z1": 0.7, "x": 0.7}


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    return tmp_path_factory.mktemp("shots")


@pytest.fixture(scope="module")
def seen(site, shots):
    picture = shots / "picture.png"
    PIL.Image.fromarray(pictures(make("reversible"), 1)[0]).save(picture)
    return run_script("page.mjs", chromium(), site("reversible"), site("drawn"), picture, shots, folder=shots)


def _images(canvases):
    return np.array([np.reshape(c["data"], (c["height"], c["width"], 3)) for c in canvases])


def _same(got, expected):
    assert got.shape == tuple(expected.shape)
    assert (got == np.asarray(expected)).mean() > EQUAL


def test_it_starts_without_an_error_and_shows_backend_and_milliseconds(seen):
    assert seen["error"] == "" and seen["errors"] == []
    assert seen["backend"] == "wasm"
    what, milliseconds, unit = seen["timing"].split()
    assert what == "samples:" and int(milliseconds) > 0 and unit == "ms"


def test_no_other_host_is_asked(seen):
    assert any("wasm" in url for url in seen["requests"])
    others = [u for u in seen["requests"] if not u.startswith((f"{seen['origin']}/", "blob:", "data:"))]
    assert others == []


def test_samples_by_keyboard_are_pythons_and_appear_coarse_to_fine(seen):
    _same(_images(seen["samples"]), make("reversible").sample(16, seed=7, temperature=TEMPERATURE))
    assert seen["sizes"] == [4, 8, 16]


def test_a_picture_drawn_pixel_by_pixel_is_shown_before_all_are_and_before_what_is_finer(seen):
    assert seen["widths"] == [
        [1] * 16,
        *([4] * count + [1] * (16 - count) for count in (4, 8, 12, 16)),
        [8] * 16,
        [16] * 16,
    ]
    _same(_images(seen["drawn"]), make("drawn").sample(16, seed=1, temperature={"y1": 0.7, "x": 0.7}))


def test_the_page_does_other_things_while_its_worker_is_busy(seen):
    assert seen["worker"] == "sampler.js" and seen["ticks"] >= 20


def test_of_several_draws_that_wait_the_last_alone_is_drawn(seen):
    """The second of three: two are counted, and what stands there then is the third's."""
    assert seen["last"] == "sample 1 of seed 4"


def test_a_worker_is_held_to_the_pages_promise_to_ask_no_other_host(seen):
    assert seen["refused"] == "connect-src"


def test_details_change_while_the_small_version_stays(seen):
    assert seen["pressed"] == ["false", "false", "true"] + ["false"] * 13
    model, details = make("reversible"), _images(seen["details"])
    sampled = model.sample(16, seed=7, temperature=TEMPERATURE, return_variables=True)
    assert seen["keep"] == "y1"
    _same(_images(seen["kept"])[0], sampled["y1"][2])
    assert len({picture.tobytes() for picture in details}) == 8
    # y1 and z2 stay; z1 and x are drawn again, with the noise of seed 1.
    sources = {"u": Source.UNUSED, "y2": Source.UNUSED, "z2": Source.GIVEN, "y1": Source.GIVEN}
    plan = Plan("keep", {**sources, "z1": Source.PRIOR, "x": Source.PRIOR}, "y1").check(model.hierarchy)
    given = {name: np.repeat(sampled[name][2:3], 8, 0) for name in ("z2", "y1")}
    steps = model.traverse(plan, RowNoise(row_seeds(1, 8)), given, TEMPERATURE)
    _same(details, steps["x"].value)


def test_a_walk_goes_from_one_seed_to_the_other(seen):
    walk, model = _images(seen["walk"]), make("reversible")
    assert len(walk) == 9
    for step, seed in ((0, 7), (8, 8)):
        _same(walk[step], model.sample(1, seed=seed, temperature=TEMPERATURE)[0])
    _same(_images(seen["walkEnd"])[0], walk[8])
    assert len({picture.tobytes() for picture in walk}) == 9


def test_a_picture_is_upscaled_and_rebuilt_as_in_python(seen):
    model = make("reversible")
    picture = pictures(model, 1)
    options = {"seed": 0, "temperature": TEMPERATURE}
    upscaled = [model.reconstruct(picture, plan=f"conditional_reconstruction:{k}", **options)[0] for k in (1, 2)]
    _same(_images(seen["upscaled"]), np.stack([picture[0], *upscaled]))
    rebuilt = [model.reconstruct(picture, plan=f"reconstruction_{n}", **options)[0] for n in (1, 2, 3)]
    _same(_images(seen["rebuilt"]), np.stack(rebuilt))
    assert seen["captions"][1:] == ["from 8x8", "from 4x4", "u sent", "u, z2 sent", "u, z2, z1 sent"]


def test_what_goes_wrong_is_said_in_words(seen):
    assert seen["notPicture"] == "notes.txt is not a picture that this browser can read."
    assert seen["wrongSeed"].startswith("Seed: expected a whole number") and '"0.5"' in seen["wrongSeed"]
    assert seen["broken"] == "/broken/model/manifest.json could not be loaded: the web server answered 404."
    assert seen["lost"] == "sampler.js could not be loaded, or stopped."
    assert seen["unknownBackend"] == "backend: expected one of webgpu, webgl, wasm, got abacus"
    path, problem = seen["part"].split(" ", 1)
    assert path.startswith("/part/model/q_u/")
    assert problem == "could not be loaded: the web server answered 404." and seen["wentOn"]


def test_it_fits_a_phone_and_the_dark(seen, shots):
    assert seen["overflow"] <= 0 and seen["nextSeed"] == "1"
    light, dark = (sum(map(int, seen[k].strip("rgb()").split(","))) for k in ("light", "dark"))
    assert light > 600 and dark < 150
    for name, width in (("light", 1100), ("phone", 360)):
        picture = np.asarray(PIL.Image.open(shots / f"{name}.png").convert("L"))
        assert picture.shape[1] == width and picture.std() > 5
