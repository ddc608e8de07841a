"""The fingerprint: right about what it was not told, and honest about what it cannot see."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import bncheck
from correct import (
    CORRECT,
    KERAS,
    PROMISED,
    STABLE,
    TORCH,
    algorithm,
    blas,
    blocked,
    library,
    one_pass,
    pairwise,
    sequential,
    shifted,
    widened,
)

from bncheck import fingerprint as fp
from bncheck.deviations import BY_NAME
from bncheck.engine.recognition import observe
from bncheck.fingerprint import Fingerprint, normalisation
from bncheck.fingerprint.bench import Bench
from bncheck.fingerprint.variance import slope
from bncheck.reports.text.fingerprint import render
from bncheck.terminal import Style
from bncheck.trial.trial import Guard
from bncheck.truth.conventions import merged

TOTALS = (sequential, pairwise, blocked, library, blas, widened)
FAMILY = {
    "two_pass": "two-pass",
    "reciprocal_count": "two-pass",
    "corrected": "corrected or shifted",
    "corrected_unclamped": "corrected or shifted",
    "shifted": "corrected or shifted",
    "welford": "Welford or merging",
    "chan": "Welford or merging",
    "chan_blocks": "Welford or merging",
    "one_pass": "one-pass",
}


def told(made, dtype="float32", *, search=False):
    with np.errstate(all="ignore"):
        seen = observe(made, Guard(), [dtype])
        known = merged(made.convention, seen["known"])
        return fp.examine(made, known, Guard(), dtype, seen["observed"], search=search)


def trait(found, name):
    return next(t for t in found.traits if t.name == name)


def possible(found, name):
    """The values that a fingerprint leaves open, its first choice included."""
    named = trait(found, name)
    return {named.value, *named.or_else}


@pytest.mark.rows(36)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("total", TOTALS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("statistics", [*STABLE, shifted, one_pass], ids=lambda f: f.__name__)
def test_the_variance_algorithm_is_named(statistics, total, dtype):
    found = told(algorithm(statistics=statistics, total=total), dtype)
    assert FAMILY[statistics.__name__] in possible(found, "variance_algorithm")


@pytest.mark.parametrize("statistics", [*STABLE, shifted, one_pass], ids=lambda f: f.__name__)
def test_with_plain_sums_nothing_else_is_left_open(statistics):
    found = told(algorithm(statistics=statistics, total=library))
    assert possible(found, "variance_algorithm") == {FAMILY[statistics.__name__]}


@pytest.mark.parametrize("accumulates", ["float32", "float64"])
def test_wide_accumulators_are_seen(accumulates):
    found = told(algorithm(accumulates=accumulates, dtypes=("float32",)))
    assert trait(found, "sums_in").value == accumulates
    wide = {"accumulated wider", "corrected or shifted"}
    assert possible(found, "variance_algorithm") == (
        wide if accumulates == "float64" else {"two-pass"}
    )


@pytest.mark.parametrize(
    ("total", "order"),
    [(sequential, "one after the other"), (pairwise, "in a tree"), (blocked, "in parts")],
)
def test_the_order_of_summation_is_seen(total, order):
    assert trait(told(algorithm(total=total)), "summation").value == order


def test_welford_is_not_a_plain_sum():
    assert trait(told(algorithm(statistics=STABLE[3])), "summation").value == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unbiased-variance", {"normalises_by": "unbiased"}),
        ("eps-outside-root", {"eps_placement": "outside", "eps": "as given"}),
        ("eps-squared", {"eps_placement": "squared", "eps": "as given"}),
        ("eps-missing", {"eps_placement": "none", "eps": "0"}),
        ("eps-doubled", {"eps_placement": "inside", "eps": "0.0234375"}),
        ("eps-hard-coded-1e-3", {"eps_placement": "inside", "eps": "0.001"}),
        ("variance-clamped-to-eps", {"eps_placement": "floor of the variance"}),
        ("eps-missing-in-inference", {"eps_placement": "inside", "inference_eps": "0"}),
        ("mean-absolute-deviation", {"normalises_by": "", "eps_placement": ""}),
        ("no-square-root", {"eps_placement": ""}),
        ("variance-not-averaged", {"normalises_by": ""}),
    ],
)
def test_the_denominator_is_told(name, expected):
    found = told(BY_NAME[name].apply())
    assert {key: trait(found, key).value for key in expected} == expected


def test_an_eps_of_its_own_is_not_told_from_one_that_is_squared():
    found = told(BY_NAME["eps-hard-coded-1e-3"].apply())
    assert trait(found, "eps_placement").or_else == ("sqrt(var + eps^2)",)


@pytest.mark.rows(40)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("made", CORRECT, ids=lambda i: i.name)
def test_correct_algorithms_have_the_denominator_of_batch_normalization(made, dtype):
    """With no exception: the enclosures are bounds, not guesses."""
    bench = Bench(made, made.convention, Guard(), dtype, [0])
    with np.errstate(all="ignore"):
        found = {t.name: t for t in normalisation.training(bench)}
        found |= {t.name: t for t in normalisation.inference(bench)}
    assert found["normalises_by"].value == "biased"
    for prefix in ("", "inference_"):
        assert found[prefix + "eps_placement"].value == "inside"
        assert found[prefix + "eps"].value == "as given"


@pytest.mark.parametrize(
    ("convention", "expected"), [(TORCH, {"paddle"}), (KERAS, {"keras", "mxnet", "onnx"})]
)
def test_profiles_that_agree_are_named(convention, expected):
    profiles = set(told(algorithm(convention=convention)).profiles)
    if convention is TORCH:  # one value per channel is answered here, and refused by torch
        assert profiles.isdisjoint({"torch", "keras"} | expected)
    else:
        assert expected <= profiles
        assert "torch" not in profiles


def test_profiles_are_told_apart_by_the_variance_algorithm():
    by_one_pass = algorithm(statistics=one_pass, convention=KERAS)
    assert {"keras", "flax"} <= set(told(by_one_pass).profiles)
    assert "onnx" not in told(by_one_pass).profiles
    assert "flax" not in told(algorithm(convention=KERAS)).profiles


def test_a_wrong_denominator_is_nobodys_profile():
    assert told(BY_NAME["eps-outside-root"].apply()).profiles == ()


@pytest.mark.parametrize("made", [*CORRECT[::5], *PROMISED], ids=lambda i: i.name)
def test_the_search_for_the_worst_finds_nothing_above_the_bound(made):
    dtype = made.domain.dtypes[0]
    found = told(made, dtype, search=True)
    assert {w["output"] for w in found.stability.worst} == {"y", "variance", "dx"}
    # where all is done in half precision, nothing is promised for so many values
    least = 0 if made.name.startswith("all in") else 1e-6
    assert all(least <= w["share"] <= 1 for w in found.stability.worst)


def test_the_search_finds_what_one_pass_loses():
    made = algorithm(statistics=one_pass)  # it does not promise so little
    worst = {w["output"]: w["share"] for w in told(made, search=True).stability.worst}
    assert min(worst.values()) > 1


def test_the_map_says_how_far_three_digits_go():
    kept = {
        f.__name__: told(algorithm(statistics=f)).stability.keeps["variance"]
        for f in (one_pass, STABLE[0], STABLE[1])
    }
    assert kept["one_pass"] < kept["two_pass"] < kept["corrected"]


def test_a_handful_of_calls_is_enough():
    assert told(algorithm()).calls <= 8


def test_a_target_that_can_only_go_forward_is_looked_at():
    made = algorithm()
    found = told(replace(made, abilities=frozenset()))
    assert trait(found, "eps_placement").value == "inside"
    assert trait(found, "variance_algorithm").value == ""
    assert [c.output for c in found.stability.curves] == ["y", "y"]


def test_a_fixed_number_of_channels_takes_more_calls_and_tells_the_same():
    made = algorithm()
    narrow = replace(made, domain=replace(made.domain, channels=5, ranks=(4,)))
    wide, found = told(made), told(narrow)
    assert found.traits == wide.traits
    assert found.calls > wide.calls


def test_what_raises_is_noted_and_the_rest_is_told():
    made = algorithm()

    def make(case):
        layer = made.make(case)

        def train(x):
            if x.shape[0] == 4:
                raise ValueError("no batches of four")
            return layer.train(x)

        return replace(layer, train=train)

    found = told(replace(made, make=make))
    assert any("the denominator could not be looked at" in note for note in found.notes)
    assert trait(found, "variance_algorithm").value == "two-pass"


def test_slopes_come_with_their_interval():
    conditions = np.logspace(0, 4, 9)
    exact = slope(conditions, 3 * conditions[None, :] ** 2)
    assert exact.value == pytest.approx(2, abs=1e-9)
    noisy = 2.0 ** (np.log2(conditions) + np.random.default_rng(0).normal(0, 2, (5, 9)))
    found = slope(conditions, noisy)
    assert found.low < 1 < found.high
    assert found.power == 1


def test_it_survives_the_way_through_json():
    found = told(algorithm(), search=True)
    assert fp.from_plain(json.loads(json.dumps(found.plain()))) == found


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command(form, tmp_path):
    example = Path(__file__).parents[2] / "examples" / "numpy_layer.py"
    done = bncheck("fingerprint", example, "--format", form, folder=tmp_path)
    assert done.code == 0, done.err
    if form == "json":
        data = json.loads(done.out)
        assert data["schema"] == "bncheck/fingerprint/1"
        values = {t["name"]: t["value"] for t in data["traits"]}
        assert values["variance_algorithm"] == "two-pass"
    else:
        told = done.out
        for part in ("two-pass", "agrees with", "three digits", "in search of the worst"):
            assert part in told


def test_every_pair_of_conventions_is_told_apart():
    seen = {}
    for weighs, kind, debiased in itertools.product(
        ("new", "old"), ("biased", "unbiased"), (False,)
    ):
        convention = replace(TORCH, momentum_weighs=weighs, running_var=kind, debiased=debiased)
        found = told(algorithm(convention=convention))
        key = (found.value("momentum_weighs"), found.value("running_var"))
        assert key == (weighs, kind)
        seen[key] = convention
    assert len(seen) == 4


def test_a_format_without_large_means_does_not_tell_the_algorithm():
    kept = replace(TORCH, parameters="float32")
    found = told(algorithm(convention=kept, dtypes=("bfloat16",)), "bfloat16")
    assert trait(found, "variance_algorithm").value == ""
    assert "too few to tell" in trait(found, "variance_algorithm").because


def test_no_framework_is_told_in_words():
    text = render(Fingerprint("t.py", "float32", 1, (), ()), "1", Style(width=100))
    assert "agrees with no framework that is known, in its conventions" in " ".join(text.split())
