"""The cases on which two targets are compared: the panel's, and those of a quick run."""

import pytest

from bncheck.engine import together
from bncheck.model import Domain


def cases(domain=Domain(), *, one_value=True, seed=0):  # noqa: B008 # frozen
    return list(together.cases(domain, "float32", "float32", seed, one_value=one_value))


def test_regimes_are_there_and_no_case_twice():
    found = cases()
    assert len(found) == len(set(found))
    assert {recipe.alias for recipe in found} > {""}
    # equal arrays, as a runtime may merge
    assert any(r.gamma == r.running_var == (1.0,) and set(r.x.scale) == {0} for r in found)


def test_the_seed_changes_the_cases_and_nothing_else_does():
    assert cases() == cases()
    assert cases() != cases(seed=1)


def test_one_value_per_channel_is_asked_of_those_that_answer_it():
    assert any(r.size == r.shape[1] for r in cases())
    assert not any(r.size == r.shape[1] for r in cases(one_value=False))


@pytest.mark.parametrize(
    "domain",
    [
        Domain(ranks=(4,), channels=3),
        Domain(ranks=(2,), multiple=8),
        Domain(shape=(4, 3, 2, 2), ranks=(4,)),
        Domain(affine=False, strided=False),
        Domain(activation="relu"),
        Domain(few_shapes=True),
    ],
)
def test_cases_are_within_what_both_take(domain):
    both = together.common(domain, Domain())
    found = cases(both)
    assert found
    for recipe in found:
        assert both.admits(recipe.shape)
        assert domain.affine or (set(recipe.gamma), set(recipe.beta)) == ({1.0}, {0.0})
        assert domain.strided or recipe.layout == "C"
    if domain.few_shapes:
        assert both.few_shapes
