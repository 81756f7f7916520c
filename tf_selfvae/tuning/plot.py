"""The plot of a search: validation bits per dimension by trial, by hyperparameter and by cost."""

from __future__ import annotations

import math

from ..errors import UserError
from ..evaluation.plots import plot
from ..extras import needs

with needs("tune"):
    from matplotlib.ticker import MaxNLocator

_COLUMNS = 3


def search_plot(trials):
    """Draw a search's finished trials.

    Args:
        trials: what `results.read_trials` gave; at least one completed.

    Returns:
        A PIL image: bits per dimension over trials with the best so far and crosses for those that failed,
        then against the number of parameters and each hyperparameter that varied; coloured by kind.

    Raises:
        ValueError: when no trial has completed.
    """
    done = [trial for trial in trials if trial["status"] == "completed"]
    if not done:
        raise UserError("trials: expected at least one that completed, got none")
    number = {trial["trial"]: i for i, trial in enumerate(trials, 1)}
    names = list(dict.fromkeys(name for trial in done for name in trial["hyperparameters"]))
    names = [name for name in names if name != "kind" and len(_values(name, done)) > 1]
    failed = [trial for trial in trials if trial["status"] == "failed"]
    kinds = list(dict.fromkeys(_kind(trial) for trial in done))
    panels = 2 + len(names)
    height = math.ceil(panels / _COLUMNS)

    def draw(figure):
        axes = figure.subplots(height, _COLUMNS, sharey=True, squeeze=False).ravel()
        for kind in kinds:
            mine = [trial for trial in done if _kind(trial) == kind]
            scores = [trial["val_bpd"] for trial in mine]
            style = {"s": 26, "alpha": 0.85, "color": f"C{kinds.index(kind)}"}
            axes[0].scatter([number[trial["trial"]] for trial in mine], scores, label=kind, **style)
            sizes = [trial["metrics"].get("parameters", math.nan) / 1e6 for trial in mine]
            axes[1].scatter(sizes, scores, **style)
            for panel, name in zip(axes[2:], names):
                points = [(t["hyperparameters"][name], t["val_bpd"]) for t in mine if name in t["hyperparameters"]]
                _scatter(panel, name, points, done, style)
        lowest = [min(t["val_bpd"] for t in done[: i + 1]) for i in range(len(done))]
        axes[0].step([number[t["trial"]] for t in done], lowest, where="post", color="0.5", lw=1, label="best so far")
        at = [number[trial["trial"]] for trial in failed]
        if at:
            axes[0].plot(at, [0.97] * len(at), "kx", transform=axes[0].get_xaxis_transform(), label="failed")
        axes[0].xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[0].set(title="by trial", xlabel="trial")
        axes[1].set(title="by size", xlabel="million parameters")
        for panel, name in zip(axes[2:], names):
            panel.set(title=f"by {name.replace('_', ' ')}")
        for i, panel in enumerate(axes):
            panel.grid(alpha=0.3)
            panel.set_visible(i < panels)
            if i % _COLUMNS == 0:
                panel.set_ylabel("validation bits per dimension")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False)

    return plot(draw, 0.4 + 2.9 * height)


def _kind(trial):
    return str(trial["hyperparameters"].get("kind", "all"))


def _values(name, done):
    return {trial["hyperparameters"][name] for trial in done if name in trial["hyperparameters"]}


def _scatter(panel, name, points, done, style):
    """Draw points over a hyperparameter: in equal distances where it has few values."""
    values = _values(name, done)
    if any(isinstance(value, float) for value in values):
        panel.scatter(*zip(*points), **style) if points else None
        panel.set_xscale("log")
        return
    ordered = sorted(values, key=lambda value: (isinstance(value, str), value))
    panel.set_xticks(range(len(ordered)), [str(value) for value in ordered])
    panel.set_xlim(-0.5, len(ordered) - 0.5)
    panel.scatter([ordered.index(value) for value, _ in points], [score for _, score in points], **style)
