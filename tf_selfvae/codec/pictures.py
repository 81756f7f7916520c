"""Any picture as planes of 8 bits, and back: what the codec keeps of a file, of a PIL image or of an array."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from ..checks import check_count
from ..data.pictures import formats, own_terms, transparent_grey
from ..errors import Damaged, UserError
from .file import KEPT, MOST, MOST_KEPT

_PLAIN = {"1": "1", "L": "L", "LA": "LA", "La": "LA", "RGB": "RGB", "RGBA": "RGBA", "RGBa": "RGBA"}
_CHANNELS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_DEEP = re.compile(r"(L|LA|I|RGB|RGBA|RGBX);16[BLN]?|SGI16")  # Pillow's names; "BGR;16" is 16 bits a pixel
_LARGEST_WEBP = 16383  # pixels of a side
# Efforts of WebP, and how many times larger than what there is it may be to go on: the last effort makes it smaller
# by a fifth (a grey picture by half) than the first, mostly by less than a tenth than the second.
_TRIALS = (0, 0, 1.2), (2, 50, 1.1)


@dataclasses.dataclass
class Picture:
    """A picture of 8 bits a channel.

    Args:
        mode: Pillow's name for it, one of `file.MODES`.
        colour: uint8 [H, W, 1 or 3]; 1 also where the channels of RGB agree.
        alpha: uint8 [H, W, 1]; None where there is none, or it is 255 everywhere.
        kept: dict of names of `file.KEPT` to bytes.
    """

    mode: str
    colour: np.ndarray
    alpha: np.ndarray | None = None
    kept: dict = dataclasses.field(default_factory=dict)

    @property
    def size(self):
        """(height, width)."""
        return self.colour.shape[:2]

    def checksum(self):
        """Return the CRC-32 of all planes' pixels: colour, then alpha."""
        value = zlib.crc32(np.ascontiguousarray(self.colour))
        return value if self.alpha is None else zlib.crc32(np.ascontiguousarray(self.alpha), value)

    def digest(self):
        """Return the SHA-256 of all that must come back: mode, size, pixels and what is kept."""
        told = [self.mode, self.size, [[name, self.kept[name].hex()] for name in KEPT if name in self.kept]]
        return hashlib.sha256(repr(told).encode() + self.to_array().tobytes()).hexdigest()

    def to_array(self):
        """Return uint8 [H, W, C], C = 1 (grey), 2 (with alpha), 3 or 4."""
        colour = self.colour
        if self.mode.startswith("RGB") and colour.shape[-1] == 1:
            colour = colour.repeat(3, -1)
        if not self.mode.endswith("A"):
            return colour
        alpha = np.full_like(colour[..., :1], 255) if self.alpha is None else self.alpha
        return np.concatenate([colour, alpha], -1)

    def to_pil(self):
        """Return a PIL image of the picture's mode, with what is kept in its `info`."""
        array = self.to_array()
        image = Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array)
        image = image.convert("1", dither=Image.Dither.NONE) if self.mode == "1" else image
        image.info.update(self.kept)
        return image


def read(path, most=MOST):
    """Read a picture file as Pillow decodes it: neither turned nor reduced.

    Args:
        path: the file.
        most: pixels that it may have; more than 512 megapixels Pillow does not open.

    Returns:
        A `Picture`.

    Raises:
        UserError: when it is missing, damaged or no picture, has several frames, more than 8 bits a channel
            or other channels than grey, RGB and alpha, or is larger.
    """
    if not Path(path).is_file():
        raise UserError(f"image: {path} can't be read as a picture (it is not a file)")
    try:
        with own_terms(), Image.open(path, formats=formats()) as image:
            return from_pil(image, most)
    except Exception as error:  # Pillow and its decoders raise any kind for damaged files
        if not isinstance(error, (OSError, ValueError)) or not str(error).strip():
            error = f"{type(error).__name__}: {error}"
        reason = str(error).strip().split("\n")[0].removeprefix("image: ")
        raise UserError(f"image: {path} can't be compressed ({reason})") from None


def from_pil(image, most=MOST):
    """Take a PIL image apart; arguments, results and errors as for `read`."""
    width, height = image.size
    check_count(most, "most")
    if not 0 < width * height <= most:
        raise UserError(f"image: expected 1 to {most} pixels, got {width}x{height}, {width * height} pixels")
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":  # a photograph and what a camera adds to it
        raise UserError(f"image: expected one picture, got {frames} frames")
    clear = transparent_grey(image)
    if image.mode[0] in "IF" or clear is not None or _is_deep(image):
        raise UserError("image: expected 8 bits a channel, got more")
    image.load()
    kept = _kept(image)  # a TIFF file is upright from here on
    width, height = image.size
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode in ("L", "RGB") and image.has_transparency_data:
        image = image.convert(f"{image.mode}A")
    mode = _PLAIN.get(image.mode)
    if mode is None:
        raise UserError(f"image: expected grey, RGB or a palette, with or without alpha, got {image.mode}")
    array = np.asarray(image.convert("L" if mode == "1" else mode)).reshape(height, width, -1)
    return _apart(mode, array, kept)


def from_array(array, argument="images"):
    """Take uint8 [H, W, C] apart, C = 1 (grey), 2 (with alpha), 3 or 4.

    Returns:
        A `Picture`.

    Raises:
        UserError: for another type, rank or number of channels, or no pixels.
    """
    array = np.asarray(array)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[-1] not in _CHANNELS or not array.size:
        raise UserError(f"{argument}: expected uint8 [H, W, 1 to 4], got {array.dtype} {list(array.shape)}")
    return _apart(_CHANNELS[array.shape[-1]], array, {})


