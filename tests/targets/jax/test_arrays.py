"""Somebody's functions of JAX arrays: gradients by their own rules, and what they lack."""

from pathlib import Path

import pytest

from bncheck import verify
from bncheck.targets import adapt, load

pytest.importorskip("jax")

pytestmark = pytest.mark.jax

INPUTS = Path(__file__).parents[2] / "support" / "street_inputs"
ALL = {"backward", "jvp", "double_backward"}


def adapted(target):
    return adapt(load(f"{INPUTS}/{target}"), name=target)


@pytest.mark.parametrize(
    ("name", "abilities", "ranks"),
    [
        ("plain", ALL, (2, 3, 4, 5)),
        ("compiled", ALL, (2, 3, 4, 5)),
        ("right", ALL - {"jvp"}, (2, 3, 4, 5)),
        ("flat", ALL, (2,)),
    ],
)
def test_what_functions_can(name, abilities, ranks):
    found = adapted(f"jax_functions.py:{name}")
    assert found.abilities == abilities
    assert found.domain.ranks == ranks
    assert found.domain.dtypes == ("float32",)
    assert "float64: JAX computes in float32 unless jax_enable_x64 is set" in found.untried


def test_a_right_rule_is_not_blamed():
    report = verify(
        adapted("jax_functions.py:right"),
        budget="quick",
        laws=("F00", "B01", "B12", "B21", "P07"),
        save=None,
    )
    assert {f.law: f.verdict for f in report.findings} == {
        **dict.fromkeys(("F00", "B01", "B21", "P07"), "holds"),
        "B12": "skipped",
    }


def test_a_wrong_rule_has_its_name():
    report = verify(
        f"{INPUTS}/u5_jax_custom_vjp.py:batch_norm", budget="quick", laws=("F00", "B0*"), save=None
    )
    assert [c["deviation"] for c in report.causes] == ["missing-mean-term"]
