"""Writes the conformance files of the format and their pixels: python -m tests.codec.conformance.

A file that was written once is never written anew: what any release wrote, every later one must decode. To add a case,
add it here; to begin anew, before a release, remove the folder.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

import tf_selfvae as sv
from tf_selfvae.data.photos import photo_path

FOLDER = Path(__file__).parent / "conformance"
_MODEL = "imagenette64-1"


def _photo():
    return np.asarray(Image.open(photo_path("skimage", "data", "chelsea.png")).convert("RGB"))  # CC0


def _with_alpha(pixels):
    ramp = np.linspace(0, 255, pixels.shape[0] * pixels.shape[1]).reshape(*pixels.shape[:2], 1)
    return np.concatenate([pixels, ramp.astype(np.uint8)], -1)


def _with_metadata(pixels):
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    file = io.BytesIO()
    image.save(file, "png", exif=exif, icc_profile=b"a profile")
    return Image.open(io.BytesIO(file.getvalue()))


def cases():
    """Give (name, content of the file, level to decode)."""
    photo = _photo()
    part = photo[100:164, 160:224]
    noise = np.random.default_rng(0).integers(0, 256, [40, 24, 3], np.uint8)

    def file(pixels, **options):
        return sv.codec.compress(pixels, model=_MODEL, **options)

    whole = file(part)
    yield "rgb-64x64.svae", whole, 0
    yield "rgb-64x64-level-1.svae", whole, 1
    yield "rgb-64x64-cut.svae", whole[: len(whole) * 2 // 3], 0
    yield "rgb-33x17.svae", file(part[:33, :17]), 0
    yield "grey-50x31.svae", file(part[:50, :31, :1]), 0
    yield "grey-alpha-20x21.svae", file(_with_alpha(part[:20, :21, :1])), 0
    yield "rgba-37x40.svae", file(_with_alpha(part[:37, :40])), 0
    yield "rgb-1x1.svae", file(part[:1, :1]), 0
    yield "rgb-1x90.svae", file(photo[200:201, :90]), 0
    yield "rgb-270x300.svae", file(photo[:270, :300]), 0  # of four blocks
    yield "noise-40x24.svae", file(noise), 0
    yield "flat-30x50.svae", file(np.full([30, 50, 3], 77, np.uint8)), 0
    yield "metadata-64x64.svae", file(_with_metadata(part)), 0
    yield "lossy-64x64-mean.svae", file(part, quality=0.5), 0
    yield "lossy-64x64-sample.svae", file(part, quality=0.25, fill="sample"), 0
    yield "three.svar", file([part, part[:20, :30], part[:9, :9, :1]], names=["a", "b/c", "d"]), 0


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, data, level in cases():
        path = FOLDER / name
        if not path.exists():
            path.write_bytes(data)
            found = sv.codec.decompress(data, level=level)
            for i, pixels in enumerate(found if isinstance(found, list) else [found]):
                pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
                Image.fromarray(pixels).save(FOLDER / f"{path.stem}{f'-{i}' if isinstance(found, list) else ''}.png")


if __name__ == "__main__":
    main()
