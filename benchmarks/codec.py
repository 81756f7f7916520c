"""Bytes and speed of compressed pictures beside other formats, and what is left when a file is cut: a table and a plot.

python -m benchmarks.codec folder:PATH                      # 64x64 pictures of the test split, and whole photographs
python -m benchmarks.codec folder:PATH --plot docs/rate.png

JPEG XL stands beside them where `pip install pillow-jxl-plugin` brought it. Speed counts decoded bytes, 10^6 a second,
by the wall clock; every picture is decoded and compared. Photographs are those of scikit-image and scikit-learn.
"""

import importlib.util
import io
import time
from pathlib import Path

import click
import numpy as np
from PIL import Image

from tf_selfvae import codec, data
from tf_selfvae.codec import coding, models, pictures
from tf_selfvae.codec.file import write_file
from tf_selfvae.data.photos import photo_path
from tf_selfvae.devices import quick_start

PHOTOS = (
    *(("skimage", "data", name) for name in ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png")),
    *(("skimage", "data", name) for name in ("rocket.jpg", "hubble_deep_field.jpg", "retina.jpg")),
    *(("sklearn", "datasets/images", name) for name in ("china.jpg", "flower.jpg")),
)
LOSSLESS = {
    "PNG": ("png", {"optimize": True}),
    "WebP": ("webp", {"lossless": True, "method": 6, "quality": 100}),
    "JPEG XL 7": ("jxl", {"lossless": True, "effort": 7}),
    "JPEG XL 9": ("jxl", {"lossless": True, "effort": 9}),
}
LOSSY = {"JPEG": "jpeg", "WebP": "webp", "JPEG XL": "jxl"}
QUALITIES = (5, 10, 20, 40, 60, 80, 90, 95)


def saved(image, form, **options):
    """Return the bytes of an image in another format."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, form, **options)
    return file.getvalue()


def available(forms):
    """Leave out JPEG XL where Pillow has no plugin for it."""
    if importlib.util.find_spec("pillow_jxl"):
        import pillow_jxl  # noqa: F401  its import registers the format
    else:
        forms = {name: form for name, form in forms.items() if not name.startswith("JPEG XL")}
    return forms


def timed(function, *arguments, **options):
    """Return (what it gives, seconds)."""
    begin = time.perf_counter()
    return function(*arguments, **options), time.perf_counter() - begin


def row(label, images, sizes, seconds):
    """Print a row: bits per dimension, and MB a second each way."""
    amount = sum(image.nbytes for image in images)
    rates = " | ".join(f"{amount / 1e6 / second:.2f}" if second else "" for second in seconds)
    click.echo(f"| {label} | {8 * sum(sizes) / amount:.4f} | {rates} |")


def compare(title, images, model):
    """Print the table of some pictures, one file each, or one archive of all."""
    click.echo(f"\n{title}\n\n| | bits per dimension | MB a second, there | back |\n|---|---|---|---|")
    codec.decompress(codec.compress(images[:2], model), model=model)  # networks are traced once
    archive, there = timed(codec.compress, images, model)
    found, back = timed(codec.decompress, archive, model=model)
    assert all(map(np.array_equal, found, images))
    row("archive, `.svar`", images, [len(archive)], (there, back))
    loaded = models.load(model)
    records = coding.encode([pictures.from_array(image) for image in images], loaded)
    row("files, `.svae`", images, [len(write_file(record, models.needs(loaded))) for record in records], (0, 0))
    for name, (form, options) in available(LOSSLESS).items():
        files, there = timed(lambda form=form, options=options: [saved(image, form, **options) for image in images])
        found, back = timed(lambda files=files: [np.asarray(Image.open(io.BytesIO(file))) for file in files])
        assert all(map(np.array_equal, found, images))
        row(name, images, [len(file) for file in files], (there, back))


def quality(images, found):
    """Return the mean of the pictures' PSNR in dB."""
    errors = [np.mean((np.float64(one) - other) ** 2) for one, other in zip(images, found)]
    return float(np.mean(10 * np.log10(255**2 / np.maximum(errors, 1e-9))))


def rates(images, model):
    """Return {label: [(bits per dimension, PSNR)]} of rungs and of other formats."""
    amount, found = sum(image.nbytes for image in images) / 8, {}
    for fill in ("mean", "sample"):
        points = []
        for left_out in range(1, 4):
            files = [codec.compress(image, model, quality=0.5**left_out, fill=fill) for image in images]
            back = [codec.decompress(file, model=model) for file in files]
            points.append((sum(map(len, files)) / amount, quality(images, back)))
        found[f"rungs, the rest by {fill}"] = points
    for name, form in available(LOSSY).items():
        found[name] = []
        for level in QUALITIES:
            files = [saved(image, form, quality=level) for image in images]
            back = [np.asarray(Image.open(io.BytesIO(file))) for file in files]
            found[name].append((sum(map(len, files)) / amount, quality(images, back)))
    return found


def draw(found, path):
    """Plot PSNR against bits."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for label, points in found.items():
        axes.plot(*zip(*sorted(points)), marker="o", label=label)
    axes.set(xscale="log", xlabel="bits per dimension", ylabel="PSNR, dB", title="Whole photographs, cut or lossy")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110)


@click.command()
@click.argument("name", metavar="DATA")
@click.option("--model", help="A codec model; by default the package's newest.")
@click.option("--count", type=int, help="Only so many of the 64x64 pictures.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw PSNR against bits, too.")
@click.option("--cache", help="Where decoded images are cached.")
def main(name, model, count, plot, cache):
    """Compare on the test pictures of DATA at 64x64, and on photographs."""
    quick_start()
    dataset = data.load(name, size=(64, 64), channels=3, cache_dir=cache)
    images = dataset.examples("test", count or dataset.counts["test"])
    compare(f"{len(images)} pictures of 64x64, {dataset.name}", list(images), model)
    photos = []
    for package, folder, file in PHOTOS:
        path = photo_path(package, folder, file)
        if path.exists():
            photos.append(np.asarray(Image.open(path).convert("RGB")))
            compare(f"{file}, {photos[-1].shape[1]}x{photos[-1].shape[0]}", photos[-1:], model)
    if plot:
        found = rates(photos, model)
        for label, points in found.items():
            click.echo(f"{label}: " + ", ".join(f"{bits:.3f} bits {decibel:.2f} dB" for bits, decibel in points))
        draw(found, plot)


if __name__ == "__main__":
    main()
