"""Eager, graph, XLA and NumPy give the same bits; shapes, specs and errors."""

import numpy as np
import pytest
import tensorflow as tf

from tests.transforms.pictures import SPECS, extremes, noise, photographs
from tf_selfvae.transforms import Compose, Transform, available, get


def images_of(channels):
    batch = np.concatenate([photographs(), noise(), extremes(60)])
    return batch if channels == 3 else np.ascontiguousarray(batch[..., :1])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("spec", SPECS)
def test_four_ways_agree_bit_for_bit(spec, channels):
    transform, images = get(spec), images_of(channels)
    expected = transform.numpy(images)
    assert expected.dtype == np.uint8
    assert expected.shape[1:] == transform.output_shape(images.shape[1:])
    signature = [tf.TensorSpec([None, 60, 60, channels], tf.uint8)]
    ways = {
        "eager": transform,
        "graph": tf.function(transform, input_signature=signature),
        "XLA": tf.function(transform, jit_compile=True),
    }
    for name, way in ways.items():
        result = way(tf.constant(images))
        assert result.dtype == tf.uint8, name
        np.testing.assert_array_equal(result.numpy(), expected, err_msg=name)
    assert not np.array_equal(images_of(channels), expected) or spec == "grey"
    np.testing.assert_array_equal(images, images_of(channels))  # nothing written in place


@pytest.mark.parametrize("spec", SPECS)
def test_results_do_not_depend_on_the_batch(spec):
    transform, images = get(spec), photographs()
    together = transform(images).numpy()
    np.testing.assert_array_equal(transform(images[2:3]).numpy()[0], together[2])
    assert transform(images[:0]).shape[0] == 0
    assert transform.numpy(images[:0]).shape[0] == 0


@pytest.mark.parametrize("spec", ["bicubic:2", "bicubic:3", "bicubic:4", "blur:1", "sketch"])
def test_a_flip_of_the_image_flips_the_result(spec):
    images = photographs()
    for axis in (1, 2):
        np.testing.assert_array_equal(get(spec).numpy(np.flip(images, axis)), np.flip(get(spec).numpy(images), axis))


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("height,width", [(12, 36), (36, 12)])
def test_height_and_width_may_differ(spec, height, width):
    images = noise((2, height, width, 3))
    np.testing.assert_array_equal(get(spec)(images).numpy(), get(spec).numpy(images))
    assert get(spec)(images).shape[1:] == get(spec).output_shape((height, width, 3))


def test_the_smallest_images_pass():
    for spec in ("blur:1", "bits:1", "sketch", "grey"):
        for shape in ((1, 1, 1, 3), (1, 1, 5, 3), (1, 5, 1, 1)):
            images = noise(shape)
            np.testing.assert_array_equal(get(spec)(images).numpy(), get(spec).numpy(images))


def test_works_in_tf_data_and_in_a_keras_layer():
    images, transform = photographs(), get("blur:1|bicubic:2")
    batches = tf.data.Dataset.from_tensor_slices(images).batch(4).map(transform)
    np.testing.assert_array_equal(np.concatenate(list(batches.as_numpy_iterator())), transform.numpy(images))

    class Layer(tf.keras.layers.Layer):
        def call(self, x):
            return transform(x)

    inputs = tf.keras.Input((60, 60, 3), dtype="uint8")
    model = tf.keras.Model(inputs, Layer(dtype="uint8")(inputs))
    np.testing.assert_array_equal(model(images).numpy(), transform.numpy(images))


def test_only_plain_operations_are_in_the_graph():
    allowed = {
        "Placeholder",
        "Const",
        "Cast",
        "Transpose",
        "Reshape",
        "MatMul",
        "StridedSlice",
        "Mul",
        "AddV2",
        "Sub",
        "Floor",
        "Minimum",
        "Maximum",
        "Abs",
        "LessEqual",
        "Sum",
        "ConcatV2",
        "ExpandDims",
        "Identity",
        "NoOp",
        "Pack",
        "Shape",
        "OnesLike",
    }
    for spec in SPECS:
        graph = tf.function(get(spec)).get_concrete_function(tf.TensorSpec([None, 60, 60, 3], tf.uint8)).graph
        assert {op.type for op in graph.get_operations()} <= allowed, spec


def test_matrices_survive_hardware_that_cuts_operands_to_bfloat16():
    for spec in SPECS + ("bicubic:6", "blur:0.2", "blur:20"):
        graph = tf.function(get(spec)).get_concrete_function(tf.TensorSpec([None, 60, 60, 3], tf.uint8)).graph
        for op in graph.get_operations():
            if op.type == "MatMul":
                matrix = tf.make_ndarray(op.inputs[1].op.get_attr("value"))
                cut = tf.cast(tf.cast(matrix, tf.bfloat16), tf.float32)
                np.testing.assert_array_equal(cut, matrix, err_msg=spec)


