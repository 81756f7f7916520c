"""One page with every figure of section 4 for a run."""

from __future__ import annotations

import base64
import io
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from ..errors import UserError
from ..extras import needs
from ..files import atomic_folder, check_output, make_folder
from ..terminal import bar
from .curves import read_metrics, training_curves
from .figures import grid, reconstruction_sheet, sample_sheet
from .run_record import conditions, read_record, text_of_bound
from .sent import bits_by_level, sent_by_plan
from .transform_sheet import transform_columns
from .variations import interpolation_sheet, variation_sheet

with needs("report"):
    import jinja2

if TYPE_CHECKING:
    from ..model.selfvae import SelfVAE

_MEASURED_ON = 16  # images that what the plans send is averaged over


def write_report(
    folder: str | PathLike[str],
    model: SelfVAE,
    images: ArrayLike,
    seed: int = 0,
    temperature: float = 0.7,
    output: str | PathLike[str] | None = None,
    progress: bool = True,
) -> Path:
    """Write a run's report: one self-contained index.html, and its pictures as PNG files beside it.

    Args:
        folder: the run's folder.
        model: its `SelfVAE`.
        images: uint8 [B, H, W, C], B at least 4 and even: test images.
        seed: of every sample.
        temperature: of figures that show one temperature.
        output: a folder; by default "report" in the run's. It is replaced whole.
        progress: whether to show a bar.

    Returns:
        The page's path.

    Raises:
        ValueError: when the folder is not a run or has no weights, or the output is a folder that no
            report was in.

    Example:
        >>> write_report("runs/mine", load_model("runs/mine"), images.examples("test", 16))
    """
    record = read_record(folder)
    output = Path(output) if output else record.run.folder / "report"
    check_place(output)
    few = images[: max(4, len(images) // 2)]
    metrics = read_metrics(record.run.metrics) if record.run.metrics.exists() else {}
    makers = {
        "samples": lambda: sample_sheet(model, 8, seed, (1.0, temperature)),
        "reconstructions": lambda: reconstruction_sheet(model, few, seed, temperature),
        "variations": lambda: variation_sheet(model, few[:4], seed, temperature),
        "interpolations": lambda: interpolation_sheet(model, _pairs(images), 8, seed, temperature),
        "transforms": lambda: grid(*transform_columns(few[:4])),
    }
    if not model.hierarchy.latents:
        del makers["interpolations"]
    if metrics.get("bpd"):
        makers["curves"] = lambda: training_curves(metrics, model.terms)
    pictures = {name: make() for name, make in bar(makers.items(), progress, desc="figures")}
    terms = record.bound if record.bound and all(t in record.bound for t in model.terms) else record.results
    page = _template().render(
        run=record.run.folder.resolve().name,
        record=record,
        conditions=conditions(record),
        bound=text_of_bound(record.bound),
        levels=bits_by_level(model, terms) if terms else [],
        sent=sent_by_plan(model, images[:_MEASURED_ON], seed),
        measured_on=len(images[:_MEASURED_ON]),
        temperature=temperature,
        seed=seed,
        has_levels=bool(model.config.levels),
        has_latents=bool(model.hierarchy.latents),
        pictures={name: _data_uri(picture) for name, picture in pictures.items()},
        sizes={name: picture.size for name, picture in pictures.items()},
    )
    _replace(output, page, pictures)
    return output / "index.html"


def _pairs(images):
    """Up to eight images, an even number: a walk goes from one of the first half to its partner."""
    return images[: min(8, len(images) // 2 * 2)]


def check_place(output):
    """Refuse a `Path` that can't be written, or where something else than a report, which is replaced whole, is."""
    check_output(output, "output")
    if output.is_dir() and any(output.iterdir()) and not (output / "index.html").exists():
        raise UserError(f"output: {output} holds something else than a report; give another folder")


def _template():
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tf_selfvae.evaluation", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html")


def _data_uri(picture):
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _replace(output, page, pictures):
    """Put the new report where the old one is, whole or not at all."""
    make_folder(output.parent, "output")
    with atomic_folder(output, replace=True) as new:
        (new / "index.html").write_text(page, encoding="utf-8")
        for name, picture in pictures.items():
            picture.save(new / f"{name}.png")
