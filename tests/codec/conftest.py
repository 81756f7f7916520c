import pytest

from tests.codec import double as ladder
from tf_selfvae.codec import pictures


@pytest.fixture
def double(monkeypatch):
    """Files of the simplest ladder."""
    ladder.install(monkeypatch.setattr)


@pytest.fixture
def no_other_format(monkeypatch):
    """No picture is stored as PNG or WebP."""
    monkeypatch.setattr(pictures, "stored", lambda picture, size: None)
