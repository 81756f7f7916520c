"""What trainings in tests leave out."""

import pytest
from PIL import Image

from tf_selfvae.training import trainer


@pytest.fixture(scope="module")
def without_pictures():
    """The pictures that a training leaves take longer than a small training."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("sample_sheet", "reconstruction_sheet"):
            patch.setattr(trainer, name, lambda *arguments: Image.new("RGB", (1, 1)))
        patch.setattr(trainer, "log_pictures", lambda *arguments: None)
        yield
