"""The reference is right, every deviation is wrong where it says, and only there."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from exposing import case, differences, steps, train
from scenarios import EXPOSED, SCENARIOS

from bncheck.deviations import (
    BY_NAME,
    DEVIATIONS,
    EQUIVALENT,
    MUTANTS,
    REFERENCE,
    TORCH,
    accumulating,
    combine,
    implementation,
)
from bncheck.deviations.deviation import Deviation
from bncheck.errors import UsageError
from bncheck.model import Case, State
from bncheck.model.formats import FORMATS

REPOSITORY = Path(__file__).parents[2]

# the names that users may rely on
CONTRACT = """
unbiased-variance one-pass-variance eps-outside-root eps-missing eps-doubled eps-squared
variance-clamped-to-eps variance-floor eps-hard-coded eps-floor eps-missing-in-inference
eps-differs-in-backward no-square-root mean-absolute-deviation reduces-batch-only
wrong-axis-when-square wrong-when-not-square ignores-strides drops-tail count-truncated
channel-leak global-rescale half-accumulator half-square single-precision-inside
approximate-rsqrt eps-rounded-to-half gamma-ignored gamma-absolute beta-before-gamma
output-clipped statistics-as-constants missing-variance-term missing-mean-term
variance-term-sign missing-gamma bessel-in-backward count-without-spatial dgamma-averaged
dgamma-from-y dbeta-scaled training-formula-in-inference gradient-flushed xhat-from-output
stale-cache running-var-plus-eps running-std never-updated updated-twice updated-in-inference
momentum-mixed bessel-at-one bessel-with-batch-count running-half batch-statistics-in-inference
mutates-input nondeterministic hides-nonfinite wrong-dtype raises crashes hangs
"""

# those of the relatives alone are in test_inside.py
SAFE = [d for d in DEVIATIONS if not d.dangerous and "batch" in d.norms]
DANGEROUS = [d for d in DEVIATIONS if d.dangerous]
CORRECT = implementation(REFERENCE, "reference")


def exact_case(shape, dtype="float64") -> Case:
    """Integers whose mean and inverse deviation are exact: var + eps = 4, m a power of two."""
    m, channels = int(np.prod(shape)) // shape[1], shape[1]
    signs = np.resize([1.0, 1.0, -1.0, -1.0], m)
    rows = np.array([1.5 * signs + 3 * c for c in range(channels)])  # variance 9/4
    n, positions = shape[0], shape[2:]
    x = np.moveaxis(rows.reshape(channels, n, *positions), 0, 1)
    kind = FORMATS[dtype].dtype
    dy = np.resize([2.0, -1.0, 3.0, 0.0, 1.0, 1.0, -4.0, 2.0], shape)
    return Case(
        x=x.astype(kind),
        gamma=np.resize([2.0, -0.5, 4.0], channels).astype(kind),
        beta=np.resize([0.5, 1.0, -3.0], channels).astype(kind),
        dy=dy.astype(kind),
        running_mean=np.resize([1.0, -2.0, 0.0], channels).astype(kind),
        running_var=np.resize([3.0, 15.0, 8.0], channels).astype(kind),
        eps=1.75,
        momentum=0.5,
    )


def exact_gradient(x, dy, gamma, mean, inverse):
    """Ioffe & Szegedy's chain (2015, section 3) for one channel, in fractions."""
    m = len(x)
    d_xhat = [g * gamma for g in dy]
    d_var = sum(d * (v - mean) for d, v in zip(d_xhat, x, strict=True)) * inverse**3 / -2
    d_mean = -sum(d_xhat) * inverse + d_var * sum(-2 * (v - mean) for v in x) / m
    return [
        d * inverse + d_var * 2 * (v - mean) / m + d_mean / m
        for d, v in zip(d_xhat, x, strict=True)
    ]


def stored(case, exact):
    """Fractions as they are stored: float64 holds them exactly, then there is one rounding."""
    wide = np.array([float(v) for v in exact])
    assert [Fraction(v) for v in wide] == list(exact)
    return list(wide.astype(case.x.dtype).astype(np.float64))


def rows(array):
    return np.moveaxis(np.asarray(array, np.float64), 1, 0).reshape(array.shape[1], -1)


