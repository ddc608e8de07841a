"""Regimes of shapes and memory layouts."""

from bncheck.cases.regime import Regime

LAYOUT = Regime(
    "layout",
    "channels-last, Fortran, transposed, sliced, reversed and stride-0 arrays",
    batch=(2, 3, 4),
    channels=(2, 3, 5),
    sizes=(2, 3),
    ranks=(4, 2, 3, 5),
    layouts=("channels_last", "F", "transposed", "sliced", "reversed", "broadcast", "C"),
    readonly=(False, True),
    gamma=((1.0,), (0.5, 2.0)),
)
SQUARE = Regime(
    "square",
    "N = C = H = W, where a wrong axis has the right size",
    shapes=((2, 2), (3, 3), (2, 2, 2), (3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (2, 2, 2, 2, 2)),
    scales=((0,), (-6, 1, -2)),
    layouts=("C", "channels_last"),
)
OBLONG = Regime(
    "oblong",
    "maps that are not square, and more channels than samples",
    shapes=((2, 3, 1, 4), (1, 2, 5, 1), (3, 1, 2, 7), (2, 4, 1, 3, 2), (1, 2, 7), (2, 7)),
)
SINGLE_IMAGE = Regime(
    "single-image",
    "N = 1 with a map larger than 1",
    batch=(1,),
    sizes=(2, 3, 4),
    ranks=(4, 3, 5),
)
MANY_CHANNELS = Regime(
    "many-channels",
    "more than 64 channels",
    # several beyond a block of 64, so that what goes wrong there at random is seen in few cases
    shapes=((3, 97), (2, 129), (2, 130, 2, 1), (2, 70, 3)),
    scales=((0,), (-6, 1, -2)),
    share=0.4,
)
MANY_SAMPLES = Regime(
    "many-samples",
    "sums long enough to stall a short accumulator",
    shapes=((4096, 1), (8, 1, 16, 17), (1025, 2), (3, 2, 345), (257, 1)),
    offset_bits=(0.0, 0.3),
    structures=("explicit", "noise"),
    share=0.25,
)
HUGE = Regime(
    "huge",
    "m = 65537: past 16 bits",
    shapes=((65537, 1),),
    structures=("noise", "explicit"),
    amplitude=3,
    own_calls=False,
    share=0.05,
    at_most=4,
)
LONG_LAYOUT = Regime(
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
)
