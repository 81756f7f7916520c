"""A search in a folder: started, gone on with after a kill, alone or as chief and workers."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import time
from os import PathLike
from pathlib import Path
from typing import Any

import grpc
import keras

from .. import data as datasets
from .. import devices
from ..checks import check_count
from ..errors import UserError
from ..extras import needs
from ..files import alone_in, check_spelling, make_folder
from ..json_files import read_json, write_json
from . import keras_tuner_workarounds as workarounds
from .hypermodel import OBJECTIVE, SelfVAEHyperModel
from .results import best, write_results
from .space import SearchSpace

with needs("tune"):
    import keras_tuner

ALGORITHMS = ("bayesian", "hyperband")
_FACTOR = 3  # Hyperband keeps one trial of three
_MOST_ROUNDS = 3
_PATIENCE = 600  # seconds that a worker waits for its chief


def tune(
    data: str,
    run: str | PathLike[str],
    trials: int = 20,
    algorithm: str = "bayesian",
    images: int = 20_000,
    space: dict[str, Any] | None = None,
    size: int | None = None,
    channels: int = 3,
    seed: int = 0,
    precision: str = "auto",
    cache_dir: str | PathLike[str] | None = None,
    silence: float = 60.0,
    verbose: int = 1,
) -> list[dict[str, Any]] | None:
    """Search for the configuration of the lowest validation bits per dimension, in a folder.

    Called again with the same arguments it goes on: finished trials stay, one that was running is run
    again. "bayesian" is a Gaussian process with an upper confidence bound (Srinivas et al. 2010) after a
    third of the trials at random; every trial sees `images`. "hyperband" (Li et al. 2018) counts every
    trial, promoted ones too: the budget is divided by 3 as often as a first bracket fits into `trials`
    (4: once, 13: twice, 40: three times); what is left goes to the brackets that follow.

    With Keras Tuner's variables KERASTUNER_TUNER_ID ("chief", or a worker's name), KERASTUNER_ORACLE_IP and
    KERASTUNER_ORACLE_PORT it is one process of a distributed search; all of them share the folder.

    Args:
        data: a data set's spec, such as "photos64" or "folder:PATH".
        run: the search's folder.
        trials: how many; of a Bayesian search it may be raised later.
        algorithm: "bayesian" or "hyperband".
        images: training images that a full trial sees.
        space: dict of choices for `SearchSpace`, such as {"kinds": ("vae",)}; by default all of it.
        size: side of the images; by default the data's.
        channels: 1 or 3.
        seed: of proposals, weights and the order of images.
        precision: of convolutions: "auto", "float32" or "bfloat16".
        cache_dir: where decoded images are cached.
        silence: seconds after which the chief gives a worker up that gives no sign.
        verbose: 0 for silence.

    Returns:
        The trials, as `results.read_trials` gives them; None of a worker.

    Raises:
        ValueError: when the arguments do not fit together, or with the folder; when no trial succeeded.

    Example:
        >>> tune("photos32", "runs/search", trials=8, images=4800)
    """
    trials, role, folder = check_count(trials, "trials"), _role(), Path(run)
    if algorithm not in ALGORITHMS:
        raise UserError(f"algorithm: expected one of {', '.join(ALGORITHMS)}, got {algorithm!r}")
    check_spelling(folder, "run")
    parts = _FACTOR ** _rounds(trials) if algorithm == "hyperband" else 1
    if not silence > 0:
        raise UserError(f"silence: expected more than 0 seconds, got {silence}")
    if (folder / "config.json").exists():
        raise UserError(f"run: {folder} holds a training run; give the search another folder")
    dataset = datasets.load(data, size=size, channels=channels, cache_dir=cache_dir)
    say = print if verbose else lambda *_, **__: None
    say(dataset.describe())
    if role == "worker" and not _wait_for_chief(folder, trials, say):
        say("the search is over")
        return None
    kept = _kept(folder)
    if precision == "auto":
        precision = kept["space"]["overrides"]["precision"] if kept else devices.best_precision()
    space = dict(space or {})
    overrides = {"seed": seed, "precision": precision, **space.pop("overrides", {})}
    space = SearchSpace(dataset.image_shape, overrides=overrides, **space)
    hypermodel = SelfVAEHyperModel(dataset, images, space, seed, parts)
    settings = {
        "data": data,
        "splits": dataset.counts,
        "resize": dataset.resize,
        "algorithm": algorithm,
        "images": images,
        "parts": parts,
        "seed": seed,
        "space": space.to_dict(),
    }
    if role == "worker":
        _check_settings(folder, settings)
        tuner = _Tuner(_oracle(algorithm, trials, parts, seed), hypermodel, folder, silence, say)
        try:
            tuner.search()
        except (grpc.RpcError, workarounds.ChiefGone) as error:
            raise UserError(f"the chief at {_address()} is gone: {error}") from error
        return None
    make_folder(folder, "run")
    with alone_in(folder, "searching"):
        _check_settings(folder, settings)
        write_json(folder / "search.json", {**settings, "trials": trials})
        oracle = _oracle(algorithm, trials, parts, seed)
        record = {**settings, "trials": trials, "hardware": devices.describe()}
        tuner = _Tuner(oracle, hypermodel, folder, silence, say, report=lambda: write_results(folder, record, False))
        if role == "chief":
            tuner.save()
            say(f"serving on {_address()}")
            _serve(tuner, silence, say)
        else:
            tuner.search()
        found = write_results(folder, record, True)
        for state in folder.glob("tuner/trial_*/state.weights.h5"):
            state.unlink()
    if not best(found):
        why = [trial["message"] for trial in found if trial["message"]]
        raise UserError(f"none of {len(found)} trials succeeded; the last: {(why or ['unknown'])[-1]}")
    return found


def _rounds(trials):
    """Return how often Hyperband's first bracket can cut its trials down by `_FACTOR`."""
    fits = [s for s in range(1, _MOST_ROUNDS + 1) if sum(_FACTOR**r for r in range(s + 1)) <= trials]
    if not fits:
        raise UserError(f"trials: Hyperband expects at least {1 + _FACTOR}, got {trials}")
    return fits[-1]


