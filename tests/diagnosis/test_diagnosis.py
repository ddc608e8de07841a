"""What fails is explained by its cause, by nothing else, and not at all where nothing is wrong."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from correct import CORRECT, PROMISED
from courts import asking, court_of, recipes, subject_of

from bncheck.deviations import BY_NAME, EQUIVALENT, REFERENCE, combine, implementation
from bncheck.diagnosis import Failure, diagnose
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.comparing import compare
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis
from bncheck.diagnosis.prediction import lent, predict
from bncheck.diagnosis.scripts import SCRIPTS
from bncheck.diagnosis.search import CANDIDATES
from bncheck.engine import verify
from bncheck.engine.diagnosing import _measure
from bncheck.engine.recognition import observe
from bncheck.model import Convention
from bncheck.trial.trial import Guard
from bncheck.truth.rounding import Algorithms

# what shows in none of the plain answers in float32, and is told by the laws that fail
BEHAVES = {
    "answers-cached",  # these four are no function of their input
    "depends-on-clock",
    "nondeterministic",
    "state-shared-between-layers",
    "cache-shared-between-layers",  # no script has two layers at work
    "backward-spent",
    "count-truncated",  # from 65536 values per channel on
    "count-in-half",  # where m is infinite in float16; before, it hides in the rounding of y
    "empty-batch-decays",
    "inference-backward-of-training-batch",  # no script trains before it infers
    "folded-output",  # within the bound of every correct algorithm: it breaks exactness only
    "mutates-running-statistics",
    "output-buffer-reused",
    "running-state-keeps-graph",  # of automatic differentiation, which no plain answer shows
    "residual-ignored",  # of a residual, which no script gives
    "scales-before-inverse",  # overflow only
    "shifted-variance",
    "single-precision-inside",  # float64 only
    "updated-in-place-first",  # where two arguments are one array
    "wrong-dtype",  # told by the dtypes, not by numbers
    "wrong-dtype-narrow",  # float64 only
}


def dtype_of(name):
    return BY_NAME[name].apply().domain.dtypes[0]


# -- one deviation --------------------------------------------------------------------------------

VISIBLE = [d for d in CANDIDATES if d.name not in BEHAVES and "batch" in d.norms]


@pytest.mark.rows(40)
@pytest.mark.parametrize("deviation", VISIBLE, ids=lambda d: d.name)
def test_own_cause_is_not_contradicted_and_a_right_target_is(deviation):
    court = court_of(deviation.apply(), dtype_of(deviation.name))
    assert court.contradiction(Hypothesis()) is not None
    assert court.contradiction(Hypothesis((deviation,))) is None


# as many laws as it takes for some to fail, so that each run is short
FEW = ("F00", "F02", "B00", "B01", "B02", "B21", "I01", "I05", "I1*", "P0*", "P1*")
SOME_LAWS = tuple(p for p in FEW if p != "B00")


def causes(target, **options):
    given = {"budget": "quick", "dtypes": ("float32",), "laws": SOME_LAWS, **options}
    report = verify(target, save=None, shrink=False, **given)
    return report, [cause["deviation"] for cause in report.causes]


@pytest.mark.rows(9)
@pytest.mark.parametrize(
    "name",
    [
        "eps-outside-root",
        "one-pass-variance",
        "drops-tail",
        "gamma-absolute",
        "missing-variance-term",
        "running-var-plus-eps",
        "batch-statistics-in-inference",
        "mutates-cotangent",
        "stale-cache",
        "output-buffer-reused",
        "answers-cached",
        "depends-on-clock",
        "state-shared-between-layers",
        "cache-shared-between-layers",
        "momentum-inverted",
        "raises-at-rank-5",
        "wrong-shape",
        "double-backward-zero",
    ],
)
def test_cause_is_named(name):
    report, named = causes(BY_NAME[name].apply())
    assert named == [name]
    explained = {f.law for f in report.findings if name in f.causes}
    assert explained == set(report.causes[0]["explains"])
    assert explained


def test_nondeterminism_is_told_by_two_calls():
    report, named = causes(BY_NAME["nondeterministic"].apply())
    assert named == ["nondeterministic"]
    assert any("not a function of its input" in note for note in report.notes)
    assert "two fresh layers" in report.causes[0]["text"]
    assert re.search(r"is \S+ at the 1st call and \S+ at the (2nd|3rd|\d+th)", report.notes[-1])


def counting(step):
    """Wrong at every so many calls, whatever it is given."""
    calls = itertools.count(1)
    rules = replace(
        REFERENCE, inverse=lambda p: REFERENCE.inverse(p) * (1 if next(calls) % step else 2)
    )
    return implementation(rules, f"wrong at every {step}th call")


def test_a_target_that_counts_its_calls_is_told_and_no_formula_is_tried():
    failures = [Failure("F00", "float32", recipes()[0])]
    told = diagnose(subject_of(CORRECT[0]), failures, asking(counting(3)), _measure)
    (note,) = told.notes
    assert note.startswith("the target is not a function of its input: the same training step on")
    assert [cause.deviation for cause in told.causes] == ["depends-on-clock"]
    assert told.causes[0].text.startswith("answers by something else than its input, such as the")


def test_a_case_that_is_known_to_differ_is_asked_again():
    """On the first case of the panel it answers well: only where m is 65 it counts."""
    calls = itertools.count(1)

    def inverse(p):
        return REFERENCE.inverse(p) * (1 + (p.m == 65) * (next(calls) % 2))

    target = implementation(replace(REFERENCE, inverse=inverse), "counts")
    shown = replace(recipes()[0], shape=(65, 3))
    for law in ("P02", "F00"):
        failures = [Failure(law, "float32", shown)]
        told = diagnose(subject_of(target), failures, asking(target), _measure)
        assert any("not a function of its input" in note for note in told.notes)


def test_equal_calls_that_differed_once_are_told():
    target = CORRECT[0]
    failure = Failure("F00", "float32", recipes()[0], "y[0, 1]: 0.5, not 0.25", unsteady=True)
    told = diagnose(subject_of(target), [failure], asking(target), _measure)
    assert [cause.deviation for cause in told.causes] == ["nondeterministic"]
    assert "y[0, 1]: 0.5, not 0.25" in told.causes[0].text
    assert told.notes == (
        "the target is not a function of its input: law F00 (float32) failed, with y[0, 1]: 0.5, "
        "not 0.25, and held when it was tried again on the same case",
    )
    twice = replace(failure, law="P02", unsteady=False)
    told = diagnose(subject_of(target), [twice], asking(target), _measure)
    assert told.notes[0] == (
        "the target is not a function of its input: law P02 (float32) asked the same twice, with "
        "y[0, 1]: 0.5, not 0.25; asked again here, it answered alike"
    )
    writes = [twice, replace(twice, law="P01")]
    told = diagnose(subject_of(target), writes, asking(target), _measure)
    assert not any("not a function" in note for note in told.notes)


def test_who_writes_to_inputs_is_named_though_laws_failed_that_then_held():
    """The second question was another one; mutates-running-statistics, seed 3, at standard."""
    target = BY_NAME["mutates-running-statistics"].apply()
    writes = Failure("P01", "float32", recipes()[0])
    unsteady = Failure("F19", "float32", replace(recipes()[0], shape=(2, 1)), unsteady=True)
    told = diagnose(subject_of(target), [unsteady, writes], asking(target), _measure)
    assert [cause.deviation for cause in told.causes] == ["mutates-running-statistics"]
    assert told.notes == ()


def test_single_precision_is_named_in_float64():
    _, named = causes(BY_NAME["single-precision-inside"].apply(), dtypes=("float64",))
    assert named == ["single-precision-inside"]


def test_half_accumulator_is_named_in_float16():
    _, named = causes(BY_NAME["half-accumulator"].apply(), dtypes=("float16",))
    assert named == ["half-accumulator"]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_rounded_saved_statistics_are_not_called_a_narrow_sum(dtype):
    """The sum's class is wide enough for them, too; torch.compile's fault was named after it."""
    _, named = causes(BY_NAME["saved-in-half"].apply(), dtypes=(dtype,))
    assert named == ["saved-in-half"]


def test_crash_is_named_from_outside():
    report, named = causes("bncheck.deviations.targets:exits", timeout=1.0)
    assert named == ["exits"]
    assert "P07" in report.causes[0]["explains"]


# -- two deviations -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("eps-missing", "missing-gamma"),  # one shows only where the other does not
        ("dbeta-scaled", "running-std"),  # apart from one another
        ("gamma-absolute", "eps-doubled"),  # in the same output
    ],
)
def test_both_of_a_pair_are_named(first, second):
    _, named = causes(combine(BY_NAME[first], BY_NAME[second]).apply())
    assert sorted(named) == sorted([first, second])


def test_a_second_cause_that_no_plain_answer_shows_is_named_by_what_the_first_leaves():
    pair = [BY_NAME[name] for name in ("unbiased-variance", "output-buffer-reused")]
    report, named = causes(combine(*pair).apply(), laws=("F00", "I03", "P09"))
    assert named == ["unbiased-variance", "output-buffer-reused"]
    second = report.causes[1]
    assert second["explains"] == ["P09"]
    assert second["text"] == (
        "returns the same buffer at every call, so that an earlier y changes later; "
        "unbiased-variance explains every number but not why P09 fails; with this besides, it "
        "fails on the same cases"
    )


def test_no_second_cause_where_it_would_make_an_answer_wrong():
    """Running statistics that would fail I03 are not those that the target answered."""
    target = BY_NAME["unbiased-variance"].apply()
    failures = [Failure(law, "float32", recipes()[0]) for law in ("F00", "I03")]
    told = diagnose(subject_of(target), failures, asking(target), _measure)
    assert [(c.deviation, c.explains) for c in told.causes] == [
        ("unbiased-variance", (("F00", "float32"),))
    ]


# -- nobody is blamed for nothing -----------------------------------------------------------------


RIGHT = [(target, dtype) for target in (*CORRECT, *PROMISED) for dtype in target.domain.dtypes]


@pytest.mark.rows(40)
@pytest.mark.parametrize(
    ("target", "dtype"), RIGHT, ids=[f"{target.name}-{dtype}" for target, dtype in RIGHT]
)
def test_a_correct_implementation_is_not_contradicted(target, dtype):
    court = court_of(target, dtype)
    found = court.contradiction(Hypothesis())
    assert found is None, (found[0].recipe, found[1])


def test_a_correct_implementation_gets_no_cause_even_if_a_law_were_to_fail():
    target = CORRECT[0]
    failures = [Failure("F00", "float32", recipes()[0]), Failure("B01", "float32", recipes()[1])]
    found = diagnose(subject_of(target), failures, asking(target), _measure)
    assert found.causes == ()
    assert any("right" in note for note in found.notes)


def test_the_vanishing_term_is_no_deviation():
    assert EQUIVALENT.change is not None
    report, named = causes(EQUIVALENT.apply())
    assert report.ok
    assert named == []


# -- what nothing explains ------------------------------------------------------------------------


def scaled_gradient():
    rules = replace(REFERENCE, dx=lambda p: REFERENCE.dx(p) * 1.25)
    return implementation(rules, "dx times 5/4")


def test_an_unknown_mistake_is_narrowed_down():
    report, named = causes(scaled_gradient())
    assert named == []
    told = " ".join(report.notes)
    assert "no known deviation" in told
    assert "dx is 1.25 times what it should be" in told
    assert "right on every case: y, dgamma, dbeta" in told


def test_where_a_mistake_shows_is_told():
    def dx(p):
        right = REFERENCE.dx(p)
        return right * 1.25 if p.given.ndim == 5 else right

    target = implementation(replace(REFERENCE, dx=dx), "wrong at rank 5")
    report, _ = causes(target)
    assert any("wrong only at rank 5" in note for note in report.notes)


def test_the_direction_of_momentum_is_told_from_the_mean_where_the_variance_is_wrong():
    keras = Convention(momentum_weighs="old", running_var="biased", debiased=False)
    rules = BY_NAME["running-std"].change(conforming(keras))
    told = observe(implementation(rules, "std", Convention()), Guard(), ["float32"])
    assert told["observed"]["momentum_weighs"] == "unrecognised"
    assert told["known"]["momentum_weighs"] == "old"


def test_debiased_averages_are_a_convention_that_can_be_conformed_to():
    haiku = Convention(momentum_weighs="old", running_var="biased", debiased=True)
    right = implementation(conforming(haiku), "haiku", haiku)
    assert court_of(right).contradiction(Hypothesis()) is None
    wrong = BY_NAME["debiased-from-one"].change(conforming(haiku))
    court = court_of(implementation(wrong, "equinox", haiku))
    assert court.contradiction(Hypothesis()) is not None
    assert court.contradiction(Hypothesis((BY_NAME["debiased-from-one"],))) is None


def test_a_target_that_raises_is_no_wrong_shape():
    def read(x):
        if x.ndim > 2:
            raise ValueError("rank 2 only")
        return REFERENCE.read(x)

    court = court_of(implementation(replace(REFERENCE, read=read), "rank 2 only"))
    assert court.contradiction(Hypothesis((BY_NAME["wrong-shape"],))) is not None


# -- what is shared between hypotheses ------------------------------------------------------------


def test_what_a_hypothesis_writes_to_a_case_is_undone():
    recipe = recipes()[0]
    with lent(recipe) as (case, wide):
        before = case.x.copy(), wide.gamma.copy()
        case.x[...] = 0
        wide.gamma[...] = 7
    with lent(recipe) as (case, wide):
        assert np.array_equal(case.x, before[0])
        assert np.array_equal(wide.gamma, before[1])


def test_a_deviation_that_shows_nowhere_is_no_second_of_a_pair():
    court = court_of(BY_NAME["missing-mean-term"].apply())
    item, right = court.contradicting(Hypothesis())[0], Hypothesis()
    unseen, seen = (Hypothesis((BY_NAME[n],)) for n in ("hides-nonfinite", "missing-mean-term"))
    assert court.adds_nothing(unseen, right, item)
    assert not court.adds_nothing(seen, right, item)
    assert court.refuted(unseen, right, item)
    assert not court.refuted(seen, right, item)
    coarse = Hypothesis((BY_NAME["shifted-variance"],))
    assert not court.adds_nothing(coarse, right, item), "its bound is another"


# -- the separation matrix ------------------------------------------------------------------------


SMALL = tuple(r for r in recipes() if r.size <= 2000)
KEYS = tuple((recipe, script) for recipe in SMALL for script in SCRIPTS)


@cache
def prediction(name, key):
    recipe, script = key
    base = conforming(REFERENCE.convention)
    rules = Hypothesis((BY_NAME[name],)).rules(base)
    algorithms = Algorithms.of(recipe.dtype, REFERENCE.convention)
    return predict(rules, implementation(rules, "").abilities, recipe, script, algorithms)


@pytest.mark.parametrize(("dtype", "times"), [("float16", 2), ("bfloat16", 2), ("float32", 1)])
def test_what_a_wide_dtype_does_not_show_is_allowed_two_bounds(dtype, times):
    """|target - f| <= |target - h| + |h - native| + |native - f|; in other formats f is h."""
    recipe = recipes(dtype)[0]
    algorithms = Algorithms.of(dtype, REFERENCE.convention)
    able = implementation(REFERENCE, "").abilities
    right, stores = (
        predict(rules, able, recipe, "train", algorithms).bounds
        for rules in (REFERENCE, replace(REFERENCE, narrow_only=True))
    )
    assert right
    for name, bound in right.items():
        np.testing.assert_array_equal(stores[name], times * bound)


def separated(left, right, times=100):
    """Whether a case tells two deviations apart by so many times what rounding allows."""
    for key in KEYS:
        one, other = prediction(left, key), prediction(right, key)
        if bool(one.native.raised) != bool(other.native.raised):
            return True
        for c in compare(other.native, one):
            if not c.holds and (np.isinf(c.error) or c.error >= times * c.allowed):
                return True
    return False


# What the panel does not keep apart by so much, and why. The laws that fail, or how many numbers
# agree to the bit, decide between these.
ALIKE = {
    frozenset(("one-pass-variance", "one-pass-variance-clamped")),  # until it turns negative
}


def confusable():
    names = [d.name for d in VISIBLE if dtype_of(d.name) == "float32"]
    names.remove("gradients-overwritten")  # of targets of another convention only
    return [(a, b) for a in names for b in names if a < b]


def test_deviations_are_kept_apart_by_a_hundred_bounds():
    close = {frozenset(pair) for pair in confusable() if not separated(*pair)}
    assert close == ALIKE


def test_a_promise_that_is_kept_is_no_deviation():
    keras = Convention(momentum_weighs="old", running_var="biased", debiased=False)
    target = implementation(conforming(keras), "keras", keras)
    assert court_of(target).contradiction(Hypothesis()) is None


def test_a_deviation_that_promises_nothing_where_a_number_is_wrong_explains_nothing():
    """As a pair in float16 that let everything overflow was named for another fault."""
    court = court_of(BY_NAME["missing-mean-term"].apply())
    wrong = court.contradicting(Hypothesis())
    right = Hypothesis((BY_NAME["missing-mean-term"],))
    assert court.tells(right, wrong)

    class Vague(Court):
        def compare(self, hypothesis, item):
            found = super().compare(hypothesis, item)
            if not hypothesis.deviations:
                return found
            nothing = [np.zeros_like(c.told) for c in found]
            return [replace(c, told=n, equal=n) for c, n in zip(found, nothing, strict=True)]

    vague = Vague(court.base, court.able, court.algorithms, court.evidence)
    assert vague.contradiction(right) is None
    assert not vague.tells(right, wrong)
