"""Imports point one way, and files stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tf_selfvae"
TIERS = [
    {"checks", "config", "files", "keras_faults", "noise"},
    {"layers", "distributions", "transforms"},
    {"variables", "plans", "step", "families", "presets", "optimizers", "apart", "importance", "usage"},
    {"model"},
    {"data", "evaluation", "export", "runs", "devices", "strategies", "link", "level_crew"},
    {"agreement", "callbacks"},
    {"job"},
    {"training"},
    {"tuning"},
    {"commands"},
    {"cli_common", "cli_data", "cli_export", "cli_measure", "cli_tune"},
    {"cli", "__main__"},
]
TIER = {name: number for number, tier in enumerate(TIERS) for name in tier}
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def _module(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports(path):
    depth = len(path.relative_to(ROOT).parts)  # dots that lead to the package itself
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            if node.level == depth:
                names = [node.module.split(".")[0]] if node.module else [a.name for a in node.names]
                yield from names
        elif isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("tf_selfvae"), f"{path}: import relatively"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path):
    for name in _imports(path):
        assert TIER[name] <= TIER[_module(path)], f"{path} imports {name}, which stands above it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_small(path):
    assert len(path.read_text().splitlines()) <= 360
