"""The launchers in deploy/ give each worker its TF_CONFIG: run with stand-ins for what a cluster brings."""

import json
import os
import re
import subprocess
import textwrap

import pytest

from tests.processes import ROOT
from tf_selfvae.workers import cluster


@pytest.fixture
def path(tmp_path):
    """A folder of commands: `selfvae` prints TF_CONFIG and its arguments, `srun` runs three tasks."""
    commands = {
        "selfvae": 'echo "$TF_CONFIG"; echo "$@"',
        "scontrol": "printf 'node1\\nnode2\\nnode3\\n'",
        "srun": 'shift; for SLURM_PROCID in 0 1 2; do export SLURM_PROCID; "$@"; done',
    }
    for name, text in commands.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def check(lines, hosts, index, monkeypatch):
    config, arguments = lines
    monkeypatch.setenv("TF_CONFIG", config)
    assert cluster() == (hosts, index)
    assert arguments.startswith("train --strategy multiworker --resume --preset ")


def test_slurm(path, monkeypatch):
    ran = subprocess.run(
        ["bash", ROOT / "deploy" / "slurm.sh", "--preset", "vae-64-small", "--run", "a run"],
        env={"PATH": path, "SLURM_JOB_NODELIST": "node[1-3]", "SLURM_JOB_ID": "7"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) == 6 and lines[1].endswith("--run a run")
    for index in range(3):
        hosts = [f"node{i}:20007" for i in (1, 2, 3)]
        check(lines[2 * index : 2 * index + 2], hosts, index, monkeypatch)


def test_kubernetes(path, monkeypatch):
    text = (ROOT / "deploy" / "kubernetes-train.yaml").read_text()
    script = textwrap.dedent(re.search(r"            - \|\n(.*?)          resources:", text, re.S)[1])
    for index in range(2):
        ran = subprocess.run(
            ["sh", "-c", script],
            env={"PATH": path, "WORKERS": "2", "JOB_COMPLETION_INDEX": str(index)},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr
        hosts = [f"selfvae-train-{i}.selfvae-train:2222" for i in range(2)]
        check(ran.stdout.splitlines(), hosts, index, monkeypatch)
    assert json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 1
