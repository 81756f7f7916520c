"""What the machine is good at."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from pathlib import Path

import tensorflow as tf

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # of mallopt(3)


def best_precision():
    """Return "bfloat16" where the processor (or every GPU) computes it in hardware, else "float32"."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        capable = all(
            tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0)) >= (8, 0) for gpu in gpus
        )
        return "bfloat16" if capable else "float32"
    flags = _processor("flags")
    return "bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"


def _processor(field):
    """Return a field of Linux's description of the processor, "" where there is none."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), "")


def describe():
    """Return what TensorFlow computes on, in a few words."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        names = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
        return f"{len(gpus)} GPU ({', '.join(names)})"
    name = _processor("model name") or platform.processor() or platform.machine()
    return f"CPU, {os.cpu_count()} cores of {name} (no GPU found)"


def peak_memory_gib():
    """Return the most memory that this process has held so far, in GiB; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 2**30 if sys.platform == "darwin" else 2**20  # bytes, elsewhere KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def quick_start():
    """Set up a process that does nothing else: no graph rewriting where it computes on a CPU, and freed memory is kept.

    For these graphs of ten thousands of small operations rewriting takes 8 s of start-up and does not change
    the speed of a step (measured; the kernels are the same either way). It fuses and reorders operations, so that
    results without it differ by rounding. The command line calls this for its own process, whatever its options;
    the library never does.
    """
    if not tf.config.list_physical_devices("GPU"):
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    _keep_freed_memory()


def _keep_freed_memory():
    """Have glibc keep what is freed for what comes next, rather than give it back to the system after every step.

    TensorFlow allocates its activations anew each step. Where they come back from the system, it clears each page as
    it is first touched: 800,000 pages and two fifths of a step's time under `tf.distribute.OneDeviceStrategy`, whose
    threads have heaps of their own; next to nothing without a strategy (`python -m benchmarks.memory`).
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_MAX, 0)  # no tensor gets a mapping of its own, which its end would undo
        libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
