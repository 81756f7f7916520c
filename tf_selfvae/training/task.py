"""What a run trains, as all of its workers must know it: told by the arguments, or by the run's own folder."""

from __future__ import annotations

import dataclasses
import json

import numpy as np

from .. import data as datasets
from ..config import Config
from ..errors import UserError
from ..model.hierarchy import Hierarchy
from .levels import check_levels, check_resumed, load_recorded_start, load_start, record


@dataclasses.dataclass(frozen=True)
class Task:
    """What is trained.

    Attributes:
        config: the `Config`.
        data: the data set's resolved spec.
        seed: of the order of images and their augmentation.
        clock: "wall" or "cpu": what minutes are.
        levels: numbers of the levels that are trained.
    """

    config: Config
    data: str
    seed: int
    clock: str
    levels: list

    def to_json(self):
        """Return the task as JSON, in bytes."""
        return json.dumps({**vars(self), "config": self.config.to_dict()}).encode()

    @classmethod
    def from_json(cls, text):
        """Build from what `to_json` gave."""
        values = json.loads(text)
        return cls(**{**values, "config": Config.from_dict(values["config"])})


def new_task(run, config, data, seed, clock, levels, start):
    """Check what a new run is to train.

    Args:
        run: the `Run`, whose folder must be free.
        config, data, seed, clock, levels, start: as for `training.train`.

    Returns:
        (a `Task`, the `SelfVAE` that it starts from or None, a dict of what the run's settings record of it).

    Raises:
        UserError: when the arguments do not fit together.
    """
    if (config is None and start is None) or data is None:
        raise UserError(f"run: {run.folder} holds no run to go on with; expected a configuration and data")
    run.check_free()
    before = load_start(start, config) if start else None
    config = config or before.config
    numbers = check_levels(levels, Hierarchy(config), before)
    recorded = {"seed": seed, "clock": clock, **record(numbers, start, before)}
    return Task(config, datasets.resolve(data), seed, clock, numbers), before, recorded


def own_task(run, config, data, levels, start):
    """Read what a run trains from its folder; the arguments must not contradict it, and may be None.

    Returns:
        (a `Task`, the `SelfVAE` that it starts from, or None where a checkpoint holds everything).

    Raises:
        UserError: when an argument contradicts the run.
    """
    own, settings = run.read_config(), run.read_settings()
    if config is not None and config != own:
        raise UserError(f"config: another one than that of the run in {run.folder}; --resume goes on with its own")
    check_resumed(settings, levels, start, Hierarchy(own))
    before = None if run.checkpoints() else load_recorded_start(settings, own)
    task = Task(own, run.own_data(data), settings["seed"], settings["clock"], settings["levels"])
    return task, before


def load_images(task, workers, cache_dir):
    """Load the data set of a task, and check that it can be trained on.

    Args:
        task: a `Task`.
        workers: the `Workers`, all of which must call this.
        cache_dir: where decoded images are cached.

    Returns:
        A `Dataset`.

    Raises:
        UserError: when its images, or the batch, do not fit the model or the workers.
    """
    shape, batch_size = tuple(task.config.image), task.config.optimizer.batch_size
    dataset = datasets.load(task.data, size=shape[:2], channels=shape[2], cache_dir=cache_dir)
    if tuple(dataset.image_shape) != shape:
        raise UserError(f"data: {task.data!r} has images of {tuple(dataset.image_shape)}, the model expects {shape}")
    counts = np.float64(list(dataset.counts.values()))
    if not np.array_equal(workers.agree(counts), counts * workers.count):
        raise UserError(f"data: the workers do not have the same images; this one: {dataset.describe()}")
    if batch_size % workers.replicas:
        raise UserError(
            f"optimizer.batch_size: the global batch must split evenly over {workers.replicas} replicas, "
            f"got {batch_size}"
        )
    dataset.train(batch_size)  # refuses a batch that is larger than the set
    return dataset
