"""What a search found, read from its folder: a table, a plot and the best configuration."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from ..config import Config
from ..errors import UserError
from ..files import atomic, write_text
from ..json_files import read_json, write_json
from .plot import search_plot

_OWN = ("trial", "status", "val_bpd")
_COSTS = ("parameters", "images_seen", "images_spent", "images_per_second", "minutes")
_ORDER = {"completed": 0, "failed": 1}


def read_trials(folder):
    """Read a search's trials, in the order in which they started.

    Args:
        folder: the search's folder.

    Returns:
        A list of dicts: "trial", "status" ("completed", "failed" or "running"), "val_bpd" (None without),
        "hyperparameters" (dict), "continues" (the trial that it went on from, or None), "metrics" (dict of
        what `SelfVAEHyperModel.fit` gave), "config" (dict, or None) and "message" ("" without).

    Raises:
        ValueError: when the folder holds no search.
    """
    tuner = Path(folder) / "tuner"
    if not (tuner / "oracle.json").exists():
        raise UserError(f"run: {folder} holds no search (it has no tuner/oracle.json)")
    oracle = read_json(tuner / "oracle.json")
    names = [hp["config"]["name"] for hp in oracle["hyperparameters"]["space"]]
    return [_read(tuner / f"trial_{i}", i, names) for i in oracle["start_order"]]


def _read(folder, trial_id, names):
    trial = read_json(folder / "trial.json")
    outcome = folder / "outcome.json"
    status = {"COMPLETED": "completed", "FAILED": "failed"}.get(trial["status"], "running")
    # A trial that is run again may have the outcome of its first run.
    found = read_json(outcome) if status != "running" and outcome.exists() else {}
    values = trial["hyperparameters"]["values"]
    metrics = found.get("metrics") or {}
    return {
        "trial": trial_id,
        "status": status,
        "val_bpd": metrics.get("val_bpd", trial["score"]) if status == "completed" else None,
        "hyperparameters": {name: values[name] for name in names if name in values},
        "continues": values.get("tuner/trial_id"),
        "metrics": metrics,
        "config": found.get("config"),
        "message": found.get("message") or "",
    }


def best(trials):
    """Return the trial of the lowest validation bits per dimension, None when none has finished."""
    done = [trial for trial in trials if trial["status"] == "completed" and trial["config"]]
    return min(done, key=lambda trial: trial["val_bpd"], default=None)


def rows(trials):
    """Flatten trials into a table's rows, best first: dicts of the same columns."""
    names = list(dict.fromkeys(name for trial in trials for name in trial["hyperparameters"]))
    order = lambda t: (_ORDER.get(t["status"], 2), t["val_bpd"] or 0.0)  # noqa: E731
    return [
        {
            **{name: trial[name] for name in _OWN},
            **{name: trial["hyperparameters"].get(name) for name in names},
            **{name: trial["metrics"].get(name) for name in _COSTS},
            "continues": trial["continues"],
            "message": trial["message"],
        }
        for trial in sorted(trials, key=order)
    ]


def markdown(trials):
    """Return the trials as a Markdown table, best first, with a line of totals."""
    table = rows(trials)
    shown = [name for name in (table[0] if table else ()) if any(row[name] not in (None, "") for row in table)]
    if all(row["images_spent"] == row["images_seen"] for row in table):
        shown = [name for name in shown if name != "images_spent"]
    heads = [_HEADS.get(name, name.replace("_", " ")) for name in shown]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"] if shown else []
    lines += [f"| {' | '.join(_cell(name, row[name]) for name in shown)} |" for row in table]
    count = lambda status: sum(trial["status"] == status for trial in trials)  # noqa: E731
    spent = sum(trial["metrics"].get("images_spent", 0) for trial in trials)
    minutes = sum(trial["metrics"].get("minutes", 0.0) for trial in trials)
    total = f"{count('completed')} completed, {count('failed')} failed, {count('running')} not finished"
    total += f"; {spent:,} training images of completed trials; {minutes:.1f} minutes"
    return "\n".join([*lines, "", total]) + "\n"


_HEADS = {
    "val_bpd": "validation bpd",
    "images_seen": "images seen",
    "images_spent": "of them in this trial",
    "images_per_second": "images/s",
}


def _cell(name, value):
    if value is None:
        return ""
    if name == "val_bpd":
        return f"{value:.4f}"
    if name == "learning_rate":
        return f"{value:.2e}"
    if name == "message":
        return " ".join(value.split()).replace("|", "\\|")[:160]
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) and name in _COSTS else str(value)


def write_results(folder, settings, finished):
    """Write trials.md, trials.csv, trials.json, trials.png and best.json into a search's folder.

    Each is written whole or not at all; best.json (a `Config`) and the plot once a trial has finished.

    Args:
        folder: the search's folder.
        settings: a JSON-ready dict, kept in trials.json.
        finished: whether the search is over.

    Returns:
        The trials, as `read_trials` gives them.
    """
    folder, trials = Path(folder), read_trials(folder)
    table = rows(trials)
    text = io.StringIO()
    if table:
        writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    write_text(folder / "trials.csv", text.getvalue())
    write_text(folder / "trials.md", markdown(trials))
    data = {"settings": settings, "finished": finished, "trials": [_finite(trial) for trial in trials]}
    write_json(folder / "trials.json", data)
    winner = best(trials)
    if winner:
        write_text(folder / "best.json", Config.from_dict(winner["config"]).to_json(indent=2) + "\n")
        with atomic(folder / "trials.png") as path:
            search_plot(trials).save(path)
    return trials


def _finite(trial):
    """JSON has no NaN: the rate of a trial of one step is one."""
    metrics = {n: v if math.isfinite(v) else None for n, v in trial["metrics"].items()}
    return {**trial, "metrics": metrics}
