"""Counterexamples: two unequal values at least, small numbers, both sides exact."""

import pytest

from bncheck.symbolic.claims.judge import judge

FALSE = (
    r"y_i = \gamma x_i + \beta",
    r"y_i = \beta \hat{x}_i + \gamma",
    r"\hat{x}_i = \frac{x_i + \mu}{\sqrt{\sigma^2+\epsilon}}",
    r"\hat{x}_i = \frac{x_i-\mu}{\sqrt{\sigma^2-\epsilon}}",
    r"\hat{x}_i = \frac{x_i-\mu}{\sqrt{\sigma^2}+\epsilon}",
    r"\mathrm{Var}[x] = \mathrm{E}[x^2] - \mathrm{E}[x]",
    r"\sigma^2 = \frac{1}{m-1} \sum_i (x_i-\mu)^2",
    r"\frac{\partial L}{\partial \gamma} = \frac1m\sum_i \frac{\partial L}{\partial y_i} \hat{x}_i",
    r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial y_i}",
    r"\mathrm{E}[\hat{x}^3] = 0",
    r"\mu_{run} = \mu",
    r"\sigma^2_{run} = \sigma^2",
    r"\sigma^2 = \mu",
    r"m = \gamma",
)


def numbers(text):
    return [part.strip() for part in text.strip("()").split(",")]


@pytest.mark.parametrize("text", FALSE)
def test_values_are_unequal_small_and_exact(text):
    found = judge(text, repair=False).counterexample
    assert found.m in (2, 3)
    for name in ("x", "dy"):
        entries = numbers(found.values.get(name, "0"))
        assert len(set(entries)) == len(entries)
        assert all(abs(int(entry)) <= 10 for entry in entries)
    scalars = [found.values[name] for name in ("gamma", "beta") if name in found.values]
    assert not {"0", "1"} & {*scalars}
    assert len(set(scalars)) == len(scalars)
    assert "." not in found.left + found.right  # rational: the root of var + eps is


def test_the_smallest_batch_that_shows_it():
    assert judge(r"\mathrm{E}[\hat{x}^3] = 0").counterexample.m == 3  # at 2 it is 0
    assert judge(r"m \ge 2").counterexample.m == 1  # nothing else shows it
    assert judge(r"x_1 + x_3 = x_2").counterexample.m == 3


def test_only_what_occurs_is_told():
    assert judge(r"\sqrt{\gamma^2} = \gamma + 1").counterexample.values.keys() == {"gamma"}
    assert judge(r"\mu = \sigma^2").counterexample.values.keys() == {"x"}
