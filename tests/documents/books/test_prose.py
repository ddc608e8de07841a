from bncheck.documents.books import prose
from bncheck.documents.model import (
    Code,
    Equation,
    Formula,
    Items,
    Paragraph,
    Reference,
    Strong,
    Text,
)


def test_marks_become_what_they_mean():
    assert prose.inline("Where $s$ is *not* `0`, see [B03] and {missing-gamma}.") == (
        Text("Where "),
        Formula("s"),
        Text(" is "),
        Strong("not"),
        Text(" "),
        Code("0"),
        Text(", see "),
        Reference("theorem-B03", "B03"),
        Text(" and "),
        Reference("deviation-missing-gamma", "missing-gamma"),
        Text("."),
    )


def test_brackets_within_a_formula_are_no_reference():
    assert prose.inline("$[B03] \\{a\\}$") == (Formula("[B03] \\{a\\}"),)


def test_paragraphs_displays_and_lists():
    found = [*prose.blocks("One.\n\n$$a =\n b$$\n\n- first\n- second, which\n  goes on\n\n\n")]
    assert found == [
        Paragraph((Text("One."),)),
        Equation(Formula("a = b")),
        Items(((Text("first"),), (Text("second, which goes on"),))),
    ]


def test_formulas_are_found_in_displays_and_in_lines():
    assert [*prose.formulas("Let $a$ be\n\n$$b =\nc$$\n\nand $d$.")] == ["a", "b = c", "d"]


def test_text_without_marks_is_one_text():
    assert prose.inline("plain\n words") == (Text("plain words"),)


def test_a_display_within_a_line_is_one_formula():
    assert prose.inline("$$\\hat{x}$$ and $$b$$") == (
        Formula("\\hat{x}"),
        Text(" and "),
        Formula("b"),
    )
