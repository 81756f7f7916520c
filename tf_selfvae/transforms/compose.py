"""One transform after another."""

from ..errors import UserError
from .base import Transform


class Compose(Transform):
    """Applies transforms one after another, first to last.

    transforms: a non-empty sequence of transforms; its spec joins theirs with "|".
    Raises ValueError for an empty sequence or something that is not a transform.
    """

    def __init__(self, transforms):
        steps = []
        for step in transforms:
            if not isinstance(step, Transform):
                raise UserError(
                    f"transforms: expected Transform objects, got {step!r}; make them from specs with get()"
                )
            steps.extend(step.transforms if isinstance(step, Compose) else [step])
        if not steps:
            raise UserError("transforms: expected at least one transform, got none")
        self.transforms = tuple(steps)

    @property
    def spec(self):
        return "|".join(step.spec for step in self.transforms)

    def _map_shape(self, height, width, channels):
        shape = (height, width, channels)
        for step in self.transforms:
            shape = step.output_shape(shape)
        return shape

    def _apply_tensor(self, images):
        for step in self.transforms:
            images = step(images)
        return images

    def _apply_array(self, images):
        for step in self.transforms:
            images = step.numpy(images)
        return images
