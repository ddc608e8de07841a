"""The bounds hold for every correct algorithm, and are tight enough to see a wrong one."""

import os
from dataclasses import replace

import correct
import numpy as np
import pytest
from attack import CONFIGURATIONS, adversarial, algorithms, cases, margins
from hypothesis import HealthCheck, Phase, given, note, settings, target

from bncheck.model import Case, Convention
from bncheck.truth.oracle import train
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    cumulative_bounds,
    debiased_bounds,
    running_bounds,
    training_bounds,
    unbiased_bounds,
)

# how many times the ordinary effort; the nightly run sets it
EFFORT = int(os.environ.get("BNCHECK_ATTACK", "1"))

ATTACK = settings(
    max_examples=60 * EFFORT,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("formats", CONFIGURATIONS, ids=str)
def test_no_correct_algorithm_exceeds_its_bound(formats):
    @ATTACK
    @given(cases(formats), algorithms(formats))
    def attack(case, implementation):
        found = margins(case, implementation)
        note(f"{implementation.name}: {found}")
        worst = max(found.values())
        target(min(worst, 1e9))
        assert worst <= 1

    attack()


@pytest.mark.parametrize("formats", CONFIGURATIONS[:4] + CONFIGURATIONS[6:8], ids=str)
@pytest.mark.parametrize(
    ("variance", "statistics"), [("shifted", correct.shifted), ("one-pass", correct.one_pass)]
)
def test_promised_algorithms_stay_within_the_bound_of_their_promise(formats, variance, statistics):
    @settings(ATTACK, max_examples=20 * EFFORT)
    @given(cases(formats), algorithms(formats, [statistics], variance))
    def attack(case, implementation):
        found = margins(case, implementation)
        note(f"{implementation.name}: {found}")
        worst = max(found.values())
        target(min(worst, 1e9))
        assert worst <= 1

    attack()


@pytest.mark.parametrize("formats", CONFIGURATIONS, ids=str)
def test_no_correct_algorithm_exceeds_its_bound_on_large_adversarial_batches(formats):
    rng = np.random.default_rng(20260728)
    for _ in range(4 * EFFORT):
        m = int(rng.choice([1, 2, 3, 5, 16, 17, 65, 128, 257, 1000]))
        kind, case = adversarial(rng, formats, m)
        for implementation in every_stage(formats, rng):
            found = margins(case, implementation)
            assert max(found.values()) <= 1, (kind, m, implementation.name, found, case)


def every_stage(formats, rng):
    """One algorithm for every way to get the statistics; the other stages at random."""

    def any_of(stages):
        return stages[rng.integers(len(stages))]

    for statistics in correct.STABLE:
        yield correct.algorithm(
            statistics=statistics,
            total=any_of([t for t in correct.SUMS if t is not correct.blas]),
            root=any_of(correct.ROOTS),
            output=any_of(correct.OUTPUTS),
            backward=any_of(correct.BACKWARDS),
            inference_backward=any_of(correct.INFERENCE_BACKWARDS),
            accumulates=formats.accumulates,
            convention=formats.convention(),
        )


# ---- tight enough: each way of being wrong exceeds the bound on an ordinary input


def case(x, dtype=np.float32, eps=1e-5, gamma=2.0, beta=1.0):
    """One channel with the cotangent 1, 0, -2, 3, ... and a state of 0 and 1."""
    x = np.array(x, dtype).reshape(-1, 1)
    dy = np.resize(np.array([1, 0, -2, 3], dtype), x.shape)
    g, b, zero, one = (np.array([t], dtype) for t in (gamma, beta, 0, 1))
    return Case(x, g, b, dy, zero, one, eps, 0.1)


def unbiased(x, total):
    mean, var = correct.two_pass(x, total)
    return mean, var * x.dtype.type(len(x) / (len(x) - 1))


def in_half(x, total):
    return tuple(t.astype(x.dtype) for t in correct.two_pass(x.astype(np.float16), total))


def eps_outside(w):
    return 1 / (np.sqrt(w - w.dtype.type(1e-5)) + w.dtype.type(1e-5))


def no_eps(w):
    return 1 / np.sqrt(w - w.dtype.type(1e-5))


def eps_too_large(w):
    return 1 / np.sqrt(w + w.dtype.type(1e-3 - 1e-5))


def one_less(x, mean, inv, gamma, dy, total):
    dx, dgamma, dbeta = correct.compact(x, mean, inv, gamma, dy, total)
    xhat, m = (x - mean) * inv, len(dy)
    wrong = gamma * inv * xhat * dgamma * dy.dtype.type(1 / (m - 1) - 1 / m)
    return dx - wrong, dgamma, dbeta


def without_mean(x, mean, inv, gamma, dy, total):
    dx, dgamma, dbeta = correct.compact(x, mean, inv, gamma, dy, total)
    return dx + gamma * inv * dbeta / dy.dtype.type(len(dy)), dgamma, dbeta


def without_variance(x, mean, inv, gamma, dy, total):
    _, dgamma, dbeta = correct.compact(x, mean, inv, gamma, dy, total)
    return gamma * inv * (dy - dbeta / dy.dtype.type(len(dy))), dgamma, dbeta


def without_gamma(x, mean, inv, gamma, dy, total):
    return correct.compact(x, mean, inv, np.ones_like(gamma), dy, total)


def dgamma_by_y(x, mean, inv, gamma, dy, total):
    dx, _, dbeta = correct.compact(x, mean, inv, gamma, dy, total)
    return dx, total(dy * ((x - mean) * inv * gamma)), dbeta


ORDINARY = (0.5, 1.25, -0.75, 2.0, 0.1, -1.3, 0.9, 0.7)
SMALL = tuple(t / 64 for t in ORDINARY)  # a variance that eps = 1e-5 can be seen beside


@pytest.mark.parametrize(
    ("stages", "x", "seen"),
    [
        ({"statistics": correct.one_pass}, (4096, 4095), "y"),
        ({"statistics": correct.one_pass}, (4096, 4095), "running var"),
        ({"statistics": unbiased}, ORDINARY, "y"),
        ({"statistics": in_half}, ORDINARY, "y"),
        ({"root": eps_outside}, SMALL, "y"),
        ({"root": no_eps}, SMALL, "y"),
        ({"root": eps_too_large}, ORDINARY, "y"),
        ({"root": eps_too_large}, ORDINARY, "inference y"),
        ({"backward": one_less}, ORDINARY, "dx"),
        ({"backward": without_mean}, ORDINARY, "dx"),
        ({"backward": without_variance}, ORDINARY, "dx"),
        ({"backward": without_gamma}, ORDINARY, "dx"),
        ({"backward": dgamma_by_y}, ORDINARY, "dgamma"),
        ({"average": lambda old, new, a: a * old + (1 - a) * new}, ORDINARY, "running mean"),
    ],
    ids=lambda t: (
        " ".join(f"{k}-{v.__name__}" for k, v in t.items()) if isinstance(t, dict) else ""
    ),
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_wrong_algorithm_exceeds_the_bound(stages, x, seen, dtype):
    if dtype == np.float64 and x == (4096, 4095):
        x = (2.0**26, 2.0**26 - 1)
    wrong = correct.algorithm("wrong", **stages)
    right = correct.algorithm("right")
    assert margins(case(x, dtype), right)[seen] <= 1
    assert margins(case(x, dtype), wrong)[seen] > 10


def test_one_value_per_channel_is_promised_to_be_beta():
    values, own = train(case([12345.678]))
    bounds = training_bounds(values, Algorithms.of("float32", Convention()))
    assert values.y == 1
    # only a folded output is off at all, by roundings of x k = 2 * 12345.678/sqrt(1e-5)
    assert bounds.y < 8e6 * 2.0**-20
    assert bounds.mean == 0
    assert own.y < bounds.y * 2.0**-26


def test_where_overflow_is_allowed_nothing_is_promised():
    values, _ = train(case([1e25, -1e25]))
    bounds = training_bounds(values, Algorithms.of("float32", Convention()))
    assert np.isfinite(bounds.mean)
    assert np.isinf(bounds.var)
    assert np.isinf(bounds.y).all()
    assert np.isfinite(bounds.dbeta)


def test_eps_that_underflows_in_the_arithmetic_promises_nothing_for_a_constant_channel():
    convention = Convention(accumulates="float16")
    values, _ = train(case([1, 1, 1, 1], np.float16, eps=1e-12))
    assert np.isinf(training_bounds(values, Algorithms.of("float16", convention)).y).all()
    assert np.isfinite(training_bounds(values, Algorithms.of("float16", Convention())).y).all()


def test_a_weaker_promise_widens_the_bound():
    values, _ = train(case(ORDINARY))
    of = [
        training_bounds(values, Algorithms.of("float32", Convention(variance=v))).var.item()
        for v in (None, "shifted", "one-pass")
    ]
    assert of[0] < min(of[1:])


@pytest.mark.parametrize(
    ("dtype", "promised", "storage", "parameters", "accumulates"),
    [
        ("float32", {}, "float32", "float32", "float32"),
        ("float16", {}, "float16", "float16", "float32"),
        ("bfloat16", {"parameters": "float32"}, "bfloat16", "float32", "float32"),
        ("float16", {"accumulates": "float16"}, "float16", "float16", "float16"),
        ("float64", {"accumulates": "float32"}, "float64", "float64", "float64"),
        ("float32", {"accumulates": "float64"}, "float32", "float32", "float64"),
        ("bfloat16", {"accumulates": "float16"}, "bfloat16", "bfloat16", "bfloat16"),
    ],
)
def test_the_class_of_algorithms_follows_the_promises(
    dtype, promised, storage, parameters, accumulates
):
    got = Algorithms.of(dtype, Convention(**promised))
    names = got.storage.name, got.parameters.name, got.accumulates.name
    assert names == (storage, parameters, accumulates)


# ---- moving averages


def test_many_steps_of_a_moving_average_stay_within_their_balls():
    rng = np.random.default_rng(5)
    algorithms = Algorithms.of("float32", Convention())
    stored, exact = np.float32([0.25]), Ball.exact(np.float32([0.25]))
    plain, cumulative, truth = np.float32([0]), np.float32([0]), Ball.exact([0.0])
    mean = Ball.exact([0.0])
    for n in range(1, 200):
        new = rng.standard_normal(1).astype(np.float32)
        stored = np.float32(0.9) * stored + np.float32(0.1) * new
        plain = plain + np.float32(0.1) * (new - plain)
        cumulative = cumulative + (new - cumulative) / np.float32(n)
        exact = running_bounds(exact, Ball.exact(new), 0.1, algorithms)
        truth = running_bounds(truth, Ball.exact(new), 0.1, algorithms)
        mean = cumulative_bounds(mean, Ball.exact(new), n, algorithms)
        debiased = debiased_bounds(truth, 0.9, n, algorithms)
        corrected = plain / (1 - np.float32(0.9) ** np.float32(n))
        for got, ball in ((stored, exact), (cumulative, mean), (corrected, debiased)):
            assert abs(got.astype(float) - ball.mid) <= ball.rad
    assert exact.rad < 1e-5
    assert mean.rad < 1e-3


def test_unbiased_variance_is_not_promised_for_one_value():
    algorithms = Algorithms.of("float32", Convention())
    assert np.isinf(unbiased_bounds(Ball.exact([0.0]), 1, algorithms).rad)
    assert unbiased_bounds(Ball.exact([1.0]), 2, algorithms).mid == 2


# ---- holes that the attack found, each now a term or a guard of the bound


def test_a_cube_of_the_inverse_root_that_overflows_by_itself():
    # the chain forms r^3 = 1e45 before it multiplies it by gamma = 0: NaN, so no promise for dx
    tiny = np.float32([[3.2440989648564054e-24]])
    zero = np.float32([0])
    found = Case(tiny, zero, zero - 6, tiny, zero, tiny[0], 1e-30)
    chained = correct.algorithm("chain", backward=correct.chain)
    assert max(margins(found, chained).values()) <= 1


def test_the_reciprocal_of_a_small_variance_overflows_in_half_precision():
    # sqrt(1/w) needs 1/w, which is above 65504 where the root itself is ordinary
    zero = np.float16([[0], [0]])
    found = Case(zero, zero[0] + 1, zero[0], zero, zero[0], zero[0] + 1, 1e-5)
    half = {"accumulates": "float16", "convention": replace(correct.TORCH, accumulates="float16")}
    rooted = correct.algorithm("sqrt(1/w)", root=correct.root_of_reciprocal, **half)
    assert max(margins(found, rooted).values()) <= 1


TINY = np.float32([[1e-14], [-1.3e-14], [0.7e-14]])


@pytest.mark.parametrize("name", ["gamma", "gamma over m", "gamma times dy"])
def test_products_with_a_tiny_gamma_underflow_and_are_then_multiplied_by_the_inverse_root(name):
    # gamma (x - mean), gamma/m and gamma dy lose up to eta each, times r = 1e15 or so
    stages = {
        "gamma": {"output": correct.scaled_first},
        "gamma over m": {"backward": correct.scale_last},
        "gamma times dy": {"inference_backward": correct.scaled_cotangent},
    }[name]
    gamma = np.float32([1.7e-45 if name == "gamma over m" else 1.3e-30])
    zero, dy = np.float32([0]), np.float32([[1], [-2], [3]]) * np.float32(1e-12)
    found = Case(TINY, gamma, zero, dy, zero, zero + np.float32(1e-28), 1e-24)
    assert max(margins(found, correct.algorithm("tiny gamma", **stages)).values()) <= 1
