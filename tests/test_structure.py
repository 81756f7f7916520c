"""Imports point one way, and files stay small.

`python -m tests.test_structure [FOLDER]` counts the modules, floors and arrows of a package.
"""

import ast
import graphlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tf_selfvae"
# From the ground up: a room imports from its own tier and those above it in this list. A package is one room, except
# those below, whose modules are rooms of their own: what is inside them points one way, too.
SPLIT = ("cli", "evaluation", "model", "training")
TIERS = [
    {"errors"},
    {
        "checks",
        "config",
        "configurable",
        "files",
        "json_files",
        "devices",
        "extras",
        "keras_names",
        "terminal",
        "model/deeper",
        "model/noise",
        "model/workarounds",
        "workers",
    },
    {"layers", "distributions", "transforms", "weights"},
    {"model/hierarchy", "model/optimizers", "model/presets"},
    {"model/fitting", "model/networks", "model/plans"},
    {"model/trainable"},
    {"model/importance", "model/levels", "model/traversal"},
    {"model/inference"},
    {"model/selfvae"},
    {"data", "runs", "evaluation/plots", "evaluation/frechet", "evaluation/features", "evaluation/terms"},
    {"codec"},
    {
        "evaluation/bounds",
        "evaluation/curves",
        "evaluation/figures",
        "evaluation/run_record",
        "evaluation/transform_sheet",
        "export",
    },
    {"evaluation/score", "evaluation/sent", "evaluation/table", "evaluation/variations"},
    {"evaluation/report"},
    {"evaluation/images"},
    {"evaluation/measure"},
    {"training/agreement", "training/callbacks", "training/levels", "training/progress"},
    {"training/task"},
    {"training/trainer"},
    {"training/api"},
    {"tuning"},
    {"cli/common"},
    {"cli/codec", "cli/data_service", "cli/evaluate", "cli/export", "cli/merge", "cli/tune"},
    {"cli/app"},
    {"__main__"},
]
TIER = {name: number for number, tier in enumerate(TIERS) for name in tier}
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def _room(parts):
    parts = [part for part in parts if part != "__init__"]
    return "/".join(parts[: 2 if parts[0] in SPLIT else 1])


def _imports(path, root=ROOT):
    """List the modules that a file imports, each as the parts of its path."""
    package = path.relative_to(root).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) + 1 - node.level], *(node.module or "").split(".")]
            base = [part for part in base if part]
            for alias in node.names:
                parts = [*base, alias.name]
                # A name, not a module: what counts is where it comes from.
                is_module = (root.joinpath(*parts).with_suffix(".py")).exists() or root.joinpath(*parts).is_dir()
                yield tuple(parts if is_module else base)
        elif isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("tf_selfvae"), f"{path}: import relatively"


def _graph(root, depth):
    """Map each module of a package, named by so many parts of its path, to the others that it imports."""
    graph = {}
    for path in root.rglob("*.py"):
        own = path.relative_to(root).with_suffix("").parts
        own = own[:-1] if own[-1] == "__init__" else own
        if own:  # the package's face hands on what its callers ask for
            others = {parts[:depth] for parts in _imports(path, root) if parts} - {own[:depth]}
            graph.setdefault(own[:depth], set()).update(others)
    return graph


def _floors(graph):
    """Return how many modules the longest chain of imports has."""
    height = {}
    for name in graphlib.TopologicalSorter(graph).static_order():
        height[name] = 1 + max((height[other] for other in graph.get(name, ())), default=0)
    return max(height.values())


@pytest.mark.parametrize("depth", [1, 9], ids=["rooms", "modules"])
def test_no_imports_go_in_a_circle(depth):
    graph = _graph(ROOT, depth)
    assert _floors(graph) <= len(graph)  # a circle has no order: graphlib raises CycleError, which names it


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path):
    room = _room(path.relative_to(ROOT).with_suffix("").parts)
    for name in map(_room, filter(None, _imports(path))):
        if room in SPLIT:  # an __init__ that hands on a name of its own package
            assert name.startswith(f"{room}/"), f"{path} imports {name}"
            continue
        assert name in TIER, f"{path} imports {name}, which has no tier"
        assert TIER[name] <= TIER[room], f"{path} imports {name}, which stands above it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_small(path):
    assert len(path.read_text().splitlines()) <= 360


if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    lines = sum(len(path.read_text().splitlines()) for path in root.rglob("*.py"))
    print(f"{len(list(root.rglob('*.py')))} files, {lines} lines")
    for label, depth in (("modules and folders in the root", 1), ("modules", 9)):
        graph = _graph(root, depth)
        print(f"{len(graph)} {label}: {_floors(graph)} floors, {sum(map(len, graph.values()))} arrows")
