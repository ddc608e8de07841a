"""Numbers of headings and equations, and what references lead to."""

import pytest
from sample_documents import EVERYTHING

from bncheck.documents.formats.numbering import MOST, dangling, numbered, words
from bncheck.documents.model import (
    Document,
    Equation,
    Formula,
    Heading,
    Link,
    Paragraph,
    Reference,
    Text,
)

E = Formula("x")


def test_equations_are_numbered_within_chapters_where_there_are_contents():
    found = numbered(EVERYTHING)
    assert {name: place.number for name, place in found.places.items()} == {
        "chapter-one": "1",
        "theorem-B01": "1.1",
        "eq-B01-1": "1.1",
        "eq-B01-2": "1.2",
        "section-1-1-1": "1.1.1",
        "eq-in-box": "1.3",
        "section-2": "2",
        "eq-cases": "2.1",
    }
    assert [place.anchor for place in found.contents] == ["chapter-one", "theorem-B01", "section-2"]


def test_without_contents_headings_have_no_number_and_equations_a_plain_one():
    blocks = (Heading("a", 2, "a"), Equation(E, "e1"), Heading("b", 2, "b"), Equation(E, "e2"))
    found = numbered(Document("t", blocks))
    numbers = {name: (place.number, place.level) for name, place in found.places.items()}
    assert numbers == {"a": ("", 1), "e1": ("1", 0), "b": ("", 1), "e2": ("2", 0)}
    assert found.contents == ()


def test_levels_have_no_gaps():
    given = (2, 4, 4, 3, 2, 1, 3, 2)
    found = numbered(Document("t", tuple(Heading("h", level) for level in given), contents=True))
    levels = [block.level for block in found.document.blocks]
    assert levels == [1, 2, 2, 2, 1, 1, 2, 2]
    anchors = [block.anchor for block in found.document.blocks]
    assert len(set(anchors)) == len(given)


def test_a_reference_shows_the_number_of_an_equation_once():
    found = numbered(Document("t", (Heading("a", 1, "a"), Equation(E, "e"))))
    assert found.shown(Reference("e", "the loss")) == "the loss (1)"
    assert found.shown(Reference("e", "equation (1)")) == "equation (1)"
    assert found.shown(Reference("e", "")) == "(1)"
    assert found.shown(Reference("a", "theorem B01")) == "theorem B01"
    assert found.shown(Reference("elsewhere", "law F16")) == "law F16"


def test_an_anchor_is_given_once():
    with pytest.raises(ValueError, match="'e' is given twice"):
        numbered(Document("t", (Equation(E, "e"), Equation(E, "e"))))


def test_references_that_lead_nowhere_are_found():
    assert dangling(EVERYTHING) == {"nowhere"}
    here = (Heading("a", 1, "a"), Paragraph((Reference("a", "x"), Text("y"))))
    assert dangling(Document("t", here)) == set()


def test_a_chapter_to_look_things_up_in_is_not_unfolded_in_the_contents():
    few, many = ((Heading("s", 2),) * number for number in (MOST - 1, MOST))
    blocks = (Heading("few", 1), *few, Heading("many", 1), *many)
    found = numbered(Document("t", blocks, contents=True))
    assert [place.chapter for place in found.contents] == ["1"] * MOST + ["2"]
    assert found.is_listed("section-1-1")
    assert not found.is_listed("section-2-1")


def test_words_of_prose():
    prose = (Text("a "), Formula(r"\hat{x}_i"), Reference("e", " b"), Link("https://c.d", " e"))
    assert words(prose, numbered(Document("t", ()))) == "a xhat_i b e"
