"""Levels that are trained apart: from whose weights a run starts, and how two runs become one model.

Level k's terms read weights of its own, and q of the latents that p(z_k | y_k, z_{k+1}) reads. So they are the same
in another model, to the bit, exactly where both hold the same weights: hashes decide, not names of runs.
"""

from __future__ import annotations

import dataclasses
from os import PathLike

from ..config import Level
from ..errors import UserError
from ..files import atomic, check_output, make_folder
from ..model.deeper import deepen, deepened
from ..model.levels import (
    all_levels,
    coarser,
    coarser_config,
    describe_levels,
    latents_read,
    level_hashes,
    networks_of,
    parse_levels,
    untouched_levels,
    weights_hash,
)
from ..model.selfvae import SelfVAE
from ..runs import Run, load_model

_OF_TRAINING = ("optimizer", "seed", "free_bits")  # fields of a configuration that no term depends on


def load_start(path, config):
    """Load the model whose weights a training starts from.

    Args:
        path: a run's folder or a `.keras` file.
        config: the `Config` that is trained; None for the model's own. Where its pictures are as large as a coarser
            one of the model's, training starts from the levels that draw that. Where its networks have more residual
            blocks, these begin as the identity.

    Returns:
        A `SelfVAE`.

    Raises:
        ValueError: when its networks are not those of `config`.
    """
    model = load_model(path)
    if config is None:
        return model
    own = model.config
    if config.image[0] < own.image[0]:
        own = coarser_config(own, config.image[0])
    deeper = deepened(own, config)
    _check_same(deeper, config, f"from: {path}", "the one that is trained")
    start = model if own is model.config else coarser(model, own)
    return start if deeper == own else deepen(start, deeper)


def check_levels(levels, hierarchy, start):
    """Check that a range of levels can be trained alone.

    Args:
        levels: such as "2-"; None for all.
        hierarchy: a model's `Hierarchy`.
        start: the `SelfVAE` that training starts from, or None.

    Returns:
        The list of the levels' numbers.

    Raises:
        ValueError: when it is no range, or its terms read a latent whose q nobody trained.
    """
    if levels is None:
        return all_levels(hierarchy)
    chosen = parse_levels(levels, hierarchy)
    untrained = untouched_levels(start) if start else all_levels(hierarchy)
    for name in latents_read(hierarchy, chosen):
        owner = hierarchy[name].network_level
        if owner in untrained:
            where = "in what it starts --from" if start else "without --from"
            raise UserError(
                f"levels: {describe_levels(chosen)} reads {name} of level {owner}, which is untrained {where}: "
                f"expected --from a run that trained level {owner}, or {chosen[0]}-{owner}"
            )
    return chosen


def record(levels, path, start):
    """Return what a run's settings say of its levels: those it trains, and the weights that it starts from.

    Args:
        levels: numbers of the levels that it trains.
        path: where `start` is from, or None.
        start: the `SelfVAE` that training starts from, or None.
    """
    return {"levels": levels, "from": path and str(path), "start": level_hashes(start) if start else {}}


def check_resumed(settings, levels, start, hierarchy):
    """Check that what a run is resumed with is what it was started with.

    Args:
        settings: what the run's settings.json holds.
        levels, start: as for `training.train`; None goes with anything.
        hierarchy: a model's `Hierarchy`.

    Raises:
        ValueError: when it is not, or the run was merged and not trained.
    """
    if "merged" in settings:
        raise UserError("resume: this run was merged, not trained; expected another run, started --from it")
    if levels is not None and parse_levels(levels, hierarchy) != settings["levels"]:
        raise UserError(f"levels: the run trains {describe_levels(settings['levels'])}, got {levels!r}")
    if start is not None and str(start) != settings["from"]:
        raise UserError(f"from: the run started from {settings['from']}, got {start}")


def load_recorded_start(settings, config):
    """Load again what a run started from; None where it started from nothing.

    Raises:
        ValueError: when its weights have changed since.
    """
    if settings["from"] is None:
        return None
    model = load_start(settings["from"], config)
    if level_hashes(model) != settings["start"]:
        raise UserError(
            f"from: the weights of {settings['from']} have changed since the run was started; start it anew"
        )
    return model


@dataclasses.dataclass
class _Part:
    """One of the runs that are merged."""

    run: Run
    model: SelfVAE
    settings: dict
    hashes: dict
    untouched: list

    @classmethod
    def read(cls, folder):
        run = Run(folder)
        run.read_config()
        settings = run.read_settings()
        model = load_model(folder)
        return cls(run, model, settings, level_hashes(model), untouched_levels(model))

    def trained(self, level):
        return level in self.settings["levels"]

    def started_from(self, other, level):
        return self.settings["start"].get(str(level)) == other.hashes[str(level)]

    def posterior(self, name):
        return weights_hash([self.model.posteriors[name]])


