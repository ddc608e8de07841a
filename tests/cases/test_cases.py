"""Recipes, the cases they build, the regimes they are drawn from, and the steps to simpler ones."""

import contextlib
import hashlib
import json
import math
from dataclasses import replace

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bncheck
from bncheck.cases import REGIMES, Recipe, Values, build, from_plain, lay_out, python_of, within
from bncheck.cases.drawing import Block, draw, seed_of, shrink
from bncheck.cases.recipe import LAYOUTS, STRUCTURES
from bncheck.cases.simpler import simplify, steps, weight
from bncheck.cases.strategies import decode, recipes
from bncheck.errors import UsageError
from bncheck.model import NORMS, Case, Domain
from bncheck.model.arrays import flatten
from bncheck.model.formats import FLOAT16, FLOAT32, FLOAT64, FORMATS, format_of

ARRAYS = ("x", "gamma", "beta", "dy", "running_mean", "running_var")
NAMED = {regime.name: regime for regime in REGIMES}


def drawn(name, storage=FLOAT32, count=60, domain=None):
    norm = NORMS[(*NAMED[name].norms, "batch")[0]]
    regime = within(NAMED[name], domain or Domain(norm=norm), storage)
    return draw(Block(regime, storage, "", seed_of(0, name), count))


any_recipe = st.one_of(
    *(recipes(regime, FLOAT32) for regime in REGIMES if not regime.dtypes and not regime.shapes)
)


def same_case(left, right):
    for name in ARRAYS:
        a, b = getattr(left, name), getattr(right, name)
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        assert np.asarray(a, np.float64).tobytes() == np.asarray(b, np.float64).tobytes()
    assert (left.eps, left.momentum) == (right.eps, right.momentum)


# -- recipes as data ------------------------------------------------------------------------------


@given(any_recipe)
@settings(max_examples=60, deadline=None)
def test_a_recipe_comes_back_from_json(recipe):
    again = from_plain(json.loads(json.dumps(recipe.plain())))
    assert again == recipe
    assert hash(again) == hash(recipe)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (3, "recipe=3, but should be a mapping"),
        ({"shap": [1, 1]}, "recipe has the unknown entry 'shap'"),
        ({"shape": [1]}, "shape=(1,), but should be 2 to 5 positive sizes"),
        ({"shape": [1, 0]}, "shape=(1, 0), but should be 2 to 5 positive sizes"),
        ({"shape": [1, -3]}, "shape=(1, -3), but should be"),
        ({"shape": [1.5, 1]}, "shape has the entry 1.5, but should hold integers"),
        ({"shape": 3}, "expected a list in a recipe, but found 3"),
        ({"shape": [1 << 20, 1 << 20]}, "has more than 67108864 values"),
        ({"dtype": "float128"}, "dtype='float128', but should be one of"),
        ({"dtype": ["float32"]}, "dtype=['float32'], but should be one of"),
        ({"parameters": "int8"}, "parameters='int8', but should be one of"),
        ({"layout": "Z"}, "layout='Z', but should be one of 'C', 'F'"),
        ({"alias": "everything"}, "alias='everything', but should be one of"),
        ({"readonly": "yes"}, "readonly='yes', but should be one of True, False"),
        ({"eps": 0}, "eps=0, but should be positive and finite"),
        ({"eps": math.nan}, "eps=nan, but should be positive and finite"),
        ({"eps": math.inf}, "eps=inf, but should be positive and finite"),
        ({"eps": "1e-5"}, "eps='1e-5', but should be positive and finite"),
        ({"momentum": 1.5}, "momentum=1.5, but should be in [0, 1] or None"),
        ({"momentum": math.nan}, "momentum=nan, but should be in [0, 1] or None"),
        ({"x": 3}, "x=3, but should be a mapping"),
        ({"x": {"digits": []}}, "need one entry at least"),
        ({"x": {"digits": ["1"]}}, "digits has the entry '1', but should hold numbers"),
        ({"x": {"digits": [True]}}, "digits has the entry True, but should hold numbers"),
        ({"x": {"digits": [10**400]}}, "digits has the entry an integer of 1329 bits"),
        ({"x": {"scale": [math.nan]}}, "scale has the entry nan"),
        ({"x": {"structure": "eval"}}, "x.structure='eval', but should be one of 'explicit'"),
        ({"gamma": []}, "gamma=[], but needs one entry at least"),
        ({"gamma": [math.inf]}, "gamma has the entry inf"),
        ({"special": [[0, 0, "1e9"]]}, "special='1e9', but should be one of 'nan'"),
        ({"special": [[0]]}, "special=None, but should be one of 'nan'"),
        ({"special": [[None, 0, "nan"]]}, "special has the entry None"),
    ],
)
def test_a_malformed_recipe_is_refused(data, told):
    with pytest.raises(UsageError) as raised:
        from_plain(data)
    assert told in str(raised.value)
    assert len(str(raised.value)) < 300


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.sampled_from([*Recipe().plain(), "?"]), nested)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_recipe_is_refused_or_builds(name, value):
    try:
        recipe = from_plain({name: value})
    except UsageError:
        return
    if recipe.size < 1000:
        build(recipe)


