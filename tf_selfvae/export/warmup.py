"""Requests that a model server sends itself when it loads a model, so that no user waits first."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from ..extras import needs

with needs("serve"):
    from tensorflow_serving.apis.predict_pb2 import PredictRequest
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog, PredictLog

FILE = "assets.extra/tf_serving_warmup_requests"


def write_warmup(folder, signatures):
    """Write one request a signature where TensorFlow Serving looks for them.

    One row is enough: a graph that computes row by row is the same for every batch.

    Args:
        folder: `Path` of a SavedModel.
        signatures: dict of name to `Signature`.
    """
    path = folder / FILE
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for name, signature in signatures.items():
            request = PredictRequest()
            request.model_spec.name = "selfvae"
            request.model_spec.signature_name = name
            for argument, value in _example(signature).items():
                request.inputs[argument].CopyFrom(tf.make_tensor_proto(value))
            writer.write(PredictionLog(predict_log=PredictLog(request=request)).SerializeToString())


def _example(signature):
    """Make valid inputs of one row."""
    values = {}
    for name, spec in signature.inputs.items():
        if name == "temperature":
            values[name] = np.ones([1], np.float32)
        elif spec.dtype == tf.string:
            values[name] = np.array([_grey_png(signature.image)], object)
        elif spec.dtype == tf.uint8:
            values[name] = np.full([1, *spec.shape[1:]], 128, np.uint8)
        else:
            values[name] = np.zeros([1, *spec.shape[1:]], spec.dtype.as_numpy_dtype)
    return values


def _grey_png(shape):
    return tf.io.encode_png(tf.fill(shape, tf.constant(128, tf.uint8))).numpy()
