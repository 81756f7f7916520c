"""Configurations of a model: its levels, networks, top and optimizer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .configurable import Json, frozen
from .errors import UserError

# What a stored configuration, model or run is read as; CHANGELOG.md says what each number changed.
VERSION = 3
Steps = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Size = tuple[Count, Count, Count]


def check_version(data, name):
    """Refuse what was stored by another version of the library.

    Args:
        data: the dict that was stored.
        name: what it is of, in errors.

    Raises:
        UserError: when its "version" is missing, or another than `VERSION`.
    """
    found = data.get("version") if isinstance(data, dict) else None
    if found != VERSION:
        why = "none: it was made before there were versions, and has to be made anew"
        if found is not None:
            newer = isinstance(found, int) and found > VERSION
            why = f"{found!r}: it was made by {'a newer' if newer else 'another'} tf_selfvae"
        raise UserError(f"{name}: expected version {VERSION}, got {why}")


@frozen
class Network(Json):
    """The size of one network.

    Attributes:
        family: "dense" (the paper's: dense layers with channel attention) or "residual".
        width: growth of a dense block, or channels of a residual block. The growth is that at a network's input: an
            encoder's doubles where the size halves, a decoder's halves where it doubles.
        steps: dense blocks per dense layer, or residual blocks.
        blocks: dense layers per resolution (residual: multiplies `steps`).
        activation: residual only: "elu" (the paper's), or "relu", which TensorFlow computes with the convolution.
        halvings: residual only: on how many coarser grids, each of half the side, the network looks around each place.

    Example:
        >>> Network("dense", width=64, steps=8)
    """

    family: Literal["dense", "residual"] = "residual"
    width: Count = 64
    steps: Annotated[int, Field(ge=0)] = 2
    blocks: Count = 1
    activation: Literal["elu", "relu"] = "elu"
    halvings: Steps = 0

    def __post_init__(self):
        if self.halvings and self.family != "residual":
            raise UserError(f"halvings: expected 0 of a dense network, got {self.halvings}")


@frozen
class Level(Json):
    """One transform y_k = d_k(y_{k-1}), its latent z_k and the networks between them.

    Attributes:
        transform: a transform's spec, such as "bicubic:2", "sketch" or "haar".
        likelihood: p(y_{k-1} | y_k, z_k): "mixture" (any transform; the paper's form) or
            "reversible" (for "haar": three detail bands, one after another).
        latent: rows, columns and channels of z_k; None for no z_k: then p(y_{k-1} | y_k) has no other input.
        posterior: q(z_k | y_{k-1}).
        prior_image: the part of p(z_k | y_k, z_{k+1}) that reads y_k.
        prior_latent: the part that reads z_{k+1}.
        prior: the part that joins the two.
        decoder: brings z_k to the likelihood's resolution.
        joint: reads the decoded z_k together with y_k (reversible: the trunk).
        band: reversible only: one band's own network; its halvings are of what the trunk and the bands before say
            together, a third as wide, and none of them is in front of the first.
        mixtures: logistic components per pixel.
        phases: reversible only: in how many phases the places of a band are drawn, each given those before it: 1, 2 (a
            checkerboard), 4 (the places of a cell of 2x2), 8 or 16 (of 4x4).
        kl_warmup: steps over which the weight of KL(q || p) of z_k in the training loss rises from 0
            to 1 (Bowman et al. 2016; Soenderby et al. 2016): a latent learns to say something before it
            is charged for it.

    Example:
        >>> Level("haar", "reversible", latent=(8, 8, 8))
    """

    transform: str = "bicubic:2"
    likelihood: Literal["mixture", "reversible"] = "mixture"
    latent: Size | None = (8, 8, 16)
    posterior: Network = Network()
    prior_image: Network = Network()
    prior_latent: Network = Network()
    prior: Network = Network()
    decoder: Network = Network()
    joint: Network = Network()
    band: Network = Network()
    mixtures: Count = 10
    phases: Literal[1, 2, 4, 8, 16] = 1
    kl_warmup: Steps = 0


@frozen
class Prior(Json):
    """p(u).

    Attributes:
        kind: "realnvp", "gaussian_mixture" or "standard_normal".
        network: realnvp: each coupling's network.
        scales: realnvp: number of scales.
        components: gaussian_mixture: number of components.
    """

    kind: Literal["realnvp", "gaussian_mixture", "standard_normal"] = "realnvp"
    network: Network = Network(width=32, steps=1)
    scales: Count = 2
    components: Count = 32


@frozen
class Transformer(Json):
    """A causal transformer that draws an image pixel by pixel.

    Attributes:
        width: channels of its features, a multiple of `heads`.
        blocks: of attention and of a network of two layers each.
        heads: of attention.
    """

    width: Count = 128
    blocks: Count = 5
    heads: Count = 4

    def __post_init__(self):
        if self.width % self.heads:
            raise UserError(f"transformer: expected a width that {self.heads} heads divide, got {self.width}")


@frozen
class Top(Json):
    """The coarsest level: u and p(y_K | u), where y_0 = x.

    Attributes:
        latent: rows, columns and channels of u; None for no u, where y_K is drawn pixel by pixel.
        posterior: q(u | y_K).
        prior: p(u).
        decoder: p(y_K | u): what brings u to the size of y_K.
        transformer: draws the pixels of y_K one after another, each given those before it and u; None: all at once,
            independent given u.
        mixtures: logistic components per pixel.
        kl_warmup: as for a `Level`, of u.
    """

    latent: Size | None = (8, 8, 16)
    posterior: Network = Network()
    prior: Prior = Prior()
    decoder: Network = Network()
    mixtures: Count = 10
    kl_warmup: Steps = 0
    transformer: Transformer | None = None


@frozen
class Optimizer(Json):
    """What trains a model: the optimizer, its learning rate over time, and the average of the weights.

    Attributes:
        kind: "adamax" (the paper's), or "muon": orthogonalised updates of the convolutions' kernels, beside Adam for
            gains and biases.
        learning_rate: the highest one, after the warm-up.
        warmup: steps over which the rate rises in a straight line. AdaMax moves every weight by the whole rate at
            its first step, which the paper's VAE does not survive.
        schedule: "exponential" (the paper's), or "cosine", down over the steps of a `fit` (or over the budget of
            `selfvae train`).
        decay: of "exponential", factor per step.
        lowest: the lowest learning rate that a schedule goes down to.
        clip_norm: global norm that gradients are clipped at; None for no clipping.
        ema: momentum of the moving average of the weights, after update t at most (1 + t) / (10 + t); None for
            none.
        batch_size: images per step.
        momentum: muon only, of the kernels.
        adam_ratio: muon only, the learning rate of gains and biases as a part of the kernels'.
    """

    kind: Literal["adamax", "muon"] = "adamax"
    learning_rate: Positive = 2e-3
    warmup: Steps = 50
    decay: Annotated[float, Field(gt=0, le=1)] = 0.999999
    lowest: Annotated[float, Field(ge=0)] = 1e-4
    schedule: Literal["exponential", "cosine"] = "exponential"
    clip_norm: Positive | None = None
    ema: Annotated[float, Field(gt=0, lt=1)] | None = 0.999
    batch_size: Count = 32
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.95
    adam_ratio: Positive = 1.0


@frozen
class Config(Json):
    """A K-level selfVAE: K = len(levels) transforms (the paper's "K + 1 levels"; 0 is a VAE).

    Attributes:
        image: rows, columns and channels (1 or 3) of x.
        levels: from fine to coarse: the first transforms x.
        top: u and p(y_K | u).
        free_bits: bits per latent dimension that cost nothing in the training loss (Kingma et al. 2016);
            reported bits per dimension always count them.
        precision: of convolutions; distributions are always float32.
        optimizer: what `compile()` uses by default.
        seed: of the weights and of training noise.
        version: of this format; stored with each model and run, which are read in their own version only.

    Example:
        >>> Config(image=(32, 32, 3), levels=(Level(transform="bicubic:2"),)).to_json()[:9]
        '{"image":'
    """

    image: Size = (32, 32, 3)
    levels: tuple[Level, ...] = ()
    top: Top = Top()
    free_bits: Annotated[float, Field(ge=0)] = 0.0
    precision: Literal["float32", "bfloat16"] = "float32"
    optimizer: Optimizer = Optimizer()
    seed: int = 0
    version: Literal[3] = VERSION

    @classmethod
    def from_dict(cls, data):
        if isinstance(data, dict) and "version" in data:
            check_version(data, cls.__name__)
        return super().from_dict(data)

    @classmethod
    def from_stored(cls, data, name="config"):
        """Build from what a model or a run holds: a dict that must have its version.

        Args:
            data: the dict.
            name: what it is of, in errors.

        Raises:
            UserError: when it is of another version, or does not fit.
        """
        check_version(data, name)
        return cls.from_dict(data)

    def __post_init__(self):
        if self.image[2] not in (1, 3):
            raise UserError(f"image: expected 1 or 3 channels, got {self.image[2]}")
        if self.top.latent is None and self.top.transformer is None:
            raise UserError("top: without a latent (null), y_K needs a transformer: its pixels would know of nothing")
        for number, level in enumerate(self.levels, 1):
            if level.phases > 1 and level.likelihood != "reversible":
                raise UserError(
                    f"levels: phases are of the reversible likelihood, level {number} is {level.likelihood!r}"
                )
            if level.likelihood == "reversible" and level.transform != "haar":
                raise UserError(
                    f'levels: the "reversible" likelihood of level {number} needs the transform "haar", '
                    f"got {level.transform!r}"
                )
