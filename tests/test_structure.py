"""Imports point one way, and files stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tf_selfvae"
# From the ground up: a room imports from its own tier and those above it in this list. A package is one room, except
# those below, whose modules are rooms of their own: what is inside them points one way, too.
SPLIT = ("cli", "evaluation", "model", "training")
TIERS = [
    {"errors"},
    {"checks", "config", "files", "devices", "model/noise", "model/workarounds", "training/workers"},
    {"layers", "distributions", "transforms"},
    {"model/hierarchy", "model/families", "model/optimizers", "model/step"},
    {"model/fitting"},
    {"model/trainable"},
    {"model/plans", "model/presets"},
    {"model/importance"},
    {"model/inference"},
    {"model/selfvae"},
    {"data", "runs", "evaluation/curves", "evaluation/frechet", "evaluation/features", "evaluation/terms"},
    {"evaluation/bounds", "evaluation/figures", "evaluation/run_record", "evaluation/transform_sheet", "export"},
    {"evaluation/sent", "evaluation/table", "evaluation/variations"},
    {"evaluation/report"},
    {"evaluation/measure"},
    {"training/agreement", "training/callbacks"},
    {"training/trainer"},
    {"training/api"},
    {"tuning"},
    {"cli/common"},
    {"cli/data_service", "cli/evaluate", "cli/export", "cli/tune"},
    {"cli/app"},
    {"__main__"},
]
TIER = {name: number for number, tier in enumerate(TIERS) for name in tier}
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def _room(parts):
    parts = [part for part in parts if part != "__init__"]
    return "/".join(parts[: 2 if parts[0] in SPLIT else 1])


def _imports(path):
    """List the rooms that a file imports."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) + 1 - node.level], *(node.module or "").split(".")]
            base = [part for part in base if part]
            for alias in node.names:
                parts = [*base, alias.name]
                # A name, not a module: what counts is where it comes from.
                is_module = (ROOT.joinpath(*parts).with_suffix(".py")).exists() or ROOT.joinpath(*parts).is_dir()
                yield _room(parts if is_module else base)
        elif isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("tf_selfvae"), f"{path}: import relatively"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path):
    room = _room(path.relative_to(ROOT).with_suffix("").parts)
    for name in _imports(path):
        if room in SPLIT:  # an __init__ that hands on a name of its own package
            assert name.startswith(f"{room}/"), f"{path} imports {name}"
            continue
        assert name in TIER, f"{path} imports {name}, which has no tier"
        assert TIER[name] <= TIER[room], f"{path} imports {name}, which stands above it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_small(path):
    assert len(path.read_text().splitlines()) <= 360
