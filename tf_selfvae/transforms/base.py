"""The contract of all transforms."""

from ..checks import check_array, check_images, check_shape
from ..errors import UserError


class Transform:
    """A deterministic map from uint8 images to uint8 images, y = d(x) in the paper.

    Three ways to run one (eager, `tf.function` with or without XLA, NumPy) give the
    same integers, so what one program writes another can read back. Instances are
    immutable, compare and hash by `spec`, and hold no tensors.

    A subclass sets `name` and `usage`, `argument` where it takes one number, and writes
    `_map_shape`, `_apply_tensor` and `_apply_array`.
    """

    name = None  # what stands in a spec before the colon
    usage = None  # an example of a spec, for error messages
    argument = None  # the number after the colon: (name of the constructor's argument, int or float)

    @property
    def spec(self):
        """The string from which `get` makes an equal transform, such as "bicubic:2"."""
        return f"{self.name}:{format_number(getattr(self, self.argument[0]))}" if self.argument else self.name

    @classmethod
    def from_argument(cls, text):
        """Makes the transform from what stands in a spec after the colon (None: no colon)."""
        if cls.argument:
            name, kind = cls.argument
            return cls(parse_number(cls.usage, name, text, kind))
        if text is not None:
            raise UserError(f"spec: expected {cls.usage!r} without an argument, got {f'{cls.name}:{text}'!r}")
        return cls()

    def __call__(self, images):
        """Transforms a batch with TensorFlow.

        images: uint8 [B, H, W, C], a tensor or a NumPy array, C is 1 or 3.
        Returns a uint8 tensor [B, h, w, c], see `output_shape`.
        Raises ValueError for another type, rank, number of channels or size.
        """
        images = check_images(images)
        self.output_shape(images.shape[1:])
        return self._apply_tensor(images)

    def numpy(self, images):
        """Transforms a batch with NumPy only; same shapes, values and errors as a call."""
        images = check_array(images)
        self.output_shape(images.shape[1:])
        return self._apply_array(images)

    def output_shape(self, shape):
        """Maps (H, W, C) to (h, w, c).

        Raises ValueError if images of this shape cannot be transformed.
        """
        return self._map_shape(*check_shape(shape))

    def _map_shape(self, height, width, channels):
        return height, width, channels

    def _apply_tensor(self, images):
        raise NotImplementedError

    def _apply_array(self, images):
        raise NotImplementedError

    def __eq__(self, other):
        return isinstance(other, Transform) and self.spec == other.spec

    def __hash__(self):
        return hash(self.spec)

    def __repr__(self):
        return f"<Transform {self.spec}>"


def parse_number(usage, name, text, kind):
    """Reads one number (`kind` is int or float) of a spec, or raises ValueError."""
    try:
        return kind(text)
    except (TypeError, ValueError):
        raise UserError(f"{name}: expected a number as in {usage!r}, got {text!r}") from None


def format_number(value):
    """Writes a float as short as possible so that it reads back to the same float."""
    return repr(float(value)).removesuffix(".0")
