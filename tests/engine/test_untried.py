"""What was not checked is told, and what was required and is not there is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from command import bncheck, doing, verify

from bncheck.engine import verify as check
from bncheck.engine.measure import MOST_AT_ONCE
from bncheck.engine.untried import missing, required, simplified, untried
from bncheck.errors import UsageError
from bncheck.model import Domain, Implementation, Layer
from bncheck.model.norm import NORMS
from bncheck.reports.json import as_data
from bncheck.reports.text import render


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """Reports do not name the frameworks that other tests have loaded: lines are counted here."""
    monkeypatch.setattr("bncheck.engine.versions.FRAMEWORKS", {})


ALL = ("backward", "eval", "eval_backward", "running")
OPTIONS = {"laws": ("F00",), "budget": "quick", "dtypes": ("float32",), "save": None}
FEW = ("--laws", "F00", "--budget", "quick", "--dtype", "float32")


def right(case):
    scope = {}
    exec(compile(doing("pass"), "bn.py", "exec"), scope)  # the test's own source
    return Layer(train=lambda x: scope["forward"](x, case.gamma, case.beta, case.eps))


FORWARD_ONLY = Implementation("mine", right, untried=("rank 4: it raised ValueError: 4-D",))


def test_what_is_all_there_leaves_nothing_untried():
    assert untried((), ALL, Domain()) == ()


def test_missing_abilities_follow_by_themselves():
    assert untried((), (), Domain()) == (
        "backward: the target has none",
        "inference: the target has none",
        "running statistics: the target has none",
    )
    assert untried((), ("backward", "eval", "running"), Domain()) == (
        "backward in inference: the target has none",
    )


def test_an_adapter_that_knows_more_is_not_contradicted():
    told = ("inference: no running statistics were found",)

    assert untried(told, ("backward",), Domain()) == told


def test_inference_only_is_said_once():
    told = untried((), ("eval",), Domain(training=False))

    assert told == ("training: the target has inference only",)


def test_the_last_line_says_what_was_not_checked():
    text = render(check(FORWARD_ONLY, **OPTIONS))

    assert "everything checked holds" not in text
    assert text.endswith(
        "  - not checked: rank 4: it raised ValueError: 4-D\n"
        "  - not checked: 3 more, -v says why\n"
        "exit 0: 1 law holds; rank 4, backward, inference, running statistics NOT checked\n"
    )
    full = render(check(FORWARD_ONLY, **OPTIONS), verbosity=2)
    assert "  - not checked: running statistics: the target has none\nexit 0: " in full


def test_where_it_fits_the_last_line_says_why():
    text = render(check(replace(FORWARD_ONLY, untried=()), **OPTIONS), width=160)
    assert text.splitlines()[-1] == (
        "exit 0: 1 law holds; backward NOT checked: the target has none; inference NOT checked: "
        "the target has none; running statistics NOT checked: the target has none"
    )


def test_it_is_data_too():
    given = replace(FORWARD_ONLY, warnings=("momentum 0.1 weighs the old value",), origin="bn.py:3")
    report = check(given, **OPTIONS)
    data = as_data(report)

    assert data["untried"][0] == "rank 4: it raised ValueError: 4-D"
    assert data["warnings"] == ["momentum 0.1 weighs the old value"]
    assert data["origin"] == "bn.py:3"
    assert (data["ok"], data["exit_code"], data["missing"]) == (True, 0, [])
    assert "  warning: momentum 0.1 weighs the old value\n" in render(report)
    assert "Warnings\n  - momentum 0.1 weighs the old value" in render(report, verbosity=1)


def test_the_ranks_that_were_tried_are_printed():
    given = replace(FORWARD_ONLY, domain=Domain(ranks=(2, 3)))

    told = " ".join(render(check(given, **OPTIONS)).split())
    assert "; float32; ranks 2, 3; budget quick" in told


def test_a_failure_says_where_the_target_is(tmp_path):
    done = verify(tmp_path, doing("x = x * 0"), *FEW)

    assert done.code == 1
    assert done.out.startswith("FAILS  bn.py (line ")
    assert Path(done.report["origin"].rpartition(":")[0]).name == "bn.py"


@pytest.mark.parametrize(
    "given", ["eval,running", ("eval", "running"), ["eval, running"], ["eval,", "running,eval"]]
)
def test_abilities_are_required_in_any_spelling(given):
    assert required(given) == ("eval", "running")


def test_an_unknown_ability_names_the_near_one():
    with pytest.raises(UsageError, match="require='evl' is no ability; did you mean 'eval'"):
        required("evl")


def test_what_is_there_is_not_missing():
    assert missing(("eval",), ALL) == ()


def test_a_required_ability_that_is_missing_is_wrong():
    report = check(FORWARD_ONLY, require="eval,backward", **OPTIONS)

    assert report.exit_code == 1
    assert report.missing == ("the target has no eval and no backward, as --require asks for",)
    assert "exit 1: the target has no eval and no backward" in render(report)


def test_it_is_an_option(tmp_path):
    (tmp_path / "bn.py").write_text(doing("pass"))
    lacking = bncheck("verify", "bn.py", *FEW, "--require", "running", folder=tmp_path)
    unknown = bncheck("verify", "bn.py", *FEW, "--require", "runing", folder=tmp_path)

    assert lacking.code == 1
    assert "exit 1: the target has no running, as --require asks for" in lacking.out
    assert unknown.code == 2
    assert "did you mean 'running'?" in unknown.err


def test_what_large_cases_are_tried_with_is_told_where_gamma_varies_inside_a_set():
    layer = NORMS["layer"]
    assert simplified(layer, MOST_AT_ONCE) == ()
    assert simplified(layer.simple, MOST_AT_ONCE + 1) == ()
    assert simplified(NORMS["batch"], MOST_AT_ONCE + 1) == ()
    assert simplified(layer, MOST_AT_ONCE + 1) == (
        "cases of more than 1,048,576 values: tried with one gamma and beta for each set, not "
        "with values of their own inside it",
    )
