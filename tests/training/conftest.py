import pytest

from tf_selfvae.devices import quick_start


@pytest.fixture(scope="session", autouse=True)
def _as_the_command_line():
    """Start as `selfvae train` does: TensorFlow's graph rewriting takes longer than these trainings."""
    quick_start()
