"""Named plans: for each variable, where its value comes from (section 3.3 and figure 6)."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from ..errors import UserError

if TYPE_CHECKING:
    from .hierarchy import Hierarchy


class Source(enum.Enum):
    """Where a variable's value comes from."""

    PRIOR = "p"  # sampled from p
    PRIOR_MEAN = "mean of p"
    POSTERIOR = "q"  # sampled from q
    POSTERIOR_MEAN = "mean of q"
    GIVEN = "given"
    UNUSED = "unused"


_FROM_P = (Source.PRIOR, Source.PRIOR_MEAN)
_FROM_Q = (Source.POSTERIOR, Source.POSTERIOR_MEAN)


@dataclasses.dataclass(frozen=True)
class Plan:
    """A checked assignment of a source to each variable.

    Attributes:
        name: for labels.
        sources: dict of variable name to `Source`.
        start: the image that the caller hands in ("x", "y1", ..), or None for none.
        sent: names of the variables that a receiver needs to be sent.

    Example:
        >>> sources = {"u": Source.POSTERIOR, "x": Source.PRIOR_MEAN}
        >>> model.reconstruct(images, plan=Plan("smooth", sources, start="x"))
    """

    name: str
    sources: dict
    start: str | None = None
    sent: tuple = ()

    def with_image_means(self, hierarchy):
        """Return the same plan with means in place of samples for images only."""
        means = {name: Source.PRIOR_MEAN for name in hierarchy.images if self.sources[name] is Source.PRIOR}
        return dataclasses.replace(self, sources={**self.sources, **means})

    def check(self, hierarchy):
        """Check the plan against a model's variables.

        Args:
            hierarchy: a model's `Hierarchy`.

        Returns:
            The plan itself.

        Raises:
            ValueError: names the variable and what it lacks.
        """
        missing = set(hierarchy) ^ set(self.sources)
        if missing:
            raise UserError(
                f"plan {self.name!r}: expected a source for each of {sorted(hierarchy)}, differs in {sorted(missing)}"
            )
        observed = self.observed(hierarchy)
        for name, variable in hierarchy.items():
            source = self.sources[name]
            if source in _FROM_P:
                for parent in variable.parents:
                    if self.sources[parent] is Source.UNUSED:
                        raise UserError(f"plan {self.name!r}: {name} from p needs {parent}, which is unused")
            elif source in _FROM_Q:
                if not variable.is_latent:
                    raise UserError(f"plan {self.name!r}: {name} is an image and has no q")
                if variable.observed not in observed:
                    raise UserError(
                        f"plan {self.name!r}: {name} from q needs {variable.observed}, "
                        f"but {'no image' if self.start is None else f'only {self.start}'} is given"
                    )
            elif source is Source.GIVEN and not variable.is_latent and name not in observed:
                raise UserError(
                    f"plan {self.name!r}: {name} is to be given, but {self.start or 'no image'} does not determine it"
                )
        return self

    def observed(self, hierarchy):
        """Return the names of the images that `start` determines through the transforms."""
        if self.start is None:
            return ()
        if self.start not in hierarchy.images:
            raise UserError(f"plan {self.name!r}: start {self.start!r} is not one of {list(hierarchy.images)}")
        return hierarchy.images[: hierarchy.images.index(self.start) + 1]


def _sources(hierarchy, default=Source.PRIOR, **changes):
    return {name: changes.get(name, default) for name in hierarchy}


def _generate(hierarchy, level):
    return Plan("generate", _sources(hierarchy))


def _infer(hierarchy, level):
    latents = {name: Source.POSTERIOR for name in hierarchy.latents}
    return Plan("infer", _sources(hierarchy, Source.GIVEN, **latents), "x", tuple(hierarchy))


def _reconstruction(count):
    def build(hierarchy, level):
        latents = hierarchy.latents[:count]
        changes = {name: Source.POSTERIOR for name in latents}
        return Plan(f"reconstruction_{count}", _sources(hierarchy, **changes), "x", latents)

    return build