# -- cases --------------------------------------------------------------------------------------

PINNED = {
    "explicit": "9fa75d1b",
    "noise": "f98e2c69",
    "outlier": "70da2de6",
    "powers": "4689289a",
}


def digest(case):
    parts = b"".join(np.asarray(getattr(case, name), np.float64).tobytes() for name in ARRAYS)
    return hashlib.sha256(parts).hexdigest()[:8]


@pytest.mark.parametrize("structure", PINNED)
def test_the_same_recipe_builds_the_same_case_everywhere(structure):
    recipe = Recipe(
        shape=(3, 2, 2, 1),
        x=Values((1, -2, 3, 5, 7), structure, (0, -6), (4096.0,)),
        dy=Values((1, 0, -1), "noise", (-3,)),
        gamma=(0.7, -3.0),
        running_var=(0.25, 3.0),
    )
    assert digest(build(recipe)) == PINNED[structure]


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_repr_of_a_case_is_python_that_makes_it(dtype):
    for name in ("plain", "layout", "non-finite", "range", "few-samples"):
        for recipe in drawn(name, format_of(dtype), 12):
            case = build(recipe)
            scope = {"np": np, "ml_dtypes": ml_dtypes, "Case": bncheck.Case}
            same_case(eval(repr(case), scope), case)  # noqa: S307 # our own words, in a test


def test_a_case_that_cannot_be_written_to():
    case = build(Recipe(shape=(2, 2), readonly=True))
    for name in ARRAYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(case, name)[...] = 0


def test_arrays_that_are_one():
    case = build(Recipe(shape=(2, 2), alias="gamma is running_var"))
    assert case.gamma is case.running_var
    case = build(Recipe(shape=(2, 2), alias="x is dy"))
    assert case.x is case.dy


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(2, 3), (4, 3, 2), (2, 3, 4, 5), (2, 3, 2, 3, 2)])
def test_layouts_hold_the_same_numbers_elsewhere(layout, shape):
    x = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    laid = lay_out(x, layout)
    assert (laid.shape, laid.dtype) == (x.shape, x.dtype)
    if layout == "broadcast":
        assert laid.strides[0] == 0
        assert (laid == x[:1]).all()
        return
    assert (laid == x).all()
    size = x.itemsize
    last = {
        "C": size,
        "F": size * math.prod(shape[:-1]),
        "sliced": 2 * size,
        "reversed": size,
    }
    if layout in last:
        assert laid.strides[-1] == last[layout]
    if layout == "channels_last":
        assert laid.strides[1] == size
    if layout == "transposed":
        assert laid.strides[0] == size
    if layout == "reversed":
        assert laid.strides[0] < 0
    assert laid.flags.c_contiguous == (
        layout == "C" or (layout == "channels_last" and len(shape) == 2)
    )


@pytest.mark.parametrize("structure", STRUCTURES)
def test_structures(structure):
    x = flatten(build(Recipe(shape=(40, 2), x=Values((3, -2, 1), structure))).x)
    if structure == "constant":
        assert (x == x[0]).all()
    if structure == "alternating":
        assert (x[0] == -x[1]).all()
        assert (x[::2] == x[0]).all()
    if structure == "powers":
        assert (np.frexp(x)[0] == np.copysign(0.5, x)).all()
    if structure == "noise":
        assert len(np.unique(x)) > 70
    if structure == "outlier":
        assert (x[-1] > 900).all()
        assert (np.abs(x[:-1]) < 10).all()


