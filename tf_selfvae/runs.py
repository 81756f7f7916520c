"""A run's folder: where a training's configuration, checkpoints, metrics and pictures are."""

from __future__ import annotations

import logging
import shutil
import zipfile
from os import PathLike
from pathlib import Path
from typing import Any

import keras

from . import data as datasets
from . import weights
from .config import VERSION, Config, check_version
from .data.fingerprint import Known, fingerprint
from .errors import DiskFull, UserError
from .files import atomic_folder, make_folder, write_text
from .json_files import read_json, to_json, write_json
from .model.selfvae import SelfVAE

_LOG = logging.getLogger(__name__)


class Run:
    """The files of one run.

    Args:
        folder: path of the run; made by `create`.

    Example:
        >>> Run("runs/mine").read_config().image
        (64, 64, 3)
    """

    def __init__(self, folder: str | PathLike[str]):
        self.folder = Path(folder)
        self.config = self.folder / "config.json"
        self.settings = self.folder / "settings.json"
        self.pictures = self.folder / "pictures.npz"
        self.metrics = self.folder / "metrics.csv"
        self.results = self.folder / "results.json"
        self.model = self.folder / "model.keras"
        self.best = self.folder / "checkpoints" / "best.keras"
        self.samples = self.folder / "samples.png"
        self.reconstructions = self.folder / "reconstructions.png"
        self.evaluations = self.folder / "evaluations"
        self.logs = self.folder / "tensorboard"
        self._last = self.folder / "checkpoints"

    def create(self, config, settings, images=None):
        """Make the folder and write the configuration.

        Args:
            config: the `Config`.
            settings: a JSON-ready dict.
            images: the `Dataset` that is trained on; None where "data" and "resize" are in the settings.

        Raises:
            UserError: when the folder holds a run already.
        """
        self.check_free()
        make_folder(self._last, "run")
        if images is not None:
            settings = settings | self._about(images)
            Known(self.pictures).keep(images)
        write_json(self.settings, {"version": VERSION, **settings})
        # What makes the folder a run comes last: one killed before starts anew.
        write_text(self.config, config.to_json(indent=2) + "\n")

    @staticmethod
    def _about(images):
        return {"data": images.name, "resize": images.resize, "fingerprint": fingerprint(images)}

    def own_data(self, data=None):
        """Return the spec of the data set that the run is to go on with, or to be measured on.

        Args:
            data: a spec that was asked for; None for the run's own.

        Raises:
            UserError: when the run's own pictures are not where they were.
        """
        if data is not None:
            return datasets.resolve(data)
        spec = datasets.resolve(self.read_settings()["data"])
        _, colon, path = spec.partition(":")
        if colon and not Path(path).exists():
            raise UserError(
                f"data: {path}, which the run in {self.folder} is trained on, is not there; where it was moved, name "
                "its new place with --data"
            )
        return spec

    def go_on(self, images):
        """Take the pictures that are to be trained on from now on, and say how they differ from those before.

        Raises:
            UserError: when they are from another place, and not the same.
        """
        settings, known = self.read_settings(), Known(self.pictures)
        changes = known.changes(images)
        if images.name != datasets.resolve(settings["data"]):
            if changes or fingerprint(images) is None:
                raise UserError(
                    f"data: the run in {self.folder} is trained on {settings['data']!r}, and {images.name!r} does not "
                    f"hold the same pictures{f' ({changes})' if changes else ''}"
                )
            write_json(self.settings, settings | self._about(images))
        if changes:
            _LOG.warning(changes)
        known.keep(images)

    def check_free(self):
        """Raise a ValueError when the folder holds a run already."""
        if self.config.exists():
            raise UserError(
                f"run: {self.folder} holds a run already; continue it with --resume, or give another folder"
            )

    def read_config(self) -> Config:
        """Return the run's `Config`.

        Raises:
            UserError: when the folder is not a run, or of another version.
        """
        if not self.config.exists():
            raise UserError(f"run: {self.folder} is not a run (it has no config.json)")
        return Config.from_stored(read_json(self.config), f"run: {self.config}")

    def read_settings(self) -> dict[str, Any]:
        """Return the settings that the run was started with.

        Raises:
            UserError: when they are missing or damaged, or of another version.
        """
        settings = read_json(self.settings, needs=("data", "seed", "resize"))
        check_version(settings, f"run: {self.settings}")
        return settings

    def save_checkpoint(self, model, state):
        """Save the model with its optimizer, and a state, as one folder that is whole or absent.

        Args:
            model: a compiled `SelfVAE`.
            state: a JSON-ready dict with "step"; nothing is written where that step is saved already.

        Raises:
            DiskFull: when it is, or can't be written; earlier checkpoints stay.
        """
        final = self._last / f"step-{state['step']:09d}"
        if final.exists():
            return
        make_folder(self._last, "run")
        try:
            with atomic_folder(final) as folder:
                model.save(folder / "model.keras")
                (folder / "state.json").write_text(to_json(state))
        except (OSError, RuntimeError, ValueError) as error:  # HDF5 has its own words for a full disk
            if isinstance(error, OSError) or shutil.disk_usage(self._last).free < 2**20:
                kept = self.checkpoints()
                kept = f"the last one is {kept[-1].name}" if kept else "there is none before it"
                raise DiskFull(
                    f"checkpoint: {final} can't be written ({_last_line(error.__cause__ or error)}); {kept}. "
                    "Make room, then go on with --resume"
                ) from error
            raise
        # Of processes that were killed while they saved, too.
        for old in [*self.checkpoints()[:-2], *self._last.glob(".step-*")]:
            shutil.rmtree(old)

    def checkpoints(self) -> list[Path]:
        """List the checkpoint folders, oldest first."""
        return sorted(self._last.glob("step-*"))

    def restore_checkpoint(self, model):
        """Give a model and its optimizer the newest checkpoint's variables.

        A checkpoint that was damaged after it was written is reported, and the one before it is taken.

        Args:
            model: a compiled `SelfVAE` of the run's configuration.

        Returns:
            The state that `save_checkpoint` was given, or None when there is no checkpoint.

        Raises:
            UserError: when there are checkpoints, and none can be read.
        """
        folders = self.checkpoints()
        for folder in reversed(folders):
            try:
                state = read_json(folder / "state.json", needs=["step"])
                model.restore(folder / "model.keras")
                # JSON has no infinity: nothing was validated yet.
                return {name: float("inf") if value is None else value for name, value in state.items()}
            except (ValueError, OSError) as error:
                _LOG.warning("checkpoint %s is damaged and left out: %s", folder, error)
        if folders:
            raise UserError(f"run: none of the checkpoints of {self.folder} can be read")
        return None

    def trim_metrics(self, epochs):
        """Keep the first epochs' rows of metrics.csv: those after a checkpoint are computed again."""
        if not self.metrics.exists():
            return
        lines = self.metrics.read_text().splitlines(keepends=True)
        rows = [line for line in lines[1:] if line.endswith("\n") and int(line.split(",")[0]) < epochs]
        write_text(self.metrics, "".join(lines[:1] + rows))


