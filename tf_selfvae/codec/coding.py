"""Pictures to records and back through the ladder, planes of one size together: the networks are fastest so."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..errors import Damaged
from . import ladder, pictures
from .file import Head, Record
from .halving import halved

_TOGETHER = 64  # pictures of a batch
_PIXELS = 1 << 18  # ... unless they are large
AHEAD, AHEAD_PIXELS = 256, 1 << 24  # pictures, and pixels of them, that are read before they are coded or decoded


def encode(many, model, left_out=0, fill="mean"):
    """Code pictures, each as its ladder or as the file of another format where that is smaller.

    Args:
        many: list of `Picture`.
        model: a codec model.
        left_out: how many of the finest levels the decoder draws from the model; of a picture with no more,
            all but the coarsest.
        fill: how it draws them, "mean" or "sample".

    Returns:
        A list of `Record`.
    """
    planes = [(i, name, plane) for i, picture in enumerate(many) for name, plane in _planes(picture)]
    payloads = [{} for _ in many]

    def code(group):
        return ladder.encode(model, np.stack([plane for _, _, plane in group]))

    for (i, name, _), sections in _beside(code, planes, lambda one: one[2].shape):
        payloads[i][name] = sections
    records = [_record(*one, left_out, fill) for one in zip(many, payloads)]
    cut = [record for record in records if record.head.left_out]
    for record, kept in zip(cut, decode(cut, [model] * len(cut), left_out, unchecked=True)):
        record.checksum = kept.checksum()
    with ThreadPoolExecutor() as pool:  # Pillow codes beside Python
        return list(pool.map(_smaller, many, records))


def _planes(picture):
    yield "colour", picture.colour
    if picture.alpha is not None:
        yield "alpha", picture.alpha


def _record(picture, sections, left_out, fill):
    height, width = picture.size
    colour, alpha = sections["colour"], sections.get("alpha", [])
    left_out = min(left_out, len(colour) - 1)
    opaque = picture.mode.endswith("A") and picture.alpha is None
    grey = picture.mode.startswith("RGB") and picture.colour.shape[-1] == 1
    head = Head(picture.mode, width, height, grey, opaque, bool(picture.kept), False, left_out, fill)
    rungs = len(colour) - left_out
    return Record(head, picture.kept, colour[:rungs], alpha[:rungs], checksum=picture.checksum())


def _smaller(picture, record):
    """Return a record of a stored picture, where that is smaller and as good."""
    if record.head.left_out:
        return record
    found = pictures.stored(picture, sum(len(payload) + 8 for payload in (*record.colour, *record.alpha)))
    if not found:
        return record
    head = dataclasses.replace(record.head, stored=True)
    return Record(head, record.kept, stored=found, checksum=record.checksum)


def decode(records, models, level=0, unchecked=False):
    """Decode records, those of one size together.

    Args:
        records: list of `Record`.
        models: the codec model of each; None for one that is stored.
        level: how many of the finest levels to leave out, as far as there are so many.
        unchecked: whether to leave the pixels' checksums alone.

    Returns:
        A list of `Picture`; in the place of one that can't be decoded, the `Damaged`.
    """
    found = [{} for _ in records]
    planes = []
    for i, record in enumerate(records):
        if record.stored:
            with _keeping(found[i]):
                found[i]["picture"] = pictures.unstored(record.head, *record.stored)
            continue
        planes.append((i, "colour", record.head.colours, record.colour))
        if record.head.alpha:
            planes.append((i, "alpha", 1, record.alpha))

    def key(one):
        i, _, channels, sections = one
        head = records[i].head
        return head.height, head.width, channels, len(sections), id(models[i])

    for (i, name, *_), plane in _beside(lambda group: _decode_group(group, records, models), planes, key):
        if isinstance(plane, Damaged):
            found[i]["error"] = plane
        found[i][name] = plane
    return [_finish(*one, level, unchecked) for one in zip(records, models, found)]


def _decode_group(group, records, models):
    i, _, channels, _ = group[0]
    head = records[i].head
    shape = head.height, head.width, channels
    try:
        return ladder.decode(models[i], *shape, [one[3] for one in group])
    except Damaged as error:
        if len(group) == 1:
            return [error]
        return [_decode_group([one], records, models)[0] for one in group]  # it harms no other


def _finish(record, model, found, level, unchecked):
    if "error" in found:
        return found["error"]
    head = record.head
    picture = found.get("picture") or pictures.Picture(head.mode, found["colour"], found.get("alpha"))
    picture.kept = record.kept
    wrong = record.checksum is not None and record.checksum != picture.checksum()
    if wrong and not unchecked:
        return Damaged(
            "its pixels are not those that were put in: it was changed, or this machine computes another way; coarser "
            "levels may be right"
        )
    rungs = ladder.rungs(head.height, head.width)
    if record.stored:
        for _ in range(min(level, len(rungs) - 1)):
            picture.colour = halved(picture.colour[None])[0][0]
            picture.alpha = picture.alpha if picture.alpha is None else halved(picture.alpha[None])[0][0]
    elif head.left_out and level < head.left_out and len(record.colour) == len(rungs) - head.left_out:
        size = rungs[len(rungs) - 1 - level]
        seed = picture.checksum() & 0x7FFFFFFF  # the same in any batch, another for each picture
        picture.colour = ladder.extend(model, picture.colour[None], *size, head.fill, seed)[0]
        if picture.alpha is not None:
            picture.alpha = ladder.extend(model, picture.alpha[None], *size, head.fill, seed)[0]
    if picture.mode == "1" and (head.left_out or picture.size != (head.height, head.width)):
        picture.mode = "L"  # what is averaged or drawn has more than two values
    return picture


def level_of(picture, head):
    """Return how often a decoded picture is halved."""
    rungs = ladder.rungs(head.height, head.width)
    return len(rungs) - 1 - rungs.index(picture.size)


def _beside(function, items, key):
    """Yield each item with what a function makes of it, which takes a batch of items of one key: (rows, columns, ...).

    Batches of small pictures are made beside one another: but for the convolutions, the coder and NumPy use one core.
    """
    groups, small, large = defaultdict(list), [], []
    for item in items:
        groups[key(item)].append(item)
    for shape, group in groups.items():
        most = max(1, min(_TOGETHER, _PIXELS // (shape[0] * shape[1])))
        batches = (group[begin : begin + most] for begin in range(0, len(group), most))
        (small if most > 1 else large).extend(batches)
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for batch, made in zip(small, pool.map(function, small)):  # where one fails, those that wait are left out
            yield from zip(batch, made)
    for batch in large:
        yield from zip(batch, function(batch))


@contextlib.contextmanager
def _keeping(found):
    try:
        yield
    except Damaged as error:
        found["error"] = error
