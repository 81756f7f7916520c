"""What a search varies: from hyperparameters to a configuration."""

from __future__ import annotations

import dataclasses

from ..checks import check_count
from ..errors import UserError
from ..model.presets import most_levels, small_mixture, small_reversible, small_vae

KINDS = ("vae", "downscale-mixture", "downscale-reversible", "sketch")
FAMILIES = ("residual", "dense")
_LEVELLED = ("downscale-mixture", "downscale-reversible")
_LEAST_SIDE = 8


@dataclasses.dataclass(frozen=True)
class SearchSpace:
    """The choices of a search, for images of one size.

    Args:
        image: rows, columns and channels of x; square, of at least 8 rows. Kinds that halve it need an
            even number.
        kinds: of "vae", "downscale-mixture" (the paper's form), "downscale-reversible" and "sketch"; by
            default all that fit the size.
        widths: channels of the main networks.
        levels: how often the "downscale" kinds halve x; by default once to as often as fits.
        mixtures: logistic components.
        learning_rate: lowest and highest, sampled by its logarithm.
        families: of the networks' blocks: "residual" and "dense".
        overrides: dict of dotted path to value, set in every configuration, as `Config.override` does.

    Raises:
        ValueError: names the argument, what came and what was expected.

    Example:
        >>> SearchSpace((32, 32, 3), kinds=("vae",)).config(keras_tuner.HyperParameters()).levels
        ()
    """

    image: tuple
    kinds: tuple = ()
    widths: tuple = (32, 48, 64, 96)
    levels: tuple = ()
    mixtures: tuple = (3, 5, 10)
    learning_rate: tuple = (5e-4, 1e-2)
    families: tuple = ("residual",)
    overrides: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731 (it is frozen)
        image = tuple(int(n) for n in self.image)
        if len(image) != 3 or image[0] != image[1] or image[0] < _LEAST_SIDE or image[2] not in (1, 3):
            raise UserError(f"image: expected a square of at least {_LEAST_SIDE} rows and 1 or 3 channels, got {image}")
        put("image", image)
        most = most_levels(image[0])
        for name, valid in (("kinds", KINDS), ("families", FAMILIES)):
            given = tuple(getattr(self, name))
            unknown = [value for value in given if value not in valid]
            if unknown:
                raise UserError(f"{name}: {unknown[0]!r} is unknown; valid ones: {', '.join(valid)}")
            put(name, given)
        if not self.kinds:
            put("kinds", tuple(k for k in KINDS if most or k not in _LEVELLED))
        halving = [kind for kind in self.kinds if kind in _LEVELLED]
        if halving and not most:
            raise UserError(
                f"kinds: {halving[0]!r} halves images, which needs an even side of at least 8; "
                f"got {image[0]}x{image[1]}: leave it out, or give images of another size"
            )
        for name in ("widths", "mixtures", "levels"):
            put(name, tuple(sorted({check_count(value, name) for value in getattr(self, name)})))
        if not self.levels:
            put("levels", tuple(range(1, most + 1)))
        elif halving and self.levels[-1] > most:
            raise UserError(
                f"levels: images of {image[0]}x{image[1]} can be halved at most {most} times, got {self.levels[-1]}"
            )
        for name in ("widths", "mixtures", "families"):
            if not getattr(self, name):
                raise UserError(f"{name}: expected at least one, got none")
        try:
            low, high = (float(rate) for rate in self.learning_rate)
        except (TypeError, ValueError):
            low = high = float("nan")
        if not 0 < low <= high < float("inf"):
            raise UserError(f"learning_rate: expected a lowest and a highest above 0, got {self.learning_rate!r}")
        put("learning_rate", (low, high))
        put("overrides", dict(self.overrides))

    def to_dict(self):
        """Return plain lists, numbers and strings, for JSON."""
        values = dataclasses.asdict(self)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    def config(self, hp):
        """Read or register the hyperparameters and return the `Config` that they mean.

        Args:
            hp: a `keras_tuner.HyperParameters`.

        Raises:
            ValueError: when an override does not fit.
        """
        kind = hp.Choice("kind", list(self.kinds))
        width = hp.Choice("width", list(self.widths))
        mixtures = hp.Choice("mixtures", list(self.mixtures))
        low, high = self.learning_rate
        rate = low if low == high else hp.Float("learning_rate", low, high, sampling="log")
        family = self.families[0]
        if len(self.families) > 1:
            family = hp.Choice("family", list(self.families))
        levels, levelled = None, [k for k in self.kinds if k in _LEVELLED]
        if levelled:
            with hp.conditional_scope("kind", levelled):
                levels = hp.Choice("levels", list(self.levels))
        made = _make(kind, self.image, levels, width, mixtures, family)
        return made.override({"optimizer.learning_rate": rate, **self.overrides})


def _make(kind, image, levels, width, mixtures, family):
    if kind == "vae":
        return small_vae(image, width, mixtures, family)
    if kind == "sketch":
        return small_mixture(image, ["sketch"], width, mixtures, family, joint=4)
    if kind == "downscale-mixture":
        return small_mixture(image, ["bicubic:2"] * levels, width, mixtures, family)
    return small_reversible(image, levels, width, mixtures, family)
