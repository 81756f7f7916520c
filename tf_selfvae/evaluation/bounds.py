"""Bits per dimension by importance sampling, streamed and restartable (Burda et al. 2015)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import time
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..checks import check_array, check_count, check_positive
from ..errors import UserError
from ..files import alone_in, atomic, make_folder
from ..model import noise as noises
from ..model.importance import bytes_per_row, log_mean_exp, sample_weights
from ..terminal import bar

if TYPE_CHECKING:
    from ..model.selfvae import SelfVAE

_SAVE_EVERY = 30  # seconds between two saves of what was drawn
_MOST_ROWS = 1024  # more at once is not faster, and the bar should move
# What a step holds beyond the tensors of the graph walked in order: operations that run side by
# side, convolutions' workspaces. Measured: 1.2 to 2.6 times as much.
_OVERHEAD = 3.0


class WeightStore:
    """The log-weights of each image, on disk whole or not at all, so that a run can go on.

    Samples are numbered, and what each is does not depend on how many there are: asking for more
    later draws the missing ones alone.

    Args:
        path: an .npz file, or None to keep nothing.
        count: number of images, N.
        samples: number of importance samples asked for.
        terms: names of the objective's terms.

    Attributes:
        weights: float64 [N, S], S >= `samples`, nats; NaN where not drawn yet.
        sums: dict of term to float64 [N]: sums over the samples drawn.
        drawn: int64 [N]: samples drawn of each image.
    """

    def __init__(self, path, count, samples, terms):
        self.path = None if path is None else Path(path)
        self.weights = np.full([count, samples], np.nan)
        self.sums = {term: np.zeros(count) for term in terms}
        self.drawn = np.zeros(count, np.int64)
        if self.path is not None and self.path.exists():
            self._read(samples)

    def _read(self, samples):
        try:
            with np.load(self.path) as file:
                weights, self.drawn = file["weights"], file["drawn"]
                self.sums = {term: file[f"sum_{term}"] for term in self.sums}
        except Exception as error:  # NumPy raises many kinds for a file that is not what it was
            raise UserError(f"evaluation: {self.path} cannot be read ({error}); remove it to start again") from error
        missing = max(0, samples - weights.shape[1])
        self.weights = np.pad(weights, [(0, 0), (0, missing)], constant_values=np.nan)

    def add(self, images, first, weights, terms):
        """Put in the samples first.. of a slice of images: log-weights [B, S], dict of term to [B, S]."""
        self.weights[images, first : first + weights.shape[1]] = weights
        for name, value in terms.items():
            self.sums[name][images] += value.sum(1)
        self.drawn[images] = first + weights.shape[1]

    def save(self):
        """Write the file, unless nothing is to be kept."""
        if self.path is None:
            return
        sums = {f"sum_{name}": value for name, value in self.sums.items()}
        with atomic(self.path) as temporary:
            np.savez(temporary, weights=self.weights, drawn=self.drawn, **sums)


def rows_that_fit(model, memory_gib):
    """Return how many rows (images times samples) are scored at once within a memory budget.

    Args:
        model: a `SelfVAE`.
        memory_gib: GiB beyond what the loaded model takes.

    Raises:
        ValueError: when not one row fits.
    """
    memory_gib = check_positive(memory_gib, "memory_gib")
    row = bytes_per_row(model) * _OVERHEAD
    rows = int(memory_gib * 2**30 // row)
    if rows < 1:
        raise UserError(f"memory_gib: one sample of one image takes {row / 2**30:.3g} GiB, got {memory_gib}")
    return min(rows, _MOST_ROWS)


def importance_bound(
    model: SelfVAE,
    images: ArrayLike,
    importance_samples: int = 512,
    seed: int = 0,
    rows: int | None = None,
    memory_gib: float = 1.0,
    path: str | PathLike[str] | None = None,
    batch_size: int = 32,
    progress: bool = True,
) -> dict[str, Any]:
    """Estimate log p(x) of each image by `importance_samples` importance samples.

    Encoders run once per image; priors and decoders once per sample. The image's number and the sample's
    number determine a sample, so neither batch, chunk nor restart changes the result beyond rounding.

    Args:
        model: a `SelfVAE`, or anything with `encode`, `importance_weights`, `terms` and `config.image`.
        images: uint8 [N, H, W, C].
        importance_samples: S, at least 1; with 1, the evidence lower bound.
        seed: of the samples.
        rows: images times samples to hold at once; by default as many as `memory_gib` holds.
        memory_gib: memory budget of the scoring, GiB.
        path: an .npz file that keeps what was drawn: a run that was killed goes on with it, and a
            later one with more samples draws only those; None keeps nothing. One process at a time.
        batch_size: images that are encoded together.
        progress: whether to show a bar.

    Returns:
        A `dict` that `summarise` makes, with "seconds_per_image" of what this call drew.

    Raises:
        ValueError: for images that don't fit, fewer than one sample, a file that cannot be read, or one that
            another process draws samples for.

    Example:
        >>> importance_bound(model, images, 512, path="weights.npz")["bpd"]
    """
    samples = check_count(importance_samples, "importance_samples")
    images = check_array(images, model.config.image)
    rows = rows_that_fit(model, memory_gib) if rows is None else check_count(rows, "rows")
    batch_size = min(check_count(batch_size, "batch_size"), rows)
    seeds = noises.row_seeds(seed, len(images))
    with contextlib.ExitStack() as held:
        if path is not None:
            held.enter_context(_alone_with(Path(path)))
        store = WeightStore(path, len(images), samples, model.terms)
        drawn, seconds = _draw(model, images, samples, seeds, rows, batch_size, store, progress)
    return summarise(store, samples, math.prod(model.config.image)) | {
        "seed": seed,
        "seconds_per_image": seconds * samples / drawn if drawn else 0.0,
    }


def _alone_with(path):
    """Keep out a second process that would draw the same samples, and lose those of the first when it saves its own."""
    make_folder(path.parent, "evaluations")
    return alone_in(path.parent, "measuring the same model on the same images", f".{path.stem}.lock")


def _draw(model, images, samples, seeds, rows, batch_size, store, progress):
    """Draw the samples that a store lacks; return how many, and the seconds that it took."""
    begun = saved = time.monotonic()
    done = int(np.minimum(store.drawn, samples).sum())
    progress_bar = bar(
        show=progress,
        total=len(images) * samples,
        initial=done,
        unit="sample",
        desc=f"{samples} samples per image",
        smoothing=0.05,
    )
    try:
        # Images at the same place of their samples go together.
        for place in np.unique(store.drawn):
            chosen = np.flatnonzero(store.drawn == place)
            for begin in range(0, len(chosen) if place < samples else 0, batch_size):
                batch = chosen[begin : begin + batch_size]
                chunks = sample_weights(model, images[batch], seeds.numpy()[batch], int(place), samples, rows)
                for first, weights, terms in chunks:
                    store.add(batch, first, weights, terms)
                    progress_bar.update(weights.size)
                    if time.monotonic() - saved > _SAVE_EVERY:
                        store.save()
                        saved = time.monotonic()
    finally:
        progress_bar.close()
        store.save()
    return len(images) * samples - done, time.monotonic() - begun


def summarise(store, samples, dims):
    """Turn log-weights into bounds in bits per dimension.

    Args:
        store: a `WeightStore` with at least `samples` samples of each image.
        samples: S.
        dims: dimensions of x.

    Returns:
        A dict: "count" (of images), "importance_samples", "bpd" (the bound at S) and its "standard_error" over
        images (None for one image), "bounds": dict of number of samples k to {"bpd", "standard_error"} (means
        over S // k groups), each term's mean in bits per dimension, and "effective_samples": the mean of
        (sum w)^2 / sum w^2, of S.
    """
    weights = store.weights[:, :samples]
    if not np.isfinite(weights).all():
        bad = np.flatnonzero(~np.isfinite(weights).all(1))
        raise UserError(f"evaluation: the weights of {len(bad)} images (first: {bad[0]}) are not finite")
    unit = dims * math.log(2)
    bounds = {}
    for k in [*(k for k in (1, 8, 64, 512) if k < samples), samples]:
        groups = weights[:, : samples // k * k].reshape(len(weights), -1, k)
        bits = -log_mean_exp(groups).mean(1) / unit
        bounds[str(k)] = {"bpd": float(bits.mean()), "standard_error": _standard_error(bits)}
    relative = np.exp(weights - weights.max(1, keepdims=True))
    effective = relative.sum(1) ** 2 / (relative**2).sum(1)
    terms = {name: float((value / store.drawn).mean() / unit) for name, value in store.sums.items()}
    return {
        "count": len(weights),
        "importance_samples": samples,
        **bounds[str(samples)],
        "bounds": bounds,
        **terms,
        "effective_samples": float(effective.mean()),
    }


def _standard_error(values):
    return float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else None


def fingerprint(model, images, seed):
    """Return a short digest of a model's weights, the images and the seed: what samples depend on."""
    digest = hashlib.sha256(json.dumps([model.config.to_dict(), seed], sort_keys=True).encode())
    for array in (*model.get_weights(), images):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