def merge(a: str | PathLike[str], b: str | PathLike[str], run: str | PathLike[str]):
    """Put the separately trained levels of two runs together, exactly: no term of a level changes.

    Each level comes from the run that trained it; where both did, from the one that started from the other's weights.
    Every latent that a level's terms read must have the same q in the run that the level comes from and in the
    result: so it is where the runs share no latent, or where the finer levels started from the coarser ones.
    The networks of a level without a latent may be others in the two runs: the result has those of the level's run.

    Args:
        a: a run's folder; the result takes its data set and other settings from it.
        b: another run's folder.
        run: the folder of the new run.

    Returns:
        A dict of level number to the folder of the run that it came from; None where neither trained it.

    Raises:
        ValueError: when the configurations differ, a level was trained in both, or a term would change.

    Example:
        >>> merge("runs/coarse", "runs/fine", "runs/whole")
        {1: 'runs/fine', 2: 'runs/coarse', 3: 'runs/coarse'}
    """
    target = Run(run)
    target.check_free()
    check_output(target.folder, "output")
    parts = _Part.read(a), _Part.read(b)
    _check_same(*(_shared(part.model.config) for part in reversed(parts)), f"merge: {b}", str(a))
    hierarchy = parts[0].model.hierarchy
    owners = {}
    for level in reversed(all_levels(hierarchy)):
        owners[level] = _owner(level, parts, hierarchy, owners)
    sources = {}
    for level, owner in sorted(owners.items()):
        sources[level] = None if level in owner.untouched else str(owner.run.folder)
    levels = tuple(owners[k].model.config.levels[k - 1] for k in range(1, hierarchy.depth + 1))
    merged = SelfVAE(dataclasses.replace(parts[0].model.config, levels=levels))
    for level, owner in owners.items():
        for network, own in zip(networks_of(merged, [level]), networks_of(owner.model, [level])):
            network.set_weights(own.get_weights())
    settings = {
        **parts[0].settings,
        "levels": [level for level in sources if any(part.trained(level) for part in parts)],
        "from": None,
        "start": {str(k): owner.settings["start"].get(str(k)) for k, owner in owners.items()},
        "merged": sources,
    }
    make_folder(target.folder, "output")
    with atomic(target.model) as path:
        merged.save(path, include_optimizer=False)
    target.create(merged.config, settings)
    return sources


def _owner(level, parts, hierarchy, coarser):
    """Decide which of two runs a level comes from.

    Args:
        level: its number.
        parts: two `_Part`.
        hierarchy: a model's `Hierarchy`.
        coarser: dict of coarser level to the `_Part` that it comes from.

    Raises:
        ValueError: when neither will do.
    """
    one, other = parts
    names = f"{one.run.folder} and {other.run.folder}"
    if one.trained(level) and other.trained(level):
        candidates = [p for p, q in ((one, other), (other, one)) if p.started_from(q, level)]
        if not candidates:
            raise UserError(f"merge: level {level} was trained in both {names}, and in neither --from the other")
    else:
        candidates = [part for part in parts if part.trained(level)]
    if not candidates:
        # It is what both started from, or one has it from elsewhere.
        candidates = [part for part in parts if level not in part.untouched] or [one]
        if len({part.hashes[str(level)] for part in candidates}) > 1:
            raise UserError(f"merge: level {level} differs in {names}, and neither trained it")
    if level in candidates[0].untouched:
        return candidates[0]
    for part in candidates:
        changed = [
            name
            for name in latents_read(hierarchy, [level])
            if part.posterior(name) != coarser[hierarchy[name].network_level].posterior(name)
        ]
        if not changed:
            return part
    name = changed[0]
    owner = hierarchy[name].network_level
    raise UserError(
        f"merge: level {level} of {part.run.folder} reads {name}, whose q is another one in level {owner} of "
        f"{coarser[owner].run.folder}: expected level {level} to be trained --from that run, or no latent in common"
    )


def _shared(config):
    """Return a configuration without what no term of another level depends on: networks of levels without a latent."""
    levels = tuple(level if level.latent else Level(level.transform, latent=None) for level in config.levels)
    return dataclasses.replace(config, levels=levels)


def _check_same(config, other, label, other_label):
    """Refuse configurations that differ in more than how they are trained."""
    own, others = config.to_dict(), other.to_dict()
    different = [field for field in own if field not in _OF_TRAINING and own[field] != others[field]]
    if different:
        raise UserError(f"{label} has another configuration than {other_label}: they differ in {', '.join(different)}")