@pytest.mark.parametrize("spec", SPECS + ("sketch:30.5,0.1,0.03", "blur:0.1234567890123"))
def test_specs_round_trip(spec):
    transform = get(spec)
    assert isinstance(transform, Transform)
    assert transform.spec == spec
    assert get(transform.spec) == transform and get(transform) is transform
    assert len({transform, get(spec)}) == 1
    assert transform != get("bicubic:5")
    assert spec in repr(transform)


def test_equal_numbers_give_equal_specs():
    assert get("blur:1") == get("blur:1.0")
    assert get("sketch:60,0.07,0.02").spec == "sketch"
    assert get(" blur:1 | bicubic:2 ") == Compose([get("blur:1"), get("bicubic:2")])


def test_available_lists_what_get_knows():
    assert available() == ["bicubic", "bits", "blur", "grey", "haar", "sketch"]
    with pytest.raises(ValueError) as error:
        get("sharpen:2")
    assert "sharpen:2" in str(error.value)
    assert all(name in str(error.value) for name in available())


@pytest.mark.parametrize(
    "spec,words",
    [
        ("bicubic", "factor"),
        ("bicubic:x", "'x'"),
        ("bicubic:1", "factor.*at least 2.*1"),
        ("bicubic:2.5", "'2.5'"),
        ("bits:0", "bits.*1..7.*0"),
        ("bits:8", "bits.*8"),
        ("blur:0", "sigma.*above 0.*0"),
        ("blur:nan", "sigma.*nan"),
        ("blur:-1", "sigma.*-1"),
        ("haar:2", "haar:2"),
        ("grey:1", "grey:1"),
        ("sketch:1", "sigma_s"),
        ("sketch:60,0,0.02", "sigma_r.*0"),
        ("", "bicubic"),
        ("blur:1|", "bicubic"),
        (None, "None"),
        (3, "3"),
    ],
)
def test_wrong_specs_are_explained(spec, words):
    with pytest.raises(ValueError, match=words):
        get(spec)


@pytest.mark.parametrize(
    "images,words",
    [
        (np.zeros((1, 12, 12, 3), np.float32), "images.*uint8.*float32"),
        (np.zeros((1, 12, 12, 3), np.int64), "images.*uint8.*int64"),
        (np.zeros((12, 12, 3), np.uint8), r"images: expected uint8 \[B, H, W, 1 or 3\].*got uint8 \[12, 12, 3\]"),
        (np.zeros((1, 12, 12, 4), np.uint8), r"images.*1 or 3\].*\[1, 12, 12, 4\]"),
        (np.zeros((1, 0, 12, 3), np.uint8), r"images.*got uint8 \[1, 0, 12, 3\]"),
        ([[1, 2]], "images.*uint8.*int64"),
    ],
)
@pytest.mark.parametrize("spec", ["bicubic:2", "haar", "sketch", "blur:1|bicubic:2"])
def test_wrong_images_are_explained(spec, images, words):
    with pytest.raises(ValueError, match=words):
        get(spec).numpy(images)
    with pytest.raises(ValueError, match=words):
        get(spec)(images)
    if isinstance(images, np.ndarray):
        with pytest.raises(ValueError, match=words):
            get(spec)(tf.constant(images))


def test_open_sizes_are_explained():
    for shape in ([None, None, 12, 3], [None, 12, 12, None], None):
        with pytest.raises(ValueError, match="images"):
            tf.function(get("blur:1")).get_concrete_function(tf.TensorSpec(shape, tf.uint8))


def test_sizes_that_do_not_divide_are_explained():
    for spec, shape, words in [
        ("bicubic:3", (64, 60, 3), "height that 3.*64"),
        ("bicubic:4", (60, 62, 3), "width that 4.*62"),
        ("haar", (61, 60, 3), "even height.*61"),
        ("bicubic:2|bicubic:2", (6, 8, 3), "height that 2.*3"),
    ]:
        transform, images = get(spec), noise((1,) + shape)
        for call, argument in ((transform.output_shape, shape), (transform, images), (transform.numpy, images)):
            with pytest.raises(ValueError, match=words):
                call(argument)


@pytest.mark.parametrize("shape", [(64, 64), (64, 64, 2), (64, 0, 3), (64, None, 3), (64.0, 64, 3), 64, None])
def test_wrong_shapes_are_explained(shape):
    with pytest.raises(ValueError, match="shape.*expected.*got"):
        get("grey").output_shape(shape)


def test_compose_is_one_after_another():
    images = photographs()
    steps = [get("blur:1"), get("bicubic:2"), get("grey"), get("bits:3")]
    expected = images
    for step in steps:
        expected = step(expected)
    assert Compose(steps).spec == "blur:1|bicubic:2|grey|bits:3"
    assert Compose(steps).output_shape((60, 60, 3)) == (30, 30, 1)
    np.testing.assert_array_equal(Compose(steps)(images), expected)
    nested = Compose([Compose(steps[:2]), Compose(steps[2:])])
    assert nested == Compose(steps)
    with pytest.raises(ValueError, match="at least one"):
        Compose([])
    with pytest.raises(ValueError, match="'blur:1'"):
        Compose(["blur:1"])
