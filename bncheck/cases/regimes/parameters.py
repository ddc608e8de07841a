"""Regimes of parameters and of the running state."""

from bncheck.cases.regime import Regime

GAMMA = Regime(
    "gamma",
    "gamma zero, negative, large",
    gamma=((0.0,), (-1.0, 0.0, 2.0), (-1.0,), (1000.0,), (0.0, -300.0)),
    beta=((0.5,), (0.0,), (-20.0, 3.0)),
)
SAME_ARRAY = Regime(
    "same-array",
    "one array passed as two arguments; arrays that must not be written",
    aliases=("gamma is running_var", "x is dy"),
    readonly=(False, True),
    share=0.5,
)
INFERENCE_OFFSET = Regime(
    "inference-offset",
    "running mean of a million running standard deviations",
    offset_bits=(0.85, 0.7),
    amplitude=2,
    running_mean=((0.0,), (1.0,)),
    running_var=((2.0,), (0.5,)),
    beta=((0.0,), (1.0,)),
    share=0.5,
)
MOMENTUM = Regime(
    "momentum",
    "momentum 0, 1 and in between, with the default affine parameters",
    momentum=(0.1, 0.0, 1.0, 0.3, 0.99),
    gamma=((1.0,),),
    beta=((0.0,),),
    batch=(2, 3, 4, 9),
    share=0.5,
)
