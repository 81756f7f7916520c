"""A run's folder: where a training's configuration, checkpoints, metrics and pictures are."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import keras

from .config import Config
from .files import write_text
from .model import SelfVAE


class Run:
    """The files of one run.

    Args:
        folder: path of the run; made by `create`.

    Example:
        >>> Run("runs/mine").read_config().image
        (64, 64, 3)
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.config = self.folder / "config.json"
        self.settings = self.folder / "settings.json"
        self.metrics = self.folder / "metrics.csv"
        self.results = self.folder / "results.json"
        self.model = self.folder / "model.keras"
        self.best = self.folder / "checkpoints" / "best.keras"
        self.samples = self.folder / "samples.png"
        self.reconstructions = self.folder / "reconstructions.png"
        self.evaluations = self.folder / "evaluations"
        self.logs = self.folder / "tensorboard"
        self._last = self.folder / "checkpoints"

    def create(self, config, settings):
        """Make the folder and write the configuration.

        Raises:
            ValueError: when the folder holds a run already.
        """
        if self.config.exists():
            raise ValueError(
                f"run: {self.folder} holds a run already; continue it with --resume, or give another folder"
            )
        self._last.mkdir(parents=True, exist_ok=True)
        write_text(self.config, config.to_json(indent=2) + "\n")
        self.write_json(self.settings, settings)

    def read_config(self):
        """Return the run's `Config`.

        Raises:
            ValueError: when the folder is not a run.
        """
        if not self.config.exists():
            raise ValueError(f"run: {self.folder} is not a run (it has no config.json)")
        return Config.from_json(self.config.read_text())

    def read_settings(self):
        """Return the settings that the run was started with."""
        return json.loads(self.settings.read_text())

    @staticmethod
    def write_json(path, data):
        """Write JSON whole or not at all; the folder is made when it is missing."""
        write_text(path, json.dumps(data, indent=2) + "\n")

    def save_checkpoint(self, model, state):
        """Save the model with its optimizer, and a state, as one folder that is whole or absent.

        Args:
            model: a compiled `SelfVAE`.
            state: a JSON-ready dict with "step".
        """
        self._last.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=self._last, prefix=".unfinished-"))
        model.save(temporary / "model.keras")
        (temporary / "state.json").write_text(json.dumps(state))
        final = self._last / f"step-{state['step']:09d}"
        if final.exists():
            shutil.rmtree(final)
        os.rename(temporary, final)
        for old in self.checkpoints()[:-2]:
            shutil.rmtree(old)
        for unfinished in self._last.glob(".unfinished-*"):
            shutil.rmtree(unfinished)

    def checkpoints(self):
        """List the checkpoint folders, oldest first."""
        return sorted(self._last.glob("step-*"))

    def load_checkpoint(self):
        """Return (model, state) of the newest checkpoint, or None when there is none."""
        folders = self.checkpoints()
        if not folders:
            return None
        model = load_model(folders[-1] / "model.keras")
        return model, json.loads((folders[-1] / "state.json").read_text())


def load_model(path):
    """Load a `SelfVAE` from a `.keras` file or a run's folder.

    Args:
        path: a `.keras` file, or a run's folder (its final model, else its best checkpoint, else its
            last).

    Returns:
        The model.

    Raises:
        ValueError: when there is nothing to load, or what is there is not a `SelfVAE`.

    Example:
        >>> load_model("runs/mine").sample(4)
    """
    path = Path(path)
    if path.is_dir():
        run = Run(path)
        run.read_config()
        candidates = [run.model, run.best, *(c / "model.keras" for c in run.checkpoints()[-1:])]
        found = [candidate for candidate in candidates if candidate.exists()]
        if not found:
            raise ValueError(f"run: {path} has no weights yet (no model.keras, no checkpoint)")
        path = found[0]
    if not path.exists():
        raise ValueError(f"model: {path} does not exist; expected a run's folder or a .keras file")
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # Keras raises many kinds; the user needs one sentence
        summary = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ValueError(f"model: {path} cannot be loaded as a SelfVAE: {summary}") from error
    if not isinstance(model, SelfVAE):
        raise ValueError(f"model: {path} holds a {type(model).__name__}, expected a SelfVAE")
    return model