# -- regimes ------------------------------------------------------------------------------------


def test_each_regime_draws_what_can_be_built_in_each_format():
    for storage in FORMATS.values():
        for regime in REGIMES:
            if not regime.dtypes or storage.name in regime.dtypes:
                for recipe in drawn(regime.name, storage, 3):
                    assert from_plain(recipe.plain()) == recipe
                    case = build(recipe)
                    assert case.x.dtype == storage.dtype
                    assert case.eps > 0


def test_a_regime_of_the_relatives_is_drawn_for_them_alone():
    own = {name for name, regime in NAMED.items() if regime.norms}
    assert {"long-sets", "many-rows", "huge-rows", "llama-7b"} <= own
    for norm in NORMS.values():
        there = {r.name for r in REGIMES if within(r, Domain(norm=norm), FLOAT32)} & own
        assert there == {name for name in own if norm.name in NAMED[name].norms}


def test_sets_of_the_relatives_reach_beyond_blocks():
    names = ("long-sets", "many-rows", "huge-rows")
    sets = [recipe for name in names for recipe in drawn(name, count=10)]
    m = {shape[0] * math.prod(shape[2:]) for name in names for shape in NAMED[name].shapes}
    assert {r.shape for r in sets} <= {shape for name in names for shape in NAMED[name].shapes}
    assert {257, 509, 1023, 1025, 4097, 8191, 16385} <= m
    assert max(recipe.shape[1] for recipe in sets) > 1 << 16
    assert all(len(set(recipe.gamma)) > 1 for recipe in sets)  # gamma = 1 would hide its errors


def test_the_regimes_together_reach_what_bugs_needed():
    everything = [
        recipe for name, regime in NAMED.items() if not regime.dtypes for recipe in drawn(name)
    ]
    m = {recipe.shape[0] * math.prod(recipe.shape[2:]) for recipe in everything}
    eps = {recipe.eps for recipe in everything}
    gamma = {value for recipe in everything for value in recipe.gamma}
    assert {1, 2, 3, 7, 65537} <= m
    assert {len(recipe.shape) for recipe in everything} == {2, 3, 4, 5}
    assert min(eps) == 1e-12
    assert max(eps) == 0.5
    assert 0.0 in gamma
    assert min(gamma) < -1
    assert max(gamma) == 1000
    assert {recipe.layout for recipe in everything} == set(LAYOUTS)
    assert {recipe.momentum for recipe in everything} >= {0.0, 0.1, 1.0}
    assert any(recipe.readonly for recipe in everything)


def spread(case):
    x = flatten(np.asarray(case.x, np.float64))
    return x.mean(0), x.std(0)


def test_offsets_reach_a_million_standard_deviations():
    ratios = []
    for recipe in drawn("offset", FLOAT64, 80):
        mean, std = spread(build(recipe))
        ratios += [abs(m / s) for m, s in zip(mean, std, strict=True) if s > 0]
    assert max(ratios) >= 1e6
    assert min(ratios) < 1e6


def test_variances_lie_far_below_near_and_far_above_eps():
    ratios = []
    for recipe in drawn("variance-near-eps", FLOAT64, 150):
        case = build(recipe)
        ratios += [s * s / case.eps for s in spread(case)[1] if s > 0]
    assert min(ratios) < 1e-3
    assert max(ratios) > 1e3
    assert any(0.1 < ratio < 10 for ratio in ratios)


def test_channels_that_do_not_vary():
    for recipe in drawn("constant"):
        x = flatten(build(recipe).x)
        assert (x == x[0]).all()


def test_outliers_come_last_also_behind_1024_samples():
    cases = [build(recipe) for recipe in drawn("outlier")]
    for case in cases:
        x = np.abs(flatten(np.asarray(case.x, np.float64)))
        assert (x.argmax(0) == case.m - 1).all()
    assert max(case.m for case in cases) > 1024


def test_one_channel_only_is_not_finite():
    seen = set()
    for recipe in drawn("non-finite"):
        x = np.asarray(build(recipe).x, np.float64)
        bad = ~np.isfinite(flatten(x)).all(0)
        assert bad.sum() == 1
        assert len(bad) > 1
        seen.add(str(x[~np.isfinite(x)][0]))
    assert seen == {"nan", "inf", "-inf"}


