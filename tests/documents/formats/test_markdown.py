"""Markdown in three dialects: what other parsers read of it is what was written."""

import re

import markdown_it
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_documents import EVERYTHING, NASTY

from bncheck.documents.formats.characters import program, readable
from bncheck.documents.formats.markdown import DIALECTS, render
from bncheck.documents.model import (
    Box,
    Code,
    Document,
    Heading,
    Items,
    Link,
    Paragraph,
    Program,
    Strong,
    Table,
    Text,
)

PARSER = markdown_it.MarkdownIt("gfm-like", {"linkify": False})


def read(text):
    """Return the kinds of blocks, and the words that a parser reads."""
    tokens = PARSER.parse(text)
    words = []
    for token in tokens:
        for child in token.children or []:
            words.append(" " if child.type == "softbreak" else child.content)
        if token.type in ("fence", "code_block", "html_block"):
            words.append(token.content)
    return [token.type for token in tokens], "".join(words)


def close(text):
    return "".join(text.split())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nasty_text_is_text(dialect):
    for prose in ((Text(NASTY),), (Strong(NASTY),), (Text("- "), Text(NASTY))):
        kinds, words = read(render(Document("t", (Paragraph(prose),)), dialect))
        assert kinds[3:] == ["paragraph_open", "inline", "paragraph_close"]
        assert close(NASTY) in close(words)


@given(st.text())
def test_any_text_is_read_back(text):
    said = close(readable(text))
    for dialect in DIALECTS:
        shown = render(Document("t", (Paragraph((Text(text),)),)), dialect)
        kinds, words = read(shown)
        assert close(words) == "t" + said
        assert set(kinds[3:]) <= {"paragraph_open", "inline", "paragraph_close"}
        _, words = read(
            render(Document("t", (Heading(text, 1, "a"), Items(((Text(text),),)))), dialect)
        )
        assert words.count(text) >= 0
        assert close(words).endswith(said)


@given(st.text())
def test_any_program_and_any_code_are_read_back(text):
    kinds, words = read(render(Document("t", (Program(text),))))
    assert "fence" in kinds
    assert words == "t" + "\n".join(program(text)) + "\n"
    kinds, words = read(render(Document("t", (Paragraph((Text("a"), Code(text), Text("b"))),))))
    assert close(words) == "ta" + close(readable(text)) + "b"


@given(st.text())
def test_any_text_is_read_back_from_a_table_and_a_box(text):
    cell = (Text(text), Code(text))
    blocks = (Table(((Text("h"),), (Text("i"),)), ((cell, (Text("x"),)),)),)
    kinds, words = read(render(Document("t", blocks)))
    assert kinds.count("td_open") == 2
    assert close(words) == "thi" + 2 * close(readable(text)) + "x"
    kinds, words = read(render(Document("t", (Box("remark", "", (Paragraph((Text(text),)),)),))))
    assert kinds.count("blockquote_open") == 1
    assert close(words) == "tRemark" + close(readable(text))


def test_links_lead_where_they_say():
    shown = render(Document("t", (Paragraph((Link("https://a.b/(c) d<e>", "x]y"),)),)))
    children = [child for token in PARSER.parse(shown) for child in token.children or []]
    (link,) = (child for child in children if child.type == "link_open")
    assert link.attrs["href"] == "https://a.b/(c)%20d%3Ce%3E"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_anchor_that_is_linked_to_is_there(dialect):
    shown = render(EVERYTHING, dialect)
    made = set(re.findall(r'<a id="([^"]+)"></a>|^\(([\w-]+)\)=$', shown, re.MULTILINE))
    anchors = {one or other for one, other in made}
    assert set(re.findall(r"\]\(#([^)]+)\)", shown)) <= anchors
    assert {"eq-B01-1", "eq-B01-2", "theorem-B01", "chapter-one"} <= anchors


@pytest.mark.parametrize(
    ("dialect", "inline", "display"),
    [
        ("github", r"$`\gamma \ge 0`$", "```math\n"),
        ("myst", r"{math}`\gamma \ge 0`", "```{math}\n"),
        ("notebook", r"$\gamma \ge 0$", "$$\n"),
    ],
)
def test_formulas_are_written_as_the_dialect_reads_them(dialect, inline, display):
    shown = render(EVERYTHING, dialect)
    assert f" and {inline}." in shown
    assert shown.count(display) >= 5
    assert r" \tag{1.1}" in shown
    assert r"\bnmark" not in shown
    assert "(1.2)" in shown


def test_answers_are_folded_where_the_dialect_folds():
    assert "<details>\n<summary>Answer</summary>\n\n" in render(EVERYTHING)
    assert "<details>" not in render(EVERYTHING, "myst")
    assert "> **Answer**" in render(EVERYTHING, "myst")
