"""The oracle's own bounds, told from the target's: at least what they are when evaluated."""

from dataclasses import fields, replace

import numpy as np
import pytest

from bncheck.cases import REGIMES, build
from bncheck.cases.drawing import Block, draw
from bncheck.model import NORMS, Convention, Implementation
from bncheck.model.formats import FLOAT64, format_of
from bncheck.trial.trial import Trial
from bncheck.truth import oracle
from bncheck.truth.oracle.evaluate import long_is_wider
from bncheck.truth.rounding import Algorithms, Scaled, careful_output_bound, training_bounds

MADE = Implementation("none", lambda case: None, frozenset())
NAMES = ("mean", "var", "inv", "xhat", "y", "dx", "dgamma", "dbeta")
# Evaluated in its own format, the oracle's bound has three times its unit roundoff
# (`rounding.roundoff`), and where w and its error are told apart by few digits the quotient is off
# by a part of itself. In long double, float64's has 1 + 2^-10 times: nothing but that is between.
EVALUATED = 3.25
IN_LONG_DOUBLE = 1 + 2.0**-9


def evaluated(case):
    """The oracle's own bounds, and how much larger than they must be they come out."""
    values, own = oracle.train(case)
    if values.x.dtype == np.longdouble or not long_is_wider():
        return own, EVALUATED
    arrays = {f.name: getattr(values, f.name) for f in fields(values)}
    arrays = {n: a for n, a in arrays.items() if isinstance(a, np.ndarray | np.floating)}
    wider = replace(values, **{n: np.longdouble(a) for n, a in arrays.items()})
    return training_bounds(wider, Algorithms(FLOAT64, FLOAT64, FLOAT64)), IN_LONG_DOUBLE


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("variance", [None, "one-pass"])
def test_scaled_bounds_are_no_smaller(dtype, variance):
    tried = clamped = 0
    for regime in REGIMES:
        if regime.least:
            continue
        for recipe in draw(Block(regime, format_of(dtype), "", 1, 2)):
            if recipe.size > 20_000:
                continue
            for norm in NORMS.values():
                case = build(recipe, norm)
                trial = Trial(case, MADE, Convention(variance=variance))
                with np.errstate(all="ignore"):
                    truth, (own, larger) = trial.truth(case), evaluated(case)
                clamped += not truth.allowed.superlinear
                if not isinstance(truth.own, Scaled):
                    assert not truth.allowed.superlinear
                    continue
                for name in NAMES:
                    with np.errstate(all="ignore"):
                        ours = getattr(truth.own, name) * larger
                        assert (getattr(own, name) <= ours).all(), (name, recipe)
                    tried += 1
    assert tried > 500
    assert clamped


def test_in_inference_as_well():
    for regime in REGIMES:
        if regime.least:
            continue
        for recipe in draw(Block(regime, format_of("float32"), "", 1, 2)):
            if recipe.size > 20_000:
                continue
            case = build(recipe)
            with np.errstate(all="ignore"):
                truth = Trial(case, MADE, Convention()).inference_truth(case)
                own = oracle.infer(case)[1]
                for name in ("y", "dx", "dgamma", "dbeta"):
                    assert (getattr(own, name) <= getattr(truth.own, name) * EVALUATED).all()


def test_where_the_arithmetic_is_as_fine_as_the_oracle_it_is_evaluated():
    recipe = draw(Block(REGIMES[0], format_of("float32"), "", 1, 2))[0]
    case = build(recipe)
    truth = Trial(case, MADE, Convention(accumulates="float64")).truth(case)
    assert not isinstance(truth.own, Scaled)
    assert not isinstance(Trial(case, MADE, Convention(), exact=True).truth(case).own, Scaled)


def test_what_careful_bounds_are_at_least():
    """F00 looks at them entry by entry only where an error is above that."""
    tried = 0
    for regime in REGIMES:
        for recipe in draw(Block(regime, format_of("float32"), "", 1, 2)) * (not regime.least):
            if recipe.size > 20_000:
                continue
            for norm in NORMS.values():
                case = build(recipe, norm)
                trial = Trial(case, MADE, Convention())
                values, formats = trial.truth(case).values, trial.algorithms(case)
                least = careful_output_bound(values, formats, least=True)
                assert (least <= careful_output_bound(values, formats)).all()
                tried += bool((least > 0).all() and np.isfinite(least).all())
    assert tried > 100