def test_shapes_that_hide_a_wrong_axis_and_those_that_do_not():
    assert any(set(recipe.shape) == {3} and len(recipe.shape) == 4 for recipe in drawn("square"))
    assert all(len(set(recipe.shape)) == 1 for recipe in drawn("square"))
    assert all(recipe.shape[2] != recipe.shape[-1] for recipe in drawn("oblong")
               if len(recipe.shape) > 3)  # fmt: skip
    for recipe in drawn("single-image"):
        assert recipe.shape[0] == 1
        assert math.prod(recipe.shape[2:]) > 1 or len(recipe.shape) == 2


def test_many_channels_and_many_samples():
    assert all(recipe.shape[1] > 64 for recipe in drawn("many-channels"))
    assert all(build(recipe).m > 256 for recipe in drawn("many-samples", count=10))
    assert {recipe.shape for recipe in drawn("huge", count=4)} == {(65537, 1)}


def test_small_cotangents():
    largest = [np.abs(build(recipe).dy).max() for recipe in drawn("small-cotangent")]
    assert max(largest) < 1e-5
    assert any(3e-8 < value < 3e-7 for value in largest)


def test_half_precision_near_its_ends():
    cases = [build(recipe) for recipe in drawn("half-range", FLOAT16)]
    largest = [float(np.abs(case.x).max()) for case in cases]
    assert max(largest) > 256  # where a square overflows
    assert all(np.isfinite(value) for value in largest)
    everything = [build(recipe) for recipe in drawn("range", FLOAT16)]
    assert max(float(np.abs(case.x).max()) for case in everything) > 2.0**14
    assert within(NAMED["half-range"], Domain(), FLOAT32) is None


@pytest.mark.parametrize(
    ("domain", "check"),
    [
        (Domain(ranks=(4,)), lambda r: len(r.shape) == 4),
        (Domain(channels=5), lambda r: r.shape[1] == 5),
        (Domain(fixed_eps=0.25), lambda r: r.eps == 0.25),
        (Domain(fixed_momentum=0.5), lambda r: r.momentum == 0.5),
        (Domain(affine=False), lambda r: (r.gamma, r.beta) == ((1.0,), (0.0,))),
        (Domain(affine=False), lambda r: "gamma is running_var" not in r.alias),
        (Domain(strided=False), lambda r: (r.layout, r.dy_layout) == ("C", "C")),
    ],
)
def test_regimes_keep_to_the_domain(domain, check):
    for regime in REGIMES:
        narrowed = within(regime, domain, FLOAT32)
        if narrowed is not None:
            block = Block(narrowed, FLOAT32, "", seed_of(0, regime.name), 5)
            assert all(map(check, draw(block)))


# -- drawing and shrinking ------------------------------------------------------------------------


def test_all_zero_bytes_give_the_simplest_recipe():
    recipe = decode(NAMED["plain"], FLOAT32, "", bytes(28), bytes(64), bytes(64))
    assert recipe == Recipe(shape=(2, 1), x=Values((0, 0)), dy=Values((0, 0)))


def test_drawing_is_a_function_of_the_seed():
    block = Block(NAMED["plain"], FLOAT32, "", 7, 20)
    assert draw(block) == draw(block)
    assert draw(block) != draw(replace(block, seed=8))


def one_pass_is_wrong(recipe):
    """Variance as E[x^2] - E[x]^2 in float32, off by more than a tenth of it."""
    x = flatten(build(recipe).x)
    with np.errstate(all="ignore"):
        one_pass = (x * x).mean(0) - x.mean(0) ** 2
        exact = x.astype(np.float64).var(0)
    return bool((np.abs(one_pass - exact) > 0.1 * exact + 1e-6).any())


def test_shrinking_ends_at_two_neighbouring_integers():
    block = Block(within(NAMED["offset"], Domain(), FLOAT32), FLOAT32, "", 3, 60)
    found = shrink(block, one_pass_is_wrong, 400)
    simple = simplify(found, one_pass_is_wrong, 300)
    assert weight(simple) <= weight(found)
    low, high = sorted(build(simple).x.ravel().tolist())
    assert high - low == 1
    assert any(math.frexp(value)[0] == 0.5 for value in (low, high))
    assert replace(simple, x=Values(), dy=Values(), shape=(1, 1)) == Recipe()


