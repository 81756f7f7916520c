"""What 8 and 64 GPUs would give, on paper: python benchmarks/predict.py [PRESET ...].

The gradient's bytes are those that `scaling.py` measures between workers (one gradient each of two). A GPU's step
time is the operations that TensorFlow's profiler counts in the training step over --tflops, a rate that you should
measure; a ring all-reduce of n replicas moves 2 (n - 1) / n gradients over the slowest link. Nothing is assumed to
overlap, so these are lower bounds.
"""

import argparse

import numpy as np
import tensorflow as tf
from tensorflow.python.profiler import model_analyzer, option_builder

from tf_selfvae.model.presets import get_preset
from tf_selfvae.model.selfvae import SelfVAE

_LINKS = (
    ("8 GPUs, NVLink at 200 GB/s", 8, 200e9),
    ("64 GPUs, a 400 Gbit/s card for each GPU", 64, 50e9),
    ("64 GPUs, one 100 Gbit/s card for 8 GPUs", 64, 12.5e9),
)


def operations(model):
    """Count the floating-point operations of a training step of one image."""
    image = tf.constant(np.zeros((1, *model.config.image), np.uint8))
    graph = tf.function(model.train_step).get_concrete_function(image).graph
    options = option_builder.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    return model_analyzer.profile(graph, run_meta=tf.compat.v1.RunMetadata(), cmd="op", options=options).total_float_ops


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "presets", nargs="*", default=["downscale3-64-paper", "downscale2-32-paper", "downscale4-64-small"]
    )
    parser.add_argument("--batch", type=int, default=32, help="images of a replica a step")
    parser.add_argument("--tflops", type=float, default=50, help="of one GPU, achieved")
    arguments = parser.parse_args()
    header = ["preset", "gradient", "a step's operations", "one GPU", *(name for name, _, _ in _LINKS)]
    print("| " + " | ".join(header) + " |\n" + "|---" * len(header) + "|")
    for preset in arguments.presets:
        model = SelfVAE(get_preset(preset))
        model.compile()
        gradient, count = 4 * model.count_params(), operations(model) * arguments.batch
        step = count / (1e12 * arguments.tflops)
        cells = [
            f"`{preset}`",
            f"{gradient / 1e6:.0f} MB",
            f"{count / 1e12:.2f} T",
            f"{1e3 * step:.1f} ms, {arguments.batch / step:,.0f} images/s",
        ]
        for _, replicas, rate in _LINKS:
            whole = step + 2 * (replicas - 1) / replicas * gradient / rate
            cells.append(f"{1e3 * whole:.1f} ms, {replicas * step / whole:.1f} times ({step / whole:.0%})")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
