"""What a test of ``bncheck.parametrize`` calls, on an engine that runs nothing."""

from types import SimpleNamespace

import pytest
import reports_of

from bncheck.api import checks
from bncheck.api.sharing import Broken, SharedRun
from bncheck.engine import Options

KEYS = [(f.law, f.dtype) for f in reports_of.wrong().findings]


@pytest.fixture
def asked():
    return []


@pytest.fixture
def made(asked):
    """Return a check for each law and dtype, by them, and one of what was expected."""

    def verify(target, **options):
        asked.append((options["laws"], options["dtypes"]))
        return reports_of.wrong()

    run, selected = SharedRun("wrong", Options(), lambda target, options: KEYS, verify), set()
    each = {key: checks.Check(run, key, selected) for key in KEYS}
    return each | {"expectations": checks.Whole(run, "expectations", selected)}


def selecting(*chosen):
    items = [SimpleNamespace(callspec=SimpleNamespace(params={"check": each})) for each in chosen]
    other = SimpleNamespace(callspec=SimpleNamespace(params={"check": "somebody else's"}))
    checks.select([*items, other, SimpleNamespace()])


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        (("B03", "float32"), Broken),
        (("I01", "float64"), Broken),
        (("I03", "float32"), pytest.skip.Exception),
        (("R02", "float32"), pytest.xfail.Exception),
        ("expectations", Broken),
    ],
)
def test_each_verdict_has_its_outcome(made, key, outcome):
    with pytest.raises(outcome):
        made[key]()


def test_the_run_is_made_once_of_what_is_selected(made, asked):
    selecting(made["F01", "float32"], made["X03", "float64"])
    made["F01", "float32"]()
    made["X03", "float64"]()
    assert asked == [(("F01", "X03"), ("float32", "float64"))]


def test_expectations_need_all_laws(made, asked):
    selecting(made["F01", "float32"], made["expectations"])
    made["F01", "float32"]()
    assert asked == [((), ())]


def test_another_session_selects_anew(made, asked):
    for law in ("F01", "X03"):
        selecting(made[law, "float64"])
        made[law, "float64"]()
    assert asked == [(("F01",), ("float64",)), (("X03",), ("float64",))]


def test_without_a_selection_all_is_run_once(made, asked):
    made["F01", "float32"]()
    made["X03", "float64"]()
    assert asked == [((), ())]
