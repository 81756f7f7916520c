"""Kill one training run at random moments, and compare what it ends with: python -m benchmarks.survive.

A small model is trained twice on the built-in photographs, with the same seed: once without a break, and once in
a process that is killed (SIGKILL) --kills times and started again each time. Prints, of each kill, the last
checkpoint and how many steps were lost, and whether all weights are the same bits at the end.
"""

import argparse
import signal
import tempfile
from pathlib import Path

import numpy as np

import tf_selfvae as sv
from tests.processes import kill_and_resume, start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=4, help="of 250 steps")
    parser.add_argument("--preset", default="downscale3-32-small")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="survive-"))
    print(f"runs and logs: {folder}", flush=True)
    runs = {name: sv.Run(folder / name) for name in ("unbroken", "killed")}

    def command(name):
        return [
            "--preset",
            arguments.preset,
            "--data",
            "photos32",
            "--run",
            runs[name].folder,
            "--epochs",
            arguments.epochs,
            "--resume",
            "--checkpoint-seconds",
            2,
            "--set",
            "optimizer.batch_size=16",
        ]

    process = start(["tf_selfvae", "train", *command("unbroken")], folder / "unbroken.log")
    if process.wait():
        raise SystemExit((folder / "unbroken.log").read_text())
    history = kill_and_resume(
        command("killed"),
        runs["killed"],
        folder / "killed.log",
        arguments.kills,
        np.random.default_rng(arguments.seed),
        [signal.SIGKILL],
        5.0,
    )
    for number, (step, status) in enumerate(history, 1):
        print(f"kill {number}: exit status {status}, last whole checkpoint at step {step}")
    one, other = (sv.load_model(run.folder).get_weights() for run in runs.values())
    same = sum(a.tobytes() == b.tobytes() for a, b in zip(one, other))
    print(f"{same} of {len(one)} weights are the same bits after {len(history)} kills")
    raise SystemExit(same != len(one))


if __name__ == "__main__":
    main()
