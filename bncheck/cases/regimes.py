"""Named regimes of inputs, as data: what real bugs needed in order to show.

In each tuple of choices the first one is the simplest: counterexamples shrink towards it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bncheck.cases.recipe import Recipe
from bncheck.model import Domain
from bncheck.model.formats import Format

EPS = (1e-5, 1e-3, 0.5, 0.1, 1e-8, 1e-12)


@dataclass(frozen=True)
class Regime:
    """Choices for each part of a recipe.

    batch, channels, sizes, ranks: make the shape, unless ``shapes`` lists whole ones
    amplitude: digits lie in [-amplitude, amplitude]
    offset_bits: offsets are powers of two, given in parts of the format's precision: 1.0 is the
        offset at which a unit is one rounding error
    dtypes: the formats that the regime is about (empty: all)
    own_calls: laws that make their own calls are tried too (not where a call is large)
    own_shapes: on these shapes (empty: on all)
    share: cases relative to an ordinary regime; at_most: an upper limit on cases
    least: budgets with fewer cases for an ordinary regime leave this one out
    """

    name: str
    says: str
    batch: tuple[int, ...] = (2, 3, 4, 5, 8)
    channels: tuple[int, ...] = (1, 2, 3)
    sizes: tuple[int, ...] = (2, 1, 3)
    ranks: tuple[int, ...] = (2, 4, 3, 5)
    shapes: tuple[tuple[int, ...], ...] = ()
    amplitude: int = 100
    structures: tuple[str, ...] = ("explicit",)
    scales: tuple[tuple[int, ...], ...] = ((0,), (-6,), (-6, 1, -12))
    offset_bits: tuple[float, ...] = (0.0,)
    eps: tuple[float, ...] = EPS
    gamma: tuple[tuple[float, ...], ...] = ((1.0,), (2.0,), (-1.5, 0.5), (0.7, -3.0, 1.0))
    beta: tuple[tuple[float, ...], ...] = ((0.0,), (1.0,), (-0.25, 5.0))
    running_mean: tuple[tuple[float, ...], ...] = ((0.0,), (3.0,), (-20.0, 0.5))
    running_var: tuple[tuple[float, ...], ...] = ((1.0,), (0.25, 3.0), (900.0,))
    momentum: tuple[float | None, ...] = (0.1, 0.5, 0.9)
    layouts: tuple[str, ...] = ("C",)
    dy_amplitude: int = 8
    dy_structures: tuple[str, ...] = ("explicit", "noise")
    dy_scales: tuple[tuple[int, ...], ...] = ((0,), (-3,))
    aliases: tuple[str, ...] = ("",)
    readonly: tuple[bool, ...] = (False,)
    special: tuple[str, ...] = ("",)
    dtypes: tuple[str, ...] = ()
    own_calls: bool = True
    own_shapes: tuple[tuple[int, ...], ...] = ()
    share: float = 1.0
    at_most: int = 1 << 30
    least: int = 0


# The inputs of the batch normalizations in ResNet-50 (He et al. 2016, table 1; the stride in the
# 3 x 3 convolutions) for a batch of 32 images of 224 x 224, largest first.
RESNET_50 = (
    *((64, 112), (256, 56), (128, 56), (64, 56), (512, 28), (256, 28), (128, 28)),
    *((1024, 14), (512, 14), (256, 14), (2048, 7), (512, 7)),
)


def _resnet_50(channels: int, side: int) -> Regime:
    return Regime(
        f"resnet-50-{channels}x{side}",
        f"a layer of ResNet-50: 32 images, {channels} channels, {side} x {side}",
        shapes=((32, channels, side, side),),
        structures=("noise",),
        offset_bits=(0.0, 0.1),
        scales=((0, -2, 1),),
        amplitude=2,
        eps=(1e-5,),
        dy_structures=("noise",),
        dtypes=("float32",),
        own_calls=False,
        at_most=1,
        least=300,
    )


REGIMES: tuple[Regime, ...] = (
    Regime("plain", "small batches of integers"),
    Regime(
        "few-samples",
        "one, two, three and seven values per channel",
        batch=(2, 1, 3, 7),
        sizes=(1,),
        momentum=(0.5, 0.1),
    ),
    Regime(
        "offset",
        "means of up to a million standard deviations",
        offset_bits=(0.5, 0.35, 0.7, 0.85, 0.92),
        amplitude=2,
        scales=((0,), (-6,), (3, -8)),
        gamma=((1.0,), (-1.5, 2.0)),
        beta=((0.0,), (1.0,)),
        structures=("explicit", "noise", "alternating"),
        running_mean=((0.0,), (1.0,)),
    ),
    Regime(
        "variance-near-eps",
        "variance far below, near and far above eps",
        scales=((-14,), (-8,), (-24,), (-4, -12, -20), (-34,)),
        amplitude=50,
        eps=(0.5, 1e-5, 1e-3, 1e-12, 1e-8),
        running_var=((1.0,), (1e-4, 1.0), (1e-8,), (400.0,)),
    ),
    Regime(
        "constant",
        "channels that do not vary",
        structures=("constant",),
        offset_bits=(0.0, 0.3, 0.6),
        scales=((0,), (-3,), (-5, 4)),
    ),
    Regime(
        "outlier",
        "one far value, last, also behind more than 1024 samples",
        structures=("outlier",),
        batch=(5, 9, 33, 1030),
        sizes=(1, 2),
        channels=(1, 2),
        amplitude=4,
        share=0.5,
    ),
    Regime(
        "gamma",
        "gamma zero, negative, large",
        gamma=((0.0,), (-1.0, 0.0, 2.0), (-1.0,), (1000.0,), (0.0, -300.0)),
        beta=((0.5,), (0.0,), (-20.0, 3.0)),
    ),
    Regime(
        "layout",
        "channels-last, Fortran, transposed, sliced, reversed and stride-0 arrays",
        batch=(2, 3, 4),
        channels=(2, 3, 5),
        sizes=(2, 3),
        ranks=(4, 2, 3, 5),
        layouts=("channels_last", "F", "transposed", "sliced", "reversed", "broadcast", "C"),
        readonly=(False, True),
        gamma=((1.0,), (0.5, 2.0)),
    ),
    Regime(
        "square",
        "N = C = H = W, where a wrong axis has the right size",
        shapes=((2, 2), (3, 3), (2, 2, 2), (3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (2, 2, 2, 2, 2)),
        scales=((0,), (-6, 1, -2)),
        layouts=("C", "channels_last"),
    ),
    Regime(
        "oblong",
        "maps that are not square, and more channels than samples",
        shapes=((2, 3, 1, 4), (1, 2, 5, 1), (3, 1, 2, 7), (2, 4, 1, 3, 2), (1, 2, 7), (2, 7)),
    ),
    Regime(
        "single-image",
        "N = 1 with a map larger than 1",
        batch=(1,),
        sizes=(2, 3, 4),
        ranks=(4, 3, 5),
    ),
    Regime(
        "many-channels",
        "more than 64 channels",
        shapes=((3, 65), (2, 129), (2, 66, 2, 1), (2, 70, 3)),
        scales=((0,), (-6, 1, -2)),
        share=0.4,
    ),
    Regime(
        "many-samples",
        "sums long enough to stall a short accumulator",
        shapes=((4096, 1), (8, 1, 16, 17), (1025, 2), (3, 2, 345), (257, 1)),
        offset_bits=(0.0, 0.3),
        structures=("explicit", "noise"),
        share=0.25,
    ),
    Regime(
        "huge",
        "m = 65537: past 16 bits",
        shapes=((65537, 1),),
        structures=("noise", "explicit"),
        amplitude=3,
        own_calls=False,
        share=0.05,
        at_most=4,
    ),
    Regime(
        "long-layout",
        "large maps in channels-last memory, far from zero, with full significands",
        shapes=((32, 2, 28, 28), (8, 1, 56, 56), (25088, 2)),
        layouts=("channels_last",),
        structures=("noise", "level"),
        offset_bits=(0.55, 0.7),
        scales=((0,),),
        amplitude=3,
        own_calls=False,
        share=0.1,
        at_most=6,
    ),
    Regime(
        "small-cotangent",
        "dy near 1e-7 and below",
        dy_scales=((-24,), (-30,), (-20, -24)),
        dy_amplitude=3,
        share=0.5,
    ),
    Regime(
        "range",
        "values near the ends of the format's range",
        scales=((9,), (2,), (8, -10), (-18,)),
        amplitude=60,
        offset_bits=(0.0, 0.3),
        eps=(1e-5, 1e-3, 0.5),
        share=0.7,
    ),
    Regime(
        "half-range",
        "|x| above 256, where a square overflows float16, and m at which its sums stall",
        shapes=((16, 2), (4, 2, 4, 4), (512, 1), (2300, 1)),
        scales=((3,), (5,), (8,), (0,)),
        offset_bits=(0.6, 0.8, 0.0),
        amplitude=20,
        eps=(1e-5, 1e-3, 0.5),
        dtypes=("float16", "bfloat16"),
    ),
    Regime(
        "non-finite",
        "NaN or infinity in one channel",
        channels=(2, 3),
        special=("nan", "inf", "-inf"),
        share=0.5,
    ),
    Regime(
        "same-array",
        "one array passed as two arguments; arrays that must not be written",
        aliases=("gamma is running_var", "x is dy"),
        readonly=(False, True),
        share=0.5,
    ),
    Regime(
        "inference-offset",
        "running mean of a million running standard deviations",
        offset_bits=(0.85, 0.7),
        amplitude=2,
        running_mean=((0.0,), (1.0,)),
        running_var=((2.0,), (0.5,)),
        beta=((0.0,), (1.0,)),
        share=0.5,
    ),
    Regime(
        "momentum",
        "momentum 0, 1 and in between, with the default affine parameters",
        momentum=(0.1, 0.0, 1.0, 0.3, 0.99),
        gamma=((1.0,),),
        beta=((0.0,),),
        batch=(2, 3, 4, 9),
        share=0.5,
    ),
    *(_resnet_50(channels, side) for channels, side in RESNET_50),
)

REGIME_NAMES = tuple(r.name for r in REGIMES)


def admits(domain: Domain, recipe: Recipe) -> bool:
    """Whether an implementation can be given a case: what it has fixed must be so in the case."""
    return (
        len(recipe.shape) in domain.ranks
        and domain.channels in (None, recipe.shape[1])
        and domain.fixed_eps in (None, recipe.eps)
        and domain.momentum(recipe.momentum) == recipe.momentum
        and (domain.affine or (set(recipe.gamma) == {1.0} and set(recipe.beta) == {0.0}))
    )


def within(regime: Regime, domain: Domain, storage: Format) -> Regime | None:
    """Narrow a regime to what an implementation can be given, or None if nothing is left."""
    if regime.dtypes and storage.name not in regime.dtypes:
        return None
    shapes = tuple(s for s in regime.shapes if len(s) in domain.ranks)
    if domain.channels is not None:
        shapes = tuple((s[0], domain.channels, *s[2:]) for s in shapes)
    ranks = tuple(r for r in regime.ranks if r in domain.ranks)
    if (regime.shapes and not shapes) or not ranks:
        return None
    return replace(
        regime,
        shapes=shapes,
        ranks=ranks,
        channels=regime.channels if domain.channels is None else (domain.channels,),
        eps=regime.eps if domain.fixed_eps is None else (domain.fixed_eps,),
        momentum=regime.momentum if domain.sets_momentum else (domain.momentum(None),),
        gamma=regime.gamma if domain.affine else ((1.0,),),
        beta=regime.beta if domain.affine else ((0.0,),),
        layouts=regime.layouts if domain.strided else ("C",),
        # an alias of gamma would be a gamma that the target is not given
        aliases=tuple(a for a in regime.aliases if domain.affine or "gamma" not in a),
    )