# -- the reference ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("shape", [(8, 3), (4, 2, 2), (2, 3, 2, 2), (2, 1, 2, 2, 2)])
def test_reference_is_exact_where_every_step_is(shape, dtype):
    case = exact_case(shape, dtype)
    got = train(CORRECT, case)
    half = Fraction(1, 2)
    for c in range(shape[1]):
        x = [Fraction(v) for v in rows(case.x)[c]]
        dy = [Fraction(v) for v in rows(case.dy)[c]]
        m, gamma, beta = len(x), Fraction(float(case.gamma[c])), Fraction(float(case.beta[c]))
        mean = sum(x) / m
        var = sum((v - mean) ** 2 for v in x) / m
        assert var + Fraction(case.eps) == 4
        xhat = [(v - mean) * half for v in x]
        dgamma = sum(g * h for g, h in zip(dy, xhat, strict=True))
        dx = exact_gradient(x, dy, gamma, mean, half)
        assert list(rows(got["y"])[c]) == stored(case, [gamma * h + beta for h in xhat])
        assert list(rows(got["dx"])[c]) == stored(case, dx)
        assert [float(got["dgamma"][c]), float(got["dbeta"][c])] == stored(case, [dgamma, sum(dy)])
        assert Fraction(float(got["mean"][c])) == (Fraction(float(case.running_mean[c])) + mean) / 2
        # 9/4 * m/(m-1) is not dyadic: the two roundings of factor and product, then of the sum,
        # are within gamma_4 of values that are all positive (Higham 2002, 3.1), and the result
        # is rounded once more where the state is stored
        outer = FORMATS[dtype]
        inner = FORMATS["float32"] if dtype in ("float16", "bfloat16") else outer
        true = (Fraction(float(case.running_var[c])) + var * Fraction(m, m - 1)) / 2
        u, v = Fraction(inner.unit_roundoff), Fraction(outer.unit_roundoff)
        gamma_4 = 4 * u / (1 - 4 * u)
        bound = true * ((1 + gamma_4) * (1 + v) - 1)
        assert abs(Fraction(float(got["var"][c])) - true) <= bound


def test_reference_in_inference_is_exact_where_every_step_is():
    case = replace(exact_case((4, 3)), eps=1.0)  # running_var + 1 = 4, 16, 9: roots 2, 4, 3
    case = replace(case, running_var=np.array([3.0, 15.0, 0.0]))
    inverse = np.array([0.5, 0.25, 1.0])
    layer = CORRECT.make(case)
    xhat = (case.x - case.running_mean) * inverse
    assert np.array_equal(layer.eval(case.x), case.gamma * xhat + case.beta)
    gradients = layer.backward(case.dy)
    assert np.array_equal(gradients.dx, case.gamma * inverse * case.dy)
    assert np.array_equal(gradients.dgamma, (case.dy * xhat).sum(axis=0))
    assert np.array_equal(layer.state().mean, case.running_mean)


def test_second_derivatives_agree_with_differences_of_exact_first_ones():
    # <w, dx> is a smooth function of x, so a central difference is off by O(h^2) and the
    # difference halves fourfold when h is halved: the ratio, not the size, is what is checked
    given = case(4, 2, seed=3)
    w = given.dy[::-1] ** 2
    by_x, _, _ = CORRECT.make(given).double_backward(given.x, given.dy, w)
    tangent = np.cos(np.arange(8.0)).reshape(4, 2)

    def pairing(x, dy):
        layer = CORRECT.make(given)
        layer.train(x)
        return float((w * layer.backward(dy).dx).sum())

    def off(h):
        up, down = (
            pairing(given.x + h * tangent, given.dy),
            pairing(given.x - h * tangent, given.dy),
        )
        return abs((up - down) / (2 * h) - float((by_x * tangent).sum()))

    assert off(0.01) < off(0.02) / 3 < off(0.04) / 9


def test_forward_mode_is_the_transpose_of_the_backward_pass():
    given = exact_case((4, 2, 2))
    layer = CORRECT.make(given)
    tangent = np.roll(given.dy, 1, axis=0)
    layer.train(given.x)
    left = (layer.jvp(given.x, tangent) * given.dy).sum()
    assert left == (tangent * layer.backward(given.dy).dx).sum()  # all of it dyadic


