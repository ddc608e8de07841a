from bncheck.documents.books.catalogue import Deviation, caught, sections, sentence
from bncheck.documents.model import Heading, Paragraph, Reference, Text

ONE = Deviation("late", "is late", ("B03", "X17"), "any batch", "a report")


def test_a_law_that_is_proved_refers_to_its_theorem():
    assert caught(ONE, {"B03"}) == (
        Reference("theorem-B03", "B03"),
        Text(", "),
        Text("X17"),
        Text("."),
    )


def test_a_law_that_is_stated_in_parts_refers_to_the_first():
    told = caught(Deviation("late", "is late", ("F05",)), {"F05a", "F05b"})
    assert told[0] == Reference("theorem-F05a", "F05")


def test_a_section_says_what_where_and_by_which_laws():
    heading, *told = sections({"late", "unknown"}, {"late": ONE}, ())
    assert heading == Heading("late", 2, "deviation-late")
    assert [p.label for p in told if isinstance(p, Paragraph)] == [
        "",
        "Shows in",
        "Caught by laws",
        "Seen in",
    ]
    assert told[0] == Paragraph((Text("Is late."),))


def test_what_is_not_known_of_a_deviation_is_left_out():
    labels = [b.label for b in [*sections({"x"}, {"x": Deviation("x", "is x", ())}, ())][1:]]
    assert labels == ["", "Caught by laws"]


def test_a_symbol_at_the_start_of_a_sentence_keeps_its_letter():
    assert sentence("x is not contiguous") == "x is not contiguous"
    assert sentence("any batch") == "Any batch"
    assert sentence("|dy| is small") == "|dy| is small"


def test_deviations_stand_under_their_families_in_the_order_of_the_catalogue():
    made = {
        name: Deviation(name, "is wrong", (), family=family)
        for name, family in (("c", "eps and m"), ("b", "axes"), ("a", "eps and m"), ("d", "late"))
    }
    found = [(b.text, b.level) for b in sections({"a", "b", "c"}, made, ()) if hasattr(b, "level")]
    assert found == [("Eps and m", 2), ("a", 3), ("c", 3), ("Axes", 2), ("b", 3)]
