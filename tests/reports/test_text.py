"""The text report: exact texts, and what must be true of every one of them."""

import ast
import re
from dataclasses import replace

import golden_files
import hypothesis.strategies as st
import numpy as np
import pytest
import reports_of
from drawn_reports import REPORTS
from hypothesis import given

import bncheck
from bncheck.laws import LAWS
from bncheck.model import Report
from bncheck.reports import renderer
from bncheck.reports.common.families import FAMILIES
from bncheck.reports.common.telling import apart
from bncheck.reports.text import explain, render
from bncheck.terminal import columns

LEVELS = {"quiet": -1, "brief": 0, "more": 1, "full": 2}
WIDTHS = (60, 80, 100, 160)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["right", "wrong"])
def test_each_level(name, level):
    report = getattr(reports_of, name)()
    golden_files.check(f"{name}-{level}.txt", render(report, verbosity=LEVELS[level]))


@pytest.mark.parametrize("level", ["brief", "full"])
def test_narrow_ascii(level):
    text = render(reports_of.wrong(), verbosity=LEVELS[level], width=60, unicode=False)
    golden_files.check(f"wrong-{level}-ascii-60.txt", text)


def test_nothing_checked():
    report = Report("empty.py", (reports_of.skipped("B03", "float32", "dtype"),))
    golden_files.check("nothing-checked.txt", render(report))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("level", LEVELS.values())
@pytest.mark.parametrize(
    "make", [reports_of.right, reports_of.wrong, reports_of.many], ids=["right", "wrong", "many"]
)
def test_every_line_fits(make, level, width):
    lines = render(make(), verbosity=level, width=width).split("\n")
    assert max(map(columns, lines)) <= width


@given(REPORTS, st.sampled_from(WIDTHS), st.sampled_from([-1, 0]))
def test_every_line_of_any_report_fits(report, width, level):
    lines = render(report, verbosity=level, width=width).split("\n")
    # a command is never folded, so that it can be copied; wide signs are counted by their number
    assert max((len(line) for line in lines if "bncheck replay" not in line), default=0) <= width


@pytest.mark.parametrize("count", range(9))
def test_up_to_three_causes_take_25_lines(count):
    lines = render(reports_of.many(count), width=100).splitlines()
    assert len(lines) <= 25
    shown = [line for line in lines if re.match(r"\d  ", line)]
    assert len(shown) == min(count + 1, 3)
    assert any(f"{count - 2} more" in line for line in lines) == (count > 2)


def test_what_holds_takes_eight_lines():
    assert len(render(reports_of.right()).splitlines()) <= 8
    untried = tuple(f"rank {n}: it raised ValueError: {'no ' * 40}" for n in range(2, 6))
    said = tuple(f"{n} {'told beside the verdict ' * 9}" for n in range(6))
    report = replace(reports_of.right(), untried=untried, warnings=said, notes=said)
    short = render(report)
    assert len(short.splitlines()) <= 8
    assert "lines more in -v" in short
    assert "not checked: 3 more, -v says why" in short
    longer = render(report, verbosity=1)
    assert all(f"  - {n} told beside" in longer for n in range(6))
    assert all(f"not checked: rank {n}: it raised" in longer for n in range(2, 6))


@pytest.mark.parametrize("count", range(9))
def test_more_shows_all_that_is_wrong(count):
    lines = render(reports_of.many(count), verbosity=1).splitlines()
    assert len([line for line in lines if re.match(r"\d  ", line)]) == count + 1
    assert not any("see -v" in line or "in -v" in line for line in lines)


def test_what_is_raised_is_told_once_and_not_at_length():
    findings = [reports_of.raises(law, "float32") for law in ("I01", "I02")]
    long = [replace(f, reason="ValueError: " + "on and on " * 500) for f in findings]
    lines = render(Report("my_bn.py", tuple(long))).splitlines()
    assert len(lines) < 15
    assert sum("ValueError" in line for line in lines) == 1


