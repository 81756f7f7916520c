"""500 mutations of pictures, runs' files and command lines; benchmarks/mutate.py tries 20,000."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings

from tests import mutations

TRIED = {"deadline": datetime.timedelta(seconds=60), "derandomize": True, "database": None}
TRIED["suppress_health_check"] = list(HealthCheck)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mutations")


@pytest.fixture(scope="module")
def files(folder):
    return mutations.make_run(folder)


@settings(max_examples=400, **TRIED)
@given(case=mutations.PICTURES)
def test_pictures(folder, case):
    mutations.check_picture(folder, case)


@settings(max_examples=60, **TRIED)
@given(case=mutations.RUN_FILES)
def test_files_of_runs(folder, files, case):
    mutations.check_run(folder, files, case)


@settings(max_examples=40, **TRIED)
@given(case=mutations.LINES)
def test_command_lines(folder, case):
    mutations.check_line(folder, case)
