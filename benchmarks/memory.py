"""What a training step costs where freed memory goes back to the system, and where it is kept, as commands keep it.

python -m benchmarks.memory downscale3-64-fast --strategy one

Two processes train in turn: processor seconds of all threads, and first touches of a page, per step.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile

import click

_STEPS = 8


def used():
    """Return processor seconds of the program and of the system, and pages first touched, so far."""
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime, found.ru_stime, found.ru_minflt


def train(preset, data, strategy, cache, keep):
    """Train for some steps, and print what they took as JSON."""
    import keras

    from tf_selfvae import devices
    from tf_selfvae.model.presets import get_preset
    from tf_selfvae.training.api import train

    class Count(keras.callbacks.Callback):
        """Lets the first steps pass, measures those after, and ends the process."""

        def on_train_batch_end(self, batch, logs=None):
            if batch == 3:
                self.before = used()
            if batch == 3 + _STEPS:
                taken = [(now - then) / _STEPS for now, then in zip(used(), self.before)]
                print(json.dumps([*taken, devices.peak_memory_gib()]), flush=True)
                os._exit(0)

    if not keep:
        devices._keep_freed_memory = lambda: None
    devices.quick_start()
    with tempfile.TemporaryDirectory() as folder:
        config = get_preset(preset).override({"precision": devices.best_precision()})
        options = {"strategy": strategy, "cache_dir": cache, "callbacks": [Count()], "verbose": 0}
        train(config, data, f"{folder}/run", epochs=100, **options)


@click.command()
@click.argument("preset", default="downscale3-64-fast")
@click.option("--data", default="photos64", show_default=True)
@click.option("--strategy", default="auto", show_default=True)
@click.option("--cache", help="Where decoded images are cached.")
@click.option("--rounds", default=2, show_default=True)
@click.option("--own", type=click.Choice(["given back", "kept"]), hidden=True)
def main(preset, data, strategy, cache, rounds, own):
    """Print a row for each of PRESET's trainings."""
    if own:
        train(preset, data, strategy, cache, own == "kept")
        return
    print("| freed memory | user, s | system, s | pages first touched | peak GiB |\n|---|---|---|---|---|", flush=True)
    for _ in range(rounds):
        for side in ("given back", "kept"):
            said = subprocess.run(
                [sys.executable, "-m", "benchmarks.memory", *sys.argv[1:], "--own", side],
                env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout.splitlines()[-1]
            user, system, pages, peak = json.loads(said)
            print(f"| {side} | {user:.2f} | {system:.2f} | {pages:,.0f} | {peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