@given(REPORTS)
def test_every_law_is_counted_once(report):
    told = " ".join(render(report).split())
    laws = len({f.law for f in report.findings})
    counts = re.findall(rf"\bof {laws} laws? ((?:\d+ [a-z ]+(?:, )?)+);", told)
    if laws:
        assert sum(map(int, re.findall(r"\d+", counts[-1]))) == laws


@pytest.mark.parametrize("level", LEVELS.values())
def test_names_of_ten_megabytes_and_escapes(level):
    report = replace(reports_of.wrong(), target="\x1b[31mx" * 2_000_000, untried=("y" * 10**7,))
    text = render(replace(report, warnings=("w" * 10**7,)), verbosity=min(level, 1))
    assert "\x1b" not in text
    assert level > 0 or len(text) < 10_000


def test_the_example_has_finite_numbers_and_several_values():
    one = {"recipe": {"shape": [1, 3]}}
    nan = {"got": float("nan"), "recipe": {"shape": [4, 3]}}
    good = {"what": "the one to show", "recipe": {"shape": [4, 3]}}
    laws = {"B01": one, "B02": nan, "B03": good, "B04": good}
    findings = [
        reports_of.fails(law, case=reports_of.counterexample(law, **changes))
        for law, changes in laws.items()
    ]
    text = render(Report("my_bn.py", tuple(findings)))
    assert "   B03 the one to show: got 0.75, exact 1.99998e-05, allowed 1.2e-06\n" in text
    assert "4 laws in float32: B01 B02 B03 B04" in text


@pytest.mark.parametrize(
    ("got", "exact", "told"),
    [
        (0.1, 0.2, ("0.1", "0.2")),
        (1.0, 1.0 + 1e-9, ("1", "1.000000001")),
        (1.0, 1.0 + 2**-52, ("1.0", "1.0000000000000002")),
        (np.float32(0.5), float("nan"), ("0.5", "nan")),
        (float("nan"), float("nan"), ("nan", "a number (both sides of this law are nan)")),
    ],
)
def test_numbers_are_told_apart(got, exact, told):
    assert apart(got, exact) == told


def test_every_law_has_a_family():
    assert {law.id[0] for law in LAWS} == FAMILIES.keys()


@pytest.mark.parametrize("verbosity", LEVELS.values())
def test_colour_adds_escapes_and_nothing_else(verbosity):
    plain, coloured = (
        render(reports_of.wrong(), verbosity=verbosity, color=color) for color in (False, True)
    )
    assert plain != coloured or verbosity < 0
    assert plain == re.sub(r"\x1b\[[0-9;]*m", "", coloured)


@given(REPORTS, st.booleans(), st.sampled_from(list(LEVELS.values())))
def test_any_text_survives(report, unicode, verbosity):
    text = render(report, unicode=unicode, verbosity=verbosity)
    assert all(line.isprintable() for line in text.split("\n"))
    assert unicode or text.isascii()
    text.encode("utf-8")


@pytest.mark.parametrize("verbosity", [0, 1, 2])
@pytest.mark.parametrize(
    "make", [reports_of.right, reports_of.wrong, reports_of.many], ids=["right", "wrong", "many"]
)
def test_the_last_line_tells_the_exit_code_and_what_was_not_checked(make, verbosity):
    report = make()
    last = render(report, verbosity=verbosity).splitlines()[-1]
    assert last.startswith(f"exit {report.exit_code}: ")
    assert all(entry.partition(":")[0] in last for entry in report.untried)
    assert ("NOT checked" in last) == bool(report.untried)


@given(REPORTS)
def test_nothing_is_left_out_silently(report):
    told = " ".join(render(report, verbosity=2).split())
    total = len(report.findings)
    assert f" skipped of {total} planned; " in told
    before = told[: told.index(f" of {total} planned; ")]
    counts = re.findall(r"(\d+) (?:fail|error|hold|expected|skipped)(?:, |$)", before)
    assert (
        sum(map(int, counts[-len({f.verdict for f in report.findings} | {"skipped"}) :])) == total
    )


