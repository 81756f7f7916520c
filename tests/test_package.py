"""The package as it is installed: alone, without its extras, and as editors and builders see it."""

import ast
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import tf_selfvae as sv

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_what_editors_see_is_what_is_loaded():
    module = ast.parse((ROOT / "tf_selfvae/__init__.py").read_text())
    (block,) = [node for node in module.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    seen = {}
    for node in block.body:
        for alias in node.names:
            assert alias.asname == alias.name and node.level == 1
            seen[alias.name] = node.module
    # A module is imported from the one that it lies in, a name from where it is written.
    modules = {name: where.rpartition(".")[0] or None for name, where in sv._MODULES.items()}
    assert seen == {**modules, **sv._NAMES}
    assert set(sv.__all__) == set(seen)


def test_public_signatures_are_typed():
    for function in (sv.SelfVAE.from_preset, sv.SelfVAE.sample, sv.SelfVAE.fit, sv.data.load, sv.load_model, sv.train):
        assert "return" in function.__annotations__ and len(function.__annotations__) > 1


def test_one_version_and_one_licence():
    page = json.loads((ROOT / "web/package.json").read_text())
    assert (page["version"], page["license"]) == (sv.__version__, PROJECT["license"])
    assert re.search(rf"^## {re.escape(sv.__version__)}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert "Copyright 2026 the tf_selfvae authors" in (ROOT / "LICENSE").read_text()


def closure(requirements):
    """List the distributions that requirements pull in, on this machine."""
    found, waiting = set(), [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        extras = {"", *requirement.extras}
        if name in found or not any(
            requirement.marker is None or requirement.marker.evaluate({"extra": extra}) for extra in extras
        ):
            continue
        found.add(name)
        waiting += [
            asked
            for asked in map(Requirement, metadata.requires(name) or [])
            if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return found


# What is installed is hidden from the imports, except what the library alone would have brought.
BARE = """
import importlib.abc, json, sys

class Hidden(importlib.abc.MetaPathFinder):
    names = set(json.loads(sys.argv[1]))

    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
import numpy as np
from click.testing import CliRunner
import tf_selfvae as sv
from tests.small import TINY, pictures
from tf_selfvae.cli.app import main

images = pictures(TINY, 8)
model = sv.SelfVAE(TINY)
model.compile()
model.fit(images, batch_size=8, epochs=1, verbose=0)
model.save("m.keras")
np.savez("images.npz", images=pictures(TINY, 40))
json.dump(TINY.to_dict(), open("c.json", "w"))
assert sv.load_model("m.keras").sample(1).shape == (1, 8, 8, 3)
said = {}
for name, arguments in {
    "train": "train --config c.json --data npz:images.npz --run run --epochs 1 --cache cache",
    "evaluate": "evaluate run --cache cache",
    "report": "report run --cache cache",
    "tune": "tune --data npz:images.npz --run search --cache cache",
    "saved_model": "export m.keras --format saved_model -o served",
    "tfjs": "export m.keras --format tfjs -o site",
}.items():
    result = CliRunner().invoke(main, arguments.split())
    said[name] = [result.exit_code, " ".join(result.output.split())]
json.dump(said, open("said.json", "w"))
"""


def test_the_library_alone_works_and_says_which_extra_is_missing(tmp_path):
    alone = closure(PROJECT["dependencies"]) | {"tf-selfvae", "pip", "setuptools"}
    names = metadata.packages_distributions()
    hidden = [
        name
        for name, owners in names.items()
        if not alone & {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners}
    ]
    assert {"keras_tuner", "matplotlib", "jinja2", "tensorflow_serving", "tensorflowjs"} <= set(hidden)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", BARE, json.dumps(hidden)]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stderr
    said = json.loads((tmp_path / "said.json").read_text())
    assert said["train"][0] == said["evaluate"][0] == 0, said
    for command, package, extra in [
        ("report", "jinja2", "report"),
        ("tune", "matplotlib", "tune"),
        ("saved_model", "tensorflow_serving", "serve"),
    ]:
        sentence = f'{package}: is not installed; it comes with the extra "{extra}": pip install "tf_selfvae[{extra}]"'
        assert said[command][0] != 0 and said[command][1].endswith(sentence), said[command]
    assert said["tfjs"][0] != 0 and "run: pip install --no-deps tensorflowjs==4.22.0" in said["tfjs"][1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], folder)
    return folder


def run(command, folder, **environment):
    environment = {**{k: v for k, v in os.environ.items() if k != "PYTHONPATH"}, **environment}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_archives_hold_every_file_of_the_package(built):
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    assert sv.__version__ in wheel.name and sv.__version__ in sdist.name
    ours = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tf_selfvae").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"tf_selfvae/py.typed", "tf_selfvae/evaluation/report.html", "tf_selfvae/export/page/index.html"} <= ours
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert inside == ours
    archived = {name.partition("/")[2] for name in tarfile.open(sdist).getnames()}
    assert ours | {"LICENSE", "README.md", "pyproject.toml"} <= archived


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_an_archive_installs_in_an_empty_folder(kind, built, tmp_path):
    (archive,) = built.glob(kind)
    install = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", tmp_path / "installed"]
    run([sys.executable, "-m", "pip", "install", *install, archive], tmp_path)
    # `python -m` finds the archive's package, and not the one that is being tested.
    selfvae = [sys.executable, "-P", "-m", "tf_selfvae"]
    where = {"PYTHONPATH": str(tmp_path / "installed")}
    assert "train" in run([*selfvae, "--help"], tmp_path, **where)
    assert run([*selfvae, "presets"], tmp_path, **where).split() == sv.presets.available()
    found = run([sys.executable, "-P", "-c", "import tf_selfvae; print(tf_selfvae.__file__)"], tmp_path, **where)
    assert Path(found.strip()).is_relative_to(tmp_path)
