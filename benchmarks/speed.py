"""How fast presets train and sample, beside this machine's matrix products and a PyTorch twin: one table.

python -m benchmarks.speed                                           # every preset, in bfloat16
python -m benchmarks.speed vae-32-paper downscale2-32-paper --precision float32 --precision bfloat16 \\
    --torch ~/torch-venv/bin/python                                  # beside PyTorch, which only that Python needs

Each model has a process of its own, so that its peak of memory is its own. Those of one preset take their steps in
turn, so that other work on the machine slows all of them alike: ratios hold where rates don't. On a busy machine
threads that wait for one another spoil even these: `--clock cpu` gives each side one thread, and counts its processor
time.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import click

from tf_selfvae.model.presets import available

_SIDE = 2048  # of the matrices whose product is the peak that steps are compared with


class Side:
    """One model in a process of its own, which does what it is asked for by a line and answers in JSON.

    Args:
        command: of the process.
        clock: "wall", or "cpu": seconds of the processor, of one thread.
        first: what it is told first, if anything.
    """

    def __init__(self, command, clock, first=None):
        threads = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
        environment = {**os.environ, "CLOCK": clock, **(dict.fromkeys(threads, "1") if clock == "cpu" else {})}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, env=environment, **pipes)
        self.ready = self.ask(json.dumps(first)) if first else self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a process ended: {' '.join(map(str, self._process.args))}")
        return json.loads(line)

    def ask(self, what):
        """Ask for "step", "product", "sample" or "memory", each in seconds or bytes."""
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self):
        """Let the process end."""
        self._process.stdin.close()
        self._process.wait()


def timed(function):
    """Return the seconds that a call takes."""
    clock = time.process_time if os.environ["CLOCK"] == "cpu" else time.perf_counter
    begin = clock()
    function()
    return clock() - begin


def answer(commands):
    """Answer each line of standard input with what the function of its name gives, as JSON."""
    for line in sys.stdin:
        print(json.dumps(commands[line.strip()]()), flush=True)


def own_side(preset, precision, batch):
    """Be a `Side`: a preset's training step on random images."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy as np
    import tensorflow as tf

    from benchmarks.convolutions import convolutions
    from tf_selfvae.devices import quick_start
    from tf_selfvae.model.presets import get_preset
    from tf_selfvae.model.selfvae import SelfVAE

    quick_start()
    begin = time.perf_counter()
    model = SelfVAE(get_preset(preset).override({"precision": precision}))
    model.compile()
    images = np.random.default_rng(0).integers(0, 256, (batch, *model.config.image), np.uint8)
    model.train_on_batch(images)
    first = time.perf_counter() - begin
    listed = convolutions(model)
    square = tf.cast(tf.random.normal([_SIDE, _SIDE]), precision)
    ready = {
        "first": first,
        "parameters": model.count_params(),
        "multiply_adds": sum(convolution.multiply_adds for convolution in listed),
        "convolutions": [vars(convolution) for convolution in listed],
    }
    print(json.dumps(ready), flush=True)
    answer(
        {
            "step": lambda: timed(lambda: model.train_on_batch(images)),
            "product": lambda: timed(lambda: tf.matmul(square, square).numpy()),
            "sample": lambda: timed(lambda: model.sample(16).numpy()),
            "memory": lambda: 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
    )


def measure(preset, precisions, batch, rounds, python, clock):
    """Return a dict of side to its median seconds a step and what else there is to say of it."""
    own = [sys.executable, "-m", "benchmarks.speed", "--own", preset, str(batch)]
    sides = {precision: Side([*own, "--precision", precision], clock) for precision in precisions}
    if python:
        said = {"convolutions": sides[precisions[0]].ready["convolutions"], "batch": batch}
        sides["PyTorch, float32"] = Side([python, Path(__file__).with_name("torch_twin.py")], clock, said)
    steps = {name: [] for name in sides}
    products = {name: [] for name in precisions}
    for _ in range(rounds + 2):
        for name, side in sides.items():
            steps[name].append(side.ask("step"))
            if name in products:
                products[name].append(side.ask("product"))
    rows = {}
    for name, side in sides.items():
        rows[name] = {**side.ready, "step": statistics.median(steps[name][2:]), "memory": side.ask("memory")}
        if name in products:
            side.ask("sample")  # is traced
            rows[name] |= {"product": min(products[name]), "sample": min(side.ask("sample") for _ in range(3))}
        side.close()
    return rows


_HEADER = (
    "| preset | side | images a second | of the first side's | GFLOP a second | of the matrix product's | "
    "peak GiB | first step, s | 16 samples, s |"
)


def row(preset, name, said, batch, reference):
    """Say a side in one line of the table; FLOP are those of the convolutions, backward counted twice forward."""
    cells = [preset, name, f"{batch / said['step']:.2f}", f"{reference['step'] / said['step']:.2f}"]
    flop = 6 * reference["multiply_adds"] * batch / said["step"]
    cells.append(f"{flop / 1e9:.0f}")
    cells.append(f"{flop * said['product'] / (2 * _SIDE**3):.0%}" if "product" in said else "")
    cells.append(f"{said['memory'] / 2**30:.2f}")
    cells.append(f"{said['first']:.0f}")
    cells.append(f"{said['sample']:.2f}" if "sample" in said else "")
    return "| " + " | ".join(cells) + " |"


@click.command()
@click.argument("presets", nargs=-1)
@click.option("--batch", default=16, show_default=True)
@click.option("--rounds", default=8, show_default=True, help="Steps of each side, behind two that don't count.")
@click.option("--precision", "precisions", type=click.Choice(["float32", "bfloat16"]), multiple=True)
@click.option("--torch", "python", help="A Python that has PyTorch, to time a twin of the same convolutions beside.")
@click.option("--clock", type=click.Choice(["wall", "cpu"]), default="wall", show_default=True)
@click.option("--own", is_flag=True, hidden=True)
def main(presets, batch, rounds, precisions, python, clock, own):
    """Time the training steps of PRESETS (all where none is named)."""
    precisions = precisions or ("bfloat16",)
    if own:
        return own_side(presets[0], precisions[0], int(presets[1]))
    click.echo(f"{_HEADER}\n{'|---' * 9}|")
    for preset in presets or available():
        rows = measure(preset, precisions, batch, rounds, python, clock)
        for name, said in rows.items():
            click.echo(row(preset, name, said, batch, rows[precisions[0]]))


if __name__ == "__main__":
    main()