def _conditional(name, finer):
    """y_level given; z_level and finer from `finer`; what is coarser than y_level is not used."""

    def build(hierarchy, level):
        if not 1 <= level <= hierarchy.depth:
            raise UserError(f"plan {name!r}: level: expected 1 to {hierarchy.depth}, got {level}")
        changes = {}
        for variable in hierarchy.values():
            k = variable.level
            if not variable.is_latent and k >= level:
                changes[variable.name] = Source.GIVEN if k == level else Source.UNUSED
            elif variable.is_latent and k <= level:
                changes[variable.name] = finer
            elif variable.is_latent:
                # p(z_level | y_level, z_{level+1}) reads one latent more, which y_level determines.
                used = k == level + 1 and finer is Source.PRIOR
                changes[variable.name] = Source.POSTERIOR if used else Source.UNUSED
        sent = (hierarchy.image(level),)
        if finer is Source.POSTERIOR:
            sent += tuple(latent for latent in hierarchy.latents if hierarchy[latent].level <= level)
        label = name if level == hierarchy.depth == 1 else f"{name}:{level}"
        return Plan(label, _sources(hierarchy, **changes), "x", sent)

    return build


def _super_resolution(hierarchy, level):
    plan = _conditional("super_resolution", Source.PRIOR)(hierarchy, level)
    return dataclasses.replace(plan, start=hierarchy.image(level))


_LEVELED = {
    "conditional_reconstruction": _conditional("conditional_reconstruction", Source.PRIOR),
    "conditional_generation": _conditional("conditional_generation", Source.POSTERIOR),
    "super_resolution": _super_resolution,
}


def _builders(hierarchy):
    """The functions that build a model's plans, by name; each takes the hierarchy and a level."""
    reconstructions = {f"reconstruction_{i}": _reconstruction(i) for i in range(1, len(hierarchy.latents) + 1)}
    leveled = _LEVELED if hierarchy.depth else {}
    if not hierarchy.latents:  # the two conditional plans are one
        leveled = {name: plan for name, plan in leveled.items() if name != "conditional_generation"}
    return {"generate": _generate, "infer": _infer, **reconstructions, **leveled}


def available_plans(hierarchy: Hierarchy) -> list[str]:
    """List the names that `get_plan` takes for a model.

    Args:
        hierarchy: a model's `Hierarchy`.
    """
    return list(_builders(hierarchy))


def plans_by_level(hierarchy, names=None):
    """List plans, those that take a level once for each level, from 1 up.

    Args:
        hierarchy: a model's `Hierarchy`.
        names: of `available_plans`; by default all.

    Returns:
        A list of checked `Plan`s.
    """
    plans = []
    for name in available_plans(hierarchy) if names is None else names:
        levels = [f":{k}" for k in range(1, hierarchy.depth + 1)] if name in _LEVELED else [""]
        plans += [get_plan(f"{name}{level}", hierarchy) for level in levels]
    return plans


def get_plan(plan: str | Plan, hierarchy: Hierarchy) -> Plan:
    """Return a checked plan.

    Args:
        plan: a `Plan`, or a name of `available_plans`; the conditional ones take a level, such as
            "super_resolution:2" (from y_2; without a level: from y_1).
        hierarchy: a model's `Hierarchy`.

    Returns:
        A `Plan` that fits the hierarchy.

    Raises:
        ValueError: when the name is unknown (the error lists the valid ones) or the plan does not fit.

    Example:
        >>> get_plan("reconstruction_1", model.hierarchy).sent
        ('u',)
    """
    if isinstance(plan, Plan):
        return plan.check(hierarchy)
    name, _, suffix = str(plan).partition(":")
    builders = _builders(hierarchy)
    if name not in builders or (suffix and name not in _LEVELED):
        raise UserError(f"plan: {plan!r} is unknown; this model has: {', '.join(builders)}")
    if suffix and not suffix.isdigit():
        raise UserError(f"plan {name!r}: level: expected 1 to {hierarchy.depth}, got {suffix!r}")
    return builders[name](hierarchy, int(suffix or 1)).check(hierarchy)
