"""Who is who among tensors, by name and by effect, on functions that are written here."""

import numpy as np
import pytest

from bncheck.targets.common import effects
from bncheck.targets.common.roles import order, role_of

X = np.random.default_rng(0).normal(2, 3, (8, 3))


def layer(training_uses, inference_uses):
    """Return an answer and its tensors; roles are given to names."""

    def answer(values, training):
        uses = training_uses if training else inference_uses
        start = {"gamma": 1.0, "beta": 0.0, "running_mean": 0.0, "running_var": 1.0}
        role = {r: values.get(name, start[r] * np.ones(3)) for r, name in uses.items()}
        mean, var = X.mean(0), X.var(0)
        if not training:
            mean, var = role.get("running_mean", mean), role.get("running_var", var)
        xhat = (X - mean) / np.sqrt(var + 1e-5)
        return role.get("gamma", 1) * xhat + role.get("beta", 0)

    return answer


USUAL = {"gamma": "w", "beta": "b", "running_mean": "rm", "running_var": "rv"}


def uses(**names):
    both = {r: names[r] for r in ("gamma", "beta") if r in names}
    return layer(both, names)


@pytest.mark.parametrize(
    ("there", "more"),
    [
        (["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"], []),
        (["mults", "adds", "means", "vars"], []),
        (["p0", "p1", "p2", "p3"], ["weight", "bias", "running_mean", "running_var"]),
        (["s", "t", "u", "running_var"], ["running_mean"]),
    ],
)
def test_found_by_name_or_by_effect(there, more):
    named = dict(zip(effects.PER_CHANNEL, there, strict=True))
    assert effects.roles([*more, *there], uses(**named), 3, frozen=False) == named


def test_a_name_that_does_nothing_is_kept_where_nothing_else_does_it():
    names = ["gamma", "beta", "running_mean", "running_var"]
    found = effects.roles(names, uses(beta="beta"), 3, frozen=False)
    assert found == dict(zip(names, names, strict=True))


def test_a_gamma_of_zero_hides_nothing():
    def answer(values, training):
        return uses(**dict(zip(effects.PER_CHANNEL, "abcd", strict=True)))(
            {"a": np.zeros(3), **values}, training
        )

    found = effects.roles(list("abcd"), answer, 3, frozen=False)
    assert found["running_mean"] == "c"
    assert found["running_var"] == "d"


def test_what_raises_tells_nothing():
    assert effects.roles(["p", "q"], lambda values, training: None, 3, frozen=False) == {}


def test_a_name_that_only_a_pattern_knows_comes_after_those_that_are_listed():
    assert order("running_mean", "runningmean") < order("running_mean", "expmean")
    assert role_of("exp_mean") == "running_mean"
