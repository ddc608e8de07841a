import math
import re
from collections import Counter
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from our_formulas import everything

from bncheck.documents.formulas import latex, mathml, plain, typst, width
from bncheck.documents.formulas.breaking import lines
from bncheck.documents.formulas.nodes import Digits, Letter, Row, Sign, Word
from bncheck.documents.formulas.reading import read, read_lines
from bncheck.errors import NotSupported

ADDED = {Digits("1"), Digits("2"), Sign("/", "binary")}
"""What a fraction or root that is opened is written with."""


def leaves(part):
    if isinstance(part, Letter | Word | Digits | Sign):
        return [part]
    if isinstance(part, tuple):
        return [leaf for inner in part for leaf in leaves(inner)]
    if is_dataclass(part):
        return [leaf for field in fields(part) for leaf in leaves(getattr(part, field.name))]
    return []


@pytest.mark.parametrize("most", [15, 20, 34])
def test_our_own_formulas_fit_and_have_the_same_parts(most) -> None:
    broken = 0
    for tex in everything()[:: 6 if most > 15 else 3]:
        for row in read_lines(tex):
            found = lines(row, most)
            assert max(map(width.em, found)) <= most
            extra = Counter(leaves(found))
            extra.subtract(leaves(row))
            assert all(part in ADDED and count > 0 for part, count in extra.items() if count), tex
            if not any(extra.values()) and "frac" not in tex:
                assert leaves(found) == leaves(row)
            broken += len(found) > 1
    assert broken > 10


def test_every_line_can_be_written_in_every_language() -> None:
    tex = r"\mark{\frac{a + b + c + d + e}{\sqrt{x + y + z + u + v}}} (a + b + c + d)^2 + |e + f|"
    found = lines(read(tex), 6)
    assert len(found) > 4
    for row in found:
        assert latex.write(row)
        assert plain.write(row)
        assert typst.write(row)
        assert mathml.write(row, display=True)


@pytest.mark.parametrize(
    ("tex", "most", "broken"),
    [
        ("a + b = c", 20, ["a + b = c"]),
        ("a + b + c + d = e + f + g + h", 12, ["a + b + c + d", "= e + f + g + h"]),
        ("aaaa + bbbb + cccc", 8, ["a a a a + b b b b", "+ c c c c"]),
        ("x (aaaaa + bbbbb)", 5, ["x (a a a a a", "+ b b b b b)"]),
        (r"\frac{aaaa + bbbb}{x}", 5, ["(1/x) (a a a a", "+ b b b b)"]),
        (r"\frac{2 a (aaaa + bbbb)}{x}", 5, ["(2 a / x) (a a a a", "+ b b b b)"]),
        (r"y / \frac{(aaa)(bbb)}{x}", 3.5, ["y / (1/x", "(a a a)", "(b b b))"]),
        (r"\sqrt{aaaa + bbbb}", 5, ["(a a a a", "+ b b b b)^(1/2)"]),
        (r"\frac{1}{aaaa + bbbb} x", 5, ["(1 / (a a a a", "+ b b b b)) x"]),
        ("(aaaa + bbbb)^2 c", 5.5, ["(a a a a", "+ b b b b)^2 c"]),
    ],
)
def test_where_lines_end(tex, most, broken) -> None:
    assert [plain.write(row) for row in lines(read(tex), most)] == broken


@pytest.mark.parametrize(
    "tex", [r"\text{a long remark on this}", r"x_{aaaaaaaaaaaaa}", "123456789"]
)
def test_what_cannot_be_broken_is_refused(tex) -> None:
    with pytest.raises(NotSupported, match="name"):
        lines(read(tex), 3)


_letters = st.sampled_from("abcefghk")
_products = st.lists(_letters, min_size=1, max_size=4).map(" ".join)


def _nested(inner):
    sums = st.lists(inner, min_size=2, max_size=4).map(" + ".join)
    factors = st.one_of(
        sums.map(lambda s: f"({s})"),
        sums.map(lambda s: rf"({s})^2"),
        sums.map(lambda s: rf"\sqrt{{{s}}}"),
        st.tuples(sums, sums).map(lambda two: rf"\frac{{{two[0]}}}{{{two[1]}}}"),
        st.tuples(inner, inner).map(lambda two: rf"\frac{{{two[0]}}}{{{two[1]}}}"),
        sums.map(lambda s: rf"\mark{{({s})}}"),
    )
    return (
        st.tuples(_products, factors, _products).flatmap(lambda t: st.permutations(t)).map(" ".join)
    )


_formulas = st.lists(st.recursive(_products, _nested, max_leaves=8), min_size=1, max_size=3)
_VALUES = {letter: 1.1 + 0.13 * at for at, letter in enumerate("abcefghk")} | {"sqrt": math.sqrt}


def value(text: str) -> float:
    """Evaluate plain text, in which factors stand beside one another."""
    text = re.sub(r"(?<=[\w)]) (?=[\w(])", " * ", text.replace("^", "**"))
    return eval(text, {"__builtins__": {}}, _VALUES)  # noqa: S307  # made above, of eight letters


@settings(max_examples=150, deadline=None)
@given(_formulas.map(" - ".join), st.integers(6, 25))
def test_broken_lines_have_the_value_of_the_formula(tex, most) -> None:
    row = read(tex)
    found = lines(row, most)
    assert all(width.em(line) <= most for line in found)
    together = " ".join(map(plain.write, found))
    assert math.isclose(value(together), value(plain.write(row)), rel_tol=1e-9, abs_tol=1e-7)


def test_a_line_that_begins_with_a_sign_keeps_the_room_behind_it() -> None:
    _, rest = lines(read("aaaa + bbbb"), 5)
    assert isinstance(rest, Row)
    assert latex.write(rest).startswith("{} +")
    assert typst.write(rest).startswith('""')
    assert 'form="infix"' in mathml.write(rest, display=True)
