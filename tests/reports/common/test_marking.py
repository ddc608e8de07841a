"""Anybody's text in Markdown, read by another parser: it shows as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bncheck.reports.common.marking import code, text
from bncheck.terminal import sentence

LINES = st.text(st.characters(codec="utf-8"), max_size=30).map(sentence)
MARKS = st.text(st.sampled_from("`|\\*_<>&#[]()!~:@. ab"), max_size=12).map(sentence)


def cell(marked):
    """The inline tokens of a text that stands in a cell of a table."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(f"| a | b |\n|---|---|\n| - | {marked} |\n")
    cells = [tokens[n + 1] for n, token in enumerate(tokens) if token.type == "td_open"]
    assert [token.type for token in tokens].count("td_open") == 2
    return cells[1].children


def shown(tokens, kind):
    assert {token.type for token in tokens} <= {kind}
    return "".join(token.content for token in tokens)


@given(LINES | MARKS)
def test_prose_marks_up_nothing(line):
    assert shown(cell(text(line)), "text").replace("\u200b", "") == line


@given(LINES | MARKS)
def test_code_is_as_it_is(line):
    told = shown(cell(code(line, cell=True)), "code_inline")
    assert told == (line if line.strip() else "")


@given(LINES | MARKS)
def test_code_in_a_heading_is_as_it_is(line):
    tokens = MarkdownIt("commonmark", {"html": True}).parse(f"# {code(line)}\n")
    told = shown(tokens[1].children, "code_inline")
    assert told == (line if line.strip() else "")


@pytest.mark.parametrize("line", ["@octocat", "see https://x.org", "www.x.org", ":tada: a"])
def test_nothing_is_a_link_or_names_people(line):
    assert text(line) != line
    assert shown(cell(text(line)), "text").replace("\u200b", "") == line
