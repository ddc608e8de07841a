"""Named regimes of inputs, as data: what real bugs needed in order to show.

In each tuple of choices the first one is the simplest: counterexamples shrink towards it.
"""

from bncheck.cases.regime import Regime
from bncheck.cases.regimes import networks, parameters, sets, shapes, values

# in the order in which a survey turns to them, which seeds depend on: add at the end
REGIMES: tuple[Regime, ...] = (
    values.PLAIN,
    values.FEW_SAMPLES,
    values.OFFSET,
    values.VARIANCE_NEAR_EPS,
    values.CONSTANT,
    values.OUTLIER,
    parameters.GAMMA,
    shapes.LAYOUT,
    shapes.SQUARE,
    shapes.OBLONG,
    shapes.SINGLE_IMAGE,
    shapes.MANY_CHANNELS,
    shapes.MANY_SAMPLES,
    shapes.HUGE,
    shapes.LONG_LAYOUT,
    values.SMALL_COTANGENT,
    values.RANGE,
    values.HALF_RANGE,
    values.NON_FINITE,
    parameters.SAME_ARRAY,
    parameters.INFERENCE_OFFSET,
    parameters.MOMENTUM,
    *networks.LAYERS,
    sets.LONG_SETS,
    sets.MANY_ROWS,
    sets.HUGE_ROWS,
    *sets.WIDTHS,
)

REGIME_NAMES = tuple(r.name for r in REGIMES)
