"""Deviations of the relatives: where each shows, where it hides, and that it is named."""

from dataclasses import replace

import numpy as np
import pytest

from bncheck.cases import Recipe, Values, build
from bncheck.deviations import BY_NAME, DEVIATIONS, REFERENCE, implementation
from bncheck.deviations.blocks import DEVIATIONS as BEYOND
from bncheck.deviations.elsewhere import in_words_of
from bncheck.deviations.fused import DEVIATIONS as FUSED
from bncheck.deviations.inside import DEVIATIONS as BACKWARD
from bncheck.deviations.sets import DEVIATIONS as FORWARD
from bncheck.engine.run import verify
from bncheck.model import NORMS

# Five values that are no block, in three rows or groups, with unlike means.
SHOWN = Recipe(
    dtype="float64",
    shape=(5, 3),
    x=Values((3, -1, 7, 2, 0, -6, 5), "noise", (1,), (3.0, -1.0, 10.0)),
    dy=Values((2, -3, 5, 1, 4), "noise"),
    gamma=(1.5, -0.75, 2.0, 0.5, 3.0),
    beta=(0.5, -1.0),
    eps=0.5,
)
# One row of eight values whose mean is 0 and whose largest is 1, with gamma = 1 and beta = 0.
HIDDEN = Recipe(
    dtype="float64",
    shape=(8, 1),
    x=Values((1, -1)),
    dy=Values((1, -1, 2, -2)),
    gamma=(1.0,),
    beta=(0.0,),
    eps=0.5,
)
# Where those that need more than SHOWN and HIDDEN have are seen, and where not.
LARGE = {
    "values-beyond-4096": ((4099, 1), (8, 1)),
    "rows-beyond-65535": ((2, 65537), (2, 3)),
    "groups-interleaved": ((4, 3), (8, 1)),
    "groups-for-channels-of-a-group": ((4, 3), (2, 2)),
    "gamma-per-group": ((4, 3), (8, 1)),
    "parameter-gradients-of-whole-blocks": ((5, 3), (8, 2)),
}
ALWAYS = {"gain-one-plus", "residual-handed-back-as-it-was", "residual-gradient-missing"}
# Seen in forward mode, which a law of its own asks, at so few cases that quick has none for groups.
AT_STANDARD = {("gamma-inside-in-forward-mode", "group")}
RESIDUAL = [d for d in FUSED if "rms" in d.norms]
ENTRIES = (*BACKWARD, *FORWARD, *BEYOND, *RESIDUAL)
PAIRS = [(d.name, norm) for d in ENTRIES for norm in sorted(d.norms)]


def answers(made, recipe, norm):
    case = build(recipe, NORMS[norm])
    layer = made.make(case)
    y, back = layer.train(case.x), layer.backward(case.dy)
    jvp = layer.jvp(case.x, case.dy)
    second = layer.double_backward(case.x, case.dy, case.dy)
    residual = case.dy if recipe.shape[1] > 1 else 0 * case.x
    found = [y, back.dx, back.dgamma, back.dbeta, jvp, *second]
    if norm not in ("layer", "rms"):
        return found
    found += layer.residual(case.x, residual)
    return [*found, *layer.residual_backward(case.dy, residual[::-1])]


def differs(name, recipe, norm):
    right = answers(implementation(REFERENCE, "right", norm=NORMS[norm]), recipe, norm)
    wrong = answers(BY_NAME[name].on(NORMS[norm]), recipe, norm)
    return any(
        not np.allclose(a, b, rtol=1e-9, atol=1e-9) for a, b in zip(right, wrong, strict=True)
    )


@pytest.mark.parametrize(("name", "norm"), PAIRS)
def test_each_shows_where_it_should(name, norm):
    shown, _ = LARGE.get(name, (SHOWN.shape, None))
    assert differs(name, replace(SHOWN, shape=shown), norm)


@pytest.mark.parametrize(("name", "norm"), PAIRS)
def test_each_hides_where_its_regime_says(name, norm):
    _, hidden = LARGE.get(name, (None, HIDDEN.shape))
    assert differs(name, replace(HIDDEN, shape=hidden), norm) == (name in ALWAYS)


@pytest.mark.rows(5)
@pytest.mark.parametrize(("name", "norm"), PAIRS)
def test_each_is_caught_and_named(name, norm):
    few = (name, norm) not in AT_STANDARD
    asked = {"budget": "quick"} if few else {"budget": "standard", "laws": ("F00", "N04")}
    report = verify(BY_NAME[name].on(NORMS[norm]), save=None, dtypes=("float32",), **asked)
    assert report.exit_code == 1
    assert [cause["deviation"] for cause in report.causes] == [name]


@pytest.mark.parametrize("norm", ["layer", "rms", "group", "instance"])
def test_the_reference_is_right_in_every_norm(norm):
    made = implementation(REFERENCE, "right", norm=NORMS[norm])
    report = verify(made, budget="quick", save=None, dtypes=("float32",))
    assert [f.law for f in report.findings if f.verdict in ("fails", "error")] == []
    laws = {f.law for f in report.findings if f.verdict == "holds"}
    assert {"F00", "B01", "N01", "N02", "N03", "N04"} <= laws


def test_a_relative_is_told_of_in_its_own_words():
    says = BY_NAME["drops-last"].says
    assert says == "leaves the last value of each channel out of the statistics"
    for norm, word in (("batch", "channel"), ("layer", "row"), ("group", "group")):
        told = in_words_of(NORMS[norm], says)
        assert told == f"leaves the last value of each {word} out of the statistics"
    says = in_words_of(NORMS["rms"], BY_NAME["statistics-as-constants"].says)
    assert says == "takes the statistics as constants: dx = gamma inv dy"


def test_what_is_tried_elsewhere_is_not_about_batches():
    for entry in DEVIATIONS:
        if entry.norms - {"batch"} and "batch" in entry.norms:
            assert entry.family not in ("running state", "shards", "fused")
            assert not any(word in entry.says for word in ("running", "inference"))


def test_without_a_mean_dx_is_told_to_have_one_term():
    says = BY_NAME["means-not-divided"].says
    assert "in the two terms of dx" in in_words_of(NORMS["layer"], says)
    assert "two terms" not in in_words_of(NORMS["rms"], says)
