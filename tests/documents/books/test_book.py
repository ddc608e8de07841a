import pytest
from book_supplies import catalogue, outcome, parts, words

from bncheck.documents.books import book
from bncheck.documents.books.outline import Chapter, Entry
from bncheck.documents.model import Box, Derivation, Heading, Reference, Table

FEW = ("F01", "F13", "B04", "W05")


@pytest.fixture(scope="module")
def made():
    return book.document(map(outcome, FEW), catalogue())


def anchors(document):
    return [heading.anchor for heading in parts(document.blocks, Heading) if heading.anchor]


def test_theorems_stand_in_their_chapters_in_the_order_of_the_book(made):
    found = [a for a in anchors(made) if a.startswith(("theorem-", "chapter-"))]
    assert found == [
        "chapter-preface",
        "chapter-definition",
        "theorem-F01",
        "chapter-bounds",
        "theorem-F13",
        "chapter-backward",
        "theorem-B04",
        "chapter-weights",
        "theorem-W05",
        "chapter-deviations",
        "chapter-numbers",
    ]
    assert made.title == book.TITLE
    assert made.contents


def test_the_words_come_between_the_title_and_the_statement(made):
    labels = [getattr(block, "label", "") for block in made.blocks]
    at = made.blocks.index(
        next(b for b in made.blocks if getattr(b, "anchor", "") == "theorem-B04")
    )
    assert labels[at + 1 : at + 3] == ["Question", "Why"]
    assert [*parts(made.blocks[at + 3 :], Derivation)]


def test_a_box_names_the_faults_and_the_law(made):
    boxes = [box for box in parts(made.blocks, Box) if box.kind == "practice"]
    [box] = [box for box in boxes if "missing-variance-term" in str(box)]
    named = {part.anchor for part in parts(box.blocks, Reference)}
    assert {"theorem-B04", "deviation-missing-variance-term"} <= named
    assert "leaves the term of the batch variance out of dx" in str(box)


def test_every_deviation_that_is_named_has_a_section_and_no_other(made):
    told = {p.anchor for p in parts(made.blocks, Reference) if p.anchor.startswith("deviation-")}
    assert told == {anchor for anchor in anchors(made) if anchor.startswith("deviation-")}
    assert "deviation-missing-variance-term" in told
    assert "deviation-eps-outside-root" not in told  # F02 is not in this book


def test_anchors_are_given_once(made):
    assert len(anchors(made)) == len({*anchors(made)})


def test_all_proved_is_said_of_a_book_in_which_all_is(made):
    assert made.subtitle.startswith("4 theorems, each proved")
    assert not [box for box in parts(made.blocks, Box) if box.kind == "failed"]


def test_a_theorem_that_is_refuted_is_told_at_the_start_and_in_the_subtitle():
    made = book.document([outcome("F01"), outcome("B04", "the sign is wrong")], {})
    assert made.subtitle == "1 of 2 theorems proved; the others are marked"
    first = next(box for box in parts(made.blocks, Box))
    assert first.kind == "failed"
    assert [part.shown for part in parts(first, Reference)] == ["B04"]


def test_a_theorem_without_a_chapter_is_not_lost(monkeypatch):
    chapter = Chapter("one", "One", "Words.", (Entry("F01", "What?", "So."),))
    monkeypatch.setattr(book, "chapters", lambda: (chapter,))
    made = book.document([outcome("F01"), outcome("B03")], {})
    found = anchors(made)
    assert found.index("theorem-B03") > found.index("chapter-further")
    assert "theorem-F01" in found


def test_theorems_are_listed_by_number(made):
    table = [*parts(made.blocks, Table)][-1]
    assert [row[0][0].shown for row in table.rows] == sorted(FEW)


def test_without_a_catalogue_no_deviation_is_described():
    made = book.document([outcome("B04")], {})
    assert "chapter-deviations" not in anchors(made)
    assert "missing-variance-term" not in words(made)


def test_the_same_outcomes_give_the_same_book():
    first, second = (book.document([outcome("F01")], catalogue()) for _ in range(2))
    assert first == second