def test_shrinking_keeps_to_its_limit_on_calls():
    asked = []
    block = Block(NAMED["plain"], FLOAT32, "", 3, 60)
    shrink(block, lambda recipe: bool(asked.append(recipe)) or recipe.size > 3, 20)
    assert len(asked) <= 20
    asked.clear()
    simplify(drawn("layout")[-1], lambda recipe: bool(asked.append(recipe)), 7)
    assert len(asked) <= 7


def test_a_target_that_answers_twice_differently_does_not_stop_the_shrinker():
    answers = iter([True, *[False] * 1000])
    found = shrink(Block(NAMED["plain"], FLOAT32, "", 3, 60), lambda recipe: next(answers), 50)
    assert found is not None


@given(any_recipe)
@settings(max_examples=40, deadline=None)
def test_each_step_to_a_simpler_case_is_a_case(recipe):
    for step in steps(recipe):
        assert from_plain(step.plain()) == step
        assert step.size <= recipe.size


@given(any_recipe)
@settings(max_examples=15, deadline=None)
def test_what_always_fails_ends_at_the_simplest_case(recipe):
    simple = simplify(recipe, lambda _: True, 500)
    assert simple.shape == (1, 1)
    assert replace(simple, x=Values(), dy=Values()) == Recipe()
    assert (simple.x, simple.dy) == (Values(), Values())


def test_ctrl_c_while_hypothesis_sets_up_is_not_taken_for_a_fault(monkeypatch):
    """Hypothesis's own assertion fails after it, as a long run under load found."""

    def pressed(test):
        raise KeyboardInterrupt

    monkeypatch.setattr("hypothesis.core.function_digest", pressed)
    block = Block(REGIMES[0], FLOAT32, "", 0, 2)
    with pytest.raises(KeyboardInterrupt):
        draw(block)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4), (2, 3, 2, 2), (2, 1, 1, 1)])
def test_what_is_pasted_lies_in_memory_as_the_case_does(layout, shape):
    recipe = Recipe(shape=shape, x=Values(digits=(1, 2, 3)), layout=layout, dy_layout="F")
    case = build(recipe)
    names = {"np": np, "Case": Case, "lay_out": lay_out}
    pasted = eval(python_of(case), names)  # noqa: S307 # the test's own
    for name in ("x", "dy"):
        mine, given = getattr(pasted, name), getattr(case, name)
        assert np.array_equal(mine, given)
        assert mine.strides == given.strides


def test_what_cannot_be_written_as_values_is_said():
    case = build(Recipe(shape=(2, 2), alias="x is dy", readonly=True))
    assert python_of(case).splitlines()[-2:] == [
        "# dy is x: one array",
        "# all arrays are read-only",
    ]
    odd = replace(build(Recipe(shape=(4, 2))), x=np.zeros((16, 2), np.float32)[::4], recipe=None)
    assert python_of(odd).splitlines()[-1] == "# x has the strides (32, 4)"


def test_no_source_of_the_user_decides_what_is_drawn(monkeypatch):
    """Hypothesis draws constants of the modules that are loaded, and parses all of them for it."""
    from hypothesis.internal.conjecture import providers

    def refuse():
        raise AssertionError("the user's modules are read")

    @settings(database=None, max_examples=200)
    @given(st.binary(min_size=64, max_size=64))
    def others(data):
        assert len(data) == 64

    method = providers.HypothesisProvider._maybe_draw_constant
    monkeypatch.setattr(providers, "_get_local_constants", refuse)
    block = Block(REGIMES[0], FLOAT32, "", 0, 200)
    assert len(draw(block)) > 100
    assert shrink(block, lambda _: True, 50) is not None
    assert providers.HypothesisProvider._maybe_draw_constant is method
    with pytest.raises(AssertionError, match="the user's modules are read"):
        others()  # what a test of the user's draws is left as it was


def test_the_cases_are_those_that_hypothesis_draws_where_no_module_is_the_users(monkeypatch):
    """The random numbers are used up in the same order."""
    from hypothesis.internal.conjecture import providers

    nothing = providers.Constants()
    ours = drawn(REGIMES[0].name, count=300)
    monkeypatch.setattr(providers, "_get_local_constants", lambda: nothing)
    providers.CONSTANTS_CACHE.cache.clear()
    monkeypatch.setattr("bncheck.cases.drawing._no_constants", contextlib.nullcontext)
    assert drawn(REGIMES[0].name, count=300) == ours
