"""Picture files: the one place that opens them, with Pillow; what can't be read is told in a sentence with its name."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import re
import threading
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, JpegImagePlugin

from ..errors import UserError
from ..terminal import bar
from .crops import MODES, crops
from .splits import part_of

SQUARE = "antialiased bicubic (Pillow) to the short side, then a centre crop"
OBLONG = "antialiased bicubic (Pillow) of the largest centre crop of the images' shape"
DIGEST = 16  # bytes of what `content` gives
_LOG = logging.getLogger(__name__)
_FEW = 0.01
_CHUNK = 256  # files that are decoded before the next ones are looked at

# What only looks like a picture to Pillow, or is drawn by another program that it would start.
_OTHERS = {"BUFR", "EPS", "GRIB", "HDF5", "IPTC", "MPEG", "WMF"}
_MOST = 256_000_000  # pixels that are decoded; Pillow takes 4 bytes for each
_KEPT = 32_000_000  # pixels that are kept of them
_STRIP = 4_000_000  # pixels that are converted at once
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def formats():
    """Return the formats that pictures are read in: all that Pillow decodes itself on this machine."""
    Image.init()
    return sorted(set(Image.OPEN) - _OTHERS)


def endings():
    """Return the endings of the names of such files, as a frozenset in lower case."""
    known = formats()
    return frozenset(ending for ending, name in Image.registered_extensions().items() if name in known)


def read_picture(path):
    """Read a picture file: upright, what is transparent over white, the first frame of several.

    A whole number of n bits becomes its upper 8, a signed one from its lowest value on. Pictures of more
    than 32 megapixels come back reduced, by a factor that their size alone decides: JPEGs while they are
    decoded (`draft`), others by averages of squares of pixels.

    Args:
        path: the file.

    Returns:
        A PIL image of mode RGB.

    Raises:
        UserError: when it is missing or no picture, is cut or damaged, has floating-point values or a
            depth that can't be told, or more than 256 megapixels (a JPEG that is not progressive may
            have any number).
    """
    if not Path(path).is_file():  # a pipe would be waited for
        raise UserError(f"image: {path} can't be read as a picture (it is not a file)")
    try:
        with own_terms(), open(path, "rb") as file:
            is_jpeg = file.read(3) == b"\xff\xd8\xff"
            file.seek(0)
            # `Image.open` would refuse a large JPEG before it can be asked for a reduced one.
            opened = JpegImagePlugin.jpeg_factory(file, str(path)) if is_jpeg else Image.open(file, formats=formats())
            with opened as picture:
                _check_size(picture, is_jpeg)
                with _ROOM.take(picture.width * picture.height):
                    return _upright(picture, path)
    except (UserError, Image.DecompressionBombError) as error:
        reason = error if isinstance(error, UserError) else f"expected at most {_MOST // 10**6} megapixels"
        raise UserError(f"image: {path} can't be read as a picture ({reason})") from None
    except Exception as error:  # Pillow and its decoders raise any kind for damaged files
        reason = str(error).strip().split("\n")[0].replace(repr(file), "the file") if str(error).strip() else ""
        kind = "" if isinstance(error, (OSError, ValueError)) and reason else type(error).__name__
        raise UserError(
            f"image: {path} can't be read as a picture ({': '.join(part for part in (kind, reason) if part)})"
        ) from error


def open_picture(path, most=_KEPT):
    """Read a picture file as uint8 [H, W, 3], reduced to at most `most` pixels; see `read_picture`."""
    picture = read_picture(path)
    factor = _factor(picture, most)
    return to_array(picture.reduce(factor) if factor > 1 else picture, 3)


def to_array(picture, channels):
    """Return a PIL image of mode L or RGB as uint8 [H, W, channels]."""
    return np.asarray(picture).reshape(picture.height, picture.width, channels)


def from_array(image):
    """Return uint8 [H, W, 1 or 3] as a PIL image of mode RGB."""
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).convert("RGB")


def fit(picture, size, channels=3):
    """Resize to cover a size by antialiased bicubic, and cut out the centre.

    Args:
        picture: a PIL image of mode RGB.
        size: (rows, columns) of the result.
        channels: 1 or 3.

    Returns:
        A uint8 array [rows, columns, channels].
    """
    height, width = size
    return to_array(ImageOps.fit(picture.convert(MODES[channels]), (width, height), Image.BICUBIC), channels)


def resize_text(size):
    """Say what `fit` does, for reports."""
    return SQUARE if size[0] == size[1] else OBLONG


def content(picture):
    """Return a digest of a picture's size and pixels: the same for a copy under any name, in any lossless format.

    Args:
        picture: a PIL image of mode RGB.

    Returns:
        `DIGEST` bytes.
    """
    digest = hashlib.blake2b(f"{picture.width}x{picture.height}:".encode(), digest_size=DIGEST)
    digest.update(picture.tobytes())
    return digest.digest()


def read_all(paths, size, channels, label, more=0):
    """Decode and resize many files, in threads and with a progress bar.

    Args:
        paths: list of paths.
        size: (rows, columns) of the results.
        channels: 1 or 3.
        label: what the paths are, for messages.
        more: how many `crops` of each training picture to give beside it.

    Yields:
        (digest, list of uint8 arrays [rows, columns, channels]) of each readable file, in order.

    Raises:
        UserError: at the end, when more than 1% of the files and more than one can't be read, or none
            can; fewer are logged and left out.
    """

    def decode(path):
        try:
            picture = read_picture(path)
            digest = content(picture)
            cut = more if part_of(digest) == "train" else 0
            seed = int.from_bytes(digest, "big")
            return digest, [fit(picture, size, channels), *crops(picture, size, channels, cut, seed)]
        except UserError as error:
            return error

    broken = []
    with ThreadPoolExecutor() as pool, bar(total=len(paths), desc=f"reading {label}", leave=False) as progress:
        for begin in range(0, len(paths), _CHUNK):
            for result in pool.map(decode, paths[begin : begin + _CHUNK]):
                progress.update()
                if isinstance(result, UserError):
                    broken.append(str(result).removeprefix("image: "))
                else:
                    yield result
    if broken:
        listing = "; ".join(broken[:10]) + (f" and {len(broken) - 10} more" if len(broken) > 10 else "")
        if len(broken) > max(1, _FEW * len(paths)) or len(broken) == len(paths):
            raise UserError(
                f"data: {len(broken)} of {len(paths)} pictures of {label} can't be read, expected at "
                f"most 1%, or one: {listing}"
            )
        _LOG.warning("left out %s of %s: %s", counted(len(broken), "unreadable picture"), label, listing)


def counted(count, noun):
    """Say how many there are of something."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def listed(reasons):
    """Say how many there are of each kind; `reasons` is an iterable of what each is."""
    return ", ".join(f"{count} {reason}" for reason, count in sorted(Counter(reasons).items()))


