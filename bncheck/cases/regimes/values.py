"""Regimes of values: means, spreads, constants, outliers, ends of the range."""

from bncheck.cases.regime import Regime

PLAIN = Regime("plain", "small batches of integers")
FEW_SAMPLES = Regime(
    "few-samples",
    "one, two, three and seven values per channel",
    batch=(2, 1, 3, 7),
    sizes=(1,),
    momentum=(0.5, 0.1),
)
OFFSET = Regime(
    "offset",
    "means of up to a million standard deviations",
    offset_bits=(0.5, 0.35, 0.7, 0.85, 0.92),
    amplitude=2,
    scales=((0,), (-6,), (3, -8)),
    gamma=((1.0,), (-1.5, 2.0)),
    beta=((0.0,), (1.0,)),
    structures=("explicit", "noise", "alternating"),
    running_mean=((0.0,), (1.0,)),
)
VARIANCE_NEAR_EPS = Regime(
    "variance-near-eps",
    "variance far below, near and far above eps",
    scales=((-14,), (-8,), (-24,), (-4, -12, -20), (-34,)),
    amplitude=50,
    eps=(0.5, 1e-5, 1e-3, 1e-12, 1e-8),
    running_var=((1.0,), (1e-4, 1.0), (1e-8,), (400.0,)),
)
CONSTANT = Regime(
    "constant",
    "channels that do not vary",
    structures=("constant",),
    offset_bits=(0.0, 0.3, 0.6),
    scales=((0,), (-3,), (-5, 4)),
)
OUTLIER = Regime(
    "outlier",
    "one far value, last, also behind more than 1024 samples",
    structures=("outlier",),
    batch=(5, 9, 33, 1030),
    sizes=(1, 2),
    channels=(1, 2),
    amplitude=4,
    share=0.5,
)
SMALL_COTANGENT = Regime(
    "small-cotangent",
    "dy near 1e-7 and below",
    dy_scales=((-24,), (-30,), (-20, -24)),
    dy_amplitude=3,
    share=0.5,
)
RANGE = Regime(
    "range",
    "values near the ends of the format's range",
    scales=((9,), (2,), (8, -10), (-18,)),
    amplitude=60,
    offset_bits=(0.0, 0.3),
    eps=(1e-5, 1e-3, 0.5),
    share=0.7,
)
HALF_RANGE = Regime(
    "half-range",
    "|x| above 256, where a square overflows float16, and m at which its sums stall",
    shapes=((16, 2), (4, 2, 4, 4), (512, 1), (2300, 1)),
    scales=((3,), (5,), (8,), (0,)),
    offset_bits=(0.6, 0.8, 0.0),
    amplitude=20,
    eps=(1e-5, 1e-3, 0.5),
    dtypes=("float16", "bfloat16"),
)
NON_FINITE = Regime(
    "non-finite",
    "NaN or infinity in one channel",
    channels=(2, 3),
    special=("nan", "inf", "-inf"),
    share=0.5,
)
