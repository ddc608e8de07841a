"""Formulas and constants are read off the numbers of a target that no entry of the catalogue is."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from courts import asking, court_of, recipes, subject_of

from bncheck.deviations import REFERENCE, implementation
from bncheck.diagnosis import Failure, diagnose
from bncheck.diagnosis.hypothesis import Hypothesis, called
from bncheck.diagnosis.terms.constants import estimated
from bncheck.diagnosis.terms.factors import ALL, ONE, Factor, own_gradient, product
from bncheck.diagnosis.terms.hypotheses import NAME, read_off
from bncheck.engine.diagnosing import _measure


def _mean(p, values):
    return p.rules.total(values, p) / p.rules.count(p)


def _dx(dy=1.0, centre=1.0, along=1.0):
    """The compact formula with other factors, which may be functions of the pass."""

    def factor(f, p):
        return f(p) if callable(f) else f

    def dx(p):
        terms = factor(dy, p) * p.dy - factor(centre, p) * _mean(p, p.dy)
        terms = terms - factor(along, p) * p.xhat * _mean(p, p.dy * p.xhat)
        return np.asarray(p.gamma * p.inverse * terms)

    return {"dx": dx}


def _bessel(p):
    return p.m / max(p.m - 1, 1)


def _average(old, statistic):
    def update(p):
        a = p.rules.weight(p)
        return np.asarray((1 - a) * old(p) + a * statistic(p))

    return update


# an output, what is wrong with it, and what must be said of it
SPELLINGS = {
    "one term divided by m - 1": (
        "dx",
        _dx(along=_bessel),
        "in dx the term xhat mean(dy xhat) has the factor -m/(m - 1), where -1 is right",
    ),
    "three times the mean": (
        "dx",
        _dx(centre=3.0),
        "in dx the term mean(dy) has the factor -3, where -1 is right",
    ),
    "gamma in two terms of three": (
        "dx",
        _dx(along=lambda p: 1 / np.where(p.gamma == 0, 1e-30, p.gamma)),
        "in dx the term xhat mean(dy xhat) has the factor -1/gamma, where -1 is right",
    ),
    "half of beta": (
        "y",
        {"affine": lambda p: p.gamma * p.xhat + p.beta / 2},
        "in y, in training and in inference, the term 1 has the factor beta/2, where beta is right"
        ", and only there",
    ),
    "another root": (
        "y",
        {"inverse": lambda p: (p.var + p.eps) ** -0.75},
        "in y, in training and in inference, the term xhat has the factor gamma/sqrt(s), where "
        "gamma is right",
    ),
    "dgamma of x": (
        "dgamma",
        {"dgamma": lambda p: p.rules.total(p.dy * p.x, p)},
        "in dgamma, in training and in inference, the term sum(dy xhat) is missing and there is a "
        "term sum(dy x) that does not belong there",
    ),
    "Bessel's factor of the mean": (
        "running mean",
        {
            "update_mean": lambda p: (
                _average(lambda q: q.running_mean, lambda q: q.mean * _bessel(q))(p)
                if p.m > 1
                else REFERENCE.update_mean(p)
            )
        },
        "in running mean the term mean has the factor a m/(m - 1), where a is right",
    ),
    "Bessel's factor twice": (
        "running variance",
        {"bessel": lambda p: (p.m / (p.m - 1)) ** 2},
        "in running variance the term var has the factor a (m/(m - 1))^2, where a m/(m - 1) is "
        "right",
    ),
}


def deviating(**stages):
    return implementation(replace(REFERENCE, **stages), "deviating")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_factors_of_terms_are_read_and_explain_all(spelling, dtype):
    output, stages, says = SPELLINGS[spelling]
    court = court_of(deviating(**stages), dtype)
    read = list(read_off(court, Hypothesis(), output))
    assert says in [d.says for d in read]
    explaining = [d.says for d in read if court.contradiction(Hypothesis((d,))) is None]
    assert explaining[:1] == [says]


def test_a_right_output_is_read_as_nothing():
    court = court_of(deviating())
    for output in ("y", "dx", "dgamma", "running mean", "running variance", "inference y"):
        assert list(read_off(court, Hypothesis(), output)) == []
        assert list(estimated(court, Hypothesis(), output)) == []


def test_what_is_no_sum_of_the_terms_is_not_read():
    court = court_of(deviating(dx=lambda p: np.sin(p.dy) * p.gamma))
    assert list(read_off(court, Hypothesis(), "dx")) == []


CONSTANTS = {
    "eps": (
        {"inverse": lambda p: 1 / np.sqrt(p.var + p.x.dtype.type(3e-4))},
        ("eps-hard-coded", "eps is 0.0003 whatever is given"),
    ),
    "clip": (
        {"finish": lambda p: np.clip(p.y, -3, 3)},
        ("output-clipped", "values of y above 3 and below -3 are cut; the gradient does not know"),
    ),
    "block": (
        {
            "mean": lambda p: REFERENCE.mean(replace(p, x=p.x[:, : 16 * (p.m // 16) or p.m])),
            "variance": lambda p: REFERENCE.variance(
                replace(p, x=p.x[:, : 16 * (p.m // 16) or p.m])
            ),
        },
        ("drops-tail", "the last m mod 16 values are left out of the statistics"),
    ),
}


@pytest.mark.parametrize("constant", CONSTANTS)
def test_constants_are_estimated(constant):
    stages, told = CONSTANTS[constant]
    court = court_of(deviating(**stages))
    found = [
        (called(d.name), d.says)
        for d in estimated(court, Hypothesis(), "y")
        if court.contradiction(Hypothesis((d,))) is None
    ]
    assert found == [told]


def test_a_formula_that_was_read_is_a_cause():
    target = deviating(**_dx(along=_bessel))
    failures = [Failure(law, "float32", recipes()[0]) for law in ("B01", "F00")]
    (cause,) = diagnose(subject_of(target), failures, asking(target), _measure).causes
    assert cause.deviation == NAME
    assert cause.text.startswith("in dx the term xhat mean(dy xhat) has the factor -m/(m - 1)")
    assert cause.explains == (("B01", "float32"),)


def test_a_gradient_may_belong_to_the_formula_that_y_has():
    """As automatic differentiation has it: a wrong y, and the right gradient of it."""

    def inverse(p):
        spread = np.sqrt(p.var * _bessel(p)) if p.training else np.sqrt(p.var)
        return 1 / (spread + p.eps)

    def along(p):
        deviation = np.sqrt(p.var * _bessel(p))
        with np.errstate(all="ignore"):
            factor = _bessel(p) * (deviation + p.eps) / deviation if p.m > 1 else 1.0
        return np.asarray(np.nan_to_num(factor) * REFERENCE.variance_term(p))

    court = court_of(deviating(inverse=inverse, variance_term=along))
    found = list(read_off(court, Hypothesis(), "y"))
    read = [d.says for d in found]
    # both mistakes by their names
    assert "unbiased-variance + eps-outside-root" in [called(d.name) for d in found]
    assert any(
        "factor gamma s/(sqrt(var m/(m - 1)) + eps)" in r and "the gradient is that of" in r
        for r in read
    )


def test_products_are_written_as_people_do():
    by_name = {f.says: f for f in ALL}
    minus = by_name["-1"]
    assert product(minus, by_name["m/(m - 1)"]).says == "-m/(m - 1)"
    assert product(minus, by_name["2"]).says == "-2"
    assert product(minus, by_name["1/gamma"]).says == "-1/gamma"
    assert product(Factor("gamma", lambda p: p.gamma), by_name["sqrt(s)"]).says == "gamma sqrt(s)"
    assert product(Factor("a", lambda p: 0.1), by_name["1/2"]).says == "a/2"
    assert product(ONE, minus) is minus


def test_the_right_root_has_the_right_gradient():
    p = SimpleNamespace(eps=0.5, m=4, training=False, var=np.array([[2.0], [0.25]]))
    right = own_gradient(lambda v, eps, m: (v + eps) ** -0.5, p)
    # the power, the cube and the quotient are rounded, each once or twice
    assert (abs(right + 1) <= 8 * 2.0**-53).all()
    half = own_gradient(lambda v, eps, m: (v + eps) ** -0.25, p)
    assert (abs(half * 2 * np.sqrt(p.var + p.eps) + 1) <= 8 * 2.0**-53).all()


NAMED = {
    "s/sqrt(var)": ("eps-missing", lambda p: p.var**-0.5),
    "s/(sqrt(var) + eps)": ("eps-outside-root", lambda p: 1 / (p.var**0.5 + p.eps)),
    "s/(var m/(m - 1) + eps)^(1/2)": (
        "unbiased-variance",
        lambda p: (p.var * (_bessel(p)) + p.eps) ** -0.5,
    ),
}


@pytest.mark.parametrize("factor", NAMED)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_y_alone_has_a_factor_that_has_a_name(factor, dtype):
    name, inverse = NAMED[factor]

    def affine(p):
        with np.errstate(all="ignore"):
            made = (p.x - p.mean) * inverse(p) if p.training else p.xhat
        return np.asarray(p.gamma * made + p.beta)

    court = court_of(deviating(affine=affine), dtype)
    read = list(read_off(court, Hypothesis(), "y"))
    explaining = [d for d in read if court.contradiction(Hypothesis((d,))) is None]
    assert explaining[0].says == (
        f"in y the term xhat has the factor gamma {factor}, where gamma is right, and only there"
    )
    assert called(explaining[0].name) == name
