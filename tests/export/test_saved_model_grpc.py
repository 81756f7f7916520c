"""Requests and responses as the messages of TensorFlow Serving, over gRPC."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest, SignatureDefMap
from tensorflow_serving.apis.predict_pb2 import PredictRequest

from tf_selfvae.export.png import encode_pngs

from .pngs import bomb, pixels
from .servicer import read_signatures, serving


@pytest.fixture(scope="module")
def stub(exported):
    with serving(exported) as stub:
        yield stub


def request(signature, **inputs):
    made = PredictRequest()
    made.model_spec.name, made.model_spec.signature_name = "selfvae", signature
    for name, value in inputs.items():
        made.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return made


def ask(stub, message):
    return {name: tf.make_ndarray(p) for name, p in stub.Predict(message, timeout=600).outputs.items()}


def seeds(*values):
    return np.array(values, np.int64)


def temperatures(*values):
    return np.array(values, np.float32)


def test_metadata(stub, exported):
    message = GetModelMetadataRequest(metadata_field=["signature_def"])
    message.model_spec.name = "selfvae"
    response = stub.GetModelMetadata(message)
    assert response.model_spec.version.value == 1
    signatures = SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    assert set(signatures.signature_def) == set(read_signatures(exported))
    # The server answers Predict for signatures of this method only.
    assert {s.method_name for s in signatures.signature_def.values()} == {"tensorflow/serving/predict"}


def test_default_signature_generates(stub, model):
    found = ask(stub, request("", seed=seeds(5, 6), temperature=temperatures(1, 0.5)))
    assert set(found) == {"images", "y1", "y2"}
    np.testing.assert_array_equal(found["images"][:1], model.sample(1, seed=[5]))
    np.testing.assert_array_equal(found["images"][1:], model.sample(1, seed=[6], temperature=0.5))


def test_pictures_go_in_and_come_out_as_files(stub, model, images):
    files = encode_pngs(images[:2]).numpy().tolist()
    found = ask(stub, request(PNG, images_bytes=files, seed=seeds(1, 2)))
    for i, file in enumerate(found["images_bytes"]):
        python = model.reconstruct(images[i : i + 1], "reconstruction_3", seed=[i + 1])
        np.testing.assert_array_equal(pixels(file), python[0])


FINE = np.zeros([1, 16, 16, 3], np.uint8)
LATENTS = {name: np.ones([1, 2, 2, size], np.float32) for name, size in (("u", 4), ("z1", 3), ("z2", 3))}
NAN, INFINITY = float("nan"), float("inf")
PNG = "reconstruct_reconstruction_3_png"
MALFORMED = {
    "size": (request("score", images=np.zeros([1, 8, 8, 3], np.uint8), seed=seeds(1)), r"\[1,8,8,3\].*\[\?,16,16,3\]"),
    "tall": (
        request("score", images=np.zeros([1, 32, 16, 3], np.uint8), seed=seeds(1)),
        r"\[1,32,16,3\].*\[\?,16,16,3\]",
    ),
    "channels": (request("score", images=FINE[..., :1], seed=seeds(1)), r"\[1,16,16,1\].*\[\?,16,16,3\]"),
    "rank": (request("score", images=FINE[0], seed=seeds(1)), r"\[16,16,3\].*\[\?,16,16,3\]"),
    "seed rank": (request("generate", seed=np.int64(3), temperature=temperatures(1)), r"\[\].*\[\?\]"),
    "float images": (request("score", images=FINE.astype(np.float32), seed=seeds(1)), "uint8 but float"),
    "int32 seed": (request("score", images=FINE, seed=np.int32([1])), "int64 but int32"),
    "rows": (request("score", images=FINE, seed=seeds(1, 2)), "images, seed: expected the same number of rows"),
    "no rows": (request("generate", seed=seeds(), temperature=temperatures()), "at least 1, got.*0 0"),
    "wide seed": (
        request("generate", seed=seeds(2**31), temperature=temperatures(1)),
        "seed: expected whole numbers from -2147483648 to 2147483647, got.*2147483648",
    ),
    "NaN": (
        request("generate", seed=seeds(1, 2), temperature=temperatures(1, NAN)),
        "temperature: expected finite numbers of at least 0, got.*nan",
    ),
    "infinite": (
        request("generate", seed=seeds(1), temperature=temperatures(INFINITY)),
        "temperature: expected finite .*inf",
    ),
    "negative": (
        request("decode", **LATENTS, seed=seeds(1), temperature=temperatures(-0.5)),
        "temperature: expected .* at least 0, got.*-0.5",
    ),
    "NaN latent": (
        request("decode", **LATENTS | {"u": LATENTS["u"] * NAN}, seed=seeds(1), temperature=temperatures(1)),
        "u: expected finite numbers, got.*nan",
    ),
    "not a PNG": (
        request(PNG, images_bytes=[b"GIF89a" + b"\xff" * 99], seed=seeds(1)),
        "images_bytes: expected PNG files, got another format",
    ),
    "nothing": (request(PNG, images_bytes=[b""], seed=seeds(1)), "shorter than the header"),
    "bomb": (
        request(PNG, images_bytes=[bomb()], seed=seeds(1)),
        "expected images of 16x16 pixels, got widths and heights:.*60000 60000",
    ),
    "wrong name": (
        request("score", image=FINE, seed=seeds(1)),
        r"expected \['images', 'seed'\], got \['image', 'seed'\]",
    ),
    "missing": (request("generate", seed=seeds(1)), r"expected \['seed', 'temperature'\], got"),
}


@pytest.mark.parametrize("message, pattern", MALFORMED.values(), ids=MALFORMED)
def test_malformed_requests_get_an_error_and_the_next_is_answered(stub, model, message, pattern):
    with pytest.raises(grpc.RpcError, match=pattern) as caught:
        ask(stub, message)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = ask(stub, request("generate", seed=seeds(5), temperature=temperatures(1)))
    np.testing.assert_array_equal(found["images"], model.sample(1, seed=[5]))


def test_unknown_model_and_signature(stub):
    message = request("nope", seed=seeds(1))
    with pytest.raises(grpc.RpcError, match="nope") as caught:
        ask(stub, message)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    message.model_spec.name = "other"
    with pytest.raises(grpc.RpcError, match="other") as caught:
        ask(stub, message)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
