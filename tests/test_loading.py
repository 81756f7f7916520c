"""In new processes: what was saved loads, whatever is imported first, and little is imported before it is needed."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import tf_selfvae as sv
from tests.small import CONFIGS
from tf_selfvae import keras_names

ROOT = Path(__file__).parents[1]
_HEAVY = "[name for name in ('keras', 'tensorflow', 'tensorflow_probability') if name in sys.modules]"


def run(script, *arguments, **environment):
    environment = {**{k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}, **environment}
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("loading") / "m.keras"
    model = sv.SelfVAE(CONFIGS["vae"])
    model.compile()
    model.save(path)
    return path


@pytest.mark.parametrize("imports", ["import tf_selfvae, keras", "import keras, tf_selfvae"])
def test_keras_loads_a_model_in_a_new_process(imports, saved):
    done = run(f"import sys\n{imports}\nprint(type(keras.saving.load_model(sys.argv[1])))", saved)
    assert done.stdout == "<class 'tf_selfvae.model.selfvae.SelfVAE'>\n", done.stderr


def test_keras_loads_a_layer_in_a_new_process(tmp_path):
    script = """
import sys, tf_selfvae, keras
layer = {"module": "tf_selfvae.layers.weight_norm", "class_name": "WeightNormConv2D",
         "registered_name": "tf_selfvae>WeightNormConv2D", "config": {"filters": 3, "kernel_size": 1}}
print(type(keras.saving.deserialize_keras_object(layer)).__module__)
"""
    done = run(script)
    assert done.stdout == "tf_selfvae.layers.weight_norm\n", done.stderr


def test_every_registered_class_has_a_stand_in():
    assert sv.SelfVAE  # imports them all
    registered = {name for name in keras.saving.get_custom_objects() if name.startswith("tf_selfvae>")}
    assert registered == {f"tf_selfvae>{name}" for name in keras_names._NAMES}
    modules = {keras.saving.get_registered_object(name).__module__ for name in registered}
    assert keras_names.__name__ not in modules  # the classes themselves took their places


def test_a_command_starts_without_what_keras_finds_and_no_command_uses(saved, tmp_path):
    script = """
import gc, sys
from tf_selfvae.cli.app import main
main(["sample", sys.argv[1], "-n", "1", "-o", sys.argv[2]], standalone_mode=False)
print([name for name in ("sklearn", "matplotlib") if name in sys.modules], gc.isenabled())
import matplotlib, sklearn  # who needs them still gets them
"""
    picture = tmp_path / "drawn.png"
    done = run(script, saved, picture)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[] True" and picture.exists()


def test_importing_the_package_imports_no_tensorflow():
    done = run(f"import sys, tf_selfvae as sv\nsv.Config(), sv.presets.available()\nprint({_HEAVY})")
    assert done.stdout == "[]\n", done.stderr


def test_help_imports_no_tensorflow():
    script = f"""
import sys
from tf_selfvae.cli.app import main
for command in ([], *([name] for name in main.commands)):
    main([*command, "--help"], standalone_mode=False)
print({_HEAVY})
"""
    done = run(script)
    assert done.stdout.endswith("\n[]\n"), done.stdout + done.stderr


@pytest.mark.parametrize("use", ["sv.SelfVAE", "sv.load_model('m.keras')", "sv.train"])
def test_another_backend_is_noticed_in_one_sentence(use, tmp_path):
    sentence = "expected the backend tensorflow, which this library computes with, got jax"
    done = run(f"import tf_selfvae as sv\n{use}", KERAS_BACKEND="jax")
    assert done.stderr.splitlines()[-1] == f"tf_selfvae.errors.UserError: KERAS_BACKEND: {sentence}"
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    done = run(f"import tf_selfvae as sv\n{use}", KERAS_HOME=str(tmp_path))
    assert f"{tmp_path / 'keras.json'}: {sentence}" in done.stderr.splitlines()[-1]


def test_another_backend_is_noticed_by_the_command_line():
    done = run("from tf_selfvae.cli.app import main; main(['sample', 'm.keras'])", KERAS_BACKEND="torch")
    assert done.returncode == 1 and done.stderr.startswith("Error: KERAS_BACKEND: expected the backend tensorflow")


def test_another_backend_is_noticed_when_a_model_is_loaded(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    stand_in = keras_names._stand_in(keras, "SelfVAE", "tf_selfvae>SelfVAE")
    with pytest.raises(ValueError, match="keras: expected the backend tensorflow, .*, got jax"):
        stand_in.from_config({})