def _oracle(algorithm, trials, parts, seed):
    common = {
        "objective": keras_tuner.Objective(OBJECTIVE, "min"),
        "seed": 1 + seed,  # Keras Tuner takes 0 for none
        "max_consecutive_failed_trials": trials + 1,  # a region that diverges is a finding, not the end
    }
    if algorithm == "bayesian":
        # By default 3 points a dimension are random: more than most searches have.
        return workarounds.LastingBayesian(max_trials=trials, num_initial_points=max(2, trials // 3), **common)
    oracle = workarounds.LastingHyperband(max_epochs=parts, factor=_FACTOR, hyperband_iterations=trials, **common)
    oracle.max_trials = trials
    return oracle


class _Tuner(workarounds.LastingTuner):
    """Runs trials and leaves an outcome.json of each: what Keras Tuner does not bring to the chief."""

    def __init__(self, oracle, hypermodel, folder, silence, say, report=lambda: None):
        self._say, self._report, self._silence, self._folder = say, report, silence, folder
        space = keras_tuner.HyperParameters()
        hypermodel.declare_hyperparameters(space)
        self._names = [hp.name for hp in space.space]  # a trial that came to a worker has them in another order
        with contextlib.redirect_stdout(io.StringIO()):  # "Reloading Tuner from ..."
            super().__init__(oracle, hypermodel, directory=str(folder), project_name="tuner")

    def on_trial_begin(self, trial):
        super().on_trial_begin(trial)
        given = trial.hyperparameters.values
        values = {name: given[name] for name in self._names if name in given}
        text = ", ".join(f"{n} {v:.2e}" if isinstance(v, float) else f"{n} {v}" for n, v in values.items())
        self._say(f"trial {trial.trial_id}: {text}", flush=True)

    def on_trial_end(self, trial):
        super().on_trial_end(trial)
        self._report()

    def run_trial(self, trial):
        folder = Path(self.get_trial_dir(trial.trial_id))
        past = trial.hyperparameters.values.get("tuner/trial_id")
        outcome = {"tuner": self.tuner_id, "config": None, "metrics": None, "message": ""}
        started = time.monotonic()
        with workarounds.heartbeat(self.oracle, trial.trial_id, self._silence / 6):
            try:
                keras.backend.clear_session()
                gc.collect()
                model = self.hypermodel.build(trial.hyperparameters)
                outcome["config"] = model.config.to_dict()
                outcome["metrics"] = self.hypermodel.fit(
                    trial.hyperparameters,
                    model,
                    previous=Path(self.get_trial_dir(past)) / "state.weights.h5" if past else None,
                    state=folder / "state.weights.h5" if self.hypermodel.epochs > 1 else None,
                )
            except Exception as error:
                outcome["message"] = str(error) or type(error).__name__
                outcome["metrics"] = {"minutes": (time.monotonic() - started) / 60}
                self._say(f"trial {trial.trial_id} failed: {outcome['message']}", flush=True)
                raise
            finally:
                write_json(folder / "outcome.json", outcome)
        self._say(f"trial {trial.trial_id}: {_summary(outcome['metrics'])}", flush=True)
        return outcome["metrics"]


def _summary(metrics):
    return (
        f"{metrics[OBJECTIVE]:.4f} bits per dimension of validation, {metrics['parameters']:,} parameters, "
        f"{metrics['images_spent']:,} images at {metrics['images_per_second']:.0f} a second"
    )


# One process of several ---------------------------------------------------------------------------


def _role():
    variables = ("KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT", "KERASTUNER_TUNER_ID")
    values = [os.environ.get(name, "") for name in variables]
    if not values[0] and not values[1]:
        return "alone"
    for name, value in zip(variables, values):
        if not value:
            raise UserError(f"{name}: a distributed search needs {', '.join(variables)}; this one is not set")
    if not values[1].isdigit() or not 0 < int(values[1]) < 65536:
        raise UserError(f"KERASTUNER_ORACLE_PORT: expected a port, got {values[1]!r}")
    return "chief" if "chief" in values[2] else "worker"


def _address():
    return f"{os.environ['KERASTUNER_ORACLE_IP']}:{os.environ['KERASTUNER_ORACLE_PORT']}"


def _serve(tuner, silence, say):
    oracle, ended = tuner.oracle, 0

    def tell(lost):
        nonlocal ended
        for worker, trial in lost:
            say(f"{worker} gave no sign for {silence:g} seconds: trial {trial} goes to another", flush=True)
        if len(oracle.end_order) > ended:
            ended = len(oracle.end_order)
            tuner._report()
            say(f"{ended} of {oracle.max_trials} trials have ended", flush=True)

    workarounds.serve(oracle, _address(), silence, tell)


def _wait_for_chief(folder, trials, say):
    """Return whether the chief answers; False when the search ended before it could."""
    deadline, told = time.monotonic() + _PATIENCE, False
    with grpc.insecure_channel(_address()) as channel:
        while time.monotonic() < deadline:
            try:
                grpc.channel_ready_future(channel).result(timeout=2)
                return True
            except grpc.FutureTimeoutError:
                record = folder / "trials.json"
                found = read_json(record) if record.exists() else {}
                if found.get("finished") and found["settings"]["trials"] == trials:
                    return False
                if not told:
                    say(f"waiting for the chief at {_address()}", flush=True)
                told = True
    raise UserError(f"KERASTUNER_ORACLE_IP: no chief answered at {_address()} within {_PATIENCE} seconds")


# The folder ---------------------------------------------------------------------------------------


def _kept(folder):
    path = folder / "search.json"
    return read_json(path) if path.exists() else None


def _check_settings(folder, settings):
    """Refuse to go on with a search of other settings."""
    kept = _kept(folder)
    if kept is None:
        if _role() == "worker":
            raise UserError(f"run: {folder} has no search.json of the chief; all processes must share the folder")
        return
    for name, value in json.loads(json.dumps(settings)).items():
        if kept.get(name) != value:
            pairs = [(name, kept.get(name), value)]
            if isinstance(value, dict) and isinstance(kept.get(name), dict):
                differ = [key for key in {**kept[name], **value} if kept[name].get(key) != value.get(key)]
                pairs = [(f"{name}.{key}", kept[name].get(key), value.get(key)) for key in differ]
            what = "; ".join(f"{n} was {old!r}, now {new!r}" for n, old, new in pairs)
            raise UserError(
                f"run: {folder} holds a search with other settings: {what}. Go on with the old ones, or give "
                "another folder"
            )
