"""Markup is made of text that is escaped, and of markup, and of nothing else."""

import pytest

from bncheck.reports.html.markup import LINE, Markup, code, join, prose, tag, text


def test_what_is_not_markup_is_escaped():
    assert tag("p", "a < b & c", tag("b", '"')) == "<p>a &lt; b &amp; c<b>&quot;</b></p>"
    assert join(["<", Markup("<i>"), None, LINE], "&") == "&lt;&amp;<i>&amp;\n"


def test_attributes_are_escaped_and_spelled_as_in_html():
    assert tag("a", class_="x", http_equiv='"<', id=None, r=3) == (
        '<a class="x" http-equiv="&quot;&lt;" r="3"></a>'
    )


@pytest.mark.parametrize("name", ["meta", "br", "wbr", "circle", "path"])
def test_what_is_empty_has_no_end(name):
    assert tag(name) == f"<{name}/>"


@pytest.mark.parametrize("name", ["p", "td", "script", "details"])
def test_what_may_be_filled_has_an_end(name):
    assert tag(name) == f"<{name}></{name}>"


def test_what_is_not_printable_is_spelled():
    assert text("a\x00\u202e\ud800\n") == "a\\x00\\u202e\\ud800\\n"
    assert prose(" a \n  b\t") == "a b"


def test_long_texts_are_cut_at_a_word():
    assert prose("word " * 9, 14) == "word word ..."
    assert text("x" * 99, 10) == "xxxxxxx ..."
    assert len(prose("<" * 10**6)) <= 4 * 1000


def test_code_keeps_its_lines_and_says_where_it_is_cut():
    assert code(["if x:", "    y <"], 99) == "<pre><code>if x:\n    y &lt;</code></pre>"
    assert code(["abc", "defgh", "i"], 6) == "<pre><code>abc\nde ...</code></pre>"
