"""The 52 mutants of real bugs: each is failed, and by its first failure the run stops."""

import pytest

from bncheck.deviations import BY_NAME, EQUIVALENT, MUTANTS
from bncheck.engine import verify


@pytest.mark.rows(10)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_failed(mutant):
    target = BY_NAME[MUTANTS[mutant]].apply()

    report = verify(target, budget="standard", save=None, fail_fast=True)

    assert any(f.verdict in ("fails", "error") for f in report.findings)
    assert report.exit_code == 1


@pytest.mark.parametrize("name", ["running-var-biased", "momentum-inverted"])
def test_a_legitimate_convention_is_recognised_where_nothing_is_promised(name):
    from dataclasses import replace

    from bncheck.model import Convention

    target = replace(BY_NAME[name].apply(), convention=Convention(), abilities=_first_order(name))

    report = verify(target, budget="quick", save=None, dtypes=("float32",))

    assert [f.law for f in report.findings if f.verdict in ("fails", "error")] == []
    expected = {"running-var-biased": ("new", "biased"), "momentum-inverted": ("old", "unbiased")}
    observed = (report.observed["momentum_weighs"], report.observed["running_var"])
    assert observed == expected[name]


def _first_order(name):
    abilities = BY_NAME[name].apply().abilities
    return abilities - {"double_backward", "jvp", "cumulative"}


def test_the_equivalent_mutant_passes():
    report = verify(EQUIVALENT.apply(), budget="quick", save=None)

    assert [f.law for f in report.findings if f.verdict in ("fails", "error")] == []


def test_the_folded_output_is_legitimate_unless_a_centered_one_is_promised():
    from dataclasses import replace

    target = BY_NAME[MUTANTS["mF21"]].apply()
    free = replace(target, convention=replace(target.convention, output=None))

    report = verify(free, budget="quick", save=None)

    assert [f.law for f in report.findings if f.verdict in ("fails", "error")] == []
