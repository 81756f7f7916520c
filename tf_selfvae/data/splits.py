"""Which part of a data set a picture belongs to."""

from __future__ import annotations

import logging

import numpy as np

from ..errors import UserError

_SEED = 20210117
# The shares of [0, 1) that parts take, from 0 on; the rest is "train".
_SHARES = (("test", 0.15), ("validation", 0.05))
_CONTENTS = ".contents"
_LOG = logging.getLogger(__name__)


def part_of(digest):
    """Return the part that a picture belongs to: "test" (15%), "validation" (5%) or "train".

    A picture's digest, read as a number in [0, 1), alone decides: it keeps its part whatever pictures
    come and go, a copy of it under another name is in the same part, and nothing but the picture at
    hand is in memory. The digest is that of the decoded picture before it is resized, so that the size
    that is asked for moves nothing. The parts' sizes are 15%, 5% and 80% on average only.

    A picture that was compressed anew, cut or resized is another one. So is, rarely, a JPEG that
    another version of the decoder reads: then a run says that its pictures changed.

    Args:
        digest: bytes, of `pictures.content`.
    """
    place, end = int.from_bytes(digest[:8], "big") / 2**64, 0.0
    for part, share in _SHARES:
        end += share
        if place < end:
            return part
    return "train"


def dealt(pictures):
    """Deal pictures to parts, one at a time, for the cache.

    Args:
        pictures: iterable of (digest, list of uint8 arrays [H, W, C] that are of this picture).

    Yields:
        (part, uint8 [1, H, W, C]) and (name of the part's digests, uint8 [1, 1, 1, n]), in turn.
    """
    for digest, images in pictures:
        part = part_of(digest)
        for image in images:
            yield part, image[None]
            yield part + _CONTENTS, np.frombuffer(digest, np.uint8)[None, None, None]


def complete(arrays, label):
    """Take apart what was cached of `dealt`, and see to it that no part is empty.

    No picture ever changes its part, so that a small set can leave one empty. Without validation
    pictures the training pictures stand in for them, with a warning: they choose the best checkpoint,
    and nothing is learned from them that was not before.

    Args:
        arrays: dict of name to array.
        label: what the set is, for messages.

    Returns:
        (dict of part to images [N, H, W, C], dict of part to digests uint8 [N, n]).

    Raises:
        UserError: when no picture falls into training, or none into test.
    """
    images = {name: array for name, array in arrays.items() if not name.endswith(_CONTENTS)}
    digests = {name: np.asarray(arrays[name + _CONTENTS])[:, 0, 0] for name in images}
    count = sum(map(len, images.values()))
    for part in ("train", "test"):
        if part not in images:
            raise UserError(
                f"data: {count} pictures in {label} are too few: by their content, 15% go to test, 5% to "
                f"validation and the rest to training, and none of these goes to {part}; add pictures"
            )
    if "validation" not in images:
        _LOG.warning(
            "%s: none of its %d pictures falls into validation (5%%, by their content): the training pictures "
            "stand in, and validation says nothing about unseen ones",
            label,
            count,
        )
        images["validation"] = images["train"]
        digests["validation"] = digests["train"]
    return images, digests


def held_out(count, fraction):
    """Return the sorted numbers of a fraction of `count` images, by a fixed permutation; at least one."""
    return np.sort(np.random.default_rng(_SEED).permutation(count)[: max(1, round(fraction * count))])