def _last_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]


def load_model(path: str | PathLike[str]) -> SelfVAE:
    """Load a `SelfVAE` from a `.keras` file, a run's folder, or the weights that come with the package.

    Args:
        path: a `.keras` file, or a run's folder (its final model, else its best checkpoint, else its
            last), or the name of a trained preset, such as "imagenette64".

    Returns:
        The model.

    Raises:
        ValueError: when there is nothing to load, or what is there is not a `SelfVAE`.

    Example:
        >>> load_model("runs/mine").sample(4)
    """
    if str(path) in weights.names() and not Path(path).exists():
        return SelfVAE.from_preset(str(path))
    path = Path(path)
    if path.is_dir():
        run = Run(path)
        run.read_config()
        candidates = [run.model, run.best, *(c / "model.keras" for c in run.checkpoints()[-1:])]
        found = [candidate for candidate in candidates if candidate.exists()]
        if not found:
            raise UserError(f"run: {path} has no weights yet (no model.keras, no checkpoint)")
        path = found[0]
    if not path.exists():
        raise UserError(
            f"model: {path} does not exist; expected a run's folder, a .keras file, or a name of: "
            f"{', '.join(weights.names())}"
        )
    if not zipfile.is_zipfile(path):
        raise UserError(f"model: {path} cannot be loaded as a SelfVAE: it is cut or damaged, or no .keras file")
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # Keras raises many kinds; the user needs one sentence
        summary = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(f"model: {path} cannot be loaded as a SelfVAE: {summary}") from error
    if not isinstance(model, SelfVAE):
        raise UserError(f"model: {path} holds a {type(model).__name__}, expected a SelfVAE")
    return model
