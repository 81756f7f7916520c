"""What the page's tests install is installed once, by one of the processes that run them."""

import subprocess
import sys

from .tools import ROOT

# It fails as npm does where two empty one folder, and takes long enough for two to meet.
_NPM = """#!/bin/sh
echo called >> calls
mkdir node_modules || exit 1
sleep 2
touch node_modules/.package-lock.json
"""
_CALL = (
    "import pathlib, sys; from tests.export import tools; tools.WEB = pathlib.Path(sys.argv[1]); print(tools.node())"
)


def test_processes_that_start_together_install_once(tmp_path, monkeypatch):
    for name, text in (("npm", _NPM), ("node", "#!/bin/sh\n"), ("package-lock.json", "{}")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CI", "1")
    command = [sys.executable, "-c", _CALL, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(process.communicate(timeout=600)[0].strip(), process.returncode) for process in started] == [
        (str(tmp_path / "node"), 0)
    ] * 2
    assert (tmp_path / "calls").read_text() == "called\n"
