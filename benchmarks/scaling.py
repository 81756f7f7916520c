"""What training with several workers sends and takes: python -m benchmarks.scaling PRESET.

Runs, one after another: one process; two workers on loopback, each with as many images. Prints bytes a step as
the kernel counts them on the loopback device (nothing else should talk on it meanwhile), and step times.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.processes import free_ports

_WARM = 4  # steps that are traced or warm up


def child(task):
    os.sched_setaffinity(0, {task["core"]})  # before TensorFlow counts them: a core each, in every setting
    import keras
    import numpy as np
    import tensorflow as tf

    from tf_selfvae import SelfVAE
    from tf_selfvae.devices import quick_start
    from tf_selfvae.model.presets import get_preset
    from tf_selfvae.workers import Workers, get_strategy

    quick_start()
    strategy = get_strategy(task["strategy"])
    workers = Workers(strategy)
    config = get_preset(task["preset"]).override({"precision": task["precision"]})
    with strategy.scope():
        model = SelfVAE(config)
        model.compile()
    images = np.random.default_rng(0).integers(0, 256, (task["batch"] * workers.replicas, *config.image), np.uint8)

    class Clock(keras.callbacks.Callback):
        times, bytes = [], []

        def on_train_batch_end(self, batch, logs=None):
            self.times.append(time.perf_counter())
            self.bytes.append(_loopback())

    # Batches of all replicas; a replica sees every workers.replicas-th row.
    def pipeline(shard):
        first, count, total = shard
        part = [tf.constant(images[first + i :: total]) for i in range(count)]
        return tf.data.Dataset.from_tensors(part[0]).repeat()

    clock = Clock()
    model.fit(workers.distribute(pipeline), steps_per_epoch=_WARM + task["steps"], verbose=0, callbacks=[clock])
    seconds = np.diff(clock.times[_WARM - 1 :])
    sent = (clock.bytes[-1] - clock.bytes[_WARM - 1]) / task["steps"]
    own = sum(v.shape.num_elements() for v in model.trainable_variables)
    print("\n" + json.dumps({"seconds": float(np.median(seconds)), "bytes": sent, "parameters": own}))


def _loopback():
    line = next(line for line in Path("/proc/net/dev").read_text().splitlines() if line.strip().startswith("lo:"))
    return int(line.split(":")[1].split()[0])


def _on_cores(tasks):
    cores = sorted(os.sched_getaffinity(0))
    return [{**task, "core": cores[number % len(cores)]} for number, task in enumerate(tasks)]


def together(tasks, environments):
    """Run tasks in processes of their own, at once; return what each measured."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.scaling", "--task", json.dumps(task)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        )
        for task, environment in zip(_on_cores(tasks), environments)
    ]
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in processes]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", nargs="?")
    parser.add_argument("--batch", type=int, default=8, help="images of a replica a step")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--precision", default="bfloat16", choices=["float32", "bfloat16"])
    parser.add_argument("--task", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        return child(json.loads(arguments.task))
    task = {key: getattr(arguments, key) for key in ("preset", "batch", "steps", "precision")}
    [one] = together([{**task, "strategy": "one"}], [{}])
    gradient = 4 * one["parameters"]
    print(
        f"{arguments.preset}, {one['parameters']:,} parameters, gradient {gradient / 1e6:.2f} MB, "
        f"batch {arguments.batch}, {arguments.precision}"
    )
    print(f"one process:          {1e3 * one['seconds']:8.1f} ms a step")
    ports = free_ports(2)
    cluster = {"worker": [f"localhost:{port}" for port in ports]}
    environments = [
        {"TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": "worker", "index": i}})} for i in range(2)
    ]
    two = together([{**task, "strategy": "multiworker"}] * 2, environments)
    print(
        f"two workers:          {1e3 * max(t['seconds'] for t in two):8.1f} ms a step, "
        f"{two[0]['bytes'] / 2e6:.2f} MB sent by each ({two[0]['bytes'] / 2 / gradient:.2f} gradients)"
    )


if __name__ == "__main__":
    main()
