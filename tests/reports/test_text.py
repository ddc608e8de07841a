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
from bncheck.model import Report
from bncheck.reports import renderer
from bncheck.reports.text import explain, render


def test_right_implementation():
    golden_files.check("right.txt", render(reports_of.right()))


def test_wrong_implementation():
    golden_files.check("wrong.txt", render(reports_of.wrong()))


def test_narrow_ascii():
    golden_files.check("wrong-ascii-60.txt", render(reports_of.wrong(), width=60, unicode=False))


def test_nothing_checked():
    report = Report("empty.py", (reports_of.skipped("B03", "float32", "dtype"),))
    golden_files.check("nothing-checked.txt", render(report))


def test_colour_adds_escapes_and_nothing_else():
    plain, coloured = (render(reports_of.wrong(), color=color) for color in (False, True))
    assert plain != coloured
    assert plain == re.sub(r"\x1b\[[0-9;]*m", "", coloured)


@given(REPORTS, st.booleans())
def test_any_text_survives(report, unicode):
    text = render(report, unicode=unicode)
    assert all(line.isprintable() for line in text.split("\n"))
    assert unicode or text.isascii()
    text.encode("utf-8")


@given(REPORTS)
def test_the_last_line_tells_the_exit_code(report):
    assert f"; exit {report.exit_code}: " in render(report).splitlines()[-1]


@given(REPORTS)
def test_nothing_is_left_out_silently(report):
    told = render(report).splitlines()[-1]
    counted = [int(n) for n in re.findall(r"(\d+) (?:fail|error|hold|expected|skipped)\b", told)]
    assert sum(counted) == len(report.findings)


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
    assert long in explain(unsaved)


def test_an_input_is_shown_once():
    same = reports_of.counterexample()
    laws = [reports_of.fails(law, case=same) for law in ("B03", "B04")]
    text = render(Report("my_bn.py", tuple(laws)))
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
    text = render(reports_of.wrong())
    assert text.count("ValueError: operands") == 1
    assert "3 more: I01 (float64), I02 (float32, float64)" in text


def test_an_interrupted_run_is_no_success():
    report = replace(reports_of.right(), interrupted=True)
    assert report.exit_code == 2
    assert render(report).endswith("exit 2: interrupted before all was checked\n")


def test_unknown_format_names_the_nearest():
    with pytest.raises(bncheck.UsageError, match=r"format='jsno' does not exist; .*'json'"):
        renderer("jsno")
