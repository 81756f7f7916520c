"""What an exported model answers, through the C API in a process without Keras and this library."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

import tf_selfvae as sv
from tf_selfvae.export.png import encode_pngs
from tf_selfvae.model import inference
from tf_selfvae.model.noise import row_seeds
from tf_selfvae.model.plans import Plan, Source

from .pngs import pixels
from .servicer import LIBRARIES, read_signatures

SEEDS = np.array([3, -4, 2**31 - 1, 0, -(2**31)], np.int64)
TEMPERATURES = np.array([1, 0.7, 0, 0.5, 1], np.float32)
OPTIMISED = {"generate", "generate_png", "score", "score_png"}  # pairs alike: fused operations round otherwise
PARTS = [slice(0, 5), slice(0, 1), slice(1, 3), slice(3, 4), slice(4, 5)]  # batches of 5, 1 and 2


def test_signatures(model, exported):
    names = {
        "generate", "encode", "decode", "score", "super_resolve", "super_resolve_2",
        "reconstruct_reconstruction_1", "reconstruct_reconstruction_2", "reconstruct_reconstruction_3",
        "reconstruct_conditional_reconstruction", "reconstruct_conditional_reconstruction_2",
        "reconstruct_conditional_generation", "reconstruct_conditional_generation_2",
    }  # fmt: skip
    signatures = read_signatures(exported)
    assert set(signatures) == names | {f"{name}_png" for name in names} | {"serving_default"}

    def described(tensors):
        sizes = {n: [d.size for d in t.tensor_shape.dim] for n, t in tensors.items()}
        return {n: (tf.as_dtype(t.dtype).name, sizes[n]) for n, t in tensors.items()}

    seed, temperature = ("int64", [-1]), ("float32", [-1])
    assert described(signatures["generate"].inputs) == {"seed": seed, "temperature": temperature}
    assert described(signatures["generate"].outputs) == {
        "images": ("uint8", [-1, 16, 16, 3]),
        "y1": ("uint8", [-1, 8, 8, 3]),
        "y2": ("uint8", [-1, 4, 4, 3]),
    }
    assert described(signatures["serving_default"].outputs) == described(signatures["generate"].outputs)
    small = {"images": ("uint8", [-1, 4, 4, 3]), "seed": seed, "temperature": temperature}
    assert described(signatures["super_resolve_2"].inputs) == small
    files = {"images_bytes": ("string", [-1]), "y1_bytes": ("string", [-1]), "y2_bytes": ("string", [-1])}
    assert described(signatures["generate_png"].outputs) == files
    # REST encodes bytes as base64 where a name ends so.
    for signature in signatures.values():
        for tensors in (signature.inputs, signature.outputs):
            for name, (dtype, _) in described(tensors).items():
                assert (dtype == "string") == name.endswith("_bytes")


def test_the_graph_is_core_tensorflow(exported):
    saved = SavedModel.FromString((exported / "saved_model.pb").read_bytes())
    graph = saved.meta_graphs[0].graph_def
    operations = {node.op for f in graph.library.function for node in f.node_def}
    operations |= {node.op for node in graph.node}
    assert {"Conv2D", "DecodePng", "StatelessRandomNormalV2"} <= operations
    assert not {name for name in operations if "PyFunc" in name or "Xla" in name}
    # Any other name is an operation of TensorFlow itself: nothing else was loaded when it was made.
    assert all(hasattr(tf.raw_ops, name) for name in operations - {"_Arg", "_Retval"})


def warm_up_requests(exported):
    path = exported / "assets.extra" / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset(str(path)):
        log = PredictionLog.FromString(record.numpy())
        assert log.WhichOneof("log_type") == "predict_log"
        yield log.predict_log.request


def inputs_of(name, signature, model, images, latents):
    """Five rows of valid inputs for a signature."""
    low = images
    for _ in range(int(name.removesuffix("_png")[-1]) if name.removesuffix("_png")[-1].isdigit() else 1):
        low = sv.transforms.get("haar")(low)
    pictures = np.asarray(low if name.startswith("super_resolve") else images)
    values = {"seed": SEEDS, "temperature": TEMPERATURES, "images": pictures, **latents}
    values["images_bytes"] = np.array(list(encode_pngs(pictures).numpy()), object)
    return {n: values[n] for n in signature.inputs}


@pytest.fixture(scope="module")
def answers(model, exported, images, tmp_path_factory):
    """Every signature's answers to five rows, in batches of 5, 1 and 2, from a child process."""
    folder = tmp_path_factory.mktemp("child")
    signatures = read_signatures(exported)
    latents = model.reconstruct(images, plan="infer", seed=SEEDS, return_variables=True)
    latents = {n: v.numpy() for n, v in latents.items() if model.hierarchy[n].is_latent}
    jobs, places = [], []
    for name, signature in signatures.items():
        inputs = inputs_of(name, signature, model, images, latents)
        for index, part in enumerate(PARTS):
            feeds = {signature.inputs[n].name: value[part] for n, value in inputs.items()}
            jobs.append((feeds, [tensor.name for tensor in signature.outputs.values()], name in OPTIMISED))
            places.append((name, index))
    for sent in warm_up_requests(exported):
        name = sent.model_spec.signature_name
        feeds = {signatures[name].inputs[n].name: tf.make_ndarray(p) for n, p in sent.inputs.items()}
        jobs.append((feeds, [tensor.name for tensor in signatures[name].outputs.values()], name in OPTIMISED))
        places.append((name, "warm-up"))
    (folder / "jobs").write_bytes(pickle.dumps(jobs))
    child = Path(__file__).with_name("c_api.py")
    command = [sys.executable, "-I", child, LIBRARIES, exported, folder / "jobs", folder / "results"]
    subprocess.run(command, check=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    report = pickle.loads((folder / "results").read_bytes())
    assert not {"tensorflow", "keras", "tf_selfvae"} & set(report["modules"])
    found = {}
    for (name, index), result in zip(places, report["results"]):
        assert isinstance(result, list), f"{name}: {result}"
        found[name, index] = dict(zip(signatures[name].outputs, result))
    return {"latents": latents, **found}


def test_a_row_has_one_answer_in_any_batch(exported, answers):
    for name in read_signatures(exported):
        for index, part in enumerate(PARTS):
            for output, value in answers[name, index].items():
                # Exactly: bits of floats too.
                np.testing.assert_array_equal(value, answers[name, 0][output][part], f"{name} {output}")


def test_warm_up_requests_are_valid(exported, answers):
    """TensorFlow Serving sends these to itself when it loads a model, at most 1000."""
    asked = sorted(sent.model_spec.signature_name for sent in warm_up_requests(exported))
    assert asked == sorted(set(read_signatures(exported)) - {"serving_default"})
    for name in asked:
        assert all(len(value) == 1 for value in answers[name, "warm-up"].values())


def test_rows_differ(answers):
    assert len({image.tobytes() for image in answers["generate", 0]["images"]}) == 5
    assert len(set(answers["score", 0]["bits_per_dim"])) == 5


def test_generated_images_are_those_of_python(model, answers):
    for i in range(5):
        python = model.sample(1, seed=SEEDS[i : i + 1], temperature=TEMPERATURES[i], return_variables=True)
        for name in ("generate", "serving_default"):
            for output, variable in {"images": "x", "y1": "y1", "y2": "y2"}.items():
                np.testing.assert_array_equal(answers[name, 0][output][i], python[variable][0])


@pytest.mark.parametrize("plan", ["reconstruction_1", "reconstruction_3", "conditional_reconstruction",
                                  "conditional_reconstruction:2", "conditional_generation:2"])  # fmt: skip
def test_reconstructions_are_those_of_python(model, images, answers, plan):
    found = answers["reconstruct_" + plan.replace(":", "_"), 0]["images"]
    for i in range(5):
        python = model.reconstruct(images[i : i + 1], plan=plan, seed=SEEDS[i : i + 1])
        np.testing.assert_array_equal(found[i], python[0])


@pytest.mark.parametrize("level", [1, 2])
def test_super_resolution_is_that_of_python(model, images, answers, level):
    found = answers["super_resolve" if level == 1 else "super_resolve_2", 0]
    assert set(found) == ({"images"} if level == 1 else {"images", "y1"})
    low = images
    for _ in range(level):
        low = sv.transforms.get("haar")(low)
    for i in range(5):
        python = model.reconstruct(
            low[i : i + 1], f"super_resolution:{level}", SEEDS[i : i + 1], TEMPERATURES[i], return_variables=True
        )
        for output, value in found.items():
            np.testing.assert_array_equal(value[i], python["x" if output == "images" else output][0])


def test_encode_is_that_of_python_and_decode_inverts_it(model, images, answers):
    found = answers["encode", 0]
    assert set(found) == {"u", "z2", "z1"}
    for i in range(5):
        python = model.reconstruct(images[i : i + 1], "infer", SEEDS[i : i + 1], return_variables=True)
        for name, value in found.items():
            np.testing.assert_allclose(value[i], python[name][0], rtol=0, atol=1e-5)
    # Row 0 has temperature 1, as reconstruction has: its latents decode to its reconstruction.
    row = answers["decode", 0]["images"][0]
    sources = {n: Source.GIVEN if v.is_latent else Source.PRIOR for n, v in model.hierarchy.items()}
    given = {n: v[:1] for n, v in answers["latents"].items()}
    rows = row_seeds(SEEDS[:1], 1)
    python = inference._run(model, Plan("decode", sources), rows, given)
    np.testing.assert_array_equal(row, python["x"][0])


def test_scores_are_those_of_python(model, images, answers):
    for i in range(5):
        python = model.bits_per_dim(images[i : i + 1], seed=SEEDS[i : i + 1])
        np.testing.assert_allclose(answers["score", 0]["bits_per_dim"][i], python[0], rtol=1e-6)


def test_png_twins_say_the_same(exported, answers):
    for name in read_signatures(exported):
        if not name.endswith("_png"):
            continue
        twin, plain = answers[name, 0], answers[name.removesuffix("_png"), 0]
        assert {output.removesuffix("_bytes") for output in twin} == set(plain)
        for output, value in twin.items():
            if output.endswith("_bytes"):
                value = np.stack([pixels(file) for file in value])
            np.testing.assert_array_equal(value, plain[output.removesuffix("_bytes")], f"{name} {output}")
