"""Where long double is a double: the oracle keeps its claims, and verdicts stay what they are."""

import numpy as np
import pytest
from attack import CONFIGURATIONS, adversarial
from correct import CORRECT

from bncheck import verify
from bncheck.deviations import BY_NAME
from bncheck.model import Case
from bncheck.truth import oracle
from bncheck.truth.oracle import evaluate, exact, paired
from bncheck.truth.rounding import Algorithms, training_bounds

DOUBLE = CONFIGURATIONS[1]
U = 2.0**-53
NAMES = ("y", "dx", "dgamma", "dbeta")


@pytest.fixture(autouse=True)
def no_wider_dtype(monkeypatch):
    monkeypatch.setattr(evaluate, "long_is_wider", lambda: False)


@pytest.mark.parametrize("m", [1, 2, 3, 17, 300])
def test_values_are_within_their_bounds_of_exact_ones(m):
    """The truth is that of the integers, in long double where this machine has it."""
    rng = np.random.default_rng(m)
    wide = np.dtype(np.longdouble)
    taken = 0
    for _ in range(20):
        kind, case = adversarial(rng, DOUBLE, m)
        taken += paired.takes(case)
        for fast, exactly in ((oracle.train, exact.train), (oracle.infer, exact.infer)):
            values, own = fast(case)
            truth, last = exactly(case, wide)
            names = NAMES if exactly is exact.infer else ("mean", "var", "inv", "xhat", *NAMES)
            for name in names:
                bound = getattr(own, name) + getattr(last, name)
                with np.errstate(all="ignore"):
                    off = np.abs(getattr(values, name) - getattr(truth, name))
                assert (~np.isfinite(bound) | (off <= bound)).all(), (kind, name)
    assert taken >= 10


def ordinary(m=50, **changes):
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, m, 3))
    vectors = 1 + rng.random((4, 3))
    given = dict(zip(("gamma", "beta", "running_mean", "running_var"), vectors, strict=True))
    return Case(**{"x": x, "dy": dy, **given, **changes})


def test_the_bound_is_little_more_than_one_rounding():
    values, own = oracle.train(ordinary())
    for name in NAMES:
        value, bound = getattr(values, name), getattr(own, name)
        assert value.dtype == np.float64
        assert (bound <= 1.001 * U * np.abs(value) + 1e-28).all()
    # what a target is allowed is many times that
    allowed = training_bounds(values, Algorithms.of("float64", CORRECT[0].convention))
    assert (own.dx < allowed.dx / 50).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"eps": 1e-300},
        {"gamma": np.array([1e200, 1.0, 2.0])},
        {"dy": np.full((50, 3), 1e-300)},
        {"running_var": np.array([1e-250, 1.0, 2.0])},
    ],
)
def test_ends_of_the_range_are_for_integers(changes):
    case = ordinary(**changes)
    assert not paired.takes(case)
    values, own = oracle.train(case)
    assert (np.isfinite(own.y) == np.isfinite(values.y)).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_promised_nothing_and_disturbs_no_other(bad):
    case = ordinary()
    case.x[2, 1] = bad
    for ask in (oracle.train, oracle.infer):
        values, own = ask(case)
        clean, own_clean = ask(ordinary())
        assert np.isinf(own.y[2, 1])
        assert np.isinf(own.dgamma[1])
        assert np.array_equal(values.y[:, [0, 2]], clean.y[:, [0, 2]])
        assert np.array_equal(own.dx[:, [0, 2]], own_clean.dx[:, [0, 2]])
    case = ordinary()
    case.running_var[1] = -2
    assert np.isinf(oracle.infer(case)[1].y[:, 1]).all()


def verdicts(implementation):
    report = verify(
        implementation,
        laws=("F0*", "B0*", "I0*", "W0*", "X0*"),
        budget="quick",
        dtypes=("float64",),
        save=None,
        shrink=False,
        diagnose=False,
    )
    return {f.law: f.verdict for f in report.findings}


@pytest.mark.parametrize("implementation", CORRECT[::6], ids=lambda i: i.name)
def test_right_ones_hold(implementation):
    assert set(verdicts(implementation).values()) <= {"holds", "skipped"}


@pytest.mark.parametrize(
    "name",
    ["missing-mean-term", "eps-outside-root", "one-pass-variance", "running-var-plus-eps"],
)
def test_wrong_ones_fail_and_nothing_fails_besides(name, monkeypatch):
    """Laws about sums see less, as they are evaluated in float64 themselves; values show all."""
    wrong = BY_NAME[name].apply()
    narrow = failing(wrong)
    monkeypatch.undo()
    wide = failing(wrong)
    values = {"F00", "B01", "I01", "I03"}
    assert narrow
    assert narrow <= wide
    assert narrow & values == wide & values


def failing(implementation):
    return {law for law, verdict in verdicts(implementation).items() if verdict == "fails"}
