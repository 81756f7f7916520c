"""Named plans: for each variable, where its value comes from (section 3.3 and figure 6)."""

from __future__ import annotations

import dataclasses
import enum

from ..errors import UserError
from .hierarchy import image_name, latent_name


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

    def with_means(self):
        """Return the same plan with means in place of samples from p."""
        means = {Source.PRIOR: Source.PRIOR_MEAN}
        sources = {name: means.get(source, source) for name, source in self.sources.items()}
        return dataclasses.replace(self, sources=sources)

    def with_image_means(self, graph):
        """Return the same plan with means in place of samples for images only."""
        sources = dict(self.sources)
        for name, variable in graph.items():
            if variable.kind == "image" and sources[name] is Source.PRIOR:
                sources[name] = Source.PRIOR_MEAN
        return dataclasses.replace(self, sources=sources)

    def check(self, graph):
        """Check the plan against a model's graph.

        Args:
            graph: what `build_graph` gave.

        Returns:
            The plan itself.

        Raises:
            ValueError: names the variable and what it lacks.
        """
        missing = set(graph) ^ set(self.sources)
        if missing:
            raise UserError(
                f"plan {self.name!r}: expected a source for each of {sorted(graph)}, differs in {sorted(missing)}"
            )
        observed = self.observed(graph)
        for name, variable in graph.items():
            source = self.sources[name]
            if source in _FROM_P:
                for parent in variable.parents:
                    if self.sources[parent] is Source.UNUSED:
                        raise UserError(f"plan {self.name!r}: {name} from p needs {parent}, which is unused")
            elif source in _FROM_Q:
                if variable.kind == "image":
                    raise UserError(f"plan {self.name!r}: {name} is an image and has no q")
                if variable.observed not in observed:
                    raise UserError(
                        f"plan {self.name!r}: {name} from q needs {variable.observed}, "
                        f"but {'no image' if self.start is None else f'only {self.start}'} is given"
                    )
            elif source is Source.GIVEN and variable.kind == "image" and name not in observed:
                raise UserError(
                    f"plan {self.name!r}: {name} is to be given, but {self.start or 'no image'} does not determine it"
                )
        return self

    def observed(self, graph):
        """Return the names of the images that `start` determines through the transforms."""
        if self.start is None:
            return ()
        if self.start not in graph or graph[self.start].kind != "image":
            images = [name for name, variable in graph.items() if variable.kind == "image"]
            raise UserError(f"plan {self.name!r}: start {self.start!r} is not one of {images}")
        first = graph[self.start].level
        return tuple(name for name, variable in graph.items() if variable.kind == "image" and variable.level >= first)


def _sources(graph, default=Source.PRIOR, **changes):
    return {name: changes.get(name, default) for name in graph}


def _depth(graph):
    return max(variable.level for variable in graph.values()) - 1


def _generate(graph, level):
    return Plan("generate", _sources(graph))


def _infer(graph, level):
    sources = {
        name: Source.POSTERIOR if variable.kind == "latent" else Source.GIVEN for name, variable in graph.items()
    }
    return Plan("infer", sources, "x", tuple(graph))


def _reconstruction(count):
    def build(graph, level):
        depth = _depth(graph)
        latents = tuple(latent_name(k, depth) for k in range(depth + 1, depth + 1 - count, -1))
        changes = {name: Source.POSTERIOR for name in latents}
        return Plan(f"reconstruction_{count}", _sources(graph, **changes), "x", latents)

    return build


def _conditional(graph, level, name, start, finer):
    """y_level given; z_level and finer from `finer`; what is coarser than y_level is not used."""
    depth = _depth(graph)
    if not 1 <= level <= depth:
        raise UserError(f"plan {name!r}: level: expected 1 to {depth}, got {level}")
    changes = {}
    for variable in graph.values():
        k = variable.level
        if variable.kind == "image" and k >= level:
            changes[variable.name] = Source.GIVEN if k == level else Source.UNUSED
        elif variable.kind == "latent" and k <= level:
            changes[variable.name] = finer
        elif variable.kind == "latent":
            # p(z_level | y_level, z_{level+1}) reads one latent more, which y_level determines.
            used = k == level + 1 and finer is Source.PRIOR
            changes[variable.name] = Source.POSTERIOR if used else Source.UNUSED
    sent = (image_name(level),)
    if finer is Source.POSTERIOR:
        sent += tuple(latent_name(k, depth) for k in range(level, 0, -1))
    label = name if level == depth == 1 else f"{name}:{level}"
    return Plan(label, _sources(graph, **changes), start, sent)


def _conditional_reconstruction(graph, level):
    return _conditional(graph, level, "conditional_reconstruction", "x", Source.PRIOR)


def _conditional_generation(graph, level):
    return _conditional(graph, level, "conditional_generation", "x", Source.POSTERIOR)


def _super_resolution(graph, level):
    plan = _conditional(graph, level, "super_resolution", "x", Source.PRIOR)
    return dataclasses.replace(plan, start=image_name(level))


def available_plans(graph):
    """List the names that `get_plan` takes for a model."""
    depth = _depth(graph)
    names = ["generate", "infer"] + [f"reconstruction_{i}" for i in range(1, depth + 2)]
    if depth:
        names += ["conditional_reconstruction", "conditional_generation", "super_resolution"]
    return names


def get_plan(plan, graph):
    """Return a checked plan.

    Args:
        plan: a `Plan`, or a name of `available_plans`; the conditional ones take a level, such as
            "super_resolution:2" (from y_2; without a level: from y_1).
        graph: what `build_graph` gave.

    Returns:
        A `Plan` that fits the graph.

    Raises:
        ValueError: when the name is unknown (the error lists the valid ones) or the plan does not fit.

    Example:
        >>> get_plan("reconstruction_1", graph).sent
        ('u',)
    """
    if isinstance(plan, Plan):
        return plan.check(graph)
    name, _, suffix = str(plan).partition(":")
    depth = _depth(graph)
    builders = {
        "generate": _generate,
        "infer": _infer,
        **{f"reconstruction_{i}": _reconstruction(i) for i in range(1, depth + 2)},
    }
    leveled = {}
    if depth:
        leveled = {
            "conditional_reconstruction": _conditional_reconstruction,
            "conditional_generation": _conditional_generation,
            "super_resolution": _super_resolution,
        }
    if name not in {**builders, **leveled} or (suffix and name not in leveled):
        raise UserError(f"plan: {plan!r} is unknown; this model has: {', '.join(available_plans(graph))}")
    if suffix and not suffix.isdigit():
        raise UserError(f"plan {name!r}: level: expected 1 to {depth}, got {suffix!r}")
    return {**builders, **leveled}[name](graph, int(suffix or 1)).check(graph)
