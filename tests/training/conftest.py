"""What trainings in tests leave out."""

import pytest

from tests import processes


@pytest.fixture(scope="module")
def without_pictures():
    with processes.without_pictures():
        yield
