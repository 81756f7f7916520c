"""The variables of a model and the named plans: section 3.3's table, line by line."""

import math
import re

import pytest

from tf_selfvae.config import Config, Level, Network, Prior, Top
from tf_selfvae.model.hierarchy import Hierarchy
from tf_selfvae.model.plans import Plan, Source, available_plans, get_plan, plans_by_level

TINY = Network(width=8, steps=1)


def config(depth):
    level = Level(
        "haar",
        "reversible",
        latent=(4, 4, 2),
        posterior=TINY,
        prior_image=TINY,
        prior_latent=TINY,
        prior=TINY,
        decoder=TINY,
        joint=TINY,
        band=TINY,
        mixtures=2,
    )
    top = Top((2, 2, 4), TINY, Prior("standard_normal"), TINY, mixtures=2)
    return Config(image=(16, 16, 3), levels=(level,) * depth, top=top)


HIERARCHIES = {depth: Hierarchy(config(depth)) for depth in range(4)}
LETTERS = {
    "p": Source.PRIOR,
    "m": Source.PRIOR_MEAN,
    "q": Source.POSTERIOR,
    "n": Source.POSTERIOR_MEAN,
    "g": Source.GIVEN,
    "-": Source.UNUSED,
}


def test_variables_are_in_generative_order():
    assert [list(hierarchy) for hierarchy in HIERARCHIES.values()] == [
        ["u", "x"],
        ["u", "y1", "z1", "x"],
        ["u", "y2", "z2", "y1", "z1", "x"],
        ["u", "y3", "z3", "y2", "z2", "y1", "z1", "x"],
    ]
    for hierarchy in HIERARCHIES.values():
        seen = set()
        for name, variable in hierarchy.items():
            assert variable.name == name and set(variable.parents) <= seen
            seen.add(name)


def test_variables_know_their_parents_and_shapes():
    hierarchy = HIERARCHIES[3]
    assert {name: v.parents for name, v in hierarchy.items()} == {
        "u": (),
        "y3": ("u",),
        "z3": ("y3", "u"),
        "y2": ("y3", "z3"),
        "z2": ("y2", "z3"),
        "y1": ("y2", "z2"),
        "z1": ("y1", "z2"),
        "x": ("y1", "z1"),
    }
    assert {name: v.observed for name, v in hierarchy.items()} == {
        "u": "y3",
        "y3": "y2",
        "z3": "y2",
        "y2": "y1",
        "z2": "y1",
        "y1": "x",
        "z1": "x",
        "x": None,
    }
    assert [hierarchy[name].shape for name in ("x", "y1", "y2", "y3", "z1", "u")] == [
        (16, 16, 3),
        (8, 8, 3),
        (4, 4, 3),
        (2, 2, 3),
        (4, 4, 2),
        (2, 2, 4),
    ]
    assert HIERARCHIES[0]["x"].parents == ("u",) and HIERARCHIES[0]["u"].observed == "x"


# name, sources in generative order, start, sent
TABLES = {
    0: [("generate", "pp", None, ""), ("infer", "qg", "x", "u x"), ("reconstruction_1", "qp", "x", "u")],
    1: [
        ("generate", "pppp", None, ""),
        ("infer", "qgqg", "x", "u y1 z1 x"),
        ("reconstruction_1", "qppp", "x", "u"),
        ("reconstruction_2", "qpqp", "x", "u z1"),
        ("conditional_reconstruction", "qgpp", "x", "y1"),
        ("conditional_generation", "-gqp", "x", "y1 z1"),
        ("super_resolution", "qgpp", "y1", "y1"),
    ],
    # u y3 z3 y2 z2 y1 z1 x
    3: [
        ("generate", "pppppppp", None, ""),
        ("infer", "qgqgqgqg", "x", "u y3 z3 y2 z2 y1 z1 x"),
        ("reconstruction_1", "qppppppp", "x", "u"),
        ("reconstruction_2", "qpqppppp", "x", "u z3"),
        ("reconstruction_3", "qpqpqppp", "x", "u z3 z2"),
        ("reconstruction_4", "qpqpqpqp", "x", "u z3 z2 z1"),
        ("conditional_reconstruction", "----qgpp", "x", "y1"),
        ("conditional_reconstruction:1", "----qgpp", "x", "y1"),
        ("conditional_reconstruction:2", "--qgpppp", "x", "y2"),
        ("conditional_reconstruction:3", "qgpppppp", "x", "y3"),
        ("conditional_generation", "-----gqp", "x", "y1 z1"),
        ("conditional_generation:2", "---gqpqp", "x", "y2 z2 z1"),
        ("conditional_generation:3", "-gqpqpqp", "x", "y3 z3 z2 z1"),
        ("super_resolution", "----qgpp", "y1", "y1"),
        ("super_resolution:2", "--qgpppp", "y2", "y2"),
        ("super_resolution:3", "qgpppppp", "y3", "y3"),
    ],
}