def _apart(mode, array, kept):
    colour, alpha = array, None
    if mode.endswith("A"):
        colour, alpha = array[..., :-1], array[..., -1:]
        alpha = None if (alpha == 255).all() else alpha
    if colour.shape[-1] == 3 and (colour[..., :1] == colour[..., 1:]).all():
        colour = colour[..., :1]
    return Picture(mode, colour, alpha, kept)


def _is_deep(image):
    """Whether a file has more bits than Pillow decodes to."""
    if image.format == "JPEG2000" and getattr(image, "fp", None) is not None:
        position = image.fp.tell()
        image.fp.seek(0)
        head = image.fp.read(4096)
        image.fp.seek(position)
        at = head.find(b"\xff\x51")  # the codestream's SIZ: its components' bits are 38 bytes on, less 1
        return at >= 0 and at + 41 <= len(head) and (head[at + 40] & 0x7F) > 7
    for tile in getattr(image, "tile", ()):
        for part in (tile.codec_name, *(tile.args if isinstance(tile.args, tuple) else (tile.args,))):
            if isinstance(part, str) and _DEEP.fullmatch(part):
                return True
            if image.format == "PPM" and isinstance(part, int) and part > 255:
                return True
    return False


def _kept(image):
    kept = {name: image.info.get(name) for name in KEPT}
    kept = {name: value.encode() if isinstance(value, str) else bytes(value) for name, value in kept.items() if value}
    size = sum(map(len, kept.values()))
    if size > MOST_KEPT:
        raise UserError(f"image: expected at most {MOST_KEPT} bytes of colour profile, EXIF and XMP, got {size}")
    return kept


def save(picture, path):
    """Write a PIL image to a file without loss, with what is kept in its `info`.

    Args:
        picture: the image.
        path: a name ending in .png, .webp, .tif or .tiff.
    """
    options = {name: picture.info[name] for name in ("icc_profile", "exif") if name in picture.info}
    suffix = Path(path).suffix.lower()
    xmp = picture.info.get("xmp")
    if suffix == ".png" and xmp:
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode("utf-8", "replace"))
    if suffix == ".webp":
        options |= {"lossless": True, "exact": True, "xmp": xmp or b""}
    if suffix in (".tif", ".tiff"):
        options["compression"] = "tiff_adobe_deflate"
    picture.save(path, **options)


def stored(picture, size):
    """Look for a file of another format that is smaller than what there is.

    Args:
        picture: a `Picture`.
        size: bytes of what there is.

    Returns:
        ("PNG" or "WEBP", its bytes), or None.
    """
    image = _bare(picture)
    found = []
    if max(image.size) <= _LARGEST_WEBP:
        for method, quality, hope in _TRIALS:
            hope *= 2 if method == 0 and picture.colour.shape[-1] == 1 else 1
            if len(_encoded(image, "WEBP", method=method, quality=quality)) > hope * size + 64:
                return None
        found.append(("WEBP", _encoded(image, "WEBP", method=6, quality=90)))
    found.append(("PNG", _encoded(image, "PNG", optimize=True)))
    best = min(found, key=lambda one: len(one[1]))
    return best if len(best[1]) < size else None


def unstored(head, form, data):
    """Decode what `stored` gave.

    Args:
        head: the container's `Head`.
        form: "PNG" or "WEBP".
        data: its bytes.

    Returns:
        A `Picture` without what is kept.

    Raises:
        Damaged: when it is no such file, or of another size.
    """
    planes = {(1, False): "L", (1, True): "LA", (3, False): "RGB", (3, True): "RGBA"}[head.colours, head.alpha]
    try:
        if form == "WEBP" and _webp_size(data) != (head.width, head.height):  # Pillow makes room as it opens one
            raise ValueError("another size")
        with own_terms(), Image.open(io.BytesIO(data), formats=[form]) as image:
            if image.size != (head.width, head.height) or image.mode[0] not in "1LRP":
                raise ValueError("another size")
            array = np.asarray(image.convert(planes)).reshape(head.height, head.width, -1)
    except Exception as error:  # Pillow and its decoders raise any kind for damaged files
        raise Damaged(f"the stored {form} file can't be read ({error})") from None
    colour = array[..., : head.colours]
    return Picture(head.mode, colour, array[..., head.colours :] if head.alpha else None)


def _webp_size(data):
    """Return (width, height) as the bit stream of a lossless still WebP file says, or None."""
    if data[12:16] != b"VP8L" or len(data) < 25:
        return None
    bits = int.from_bytes(data[21:25], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _bare(picture):
    """Return the coded planes alone as a PIL image."""
    colour = picture.colour if picture.alpha is None else np.concatenate([picture.colour, picture.alpha], -1)
    image = Image.fromarray(colour[..., 0] if colour.shape[-1] == 1 else colour)
    return image.convert("1", dither=Image.Dither.NONE) if picture.mode == "1" else image


def _encoded(image, form, **options):
    file = io.BytesIO()
    if form == "WEBP":
        options |= {"lossless": True, "exact": True}
        image = image.convert({"1": "RGB", "L": "RGB", "LA": "RGBA"}.get(image.mode, image.mode))
    image.save(file, form, **options)
    return file.getvalue()
