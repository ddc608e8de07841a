"""GitHub's annotations: what its runner reads, no more than it shows, and no command but ours."""

from dataclasses import replace

import pytest
import reports_of
from readers_of_formats import of_github

from bncheck.model import NotChecked, Report
from bncheck.reports.github import harmless, render, render_several


def test_nothing_is_said_of_what_holds():
    assert render(reports_of.right()) == ""


def test_signs_of_commands_are_escaped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = Report("a b, c:d 100%.py", (), origin="a b, c:d 100%.py:7")
    (line,) = render(report).splitlines()
    head, _, message = line.removeprefix("::").partition("::")
    assert head == (
        "error file=a b%2C c%3Ad 100%25.py,line=7,"
        "title=bncheck%3A not-checked in a b%2C c%3Ad 100%25.py"
    )
    assert message == "nothing could be checked"


def test_a_target_without_a_file_has_no_place():
    (line,) = render(NotChecked("torch.nn:Missing", "it has no Missing")).splitlines()
    assert line.startswith("::error title=bncheck%3A not-checked in torch.nn%3AMissing::not ")


@pytest.mark.parametrize(("errors", "more"), [(10, ""), (11, "1 more error,"), (60, "50 more err")])
def test_ten_of_a_step_are_shown_and_the_others_counted(errors, more):
    text = render_several([NotChecked(f"{n}.py", "it is missing") for n in range(errors)])
    assert of_github(text) == errors
    *told, last = text.splitlines()
    assert last.startswith("bncheck: " + more) if more else last.startswith("::error")
    assert sum(line.startswith("::error") for line in [*told, last]) == 10


def test_ten_warnings_beside_them():
    report = replace(reports_of.wrong(), warnings=tuple(f"w{'x' * n}" for n in range(12)))
    lines = render(report).splitlines()
    assert sum(line.startswith("::warning") for line in lines) == 10
    assert lines[-1].startswith("bncheck: 3 more warnings, ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\n  ::error::b\n", "a\n  : :error::b\n"),
        ("::stop-commands::x", ": :stop-commands::x"),
        ("a ##[error]b", "a ## [error]b"),
        ("a ::error::b", "a ::error::b"),
        ("y[0, 0]: got 1\n\n", "y[0, 0]: got 1\n\n"),
    ],
)
def test_no_line_of_a_text_is_a_command(text, told):
    assert harmless(text) == told