def test_the_input_can_be_pasted():
    x = np.array([[1.0, np.inf], [2.0, np.nan]], np.float32)
    one = np.ones(2, np.float32)
    case = bncheck.Case(x, one, one, x, one, one)
    finding = reports_of.fails(case=reports_of.counterexample(python=repr(case)))
    text = explain(finding)
    code = text[text.index("import numpy") : text.index("  reproduce")]
    assert "x=np.array([[1.0, np.inf], [2.0, np.nan]], dtype=np.float32)" in code
    assert isinstance(ast.parse(code).body[-1], ast.Expr)


def test_a_long_input_that_was_saved_is_only_pointed_at():
    long = "np.array([" + "1.0, " * 1000 + "])"
    saved = reports_of.fails(case=reports_of.counterexample(python=long))
    assert long not in explain(saved)
    assert "5012 characters long, see the file" in explain(saved)
    unsaved = reports_of.fails(case=reports_of.counterexample(python=long, file=""))
    assert long in "".join(explain(unsaved).split("\n")).replace(",    ", ", ")


def test_an_input_is_shown_once():
    same = reports_of.counterexample()
    laws = [reports_of.fails(law, case=same) for law in ("B03", "B04")]
    text = render(Report("my_bn.py", tuple(laws)), verbosity=2)
    assert text.count("smallest input that shows it:") == 1
    assert "the smallest is that of B03, above" in text


def test_numbers_of_numpy_read_as_numbers():
    case = reports_of.counterexample(got=np.float32(0.1), expected=np.float64("nan"))
    text = explain(reports_of.fails(case=case))
    assert "got       0.10000000149011612\n  exact     nan\n" in text


def test_replay_command_quotes_the_file():
    finding = reports_of.fails(case=reports_of.counterexample(file="my cases/B03.json"))
    assert "bncheck replay 'my cases/B03.json'" in explain(finding)


def test_equal_errors_are_told_once():
    text = render(reports_of.wrong(), verbosity=2)
    assert text.count("ValueError: operands") == 1
    assert "3 more: I01 (float64), I02 (float32, float64)" in text


def test_an_interrupted_run_is_no_success():
    report = replace(reports_of.right(), interrupted=True)
    assert report.exit_code == 2
    assert render(report).endswith("exit 2: interrupted before all was checked\n")


def test_unknown_format_names_the_nearest():
    with pytest.raises(bncheck.UsageError, match=r"format='jsno' does not exist; .*'json'"):
        renderer("jsno")


def test_a_process_with_a_dozen_frameworks_names_three_of_them():
    packages = {f"framework{n}": f"{n}.0" for n in range(6)}
    told = reports_of.wrong()
    told = replace(told, environment={**told.environment, "versions": packages})
    brief, full = render(told, width=200), render(told, verbosity=2, width=200)
    assert "framework2 2.0, 3 more packages; " in brief
    assert "framework5 5.0" not in brief
    assert "framework5 5.0" in full


def test_no_line_says_that_nothing_more_is_shown():
    untried = tuple(f"rank {n}: it raised ValueError" for n in range(2, 6))
    for notes in ((), ("told beside",), ("told beside", "and that")):
        report = replace(reports_of.right(), untried=untried, notes=notes, origin="bn.py:3")
        lines = render(report, width=100).splitlines()
        assert len(lines) <= 8
        assert not any("0 lines more" in line or "1 lines" in line for line in lines)
        assert all(any(note in line for line in lines) for note in notes)


def of_one_cause(count, **more):
    """Return a report in which one cause explains so many laws, and one law has no cause."""
    findings = [reports_of.fails(f"B{n:02}", **more) for n in range(1, count + 1)]
    loose = reports_of.fails("W04", causes=())
    told = {"deviation": "missing-mean-term", "explains": [], "text": "no term through the mean"}
    return Report(
        "my_bn.py", (*findings, loose), causes=(told,), environment=reports_of.ENVIRONMENT
    )


