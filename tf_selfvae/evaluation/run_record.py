"""What is known of a run: its conditions and every number that was measured on it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from ..errors import UserError
from ..json_files import read_json
from ..model.presets import available, get_preset
from ..runs import Run


@dataclasses.dataclass(frozen=True)
class Record:
    """A run's numbers, with their conditions.

    Attributes:
        run: the `Run`.
        config: its `Config`.
        model: what it is called: a preset's name, or a short description.
        data: the data set's spec.
        resize: how images were brought to their size.
        results: what training left (results.json); {} where it did not end.
        bound: the importance-weighted bound with the most samples (then images) that was measured,
            as `importance_bound` gives it, else the one-sample bound of `results`; None for none.
        frechet: the Frechet distance on the most images, at temperature 1; None where none was measured.
    """

    run: Run
    config: object
    model: str
    data: str
    resize: str
    results: dict
    bound: dict | None
    frechet: dict | None


def read_record(folder):
    """Read a run's folder.

    Raises:
        ValueError: when it is not a run, or its weights are missing.
    """
    run = Run(folder)
    config, settings = run.read_config(), run.read_settings()
    if not (run.model.exists() or run.best.exists() or run.checkpoints()):
        raise UserError(f"run: {run.folder} has no weights yet (no model.keras, no checkpoint)")
    results = read_json(run.results) if run.results.exists() else {}
    measured = [read_json(path) for path in sorted(run.evaluations.glob("*.json"))]
    bounds = [m for m in measured if "importance_samples" in m and m["split"] == "test"]
    bound = max(bounds, key=lambda m: (m["importance_samples"], m["count"]), default=None)
    if bound is None and "bpd" in results:
        bound = {"importance_samples": 1, **results}
    distances = [m for m in measured if "frechet_distance" in m and m.get("temperature", 1) == 1]
    return Record(
        run,
        config,
        model_name(config),
        settings["data"],
        settings["resize"],
        results,
        bound,
        max(distances, key=lambda m: m["count"], default=None),
    )


def model_name(config):
    """Return the preset that a configuration is, whatever its seed, precision and optimizer, or a description."""
    plain = {"seed": 0, "precision": "float32"}
    wanted = config.override(plain).to_dict()
    for name in available():
        preset = get_preset(name).override(plain).to_dict()
        if {**preset, "optimizer": None} == {**wanted, "optimizer": None}:
            return name
    transforms = ", ".join(level.transform for level in config.levels)
    height, width, _ = config.image
    return f"selfVAE {height}x{width} ({transforms})" if transforms else f"VAE {height}x{width}"


def data_name(spec):
    """Shorten a data set's spec: the last two folders of a path say enough."""
    kind, colon, path = spec.partition(":")
    return f"{kind}:{'/'.join(Path(path).parts[-2:])}" if colon else kind


def conditions(record):
    """List (label, text) pairs that a number of this run should not stand without."""
    results, config = record.results, record.config
    height, width, channels = config.image
    pairs = [
        ("model", record.model),
        ("data", f"{data_name(record.data)}, {height}x{width}x{channels}"),
        ("resize", record.resize),
    ]
    if "parameters" in results:
        pairs.append(("parameters", f"{results['parameters']:,}"))
    if "images_seen" in results:
        pairs.append(("training images seen", f"{results['images_seen']:,}"))
    if "training_minutes" in results:
        clock = "processor" if results.get("clock") == "cpu" else "wall-clock"
        pairs.append(("training", f"{results['training_minutes']:.1f} {clock} minutes"))
    pairs.append(("precision of convolutions", config.precision))
    pairs.append(("hardware", results.get("hardware", "not recorded")))
    return pairs


def bits_of_bound(bound):
    """Say a bound's bits per dimension, with the standard error where there is one."""
    error = bound.get("standard_error")
    return f"{bound['bpd']:.3f}" + ("" if error is None else f" +- {error:.3f}")


def text_of_bound(bound):
    """Say a bound in one line: value, error, samples, images."""
    if bound is None:
        return "not measured"
    count = bound["importance_samples"]
    samples = f"{count} importance sample{'s' if count > 1 else ''}"
    return f"{bits_of_bound(bound)} ({samples}, {bound['count']} {bound['split']} images)"
