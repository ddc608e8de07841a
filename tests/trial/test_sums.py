"""Sums that are normalized before or after they are rounded: every reading is within its bound."""

from dataclasses import replace

import numpy as np
import pytest

from bncheck.deviations import REFERENCE, implementation
from bncheck.model import NORMS, Case, Convention
from bncheck.model.arrays import flatten
from bncheck.model.formats import format_of
from bncheck.trial.sums import readings, summed
from bncheck.trial.trial import Inapplicable, Trial

KINDS = ("plain", "offset", "tiny", "unlike sizes", "cancelling")


def trial(kind, norm, dtype, casts, seed):
    rng = np.random.default_rng(seed)
    held = format_of(dtype).dtype
    m, sets = int(rng.integers(1, 40)), int(rng.integers(1, 5))
    x = rng.standard_normal((m, sets))
    x = {"offset": x + 300, "tiny": x * 2.0**-13, "unlike sizes": x * 2.0 ** -(m % 9)}.get(kind, x)
    fitted = NORMS[norm].fitted((m, sets))
    count = fitted.parameters((m, sets))
    gamma, beta = (rng.standard_normal(count).astype(held) for _ in range(2))
    x = x.astype(held)
    case = Case(x, gamma, beta * fitted.shifted, x, *2 * (np.ones(sets, held),), eps=1e-5)
    made = implementation(REFERENCE, "reference", None, NORMS[norm])
    found = Trial(replace(case, norm=fitted), made, Convention(casts=casts))
    r = -x * (1 + 2.0**-6) if kind == "cancelling" else x[::-1] * 0.7
    return found, summed(found, x, r.astype(held))


def normalized(statistics, values, case, casts):
    """The three readings, in float32, as a kernel has them."""
    single = np.float32
    norm, like = case.norm, case.x.dtype
    n = single(len(values))
    mean = np.add.accumulate(statistics, dtype=single)[-1] / n if norm.centred else single(0)
    spread = np.add.accumulate(np.square(statistics - mean), dtype=single)[-1] / n
    xhat = (values - mean) / np.sqrt(spread + single(case.eps))
    gamma, beta = (norm.spread(p.astype(single), case.x.shape) for p in (case.gamma, case.beta))
    if casts == "last":
        return (xhat * gamma + beta).astype(like)
    product = (xhat.astype(like).astype(single) * gamma).astype(like)
    return product if not norm.shifted else (product.astype(single) + beta).astype(like)


@pytest.mark.parametrize("casts", ["last", "early"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_reading_is_within_its_bound(kind, norm, dtype, casts):
    for seed in range(12):
        t, total = trial(kind, norm, dtype, casts, seed)
        s, q = (flatten(a).astype(np.float32) for a in (total.exact, total.rounded))
        read = {"wide": (s, s), "rounded": (q, q), "reread": (s, q)}
        for how, found in readings(t, total).items():
            y = normalized(*read[how], t.case, casts).astype(found.y.dtype)
            assert np.isfinite(found.bound).any() or kind == "tiny"
            assert (np.abs(y - found.y) <= found.bound).all(), (how, seed)


def test_the_readings_differ_by_more_than_their_bounds_where_the_mean_is_large():
    t, total = trial("offset", "layer", "bfloat16", "last", 3)
    among = readings(t, total)
    for a, b in (("wide", "rounded"), ("wide", "reread"), ("rounded", "reread")):
        apart = np.abs(among[a].y - among[b].y) > among[a].bound + among[b].bound
        assert apart.any(), (a, b)


def test_a_sum_that_the_arithmetic_does_not_hold_is_left_out():
    t, _ = trial("plain", "rms", "bfloat16", "last", 0)
    x = np.array([[1.0], [1.0], [3.0e38], [2.0]]).astype(t.case.x.dtype)
    r = np.array([[2.0**-30], [2.0**-20], [3.0e38], [1.0]]).astype(x.dtype)
    total = summed(t, x, r)
    assert total.residual.astype(float).ravel().tolist() == [0, 2.0**-20, 0, 1]
    assert total.exact.ravel()[1] == 1 + 2.0**-20
    assert np.array_equal(total.rounded, total.exact.astype(x.dtype))


def test_of_float64_nothing_wider_is_at_hand():
    t, _ = trial("plain", "rms", "float32", "last", 0)
    x = np.ones((2, 1))
    with pytest.raises(Inapplicable):
        summed(Trial(replace(t.case, x=x), t.implementation, Convention()), x, x)