@pytest.mark.parametrize("depth,row", [(d, row) for d, rows in TABLES.items() for row in rows])
def test_the_table(depth, row):
    name, letters, start, sent = row
    hierarchy = HIERARCHIES[depth]
    plan = get_plan(name, hierarchy)
    assert plan.sources == dict(zip(hierarchy, (LETTERS[letter] for letter in letters)))
    assert plan.start == start and plan.sent == tuple(sent.split())
    assert plan.name.startswith(name.split(":")[0])
    assert get_plan(plan, hierarchy) is plan
    # What a receiver is sent is enough: everything else it draws from p, or does not need.
    images = [v for v in hierarchy.values() if plan.sources[v.name] in (Source.PRIOR,)]
    for variable in images:
        for parent in variable.parents:
            known = parent in plan.sent or plan.sources[parent] is Source.PRIOR
            assert known or name.split(":")[0] in ("conditional_reconstruction", "super_resolution")


@pytest.mark.parametrize("depth", HIERARCHIES)
def test_every_available_plan_is_there(depth):
    hierarchy = HIERARCHIES[depth]
    names = available_plans(hierarchy)
    assert len(set(names)) == len(names)
    assert set(names) == {
        "generate",
        "infer",
        *(f"reconstruction_{i + 1}" for i in range(depth + 1)),
        *(("conditional_reconstruction", "conditional_generation", "super_resolution") if depth else ()),
    }
    for name in names:
        assert isinstance(get_plan(name, hierarchy), Plan)


@pytest.mark.parametrize(
    "depth,name",
    [
        (1, "reconstruct"),
        (1, "reconstruction_3"),
        (1, "reconstruction_0"),
        (1, ""),
        (0, "super_resolution"),
        (0, "reconstruction_2"),
        (1, "generate:1"),
        (3, "reconstruction_5"),
        (1, "Generate"),
        (1, None),
    ],
)
def test_unknown_plans_list_the_valid_ones(depth, name):
    listed = ", ".join(available_plans(HIERARCHIES[depth]))
    with pytest.raises(ValueError, match=f"plan: {re.escape(repr(name))} is unknown.*{listed}"):
        get_plan(name, HIERARCHIES[depth])


@pytest.mark.parametrize(
    "depth,name,words",
    [
        (1, "super_resolution:2", "'super_resolution'.*level: expected 1 to 1, got 2"),
        (3, "super_resolution:0", "'super_resolution'.*level: expected 1 to 3, got 0"),
        (3, "conditional_generation:4", "level: expected 1 to 3, got 4"),
        (3, "conditional_reconstruction:-1", "level: expected 1 to 3, got '-1'"),
        (3, "conditional_reconstruction:top", "level: expected 1 to 3, got 'top'"),
        (3, "super_resolution:1.5", "level: expected 1 to 3, got '1.5'"),
    ],
)
def test_levels_out_of_range_are_explained(depth, name, words):
    with pytest.raises(ValueError, match=words):
        get_plan(name, HIERARCHIES[depth])


def plan(letters, start, depth=1):
    return Plan("mine", dict(zip(HIERARCHIES[depth], (LETTERS[letter] for letter in letters))), start)


