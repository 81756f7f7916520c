"""What the README and docs/ show runs: Python is executed, commands are parsed, the notebook is executed."""

import ast
import json
import re
import shlex
from pathlib import Path

import click
import pytest
from PIL import Image

import tf_selfvae as sv
from tests.small import eagerly
from tf_selfvae import weights
from tf_selfvae.cli.app import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NEEDS_A_SERVER = ["docs/serve.md"]  # tests/export asks one in its place


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def named(pages):
    return {str(page.relative_to(ROOT)): page for page in pages}


def commands(page):
    """List the arguments of each `selfvae` in a page's shell blocks."""
    text = "".join(blocks(page, "sh"))
    found = re.findall(r"^\s*(?:\w+=\S+\s+)*selfvae ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    lines = [shlex.split(line, comments=True) for line in found]
    return [line[: next((i for i, word in enumerate(line) if word in "&;|"), None)] for line in lines]


PYTHON = named(page for page in PAGES if blocks(page, "python"))
SHELL = named(page for page in PAGES if commands(page))


SMALLEST = {"steps": 0, "width": 8, "scales": 1, "mixtures": 2, "phases": 1}


def shallow(value):
    """Make everything in a configuration, or in its JSON, as small as it may be; two levels show what more would."""
    if isinstance(value, sv.Config):
        config = value.to_dict()
        return sv.Config.from_dict(shallow({**config, "levels": config["levels"][:2]}))
    if isinstance(value, dict):
        return {key: SMALLEST[key] if key in SMALLEST else shallow(part) for key, part in value.items()}
    return [shallow(part) for part in value] if isinstance(value, list | tuple) else value


def make_small(monkeypatch):
    """Have presets give small networks, and data sets a few batches: a few steps show that the code is right."""
    train, validation = sv.data.Dataset.train, sv.data.Dataset.validation
    make = sv.presets.get_preset
    monkeypatch.setattr("tf_selfvae.model.selfvae.get_preset", lambda name: shallow(make(name)))
    monkeypatch.setattr(sv.data.Dataset, "train", lambda *a, **k: train(*a, **k).take(2))
    monkeypatch.setattr(sv.data.Dataset, "validation", lambda *a, **k: validation(*a, **k).take(1))


@pytest.mark.parametrize("name", PYTHON)
@eagerly()
def test_python_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_small(monkeypatch)
    names = {}
    for number, block in enumerate(blocks(PYTHON[name], "python"), 1):
        compiled = compile(block, f"{name}, block {number}", "exec")
        if name not in NEEDS_A_SERVER:
            exec(compiled, names)


@pytest.mark.parametrize("name", SHELL)
def test_commands_are_those_of_the_command_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("runs/search").mkdir(parents=True)
    Path("runs/search/best.json").touch()
    for words in commands(SHELL[name]):
        with click.Context(main, info_name="selfvae") as context:
            name, command, rest = main.resolve_command(context, words)
            command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("name", named(PAGES))
def test_files_that_a_page_names_exist(name):
    text = (ROOT / name).read_text()
    paths = re.findall(r"\b(?:benchmarks|deploy|docs|requirements|tests|tf_selfvae|web)/[\w./-]*\w", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    targets = re.findall(r"make ((?:[a-z]+ ?)+)", "\n".join(blocks(ROOT / name, "sh")))
    makefile = (ROOT / "Makefile").read_text()
    for target in " ".join(targets).split():
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_outside_of_docs_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


@pytest.mark.parametrize("name", weights.names())
def test_pages_say_of_a_trained_model_what_its_file_says(name):
    bits = weights.about(name)["bits_per_dim"]
    card = (ROOT / weights.about(name)["card"]).read_text()
    count = sv.SelfVAE.from_preset(name, load_weights=False).count_params()
    assert f"**{bits:.3f}**" in card and f"{count:,} parameters" in card
    for page in ("README.md", "docs/models.md"):
        text = (ROOT / page).read_text()
        rows = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert len(rows) == 1 and rows[0].endswith(f"| {count / 1e6:.1f} M |"), page
        said = re.findall(rf"`{name}` needs\s+\*\*([\d.]+)\*\*", text)
        assert all(number == f"{bits:.2f}" for number in said), page


def test_names_of_the_javascript_are_exported():
    library = (ROOT / "tf_selfvae/export/page/library.js").read_text()
    exported = set(re.findall(r"\w+", " ".join(re.findall(r"export\s*\{([^}]*)\}", library))))
    for block in blocks(ROOT / "docs/browser.md", "js"):
        for names in re.findall(r"import \{([^}]*)\} from \"./library.js\"", block):
            assert set(re.findall(r"\w+", names)) <= exported


def run_cell(source, names):
    """Run a cell as a notebook does, and return what it shows: the value of an expression that is its last line."""
    lines = ast.parse(source).body
    last = lines.pop() if isinstance(lines[-1], ast.Expr) else None
    exec(compile(ast.Module(lines, []), "a cell", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "a cell", "eval"), names)


@eagerly()
def test_the_notebook_runs(tmp_path, monkeypatch):
    cells = json.loads((ROOT / "docs/first-steps.ipynb").read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in code)
    monkeypatch.chdir(tmp_path)
    make_small(monkeypatch)
    names = {}
    shown = [run_cell("".join(cell["source"]), names) for cell in code]
    assert shown[-1] is True
    assert sum(isinstance(each, Image.Image) for each in shown) == 2
    assert (tmp_path / "first-steps.keras").is_file()
