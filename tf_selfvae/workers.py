"""Which devices and workers train together, and what they tell one another."""

from __future__ import annotations

import contextlib
import json
import os

import numpy as np
import tensorflow as tf

from .errors import UserError, WorkerLost

STRATEGIES = ("auto", "one", "mirrored", "multiworker")
_KINDS = ("chief", "worker")
# What TensorFlow raises where another worker is gone or a collective was broken off.
_LOST = (
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
    tf.errors.UnavailableError,
)


def cluster():
    """Read the environment variable TF_CONFIG.

    Returns:
        (list of the addresses of all workers, the chief first; this worker's position in it). Without
        TF_CONFIG: ([], 0).

    Raises:
        ValueError: when it is no cluster of workers, or does not say which of them this is.
    """
    text = os.environ.get("TF_CONFIG", "").strip()
    if not text:
        return [], 0
    expected = '{"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}'
    try:
        config = json.loads(text)
        jobs, task = config.get("cluster", {}), config.get("task", {})
        kind, index = task.get("type"), int(task.get("index", -1))
        addresses = [(job, i) for job in _KINDS for i in range(len(jobs.get(job, [])))]
        hosts = [jobs[job][i] for job, i in addresses]
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise UserError(f"TF_CONFIG: expected {expected}, got {text!r} ({error})") from None
    others = sorted(set(jobs) - {*_KINDS, "evaluator"})
    if others:
        raise UserError(f"TF_CONFIG: expected workers and at most one chief, got {', '.join(others)}, too")
    if hosts and (kind, index) not in addresses:
        raise UserError(f"TF_CONFIG: the task {kind!r} {index} is none of its cluster: {text}")
    return hosts, addresses.index((kind, index)) if hosts else 0


def get_strategy(name="auto"):
    """Make the strategy that a model is built and trained under.

    Call it before TensorFlow computes anything: several workers connect here.

    Args:
        name: "auto": all GPUs of the machine; "one": one device; "mirrored": all GPUs, or all logical
            CPUs where there is no GPU; "multiworker": all GPUs of all workers of TF_CONFIG.

    Returns:
        A `tf.distribute.Strategy`.

    Raises:
        ValueError: when the name is unknown, or does not fit TF_CONFIG.
    """
    if name not in STRATEGIES:
        raise UserError(f"strategy: {name!r} is unknown; valid ones: {', '.join(STRATEGIES)}")
    hosts, _ = cluster()
    if name == "multiworker":
        if not hosts:
            raise UserError(
                "strategy: 'multiworker' needs the environment variable TF_CONFIG, with the addresses of all "
                "workers and which of them this is"
            )
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "auto" and len(hosts) > 1:
        raise UserError(
            f"strategy: TF_CONFIG names {len(hosts)} workers: expected 'multiworker' to train with all of them, "
            "or 'one' or 'mirrored' to train on this one alone"
        )
    gpus = tf.config.list_logical_devices("GPU")
    if name == "one":
        return tf.distribute.OneDeviceStrategy("/gpu:0" if gpus else "/cpu:0")
    devices = gpus or (tf.config.list_logical_devices("CPU") if name == "mirrored" else [])
    if name == "auto" and len(devices) < 2:
        return tf.distribute.get_strategy()
    return tf.distribute.MirroredStrategy([device.name for device in devices])


class Workers:
    """The workers that train one model in step, seen from one of them.

    Args:
        strategy: what `get_strategy` gave.

    Attributes:
        count: number of workers.
        index: this one's position; 0 is the chief, which alone writes.
        replicas: devices of all workers together.
    """

    def __init__(self, strategy):
        self.strategy = strategy
        hosts, index = cluster()
        together = isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy) and len(hosts) > 1
        self.count, self.index = (len(hosts), index) if together else (1, 0)
        self.replicas = strategy.num_replicas_in_sync

    @property
    def is_chief(self):
        return self.index == 0

    @property
    def shard(self):
        """(first replica of this worker, number of its replicas, all replicas)."""
        own = self.replicas // self.count
        return self.index * own, own, self.replicas

    def agree(self, values):
        """Add up numbers over the workers; all must call it at the same step.

        Args:
            values: list of float.

        Returns:
            A float64 array: on every worker the same.
        """
        if self.count == 1:
            return np.float64(values)
        return self._sum(np.float64(values))

    def share(self, data):
        """Hand the chief's bytes to all workers; all must call it at the same step.

        Args:
            data: bytes; what other workers than the chief hand in is not used.

        Returns:
            The chief's bytes.
        """
        if self.count == 1:
            return data
        data = data if self.is_chief else b""
        length = int(self._sum(np.int64([len(data)]))[0])
        words = np.zeros(-(-length // 4) * 4, np.uint8)
        words[: len(data)] = np.frombuffer(data, np.uint8)
        return self._sum(words.view(np.int32)).tobytes()[:length]

    def share_variables(self, variables):
        """Give the chief's values to a list of variables on all workers."""
        if self.count > 1:
            self.set_variables(variables, self.share(b"".join(v.numpy().tobytes() for v in variables)))

    @staticmethod
    def set_variables(variables, data):
        """Assign values, one after another in `data`, to a list of variables."""
        for variable in variables:
            value = variable.numpy()
            part, data = data[: value.nbytes], data[value.nbytes :]
            variable.assign(np.frombuffer(part, value.dtype).reshape(value.shape))

    def _sum(self, array):
        own = self.shard[1]
        # One replica of each worker brings the number.
        part = self.strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(array if context.replica_id_in_sync_group % own == 0 else 0 * array)
        )
        with self.errors():
            return self.strategy.reduce(tf.distribute.ReduceOp.SUM, part, axis=None).numpy()

    @contextlib.contextmanager
    def errors(self, advice=""):
        """Say in one sentence what TensorFlow's errors mean where a worker was lost.

        Args:
            advice: how to go on.

        Raises:
            WorkerLost: in place of TensorFlow's error.
        """
        try:
            yield
        except _LOST as error:
            if self.count == 1:
                raise
            raise WorkerLost(
                f"worker {self.index} of {self.count} stopped: another worker ended or can't be reached "
                f"({type(error).__name__}).{advice}"
            ) from error

    def distribute(self, pipeline):
        """Feed the replicas of this worker.

        Args:
            pipeline: a function from a shard to the `tf.data.Dataset` that yields this worker's batches,
                one after another for each of its replicas.

        Returns:
            What `fit` takes.
        """
        if self.replicas == 1:
            return pipeline((0, 1, 1))
        return self.strategy.distribute_datasets_from_function(lambda context: pipeline(self.shard))