@pytest.mark.parametrize("dtype", FORMATS)
def test_answers_have_the_dtypes_of_their_inputs_and_share_no_memory(dtype):
    given = case(4, 3, 2, dtype=dtype)
    layer = CORRECT.make(given)
    y = layer.train(given.x)
    gradients, state = layer.backward(given.dy), layer.state()
    answers = (y, gradients.dx, gradients.dgamma, gradients.dbeta, state.mean, state.var)
    assert {a.dtype for a in answers} == {given.x.dtype}
    assert not any(np.shares_memory(a, layer.train(given.x)) for a in answers)
    wide = replace(given, gamma=given.gamma.astype(np.float32))
    assert CORRECT.make(wide).train(given.x).dtype == given.x.dtype


def test_one_value_gives_beta_and_leaves_the_running_variance():
    given = case(1, 3, dtype="float32", mean=(1000.1,))
    got = train(CORRECT, given)
    assert np.array_equal(got["y"][0], given.beta)
    assert np.array_equal(got["var"], given.running_var)
    assert not got["dx"].any()


def test_an_empty_batch_gives_nothing_and_leaves_the_state():
    given = case(0, 3)
    got = train(CORRECT, given)
    assert got["y"].shape == (0, 3)
    assert np.array_equal(got["mean"], given.running_mean)
    assert np.array_equal(got["var"], given.running_var)
    assert not got["dgamma"].any()


def test_layouts_and_aliases_change_nothing():
    for name in ("channels last", "both channels last", "sliced", "one array twice"):
        given = SCENARIOS[name].case
        copies = {f.name: np.array(getattr(given, f.name), order="C") for f in fields(given)[:6]}
        got, expected = steps(CORRECT, given), steps(CORRECT, replace(given, **copies))
        assert all(np.array_equal(got[n], expected[n]) for n in expected)


def test_cumulative_average_is_the_mean_of_all_batches():
    given = replace(exact_case((4, 2)), momentum=None)
    layer = CORRECT.make(given)
    for factor in (1, 2, 4, 1):
        layer.train(given.x * factor)
    # weights 1, 1/2, 1/3, 1/4: the third rounds, so compare within four steps of gamma_3
    u = FORMATS["float64"].unit_roundoff
    true = given.x.mean(axis=0) * 2
    bound = 12 * u / (1 - 12 * u) * np.abs(given.x).mean(axis=0) * 4
    assert (np.abs(layer.state().mean - true) <= bound).all()


def test_equivalent_mutant_is_the_reference_in_exact_arithmetic():
    for shape in ((8, 3), (2, 3, 2, 2), (4, 1)):
        given = exact_case(shape)
        got, expected = train(EQUIVALENT.apply(), given), train(CORRECT, given)
        assert all(np.array_equal(got[n], expected[n]) for n in expected)


def test_backward_before_forward_is_a_usage_error():
    with pytest.raises(UsageError, match="train or eval"):
        CORRECT.make(case(2, 3)).backward(np.zeros((2, 3)))


# -- the catalogue ------------------------------------------------------------------------------


def test_names_are_unique_and_those_of_the_contract_are_there():
    names = [d.name for d in DEVIATIONS]
    assert len(set(names)) == len(names) >= 80
    assert set(CONTRACT.split()) <= set(names)


def test_every_mutant_of_the_survey_is_there():
    assert len(MUTANTS) == 52
    assert "mG12" not in MUTANTS
    assert set(MUTANTS.values()) <= set(BY_NAME)
    assert len(set(MUTANTS.values())) == 52


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda d: d.name)
def test_entries_are_described_and_promise_torchs_convention(deviation: Deviation):
    assert deviation.says
    assert deviation.regime
    assert deviation.family
    of_ours = re.search(r"docs/findings/[a-z-]+\.md", deviation.seen)
    if of_ours is not None:
        assert (REPOSITORY / of_ours.group()).is_file()
    else:
        assert "#" in deviation.seen or "constructed" in deviation.seen
    made = deviation.apply()
    assert made.name == deviation.name
    expected = accumulating(REFERENCE).convention
    assert made.convention == (expected if deviation.name == "gradients-overwritten" else TORCH)


