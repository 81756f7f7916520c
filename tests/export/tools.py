"""Node, npm's packages and Chromium for the tests of the page: found, installed, or a clear reason."""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tf_selfvae import files

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
SCRIPTS = Path(__file__).parent / "browser"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _one_at_a_time(install):
    """Let one process install: where several run tests, two calls of npm would empty one folder under each other."""

    @functools.wraps(install)
    def alone():
        with files.locked(Path(tempfile.gettempdir()) / f"tf_selfvae-tests-{os.getuid()}.lock"):
            return install()

    return alone


@_one_at_a_time
def node():
    """Return the path of node, with the packages of the lock file installed."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        _install("nodejs", "npm")
        found = shutil.which("node")
    if not found or not shutil.which("npm"):
        _give_up("node and npm are not installed")
    installed, lock = WEB / "node_modules" / ".package-lock.json", WEB / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        done = _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=WEB)
        if done.returncode:
            _give_up(f"npm ci failed: {done.stderr.strip()[-300:]}")
        os.utime(installed)
    return found


@_one_at_a_time
def chromium():
    """Return the path of Chromium."""
    found = _browser()
    if not found:
        _install("chromium")
        found = _browser()
    if not found:
        _give_up("Chromium is not installed, and only root can install it (apt-get install chromium)")
    return found


def run_script(name, *arguments, requests=None, folder=None, timeout=900):
    """Run a script of `browser/`; with requests, pass them as JSON and return the answers."""
    command = [node(), str(SCRIPTS / name), str(WEB), *map(str, arguments)]
    asked, answered = folder / f"{name}.requests.json", folder / f"{name}.answers.json"
    asked.write_text(json.dumps(requests))
    done = _run([*command, str(asked), str(answered)], timeout=timeout)
    assert done.returncode == 0, f"{name}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return json.loads(answered.read_text())


def _browser():
    named = os.environ.get("CHROMIUM")
    return named or next((path for path in map(shutil.which, CHROMIUMS) if path), None)


def _install(*packages):
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], env=environment)
    _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=environment)


def _run(command, timeout=900, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)


def _give_up(reason):
    # Continuous integration must not skip: there a missing browser is a failure.
    if os.environ.get("CI"):
        pytest.fail(f"the page's tests cannot run: {reason}")
    pytest.skip(f"the page's tests cannot run: {reason}")
