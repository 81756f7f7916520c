"""Networks that turn pictures to feature vectors, for a Frechet distance."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ..errors import DownloadFailed, UserError

_INCEPTION_SIDE = 299


class FeatureNetwork:
    """Any Keras model that gives a vector per picture.

    Args:
        model: a `keras.Model` from float32 [B, h, w, 3] or [B, h, w, 1] to [B, D].
        name: what a distance by it is called.
        preprocess: brings float32 grey levels 0..255 to what the model reads; None leaves them.

    Pictures of another size are resized (bilinearly, antialiased where they shrink), grey ones
    repeated to three channels where the model reads three.

    Raises:
        ValueError: when the model does not read one picture or does not give one vector.

    Example:
        >>> FeatureNetwork(keras.saving.load_model("features.keras"), "mine")(images).shape
    """

    def __init__(self, model, name, preprocess=None):
        inputs, outputs = (getattr(model, name, None) for name in ("input_shape", "output_shape"))
        if not isinstance(inputs, tuple) or len(inputs) != 4 or inputs[-1] not in (1, 3):
            raise UserError(
                f"features: expected a model of pictures [B, h, w, 1 or 3], got a {type(model).__name__} that reads "
                f"{inputs}"
            )
        if not isinstance(outputs, tuple) or len(outputs) != 2 or outputs[-1] is None:
            raise UserError(f"features: expected a model that gives vectors [B, D], it gives {outputs}")
        self.name, self.size = name, outputs[-1]
        _, height, width, self._channels = inputs

        @tf.function(reduce_retracing=True)
        def run(images):
            images = tf.cast(images, tf.float32)
            if height and width:  # the identity where they are the images' own
                images = tf.image.resize(images, (height, width), "bilinear", antialias=True)
            return model(images if preprocess is None else preprocess(images), training=False)

        self._run = run

    def __call__(self, images):
        """Return float32 [B, D] of uint8 images [B, H, W, C].

        Raises:
            ValueError: when the channels don't fit.
        """
        images = np.asarray(images)
        if images.ndim != 4 or (images.shape[-1], self._channels) not in ((1, 1), (3, 3), (1, 3)):
            raise UserError(f"images: {self.name} reads [B, H, W, {self._channels}], got {list(images.shape)}")
        return self._run(np.broadcast_to(images, (*images.shape[:3], self._channels))).numpy()


def inception(weights=None):
    """Return Inception-v3's 2048 pooled features, as Keras has them.

    These weights are Keras's (ImageNet), not the port of 2015 that most published distances use: name
    the network beside the number.

    Args:
        weights: a .h5 file of Keras's Inception-v3 without its top; None lets Keras download it.

    Raises:
        ValueError: when the file is not there or does not fit.
        DownloadFailed: when the download fails; nothing stands in for the weights.
    """
    if weights is not None and not Path(weights).is_file():
        raise UserError(f"inception_weights: {weights} does not exist")
    shape = (_INCEPTION_SIDE, _INCEPTION_SIDE, 3)
    application = keras.applications.InceptionV3
    try:
        model = application(
            include_top=False,
            pooling="avg",
            input_shape=shape,
            weights="imagenet" if weights is None else str(weights),
        )
    except Exception as error:  # Keras raises many kinds, here and in downloads
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if weights is not None:
            raise UserError(f"inception_weights: {weights} does not hold Inception-v3's weights: {reason}") from error
        raise DownloadFailed(
            f"the Inception-v3 weights could not be downloaded ({reason}): no distance was computed. Give "
            "the file inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5 of Keras with "
            "--inception-weights, or another Keras model with --features"
        ) from error
    return FeatureNetwork(model, "Inception-v3 (Keras)", keras.applications.inception_v3.preprocess_input)


def load_features(features="inception", inception_weights=None):
    """Return a `FeatureNetwork` by name.

    Args:
        features: "inception", or the path of a `.keras` file (it reads grey levels 0..255).
        inception_weights: see `inception`.

    Raises:
        ValueError: when there is no such file or it does not fit.
        DownloadFailed: when a download fails.
    """
    if features == "inception":
        return inception(inception_weights)
    if inception_weights is not None:
        raise UserError('inception_weights: expected only with features "inception"')
    path = Path(features)
    if not path.is_file():
        raise UserError(f'features: expected "inception" or a .keras file, got {str(features)!r}')
    try:
        model = keras.saving.load_model(path, compile=False)
    except Exception as error:
        raise UserError(f"features: {path} cannot be loaded as a Keras model") from error
    return FeatureNetwork(model, path.stem)
