import pytest
from formulas_of_people import DISPLAYS, LINES
from hypothesis import given, settings
from hypothesis import strategies as st
from our_formulas import everything

from bncheck.documents.formulas import typst
from bncheck.documents.formulas.nodes import Digits, Letter, Row, Script, Sign, Word
from bncheck.documents.formulas.reading import read, read_lines
from bncheck.documents.formulas.signs import ACCENTS, BIG, CLOSING, FUNCTIONS, LETTERS, SIGNS

library = pytest.importorskip("typst")


def compiled(rows, form="pdf") -> bytes:
    body = "\n\n".join(f"$ {typst.write(row)} $" for row in rows)
    source = f"#set page(width: 100cm, height: auto)\n{typst.MARK}\n{body}"
    return library.Compiler(ignore_system_fonts=True).compile(input=source.encode(), format=form)


def test_all_our_formulas_compile_in_one_document() -> None:
    assert compiled([row for tex in everything() for row in read_lines(tex)])


def test_what_people_type_compiles() -> None:
    displays = [tex for tex, count in DISPLAYS if count]
    assert compiled([row for tex in (*LINES, *displays) for row in read_lines(tex)])


def test_every_sign_compiles() -> None:
    signs = [*SIGNS, *LETTERS, *(f"{big}_i^m" for big in BIG)]
    signs += [f"{accent}{{x y}}_i" for accent in ACCENTS]
    signs += [rf"\left. x \right{closing}^2" for closing in CLOSING]
    signs += [rf"\operatorname{{{name}}} x" for name in sorted(FUNCTIONS)]
    assert compiled(map(read, signs))


def test_every_sign_is_seen() -> None:
    """One that typst took for markup would leave the same picture with and without it."""
    empty = compiled([read("x x")], "svg")
    for command in SIGNS:
        if command != r"\quad":
            assert compiled([read(f"x {command} x")], "svg") != empty, command


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(_TEXT, _TEXT)
def test_no_words_are_taken_for_commands(one, other) -> None:
    row = Row((Word(one), Letter("x"), Script(Row((Word(other),)), Row((Digits("1"),)), None)))
    assert compiled([row])
    assert f'"{one}"' in typst.write(row) or "\\" in typst.write(row)


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"\frac{1}{m} \sum_{i=1}^m x_i", "frac(1, m) ∑_(i = 1)^(m) x_(i)"),
        (r"(a, b]", r"\( a \, b \]"),
        (r"\left(\frac{a}{b}\right)^2", r"attach(lr(\( frac(a, b) \)), t: 2)"),
        (r"(\sigma^2)^{-3/2}", r"\( σ^(2) \)^(− 3 \/ 2)"),
        (r"x_i'", "x'_(i)"),
        (r"\text{if } x", '"if "x'),
        (r"\log |x|", r'op("log") thin lr(\| x \|)'),
        (r"\mark{x}", "bnmark(x)"),
    ],
)
def test_how_formulas_are_written(tex, written) -> None:
    assert typst.write(read(tex)) == written


def test_a_marked_sign_is_marked() -> None:
    plain, marked = (compiled([read(tex)], "svg") for tex in ("x + y", r"x + \mark{y}"))
    assert plain != marked
    assert b"#8a2b06" in marked


def test_an_empty_row_is_no_error() -> None:
    assert compiled([read(r"\frac{}{} {} \sqrt{}"), Row((Sign("+", "binary"),))])
