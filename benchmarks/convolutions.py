"""The convolutions of a model, as they run: python -m benchmarks.convolutions PRESET writes them as JSON lines."""

import dataclasses
import json
import math
import sys

import tensorflow as tf

from tf_selfvae import SelfVAE


@dataclasses.dataclass(frozen=True)
class Convolution:
    """One convolution.

    Attributes:
        size_in: rows and columns of what it reads.
        size_out: rows and columns of what it gives; more than it reads where it is a transposed one.
        channels_in: channels that it reads.
        channels_out: channels that it gives.
        kernel: side of the square kernel.
    """

    size_in: tuple
    size_out: tuple
    channels_in: int
    channels_out: int
    kernel: int

    @property
    def multiply_adds(self):
        """Of one image, forward."""
        places = min(math.prod(self.size_in), math.prod(self.size_out))
        return places * self.kernel**2 * self.channels_in * self.channels_out


def convolutions(model):
    """List a `SelfVAE`'s convolutions, from the graph that computes its objective's terms."""
    spec = tf.TensorSpec([1, *model.config.image], tf.uint8)
    graph = tf.function(lambda images: model(images)).get_concrete_function(spec).graph
    found = []
    for operation in graph.get_operations():
        # Without gradients, "BackpropInput" is a transposed convolution.
        place = {"Conv2D": 0, "Conv2DBackpropInput": 2}.get(operation.type)
        if place is not None:
            (_, *size_in, channels_in), (_, *size_out, channels_out) = (
                tensor.shape.as_list() for tensor in (operation.inputs[place], operation.outputs[0])
            )
            kernel = operation.inputs[1].shape.as_list()[0]
            found.append(Convolution(tuple(size_in), tuple(size_out), channels_in, channels_out, kernel))
    return found


if __name__ == "__main__":
    for convolution in convolutions(SelfVAE.from_preset(sys.argv[1])):
        print(json.dumps(dataclasses.asdict(convolution)))
