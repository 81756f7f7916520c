"""A small prediction service for tests: real messages, over gRPC, answered by an exported model.

It does what the model server does with a request: looks the signature up, compares names, and hands the
tensors to a session of the C API. Types, shapes and values are the session's and the graph's to refuse.
"""

import contextlib
from concurrent import futures
from pathlib import Path

import grpc
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow_serving.apis import prediction_service_pb2_grpc as service
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataResponse, SignatureDefMap
from tensorflow_serving.apis.predict_pb2 import PredictResponse

from .c_api import Api, Session

LIBRARIES = Path(tf.__file__).parent
CODES = {code.value[0]: code for code in grpc.StatusCode}  # TensorFlow numbers its own alike


def read_signatures(folder):
    """Return a SavedModel's signatures as they are in its file: a dict of name to `SignatureDef`."""
    saved = SavedModel.FromString((Path(folder) / "saved_model.pb").read_bytes())
    signatures = dict(saved.meta_graphs[0].signature_def)
    return {name: s for name, s in signatures.items() if name != "__saved_model_init_op"}


class Servicer(service.PredictionServiceServicer):
    def __init__(self, folder, name):
        self.signatures, self.name, self.version = read_signatures(folder), name, int(Path(folder).name)
        self.session = Session(Api(LIBRARIES), folder)

    def _check_name(self, request, context):
        if request.model_spec.name != self.name:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no model {request.model_spec.name!r}")

    def Predict(self, request, context):
        self._check_name(request, context)
        key = request.model_spec.signature_name or "serving_default"
        if key not in self.signatures:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"signature {key!r} not found")
        signature = self.signatures[key]
        if set(request.inputs) != set(signature.inputs):
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"inputs: expected {sorted(signature.inputs)}, got {sorted(request.inputs)}",
            )
        feeds = {signature.inputs[n].name: tf.make_ndarray(p) for n, p in request.inputs.items()}
        names = list(signature.outputs)
        results = self.session.run(feeds, [signature.outputs[name].name for name in names])
        if isinstance(results, tuple):
            context.abort(CODES[results[0]], results[1])
        response = PredictResponse()
        response.model_spec.CopyFrom(request.model_spec)
        response.model_spec.version.value = self.version
        for name, value in zip(names, results):
            response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
        return response

    def GetModelMetadata(self, request, context):
        self._check_name(request, context)
        response = GetModelMetadataResponse()
        response.model_spec.name, response.model_spec.version.value = self.name, self.version
        signatures = SignatureDefMap()
        for name, signature in self.signatures.items():
            signatures.signature_def[name].CopyFrom(signature)
        response.metadata["signature_def"].Pack(signatures)
        return response


@contextlib.contextmanager
def serving(folder, name="selfvae"):
    """Serve a version folder on loopback; gives a stub of the prediction service."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    service.add_PredictionServiceServicer_to_server(Servicer(folder, name), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield service.PredictionServiceStub(channel)
    finally:
        server.stop(None).wait()
