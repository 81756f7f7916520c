import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

from xdist.scheduler import LoadScopeScheduling  # noqa: E402

# Tests of several files that share what takes long to make.
_GROUPS = ("tests/export/test_saved_model", "tests/export/test_tfjs", "tests/evaluation/")
# The others fill up the time beside these.
_LONGEST = (
    "tests/export/test_tfjs",
    "tests/export/test_saved_model",
    "tests/evaluation",
    "tests/training/test_survival",
    "tests/model/test_selfvae",
    "tests/model/test_paper",
    "tests/training/test_levels",
    "tests/model/test_fit",
    "tests/test_docs",
    "tests/training/test_strategies",
)


@pytest.fixture(scope="module")
def eager():
    """A whole file without graphs: most of what they compute, they compute once."""
    from tests.small import eagerly

    with eagerly():
        yield


class _Together(LoadScopeScheduling):
    """Where several processes run tests, one runs all of a file or a group: its fixtures are made once.

    pytest-xdist 3.8's own groups are written to a field of pytest's nodes that pytest 9.2 does not read.
    """

    def _split_scope(self, nodeid):
        path = nodeid.split("::")[0]
        return next((group for group in _GROUPS if path.startswith(group)), path)


def pytest_collection_modifyitems(items):
    def place(item):
        return next((i for i, start in enumerate(_LONGEST) if item.nodeid.startswith(start)), len(_LONGEST))

    items.sort(key=place)


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return _Together(config, log)
