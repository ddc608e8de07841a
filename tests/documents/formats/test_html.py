"""HTML: one file, which other parsers read back, with nothing from elsewhere."""

import itertools
import re
import xml.etree.ElementTree as ElementTree

import html5lib
from hypothesis import given
from hypothesis import strategies as st
from sample_documents import EVERYTHING, NASTY

from bncheck.documents.formats.characters import program, readable
from bncheck.documents.formats.html import fragment, look, render
from bncheck.documents.model import (
    Box,
    Code,
    Document,
    Equation,
    Formula,
    Heading,
    Link,
    Paragraph,
    Program,
    Strong,
    Text,
)

SHOWN = render(EVERYTHING)
TREE = html5lib.parse(SHOWN, namespaceHTMLElements=False)
MATHML = "{http://www.w3.org/1998/Math/MathML}"


def close(text):
    return "".join(text.split())


def read(page):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(page)


def test_it_is_html_without_a_fault_and_well_formed_xml():
    assert close("".join(read(SHOWN).itertext())) == close("".join(TREE.itertext()))
    ElementTree.fromstring(SHOWN)  # noqa: S314 # made a moment ago


def test_nothing_comes_from_elsewhere_and_nothing_runs():
    names = {element.tag for element in TREE.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert not [e for e in TREE.iter() if any(a.startswith("on") or a == "style" for a in e.attrib)]
    assert set(re.findall(r"url\((\w*:?)", SHOWN)) <= {"data:"}
    (policy,) = (e.get("content") for e in TREE.iter("meta") if e.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_every_link_within_the_page_leads_somewhere():
    ids = [element.get("id") for element in TREE.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [e.get("href") for e in TREE.iter("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [link for link in links if not link.startswith("#")] == [
        "https://arxiv.org/abs/1502.03167"
    ]


def test_headings_are_in_order_and_formulas_are_told_to_who_listens():
    levels = [int(e.tag[1]) for e in TREE.iter() if re.fullmatch(r"h\d", str(e.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    formulas = list(TREE.iter(f"{MATHML}math"))
    assert len(formulas) > 60
    assert all(e.get("alttext") for e in formulas)
    assert next(TREE.iter("html")).get("lang") == "en"


def test_answers_are_folded():
    (answer,) = TREE.iter("details")
    assert answer.find("summary").text == "Answer"


@given(st.text())
def test_any_text_is_read_back(text):
    prose = (Text(text), Strong(text), Code(text), Link("https://a.b", text))
    page = render(Document(text, (Paragraph(prose, text), Heading(text, 1), Program(text))))
    tree = read(page)
    said = close(readable(text))
    body = tree.find("body")
    kept = close("\n".join(program(text)))
    assert close("".join(body.itertext())) == said + said + "." * bool(text) + 5 * said + kept
    assert close(tree.find("head/title").text or "") == said


def test_a_link_leads_to_the_web_or_nowhere():
    shown = render(Document("t", (Paragraph((Link("javascript:alert(1)", "x"),)),)))
    assert "javascript" not in shown


def test_a_formula_that_a_phone_has_no_room_for_is_there_twice():
    narrow = render(Document("t", (Equation(Formula("x = y")),)))
    assert narrow.count("<math") == 1
    wide = " + ".join(f"x_{{{n}}}" for n in range(10, 40))
    shown = render(Document("t", (Equation(Formula(wide)),)))
    assert 'class="maths wide"' in shown
    assert 'class="maths narrow"' in shown


def test_a_fragment_begins_its_anchors_with_a_prefix_and_its_headings_where_it_stands():
    blocks = (Heading("a", 1, "a"), Box("remark", "", (Heading("b", 2, "b"),)))
    shown = fragment(blocks, 4, "law1-")
    assert '<h4 id="law1-a">a</h4>' in shown
    assert '<h5 id="law1-b">b</h5>' in shown
    assert "url(" not in look.of_fragments() or "url(data:" in look.of_fragments()


def test_nasty_text_is_text():
    page = render(Document("t", (Paragraph((Text(NASTY),)),)))
    assert close(NASTY) in close("".join(read(page).itertext()))
