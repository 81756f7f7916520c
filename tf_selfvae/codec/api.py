"""Pictures in memory to compressed bytes, and back."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ..checks import check_count
from ..errors import Damaged, UserError
from . import archive, coding, models, pictures, single
from .about import opened
from .file import FILLS, MOST, write_file
from .index import Writer

_SMALLEST = 1 / 2**20


def compress(images, model=None, quality=1, fill="mean", names=None):
    """Compress one picture or many without loss, or coarse levels of them.

    Args:
        images: uint8 [H, W, C], C = 1 (grey), 2 (with alpha), 3 or 4, or a PIL image of 8 bits a channel, whose colour
            profile, EXIF and XMP are kept; or many: uint8 [B, H, W, C] or a list of the former.
        model: None for the package's newest codec model, the name of a released one, or the path of a `.svcm`.
        quality: 1 for no loss; 1/2, 1/4, ... keep the picture of that many times the sides exactly, as far as there is
            one, and leave the rest to the model.
        fill: how the decoder draws what is left out: "mean" or "sample".
        names: of many pictures, in the archive; None for their numbers.

    Returns:
        Bytes of a `.svae` file, or of many pictures a `.svar` file.

    Raises:
        UserError: for other pictures, names, or models.
    """
    left_out = check_quality(quality, fill)
    one = isinstance(images, Image.Image) or getattr(images, "ndim", None) == 3
    many = [_picture(image) for image in ([images] if one else images)]
    if not many:
        raise UserError("images: expected at least one picture, got none")
    model = models.load(model)
    records = coding.encode(many, model, left_out, fill)
    if one:
        return write_file(records[0], models.needs(model))
    if names is None:
        digits = len(str(len(many) - 1))
        names = [f"{number:0{digits}}" for number in range(len(many))]
    if len(names) != len(many):
        raise UserError(f"names: expected {len(many)}, as many as pictures, got {len(names)}")
    file = io.BytesIO()
    writer = Writer(file)
    writer.header(models.needs(model))
    for name, record in zip(names, records):
        writer.add(name, record)
    writer.finish()
    return file.getvalue()


def _picture(image):
    return pictures.from_pil(image) if isinstance(image, Image.Image) else pictures.from_array(image)


def check_quality(quality, fill):
    """Return how many levels a quality leaves out, or raise a UserError."""
    if fill not in FILLS:
        raise UserError(f"fill: expected one of {', '.join(FILLS)}, got {fill!r}")
    left_out, part = 0, 1.0
    while part >= _SMALLEST:
        if quality == part:
            return left_out
        left_out, part = left_out + 1, part / 2
    raise UserError(f"quality: expected 1, 1/2, 1/4, ..., got {quality!r}")


def decompress(data, level=0, strict=False, most=MOST, model=None):
    """Decompress what `compress` gave, or a file of it.

    Args:
        data: bytes, a path, or a binary file.
        level: how often to halve each picture, as far as it can be; no more of the data is read than that needs.
        strict: whether to refuse what is not whole; otherwise the finest whole level is given, and logged.
        most: pixels that a picture may have.
        model: a `.svcm` file, for data of a codec model that does not come with the package.

    Returns:
        uint8 [H, W, C], C = 1 (grey), 2 (with alpha), 3 or 4; of an archive [B, H, W, C], or a list of pictures where
        they differ in size or channels.

    Raises:
        Damaged: when it was cut or changed, and no level is whole or `strict`; of an archive, when that is so for any
            picture: `Archive` gives the others.
        UserError: for other data, a larger picture, or another codec model.
    """
    level, most = check_count(level, "level", 0), check_count(most, "most")
    with opened(data) as (file, name, kind):
        if kind == "svae":
            return single.decode(file, name, level, strict, most, model).to_array()
        found = []
        reader = archive.Archive(file, model, most)
        reader.name = name
        if reader.problem and strict:
            raise Damaged(reader.problem)
        for picture_name, record, picture in reader.decode(level=level):
            if record is None or isinstance(picture, UserError):
                raise picture
            single.report(f"{name}: {picture_name}", record, picture, strict)
            found.append(picture.to_array())
    same = len({array.shape for array in found}) == 1
    return np.stack(found) if same else found