class _Room:
    """Lets threads decode as many pixels at once as there is memory for."""

    def __init__(self, size):
        self._size = self._left = size
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def take(self, pixels):
        pixels = min(pixels, self._size)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= pixels)
            self._left -= pixels
        try:
            yield
        finally:
            with self._changed:
                self._left += pixels
                self._changed.notify_all()


_ROOM = _Room(_MOST // 2)
_LIMIT_LOCK, _LIMIT = threading.Lock(), {"readers": 0, "own": None}
# As `warnings.filterwarnings` would write it; `warnings.catch_warnings` is not made for threads.
_QUIET = ("ignore", None, Warning, re.compile(r"PIL\."), 0)


@contextlib.contextmanager
def own_terms():
    """Set what of Pillow holds for the whole process while one reads: this module's limit of pixels, and no warnings.

    What matters of those to a picture is told by this module, with the file's name.
    """
    with _LIMIT_LOCK:
        if not _LIMIT["readers"]:
            _LIMIT["own"], Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, _MOST
            warnings.filters.insert(0, _QUIET)
        _LIMIT["readers"] += 1
    try:
        yield
    finally:
        with _LIMIT_LOCK:
            _LIMIT["readers"] -= 1
            if not _LIMIT["readers"]:
                Image.MAX_IMAGE_PIXELS = _LIMIT["own"]
                with contextlib.suppress(ValueError):  # the program itself has put other filters in their place
                    warnings.filters.remove(_QUIET)


def _check_size(picture, is_jpeg):
    """Ask for a reduced JPEG, and refuse what is still too large."""
    # The coefficients of a progressive JPEG are in memory together, however much it is reduced.
    if is_jpeg and not picture.info.get("progressive"):
        factor = _factor(picture)
        picture.draft(None, (picture.width // factor, picture.height // factor))
    if picture.width * picture.height > _MOST:
        raise UserError(
            f"expected at most {_MOST // 10**6} megapixels, got {picture.width}x{picture.height}; make it smaller"
        )


def _factor(picture, most=_KEPT):
    return math.ceil(math.sqrt(picture.width * picture.height / most))


def _upright(picture, path):
    """Decode a picture that was opened, and convert it strip by strip."""
    clear = transparent_grey(picture)
    picture.load()
    depth, factor = _depth(picture), _factor(picture)
    width, height = (math.ceil(side / factor) for side in picture.size)
    result = Image.new("RGB", (width, height))
    rows = max(1, _STRIP // (picture.width * factor)) * factor
    for top in range(0, picture.height, rows):
        box = (0, top, picture.width, min(top + rows, picture.height))
        strip = picture if rows >= picture.height else picture.crop(box)
        strip = _to_rgb(strip, depth, clear)
        result.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    try:
        exif = picture.getexif()
        if not exif and picture.info.get("exif"):
            Image.Exif().load(picture.info["exif"])  # Pillow keeps to itself what it met while it opened a JPEG
        turn = _TURNS.get(exif.get(ExifTags.Base.Orientation))
    except Exception as error:  # as many kinds as for damaged pixels
        _LOG.warning("%s: its EXIF data is damaged (%s); used as it is stored, unrotated", path, error)
        turn = None
    return result if turn is None else result.transpose(turn)


def transparent_grey(picture):
    """Bring the colour that a PNG names as transparent to the values that Pillow decodes to; return that of deep grey.

    Pillow keeps it as it is in the file, and multiplies grey of 2 and 4 bits by 85 and 17, and keeps the
    upper 8 bits of colour of 16.
    """
    clear = picture.info.get("transparency")
    if picture.format != "PNG" or clear is None or not picture.tile:
        return None
    form = picture.tile[0].args
    form = form if isinstance(form, str) else form[0]
    if form in ("L;2", "L;4"):
        picture.info["transparency"] = clear * {"L;2": 85, "L;4": 17}[form]
    if form == "RGB;16B":
        picture.info["transparency"] = tuple(value >> 8 for value in clear)
    return clear if picture.mode.startswith("I") else None


def _depth(picture):
    """Return (bits, whether signed, whether 0 is white) of a picture whose values don't fit into 8 bits, or None."""
    if picture.mode == "F":
        raise UserError("expected whole values, got floating-point ones, whose range a file does not say")
    if not picture.mode.startswith("I"):
        return None
    if picture.format == "TIFF":
        tags = picture.tag_v2
        return tags.get(258, (1,))[0], tags.get(339, (1,))[0] == 2, tags.get(262) == 0
    # Pillow scales what PNM and JPEG 2000 hold to 16 bits.
    if picture.format in ("PNG", "PPM", "JPEG2000"):
        return 16, False, False
    raise UserError(f"expected values of a known range, got those of a {picture.format} file of more than 8 bits")


def _to_rgb(picture, depth, clear):
    if depth is not None:
        bits, signed, inverted = depth
        values = np.asarray(picture).astype(np.int64)
        values = values + (1 << (bits - 1)) if signed else values & ((1 << bits) - 1)
        upper = (values >> (bits - 8)).astype(np.uint8)
        upper = 255 - upper if inverted else upper
        if clear is not None:
            upper[values == clear] = 255
        return Image.fromarray(upper).convert("RGB")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    return picture.convert("RGB")
