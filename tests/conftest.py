import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

# Tests that share what takes long to make run in one process, where several run.
_GROUPS = ("export/test_saved_model", "export/test_tfjs", "evaluation/")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    for item in items:
        path = Path(item.path).relative_to(Path(__file__).parent).as_posix()
        group = next((group for group in _GROUPS if path.startswith(group)), path)
        item.add_marker(pytest.mark.xdist_group(group))
