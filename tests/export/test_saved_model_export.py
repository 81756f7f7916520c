"""Writing version folders: whole or not at all, and what is refused."""

import json
import shutil

import pytest
import tensorflow as tf
from click.testing import CliRunner

import tf_selfvae as sv
from tests.small import CONFIGS, pictures
from tf_selfvae.cli.app import main
from tf_selfvae.export import saved_model
from tf_selfvae.export.saved_model import export_saved_model

from .servicer import read_signatures


def run(*arguments):
    return CliRunner().invoke(main, ["export", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def vae(tmp_path_factory):
    path = tmp_path_factory.mktemp("vae") / "m.keras"
    made = sv.SelfVAE(CONFIGS["vae-grey"])
    made.data_init(pictures(made.config, 16))
    made.save(path)
    return path


def test_the_command_writes_the_next_version(vae, tmp_path):
    folder = tmp_path / "deep" / "served"
    (folder / "2").mkdir(parents=True)
    (folder / "notes").mkdir()
    result = run(vae, "--format", "saved_model", "-o", folder)
    assert result.exit_code == 0, result.output
    assert f"wrote {folder / '3'}" in result.output
    assert sorted(path.name for path in folder.iterdir()) == ["2", "3", "notes"]
    # Readable by a server that runs as someone else, as any new folder is here.
    assert (folder / "3").stat().st_mode == (folder / "notes").stat().st_mode
    names = {"generate", "reconstruct_reconstruction_1", "encode", "decode", "score"}
    found = read_signatures(folder / "3")
    assert set(found) == names | {f"{name}_png" for name in names} | {"serving_default"}
    assert found["score"].inputs["images"].tensor_shape.dim[3].size == 1
    again = tf.saved_model.load(str(folder / "3")).signatures["generate_png"]
    files = again(seed=tf.constant([1, 2], tf.int64), temperature=tf.ones([2]))["images_bytes"]
    python = sv.load_model(vae).sample(1, seed=[2])
    assert (tf.io.decode_png(files[1]).numpy() == python[0].numpy()).all()


def test_a_failed_export_leaves_nothing(model, tmp_path, monkeypatch):
    def half(folder, signatures, variables):
        (folder / "saved_model.pb").write_text("half")
        raise OSError("no space left on device")

    monkeypatch.setattr(saved_model, "build_signatures", lambda model: {})
    monkeypatch.setattr(saved_model, "_write", half)
    (tmp_path / "1").mkdir()
    with pytest.raises(OSError, match="no space"):
        export_saved_model(model, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_two_exports_at_once_take_different_numbers(model, tmp_path, monkeypatch):
    (tmp_path / "1").mkdir()
    early = []

    def write(folder, *_):
        (folder / "file").touch()
        if not early:
            early.append(None)
            early[0] = export_saved_model(model, tmp_path)

    monkeypatch.setattr(saved_model, "build_signatures", lambda model: {})
    monkeypatch.setattr(saved_model, "_write", write)
    late = export_saved_model(model, tmp_path)
    assert (early[0].name, late.name) == ("2", "3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "3"]


def test_targets_that_cannot_be_written(model, tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ValueError, match=f"folder: .*{folder}"):
            export_saved_model(model, folder)
    with pytest.raises(ValueError, match="folder: /proc/served can't be written"):
        export_saved_model(model, "/proc/served")


def test_what_is_no_model(tmp_path):
    with pytest.raises(ValueError, match="model: expected a SelfVAE, got a str"):
        export_saved_model("runs/mine", tmp_path / "served")
    assert not (tmp_path / "served").exists()


@pytest.mark.parametrize("form", ["saved_model", "tfjs"])
def test_runs_without_weights(form, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text(json.dumps(CONFIGS["vae"].to_dict()))
    result = run(tmp_path / "run", "--format", form, "-o", tmp_path / "served")
    assert result.exit_code and "has no weights yet" in result.output
    shutil.rmtree(tmp_path / "run")
    result = run(tmp_path / "run", "--format", form, "-o", tmp_path / "served")
    assert result.exit_code and "does not exist; expected a run's folder, a .keras file, or a name of" in result.output
    assert not (tmp_path / "served").exists()


def test_unknown_formats(vae, tmp_path):
    result = run(vae, "--format", "onnx", "-o", tmp_path / "served")
    assert result.exit_code and "'onnx' is not one of 'saved_model', 'tfjs'" in result.output
    result = run(vae, "-o", tmp_path / "served")
    assert result.exit_code and "Missing option '--format'" in result.output


def test_a_file_as_the_target(vae, tmp_path):
    (tmp_path / "file").touch()
    result = run(vae, "--format", "saved_model", "-o", tmp_path / "file")
    assert result.exit_code and "which is a file" in result.output
    assert "Traceback" not in result.output
