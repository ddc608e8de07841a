"""Correct algorithms of layer, RMS and group normalization stay within the bounds.

Backward passes as kernels have them: compact, multiplied by n (Apex), with the cube of the inverse
root (Liger, llm.c), gamma dy by way of dy xhat first; sums one after the other, and pairwise.
"""

from dataclasses import replace

import numpy as np
import pytest
from relative_runs import FORMS, case_of, gradient, in_turn, pairwise, statistics

from bncheck.model import NORMS, Convention
from bncheck.model.arrays import flatten
from bncheck.model.formats import format_of
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, training_bounds

CASTS = ("last", "early")
KINDS = (
    *("plain", "offset", "tiny", "large gamma", "unlike gammas", "one value", "small dy"),
    *("many values", "many rows"),
)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("norm", ["layer", "rms", "group"])
@pytest.mark.parametrize("kind", KINDS)
def test_correct_algorithms_are_within_the_bounds(kind, norm, dtype):
    promised = 0
    for seed in range(25):
        case = case_of(kind, norm, dtype, seed)
        centred, shape = case.norm.centred, case.x.shape
        with np.errstate(all="ignore"):
            values, own = oracle.train(case)
            allowed = training_bounds(values, Algorithms.of(dtype, Convention()))
            x, dy = (flatten(a).astype(np.float32) for a in (case.x, case.dy))
            gamma = case.norm.spread(case.gamma.astype(np.float32), shape)
            for total in (in_turn, pairwise):
                d, r = statistics(x, case.eps, total, centred=centred)
                products = dy * (d * r)
                answers = {"y": gamma * (d * r), "dgamma": case.norm.gathered(products, shape)}
                if norm != "group":
                    answers["dgamma"] = total(products.T)
                for form in FORMS:
                    answers["dx"] = gradient(form, d, r, gamma, dy, total, centred=centred)
                    for name, answer in answers.items():
                        got = answer.astype(dtype).astype(np.float64)
                        bound = getattr(allowed, name) + getattr(own, name)
                        kept = np.isfinite(bound)
                        promised += int(kept.sum())
                        error = np.abs(got - getattr(values, name))
                        assert (error[kept] <= bound[kept]).all(), (name, form, seed)
    assert promised > 1000


def early(values, case, dtype, total):
    """Answer as LLaMA's and T5's code does, under autograd: xhat is rounded before gamma."""

    def kept(a):
        return a.astype(dtype).astype(np.float32)

    x, dy = (flatten(a).astype(np.float32) for a in (case.x, case.dy))
    gamma = case.norm.spread(case.gamma.astype(np.float32), case.x.shape)
    beta = case.norm.spread(case.beta.astype(np.float32), case.x.shape)
    d, r = statistics(x, case.eps, total, centred=case.norm.centred)
    xhat, h, n = kept(d * r), kept(gamma * dy), np.float32(len(d))
    terms = kept(dy * xhat)
    yield "y", kept(gamma * xhat) + beta if case.norm.shifted else gamma * xhat
    yield "dgamma", (case.norm.gathered(terms, case.x.shape) if n > 1 else total(terms.T))
    for form in ("compact", "cube"):
        one = np.ones_like(gamma)
        yield "dx", gradient(form, d, r, one, h, total, centred=case.norm.centred)
    # x is used twice, so that two gradients by it are rounded, and their sum
    mean = total(h) / n if case.norm.centred else np.float32(0)
    yield "dx", kept(r * (h - mean)) - kept(r * (d * r) * (total(h * d) / n * r))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize("kind", ["plain", "offset", "large gamma", "unlike gammas", "small dy"])
def test_early_casts_are_within_their_bounds(kind, simple, norm, dtype):
    storage = format_of(dtype).dtype
    algorithms = Algorithms.of(dtype, Convention(casts="early"))
    exceeded = []
    for seed in range(25):
        case = case_of(kind, norm, "float16", seed)
        if simple:
            of_set = np.resize(case.gamma, case.channels)
            fitted = NORMS[norm].simple.fitted(case.x.shape)
            case = replace(case, norm=fitted, gamma=of_set, beta=0 * of_set)
        names = ("x", "dy", "gamma", "beta", "running_mean", "running_var")
        case = replace(case, **{n: getattr(case, n).astype(storage) for n in names})
        with np.errstate(all="ignore"):
            values, own = oracle.train(case)
            allowed = training_bounds(values, algorithms)
            for total in (in_turn, pairwise):
                for name, answer in early(values, case, storage, total):
                    got = answer.astype(storage).astype(np.float64)
                    bound = getattr(allowed, name) + getattr(own, name)
                    kept = np.isfinite(bound)
                    error = np.abs(got - getattr(values, name))
                    exceeded += [(name, seed)] if (error[kept] > bound[kept]).any() else []
    assert exceeded == []


def test_early_casts_are_more_than_one_rounding_and_only_in_half_precision():
    case = case_of("plain", "rms", "float16", 1)
    values, _ = oracle.train(case)
    by = {c: training_bounds(values, Algorithms.of("float16", Convention(casts=c))) for c in CASTS}
    assert (by["early"].y > 1.5 * by["last"].y).all()
    wide = {
        c: training_bounds(values, Algorithms.of("float32", Convention(casts=c))) for c in CASTS
    }
    assert np.array_equal(wide["early"].y, wide["last"].y)
    assert np.array_equal(wide["early"].dx, wide["last"].dx)


@pytest.mark.parametrize(("parameters", "like"), [("float16", "early"), ("float32", "last")])
def test_a_product_in_the_format_of_gamma_may_be_off_like_the_one_or_the_other(parameters, like):
    values, _ = oracle.train(case_of("plain", "layer", "float16", 1))
    bounds = [
        training_bounds(
            values,
            replace(
                Algorithms.of("float16", Convention(casts=casts)),
                parameters=format_of(parameters),
            ),
        )
        for casts in ("weight", like)
    ]
    for name in ("y", "dx", "dgamma", "dbeta"):
        assert np.array_equal(*(getattr(bound, name) for bound in bounds))
