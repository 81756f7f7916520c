"""The report's page and the table, from a run's folder, and what they stand on."""

import base64
import dataclasses
import html.parser
import io
import json
import math
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import tf_selfvae as sv
from tests.evaluation.test_frechet import independent, network
from tests.small import CONFIGS, pictures
from tf_selfvae.cli.app import main
from tf_selfvae.evaluation.curves import read_metrics, training_curves
from tf_selfvae.evaluation.figures import reconstruction_plans
from tf_selfvae.evaluation.report import write_report
from tf_selfvae.evaluation.run_record import model_name, read_record
from tf_selfvae.evaluation.sent import bits_by_level, sent_by_plan
from tf_selfvae.evaluation.table import comparison
from tf_selfvae.evaluation.variations import interpolation_sheet, variation_sheet
from tf_selfvae.files import alone_in, locked

pytestmark = pytest.mark.usefixtures("eager")


def invoke(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def fails(*arguments):
    result = invoke(*arguments)
    assert result.exit_code != 0 and "Traceback" not in result.output
    return " ".join(result.output.split())


@pytest.fixture(scope="session")
def model(run):
    return sv.load_model(run.folder)


class Page(html.parser.HTMLParser):
    """Collects what a page shows and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.sources, self.words, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "img":
            assert attributes["alt"]
            self.sources.append(attributes["src"])
        self.links += [attributes[name] for name in ("href", "action", "data") if name in attributes]

    def handle_data(self, data):
        self.words.append(data)


def test_one_page_holds_every_figure(run, model, tmp_path):
    invoke("evaluate", run.folder, "--importance-samples", 9, "--limit", 6)
    result = invoke("report", run.folder)
    assert result.exit_code == 0, result.output
    folder = run.folder / "report"
    text = (folder / "index.html").read_text()
    page = Page(text)
    # Self-contained: nothing is fetched, every picture is in the page and beside it.
    assert not page.links and "http" not in text.replace(base64_part(text), "")
    names = ["samples", "reconstructions", "variations", "interpolations", "transforms", "curves"]
    assert len(page.sources) == len(names)
    beside = {name: np.asarray(Image.open(folder / f"{name}.png")) for name in names}
    for source in page.sources:
        assert source.startswith("data:image/png;base64,")
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))))
        assert any(shown.shape == b.shape and (shown == b).all() for b in beside.values())
    words = " ".join(page.words)
    for plan in reconstruction_plans(model.hierarchy):
        assert plan.name in page.words
    for word in ("an abacus", "1,234", "processor minutes", "9 importance samples", "6 test images"):
        assert word in words
    # A second report takes the first one's place, whole.
    (folder / "stray.txt").write_text("")
    assert write_report(run.folder, model, pictures(model.config, 4), progress=False) == folder / "index.html"
    assert not (folder / "stray.txt").exists()
    assert not list(run.folder.glob(".unfinished-*"))


def base64_part(text):
    return "".join(part.split('"')[0] for part in text.split("base64,")[1:]) or " "


def test_a_report_does_not_replace_something_else(run, model, tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    images = pictures(model.config, 4)
    with pytest.raises(ValueError, match="output: .* holds something else than a report"):
        write_report(run.folder, model, images, output=tmp_path, progress=False)
    with pytest.raises(ValueError, match="expected a folder, got .*letters.txt, which is a file"):
        write_report(run.folder, model, images, output=tmp_path / "letters.txt", progress=False)
    assert (tmp_path / "letters.txt").read_text() == "dear"


@pytest.mark.parametrize("kind", ["vae", "reversible"])
def test_what_plans_send_adds_up(kind):
    model = sv.SelfVAE(CONFIGS[kind])
    images = pictures(model.config, 6)
    model.data_init(images)
    rows = {row["plan"]: row for row in sent_by_plan(model, images)}
    everything = rows["infer"]
    assert everything["percent"] == 100
    bits = model.bits_per_dim(images, 1).numpy().mean()
    # The same bound with exact KL between normals: equal up to the sampling of KL terms.
    assert everything["bpd"] == pytest.approx(bits, rel=0.1)
    assert rows["reconstruction_1"]["sent"] == ["u"]
    assert all(math.isclose(r["bits"], r["bpd"] * math.prod(model.config.image)) for r in rows.values())
    depth = len(model.config.levels)
    for level in range(1, depth + 1):
        given = rows[f"conditional_reconstruction:{level}" if depth > 1 else "conditional_reconstruction"]
        with_z = rows[f"conditional_generation:{level}" if depth > 1 else "conditional_generation"]
        assert given["bits"] < with_z["bits"] < everything["bits"]
        assert given["percent"] == pytest.approx(100 / 4**level)


def test_bits_by_level_are_the_terms(model):
    terms = {term: 0.25 * (i + 1) for i, term in enumerate(model.terms)}
    rows = bits_by_level(model, terms)
    assert [row["variable"] for row in rows] == list(model.hierarchy)
    total = math.prod(model.config.image)
    for row, variable, value in zip(rows, model.hierarchy.values(), terms.values()):
        assert row["bits"] == value * total
        assert row["bits_per_own_dimension"] == pytest.approx(value * total / math.prod(variable.shape))


def test_variations_keep_what_is_coarse(model):
    images = pictures(model.config, 2)
    first, again = (variation_sheet(model, images, seed=1, count=2) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, variation_sheet(model, images, seed=5, count=2))


def test_interpolations_start_and_end_at_pictures(model):
    sheet = interpolation_sheet(model, pictures(model.config, 4), steps=3)
    assert sheet.width > 5 * 96 and sheet.height > 2 * 96
    with pytest.raises(ValueError, match="an even number of pictures, got 3"):
        interpolation_sheet(model, pictures(model.config, 3))


of_one_kind = pytest.mark.parametrize("run", ["vae"], indirect=True)  # the kind of model changes nothing


@of_one_kind
def test_curves_need_an_epoch(run, model, tmp_path):
    metrics = read_metrics(run.metrics)
    assert metrics["val_bpd"] == [7.6, 6.7]
    assert training_curves(metrics, model.terms).size[0] > 800
    (tmp_path / "m.csv").write_text("epoch,bpd\n")
    with pytest.raises(ValueError, match="at least one epoch, got none"):
        training_curves(read_metrics(tmp_path / "m.csv"), model.terms)


@of_one_kind
def test_evaluate_keeps_what_it_measured(run):
    first = invoke("evaluate", run.folder, "--importance-samples", 9, "--limit", 6)
    assert first.exit_code == 0 and "+-" in first.output and "kl_u" in first.output
    kept = json.loads((run.evaluations / "bpd-test-6x9-seed0.json").read_text())
    assert set(kept["bounds"]) == {"1", "8", "9"} and kept["resize"].startswith("none")
    assert read_record(run.folder).bound["importance_samples"] == 9
    # Nothing is left to draw.
    again = invoke("evaluate", run.folder, "--importance-samples", 9, "--limit", 6)
    assert "seconds per image: 0.00" in again.output


@of_one_kind
def test_evaluate_beside_other_processes(run):
    arguments, before = ("evaluate", run.folder, "--seed", 7), set(run.evaluations.glob("*.npz"))
    with alone_in(run.folder, "training"):
        assert invoke(*arguments).exit_code == 0
    (store,) = set(run.evaluations.glob("*.npz")) - before
    with locked(run.evaluations / f".{store.stem}.lock"):
        assert "run: another process is measuring the same model on the same images in" in fails(*arguments)
        assert invoke(*arguments[:-1], 8).exit_code == 0
    assert invoke(*arguments).exit_code == 0


@of_one_kind
@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--importance-samples", 0], "importance_samples: expected a whole number of at least 1, got 0"),
        (["--memory", 0], "memory_gib: expected a finite number above 0"),
        (["--data", "npz:absent.npz"], "absent.npz"),
    ],
)
def test_bad_evaluations(run, arguments, message):
    assert message in fails("evaluate", run.folder, *arguments)


@of_one_kind
def test_images_of_another_size(run):
    assert "size: 'photos64' has images of 64x64, got 16" in fails("evaluate", run.folder, "--data", "photos64")


@of_one_kind
def test_a_run_without_weights(run, tmp_path):
    empty = tmp_path / "empty"
    shutil.copytree(run.folder, empty, ignore=shutil.ignore_patterns("model.keras", "checkpoints"))
    for command in ("evaluate", "frechet", "report", "table"):
        assert "has no weights yet" in fails(command, empty)
    for command in ("report", "table"):
        assert "is not a run" in fails(command, tmp_path / "absent")


def test_table_stands_beside_the_published(run, tmp_path):
    result = invoke("table", run.folder, "-o", tmp_path / "t" / "table.md")
    assert result.exit_code == 0
    text = (tmp_path / "t" / "table.md").read_text()
    assert text in result.output
    lines = text.splitlines()
    assert lines[2].startswith("| **measured** |")
    assert "| published | Imagenette64 | selfVAE-downscale-3lvl | 3.70 | - | test set |" in text
    assert "| published | CelebA | selfVAE-downscale-3lvl | 2.88 | - | test set |" in text
    assert "| published | CelebA | RealNVP (Dinh et al. 2016) | - | 3.02 |" in text
    conditions = lines[-1]
    for words in ("resize: none", "parameters", "training images seen: 1,234", "hardware: an abacus"):
        assert words in conditions
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_published_rows_are_of_the_same_data(run):
    record = read_record(run.folder)
    cifar = type(record)(**{**record.__dict__, "data": "cifar10", "bound": None})
    text = comparison([cifar])
    assert "published | CIFAR-10" in text and "CelebA" not in text and "not measured" in text


def test_the_table_has_the_bound_of_one_sample_beside_that_of_all(run):
    """The paper's own numbers are one-sample bounds at best, whatever the samples that they name."""
    record = read_record(run.folder)
    alone = {"importance_samples": 1, "count": 9, "split": "test", "bpd": 4.0}
    assert "| 4.000 | 4.000 | 1 x 9 |" in comparison([dataclasses.replace(record, bound=alone)])
    bounds = {"1": {"bpd": 4.0, "standard_error": 0.5}, "512": {"bpd": 3.5, "standard_error": 0.25}}
    bound = {"importance_samples": 512, "count": 9, "split": "test", **bounds["512"], "bounds": bounds}
    text = comparison([dataclasses.replace(record, bound=bound)])
    assert "| 4.000 +- 0.500 | 3.500 +- 0.250 | 512 x 9 |" in text
    assert "compare with those of one sample" in text


def test_names_of_models():
    preset = sv.presets.get_preset("vae-64-small")
    assert model_name(preset) == "vae-64-small"
    assert (
        model_name(preset.override({"precision": "bfloat16", "seed": 4, "optimizer.batch_size": 2})) == "vae-64-small"
    )
    assert model_name(preset.override({"top.mixtures": 3})) == "VAE 64x64"
    three = sv.presets.get_preset("downscale3-64-small").override({"top.mixtures": 3})
    assert model_name(three) == "selfVAE 64x64 (bicubic:2, bicubic:2)"


@pytest.mark.parametrize("run", ["reversible-grey"], indirect=True)
def test_frechet_of_a_run(run, tmp_path):
    network().save(tmp_path / "mean.keras")
    result = invoke("frechet", run.folder, "--features", tmp_path / "mean.keras", "--count", 70)
    assert result.exit_code == 0, result.output
    kept = read_record(run.folder).frechet
    assert kept["features"] == "mean" and kept["count"] == 70 and kept["frechet_distance"] > 0
    assert f"{kept['frechet_distance']:.3f}" in result.output
    # By hand, all at once; a grey picture is three equal channels.
    model, data = sv.load_model(run.folder), run.read_settings()["data"]
    images = sv.data.load(data, size=16, channels=model.config.image[2]).examples("train", 70)
    seeds = np.random.default_rng(0).integers(0, 2**31, 70, np.int32)
    samples = model.sample(70, seed=seeds).numpy()
    sides = [np.broadcast_to(s.mean((1, 2), dtype=float), [70, 3]) for s in (images, samples)]
    assert kept["frechet_distance"] == pytest.approx(independent(*sides), rel=1e-3)
    assert "needs at least 4 pictures on each side; got count 3" in fails(
        "frechet", run.folder, "--features", tmp_path / "mean.keras", "--count", 3
    )
    # Other temperatures are kept, too, and no table shows them.
    arguments = ("frechet", run.folder, "--features", tmp_path / "mean.keras", "--count", 70, "--temperature")
    result = invoke(*arguments, "x=0.5")
    assert result.exit_code == 0, result.output
    sides[1] = np.broadcast_to(model.sample(70, seeds, {"x": 0.5}).numpy().mean((1, 2), dtype=float), [70, 3])
    assert float(result.output.split()[2]) == pytest.approx(independent(*sides), rel=1e-3)
    assert read_record(run.folder).frechet == kept
    assert "temperature: expected names of" in fails(*arguments, "q=1")
