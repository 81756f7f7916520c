"""What export_tfjs writes, and how it refuses."""

import gzip
import json
import subprocess
import sys

import numpy as np
import pytest

from tf_selfvae.errors import MissingPackage
from tf_selfvae.export import tfjs
from tf_selfvae.export.tfjs import PAGE, export_tfjs, in_float32
from tf_selfvae.export.tfjs_convert import pack_weights
from tf_selfvae.model.selfvae import SelfVAE

from .models import CONFIGS, make
from .tools import WEB, node

# Missing in TF.js, or wrong on one of its backends.
BAD = {
    "Bitcast", "Cumsum", "Einsum", "EnsureShape", "FloorDiv", "GatherV2", "OneHot", "ResizeBicubic",
    "SpaceToDepth",
}  # fmt: skip


def _models(folder):
    return {path.parent.name: json.loads(path.read_text()) for path in folder.glob("model/*/model.json")}


def _unpacked(folder, name):
    planes = np.frombuffer(gzip.decompress((folder / "model" / name / "weights.bin").read_bytes()), np.uint8)
    return planes.reshape(4, -1).T.tobytes()


def test_the_folder_holds_the_page_and_a_graph_for_each_step(site):
    folder = site("reversible")
    manifest = json.loads((folder / "model" / "manifest.json").read_text())
    names = ["p_u", "q_u", "p_y2", "d_y2", "p_z2", "q_z2", "p_y1", "d_y1", "p_z1", "q_z1", "p_x"]
    assert list(manifest["graphs"]) == names
    assert sorted(_models(folder)) == sorted(names)
    assert {path.name for path in PAGE.iterdir()} - {"pixels.wasm"} <= {path.name for path in folder.iterdir()}
    assert [v["name"] for v in manifest["variables"]] == ["u", "y2", "z2", "y1", "z1", "x"]
    assert manifest["plans"]["reconstruction_1"]["sent"] == ["u"]
    assert "super_resolution:2" in manifest["plans"]
    for name, graph in manifest["graphs"].items():
        for file, size in graph["bytes"].items():
            assert (folder / "model" / name / file).stat().st_size == size
    assert (folder.stat().st_mode & 0o055) == 0o055  # a web server of another user can read it


def test_graphs_hold_no_randomness_and_no_operation_that_a_backend_gets_wrong(site):
    for name, model in _models(site("reversible")).items():
        operations = {node["op"] for node in model["modelTopology"]["node"]}
        assert not operations & BAD, name
        assert not [op for op in operations if "Random" in op or "Stateless" in op], name
        assert len(model["signature"]["outputs"]) == 1, name


def test_each_weight_is_written_once_and_whole(site):
    model, folder = make("reversible"), site("reversible")
    written = sum(len(_unpacked(folder, name)) for name in _models(folder))
    held = 4 * model.count_params()
    # Gains and directions become one kernel; masks, matrices and sizes come on top.
    assert 0.8 * held < written < 1.3 * held
    kernel = model.likelihoods["x"].heads[0].out
    g, v = kernel.g.numpy(), kernel.v.numpy()
    kernel = g * v / np.sqrt((v * v).sum((0, 1, 2)) + 1e-12)
    values = np.frombuffer(_unpacked(folder, "p_x"), np.float32)
    starts = np.flatnonzero(np.isclose(values, kernel.ravel()[0], rtol=1e-5))
    assert any(np.allclose(values[s : s + kernel.size], kernel.ravel(), rtol=1e-4, atol=1e-6) for s in starts)


@pytest.mark.parametrize("length", [0, 1, 7, 4000])
def test_packed_weights_come_back(length):
    data = np.random.default_rng(0).bytes(length)
    planes = np.frombuffer(gzip.decompress(pack_weights(data)), np.uint8).reshape(4, -1)
    unpacked = planes.T.tobytes()
    assert unpacked[:length] == data and not any(unpacked[length:]) and len(unpacked) - length < 4
    assert pack_weights(data) == pack_weights(data)


def test_convolutions_become_float32_with_the_same_weights():
    model = SelfVAE(CONFIGS["reversible"].override({"precision": "bfloat16"}))
    same = in_float32(model)
    assert same.config.precision == "float32"
    for ours, theirs in zip(same.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert in_float32(same) is same


def test_a_folder_that_is_in_use_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match=f"folder: expected a new or an empty folder, got {tmp_path}"):
        export_tfjs(make("reversible"), tmp_path)
    with pytest.raises(ValueError, match="folder: expected a new or an empty folder"):
        export_tfjs(make("reversible"), tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_another_thing_than_a_model_is_refused(tmp_path):
    with pytest.raises(ValueError, match="model: expected a SelfVAE, got str"):
        export_tfjs("model.keras", tmp_path / "site")


def test_nothing_is_left_of_an_export_that_fails(tmp_path, monkeypatch):
    def fail(graph, folder):
        raise RuntimeError("p_u: TF.js cannot run this graph")

    monkeypatch.setattr(tfjs, "write_graph", fail)
    with pytest.raises(RuntimeError, match="cannot run"):
        export_tfjs(make("reversible"), tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_converter_is_named_with_its_command(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorflowjs"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorflowjs", None)
    with pytest.raises(MissingPackage, match="run: pip install --no-deps tensorflowjs==4.22.0"):
        export_tfjs(make("reversible"), tmp_path / "site")
    assert list(tmp_path.iterdir()) == []
    assert "tensorflow_hub" not in sys.modules


def test_the_page_forbids_other_hosts_and_carries_its_licences():
    policy = (PAGE / "index.html").read_text().split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src 'self'" in policy and "http" not in policy and "*" not in policy
    licences = (PAGE / "LICENSES.txt").read_text()
    for text in ("@tensorflow/tfjs-core 4.22.0", "Apache License", "seedrandom", "David Bau"):
        assert text in licences
    assert sum(path.stat().st_size for path in PAGE.iterdir()) < 3e6


def test_the_bundle_is_what_its_sources_give(tmp_path):
    command = [node(), "build.mjs", str(tmp_path / "page")]
    subprocess.run(command, cwd=WEB, check=True, timeout=900, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    built = {path.name: path.read_bytes() for path in (tmp_path / "page").iterdir()}
    assert sorted(built) == sorted(path.name for path in PAGE.iterdir())
    for name, content in built.items():
        assert content == (PAGE / name).read_bytes(), f"{name}: run `make page`"


def test_scripts_are_small():
    scripts = [path for part in ("src", "page", ".") for path in (WEB / part).glob("*.*js")]
    assert len(scripts) > 12
    for path in scripts:
        assert len(path.read_text().splitlines()) <= 300, path