def test_what_shows_in_half_precision_only_is_tried_in_it():
    for name, (exposing, _) in EXPOSED.items():
        if "float16" in exposing:
            assert "float16" in BY_NAME[name].apply().domain.dtypes


def test_every_deviation_has_a_scenario():
    assert set(EXPOSED) == {d.name for d in SAFE}


@pytest.mark.parametrize("deviation", SAFE, ids=lambda d: d.name)
def test_deviation_shows_where_it_should(deviation: Deviation):
    exposing, _ = EXPOSED[deviation.name]
    assert differences(deviation.apply(), SCENARIOS[exposing])


@pytest.mark.parametrize("deviation", SAFE, ids=lambda d: d.name)
def test_deviation_hides_where_it_should(deviation: Deviation):
    _, hiding = EXPOSED[deviation.name]
    assert not differences(deviation.apply(), SCENARIOS[hiding])


@pytest.mark.parametrize("name", SCENARIOS)
def test_reference_agrees_with_itself(name):
    scenario = SCENARIOS[name]
    rules = accumulating(REFERENCE) if scenario.accumulates else REFERENCE
    assert not differences(implementation(rules, "reference"), scenario)


@pytest.mark.parametrize("deviation", SAFE, ids=lambda d: d.name)
def test_only_those_that_say_so_write_to_their_inputs(deviation: Deviation):
    writes = differences(deviation.apply(), SCENARIOS["inputs"])
    in_place = ("output-in-place", "gradient-in-place")
    assert bool(writes) == (deviation.name.startswith("mutates") or deviation.name in in_place)


@pytest.mark.parametrize("deviation", DANGEROUS, ids=lambda d: d.name)
def test_dangerous_ones_end_or_block_their_process(deviation: Deviation):
    code = (
        "import numpy as np, sys\n"
        "from bncheck.deviations import BY_NAME\n"
        "from bncheck.model import Case\n"
        "one = np.ones(1)\n"
        "def run(m):\n"
        "    x = np.arange(float(m)).reshape(m, 1)\n"
        "    made = BY_NAME[sys.argv[1]].apply().make(Case(x, one, one, x, one, one))\n"
        "    made.train(x)\n"
        "run(4)\n"
        "print('even', flush=True)\n"
        "run(3)\n"
        "print('odd', flush=True)\n"
    )
    command = [sys.executable, "-X", "faulthandler=0", "-c", code, deviation.name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=5, check=False)  # our own code
        out, code_left = done.stdout, done.returncode
    except subprocess.TimeoutExpired as expired:
        out, code_left = expired.stdout or b"", None
    assert out.split() == [b"even"]
    kind = {
        "crashes": code_left not in (0, None),
        "exits": code_left == 0,
        "hangs": code_left is None,
    }
    assert kind[deviation.name]


# -- combinations -------------------------------------------------------------------------------


def test_combination_shows_where_either_does():
    one, two = BY_NAME["eps-missing"], BY_NAME["missing-gamma"]
    both = combine(one, two)
    assert both.name == "eps-missing + missing-gamma"
    got = train(both.apply(), SCENARIOS["mixed"].case)
    assert np.array_equal(got["y"], train(one.apply(), SCENARIOS["mixed"].case)["y"])
    assert {"y", "dx"} <= differences(both.apply(), SCENARIOS["mixed"])


def test_two_changes_can_cancel():
    # momentum inverted twice is momentum
    twice = combine(BY_NAME["momentum-inverted"], BY_NAME["momentum-inverted"])
    assert not differences(twice.apply(), SCENARIOS["momentum 1/2"])
    three = combine(twice, BY_NAME["gamma-ignored"])
    assert "y" in differences(three.apply(), SCENARIOS["mixed"])


def test_any_two_can_be_combined():
    given = case(4, 3, 2, dtype="float32")
    some = [d for d in SAFE if not d.name.startswith("raises")]
    for one, two in zip(some, some[7:] + some[:7], strict=True):
        layer = combine(one, two).apply().make(given)
        layer.train(given.x.copy())
        layer.backward(given.dy.copy())
        layer.eval(given.x.copy())
        assert isinstance(layer.state(), State)


def test_combining_needs_a_change():
    bare = replace(BY_NAME["eps-missing"], change=None)
    with pytest.raises(UsageError, match="eps-missing"):
        combine(bare, BY_NAME["eps-missing"])