@pytest.mark.parametrize(
    "letters,start,words",
    [
        ("ppqp", None, "'mine': z1 from q needs x, but no image is given"),
        ("ppnp", None, "'mine': z1 from q needs x, but no image is given"),
        ("ppqp", "y1", "'mine': z1 from q needs x, but only y1 is given"),
        ("qppp", None, "'mine': u from q needs y1, but no image is given"),
        ("npp-", None, "'mine': u from q needs y1, but no image is given"),
        ("-ppp", "x", "'mine': y1 from p needs u, which is unused"),
        ("-mpp", "x", "'mine': y1 from p needs u, which is unused"),
        ("-gpp", "x", "'mine': z1 from p needs u, which is unused"),
        ("p-qp", "x", "'mine': x from p needs y1, which is unused"),
        ("pg-p", "x", "'mine': x from p needs z1, which is unused"),
        ("qqpp", "x", "'mine': y1 is an image and has no q"),
        ("qgpn", "x", "'mine': x is an image and has no q"),
        ("pgpp", None, "'mine': y1 is to be given, but no image does not determine it"),
        ("qgpg", "y1", "'mine': x is to be given, but y1 does not determine it"),
        ("pppp", "y2", r"'mine': start 'y2' is not one of \['y1', 'x'\]"),
        ("pppp", "z1", r"'mine': start 'z1' is not one of \['y1', 'x'\]"),
        ("ppp", None, "'mine': expected a source for each of.*differs in .'x'"),
    ],
)
def test_plans_that_do_not_fit_are_explained(letters, start, words):
    with pytest.raises(ValueError, match=words):
        get_plan(plan(letters, start), HIERARCHIES[1])


def test_a_plan_of_another_model_is_explained():
    with pytest.raises(ValueError, match=r"differs in \['y2', 'y3', 'z2', 'z3'\]"):
        get_plan(get_plan("generate", HIERARCHIES[3]), HIERARCHIES[1])


def test_a_plan_of_ones_own_is_taken():
    mine = plan("ngmm", "x")
    assert get_plan(mine, HIERARCHIES[1]) is mine
    assert mine.observed(HIERARCHIES[1]) == ("y1", "x")
    assert plan("qgpp", "y1").observed(HIERARCHIES[1]) == ("y1",)
    assert plan("pppp", None).observed(HIERARCHIES[1]) == ()


def test_means_in_place_of_samples_of_images():
    hierarchy = HIERARCHIES[1]
    before = get_plan("super_resolution", hierarchy)
    after = before.with_image_means(hierarchy)
    assert after.sources == plan("qgpm", "x").sources and before.sources == plan("qgpp", "x").sources
    assert (after.start, after.sent) == (before.start, before.sent)


def test_what_a_hierarchy_says_of_its_variables():
    hierarchy = HIERARCHIES[2]
    assert (hierarchy.depth, hierarchy.images, hierarchy.latents) == (2, ("y2", "y1", "x"), ("u", "z2", "z1"))
    assert [hierarchy.image(level) for level in range(3)] == ["x", "y1", "y2"]
    assert hierarchy.terms == {"u": "kl_u", "y2": "re_y2", "z2": "kl_z2", "y1": "re_y1", "z1": "kl_z1", "x": "re_x"}
    assert {name: (v.coarser, v.latent) for name, v in hierarchy.items()} == {
        "u": (None, None),
        "y2": (None, "u"),
        "z2": ("y2", "u"),
        "y1": ("y2", "z2"),
        "z1": ("y1", "z2"),
        "x": ("y1", "z1"),
    }
    assert [v.network_level for v in hierarchy.values()] == [3, 3, 2, 2, 1, 1]
    assert hierarchy["x"].size == 16 * 16 * 3 and hierarchy.unit == math.log(2) * 16 * 16 * 3
    assert [v.name for v in hierarchy.values() if v.is_latent] == list(hierarchy.latents)


def test_plans_by_level_are_every_plan_once():
    assert [plan.name for plan in plans_by_level(HIERARCHIES[0])] == ["generate", "infer", "reconstruction_1"]
    names = [plan.name for plan in plans_by_level(HIERARCHIES[2])]
    assert names[:5] == available_plans(HIERARCHIES[2])[:5]
    kinds = ("conditional_reconstruction", "conditional_generation", "super_resolution")
    assert names[5:] == [f"{kind}:{level}" for kind in kinds for level in (1, 2)]
    assert [p.name for p in plans_by_level(HIERARCHIES[1], ["super_resolution"])] == ["super_resolution"]
