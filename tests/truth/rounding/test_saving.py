"""Backward passes that read what was rounded to be saved stay within the bounds of that promise."""

from dataclasses import replace

import numpy as np
import pytest
from relative_runs import FORMS, case_of, gradient, in_turn, pairwise, statistics

from bncheck.model import Convention
from bncheck.model.arrays import flatten
from bncheck.model.formats import FLOAT64
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, training_bounds

KINDS = ("plain", "offset", "tiny", "large gamma", "unlike gammas", "one value", "small dy")


def answered(case, form, total, saved):
    """dx and dgamma in float32, of mean and root, or xhat, that were rounded to x's format."""
    norm, like, single = case.norm, case.x.dtype, np.float32
    x, dy = (flatten(a).astype(single) for a in (case.x, case.dy))
    gamma = norm.spread(case.gamma.astype(single), case.x.shape)
    d, r = statistics(x, case.eps, total, centred=norm.centred)
    if saved == "half":
        mean = (x - d)[0] if norm.centred else single(0)
        mean, r = (np.asarray(a).astype(like).astype(single) for a in (mean, r))
        d = x - mean
        return gradient(form, d, r, gamma, dy, total, centred=norm.centred), dy * (d * r)
    xhat, h, n = (d * r).astype(like).astype(single), gamma * dy, single(len(x))
    mean = total(h) / n if norm.centred else single(0)
    return r * (h - mean - xhat * (total(h * xhat) / n)), dy * xhat


@pytest.mark.parametrize("saved", ["half", "xhat"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("norm", ["layer", "rms", "group"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_rounded_to_be_saved_is_within_its_bound(kind, norm, dtype, saved):
    algorithms = Algorithms.of(dtype, Convention(saved=saved))
    for seed in range(6):
        case = case_of(kind, norm, dtype, seed)
        values, own = oracle.train(case)
        bounds = training_bounds(values, algorithms)
        for form in FORMS if saved == "half" else ("compact",):
            for total in (in_turn, pairwise):
                with np.errstate(all="ignore"):
                    dx, terms = answered(case, form, total, saved)
                    dgamma = case.norm.gathered(terms, case.x.shape)
                    found = {
                        "dx": dx.astype(case.x.dtype),
                        "dgamma": np.asarray(dgamma).astype(case.gamma.dtype),
                    }
                for name, got in found.items():
                    bound = getattr(bounds, name) + getattr(own, name)
                    off = np.abs(got.astype(np.float64) - getattr(values, name))
                    kept = np.isfinite(bound)
                    assert (off[kept] <= bound[kept]).all(), (form, seed, name)


def test_nothing_is_added_where_nothing_is_rounded_and_forward_bounds_stay():
    values, _ = oracle.train(case_of("offset", "layer", "float16", 1))
    of = {s: Algorithms.of("float16", Convention(saved=s)) for s in ("wide", "half", "xhat")}
    bounds = {s: training_bounds(values, a) for s, a in of.items()}
    for saved in ("half", "xhat"):
        assert np.array_equal(bounds[saved].y, bounds["wide"].y)
        assert (bounds[saved].dx > bounds["wide"].dx).all()
        alike = (
            training_bounds(values, replace(of[s], storage=FLOAT64, accumulates=FLOAT64)).dx
            for s in (saved, "wide")
        )
        assert np.array_equal(*alike)


def test_a_root_that_storage_does_not_hold_is_no_promise():
    case = replace(case_of("plain", "rms", "float16", 2), eps=1e-12)
    case = replace(case, x=np.zeros_like(case.x))
    values, _ = oracle.train(case)
    assert not np.isfinite(
        training_bounds(values, Algorithms.of("float16", Convention(saved="half"))).dx
    ).any()