def test_a_law_that_is_left_of_many_is_no_thing_of_its_own():
    many, few = (render(of_one_cause(count)) for count in (10, 9))
    assert "B08 and 2 more; maybe W04 as well" in many
    assert "more laws fail" not in many
    assert "2  more laws fail, maybe by the same" in few
    part = of_one_cause(10)
    (told,) = part.causes
    part = replace(part, causes=({**told, "outputs": ["dx"]},))
    assert "2  more laws fail" in render(part)


def test_the_backward_pass_is_named_where_only_gradients_are_wrong():
    report = replace(of_one_cause(2), places={"backward": "bn_backward, line 31"})
    for wrong, named in ((("dx", "inference dgamma"), True), (("y", "dx"), False), ((), False)):
        text = render(replace(report, wrong_outputs=wrong))
        assert ("B01 B02; only gradients: bn_backward, line 31" in text) == named


def test_the_example_is_no_rounding_error_and_of_the_cause_s_outputs():
    shape = {"recipe": {"shape": [4, 3]}}
    laws = {
        "F01": ({"what": "mean(y)", "got": 7.4e-17, "expected": 0.0}, 2.5e-17),
        "F02": ({"what": "y"}, 1e-6),
        "I01": ({"what": "y in inference"}, 1e-6),
    }
    findings = [
        reports_of.fails(law, bound=bound, error=abs(told.get("got", 0.75)), case=case)
        for law, (told, bound) in laws.items()
        for case in [reports_of.counterexample(law, **shape, **told)]
    ]
    cause = {"deviation": "missing-mean-term", "explains": [], "text": "x"}
    for outputs, law in (([], "F02"), (["inference y"], "I01"), (["y"], "F02")):
        report = Report("my_bn.py", tuple(findings), causes=({**cause, "outputs": outputs},))
        assert f"   {law} {laws[law][0]['what']}: got 0.75" in render(report)


@pytest.mark.parametrize("what", ["y", "dx", "y in inference", "dgamma in inference"])
def test_what_an_output_depends_on_is_shown_with_x(what):
    case = reports_of.counterexample(what=what)
    text = render(Report("my_bn.py", (reports_of.fails(case=case),)))
    assert "   x = np" in text
    assert ("   dy = np" in text) == what.startswith("d")
    assert ("running_mean = np" in text) == ("inference" in what)


def test_where_only_the_expected_fails_the_last_line_says_so():
    report = Report("my_bn.py", (reports_of.expected("R02", "float32"),))
    assert render(report).endswith("exit 0: nothing but the expected fails (1 law)\n")


def test_a_note_is_wrapped_and_not_cut_where_there_is_room():
    note = "the running statistics match no legitimate convention: neither " + "an average " * 8
    untried = f"rank 4: it raised ValueError: {'too many values to unpack ' * 4}"
    for report in (reports_of.right(), of_one_cause(2)):
        noted = " ".join(render(replace(report, notes=(note,))).split())
        left = " ".join(render(replace(report, untried=(untried,))).split())
        assert note.strip() in noted
        assert untried.strip() in left


def test_what_makes_it_no_fault_is_told_however_little_room_there_is():
    report = reports_of.many(3)
    *others, last = report.causes
    text = render(replace(report, causes=(*others, {**last, "unless": "no fault if said so"})))
    assert len(text.splitlines()) <= 25
    assert "   no fault if said so\n" in text


def test_a_law_that_fails_as_expected_in_one_dtype_does_not_hold():
    failing = reports_of.fails("F00", "bfloat16")
    known = replace(failing, verdict="expected", reason="known")
    right = (reports_of.holds("F00", "float32"), reports_of.holds("F01", "float32"))
    report = Report("my_bn.py", (*right, known))
    assert render(report, verbosity=-1).rstrip() == (
        "HOLDS my_bn.py: nothing but the expected fails (1 law); 1 of 2 laws hold"
    )
