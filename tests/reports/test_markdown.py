"""Markdown for a summary: short, within what a host takes, and nobody's markup."""

from dataclasses import replace

import pytest
import reports_of
from markdown_it import MarkdownIt
from readers_of_formats import of_markdown

from bncheck.model import NotChecked, Report
from bncheck.reports.markdown import MOST_BYTES, render, render_several
from bncheck.terminal import sentence


def test_a_target_cannot_mark_up_anything():
    nasty = "a | b `c` **d** <img src=x> [e](http://f) @octocat\n\n# g\n```"
    report = Report(
        nasty,
        (replace(reports_of.raises("I01", "float32"), reason=nasty),),
        warnings=(nasty,),
        untried=(nasty,),
    )
    text = render(report)
    assert of_markdown(text) == 1
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    shown = [inner for token in tokens for inner in token.children or ()]
    assert [t.content for t in shown if t.type == "code_inline"][:2] == [sentence(nasty)] * 2
    told = [t.content.replace("\u200b", "") for t in shown if t.type == "text"]
    assert told.count(sentence(nasty)) == 2  # the warning, and what was not tried
    assert f"raises: {sentence(nasty)}" in told


@pytest.mark.parametrize("most", [MOST_BYTES, 50_000, 5_000])
def test_it_is_no_larger_than_asked_for(most):
    outcomes = [replace(reports_of.wrong(), target=f"{n}.py") for n in range(1500)]
    text = render_several(outcomes, most=most)
    assert len(text.encode("utf-8")) <= most
    of_markdown(text)
    assert "of 1500 targets, " in text
    assert text.count("left out here, as there is no room") in (1, 2)


def test_many_things_are_counted():
    stale = tuple(f"entry {'x' * n}" for n in range(30))
    text = render(replace(reports_of.right(), stale=stale, warnings=stale))
    assert "10 more things are wrong" in text
    assert "- 20 more\n" in text


def test_what_is_new_is_told_where_it_was_asked_for():
    text = render(replace(reports_of.wrong(), changes=("new: fails now, and did not: B03",)))
    assert "Since the earlier report:\n\n- new: fails now, and did not: B03\n" in text


def test_a_target_that_holds_is_one_row():
    assert render(reports_of.right()).splitlines() == [
        "## bncheck",
        "",
        "| | target | laws | causes |",
        "|---|---|---|---|",
        "| **HOLDS** | `my_bn.py` | 3 hold |  |",
    ]
    assert "| **NOT CHECKED** | `no.py` | | why |" in render_several([NotChecked("no.py", "why")])
