import re

import pytest
from formulas_of_people import DISPLAYS, LINES, REFUSED
from hypothesis import given, settings
from hypothesis import strategies as st
from our_formulas import everything

from bncheck.documents.formulas import latex, plain
from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Digits,
    Fenced,
    Letter,
    Marked,
    Over,
    Row,
    Script,
    Sign,
    Word,
)
from bncheck.documents.formulas.reading import read, read_lines
from bncheck.errors import NotSupported

x, i, mu = Letter("x"), Letter("i"), Letter("μ")


def test_our_own_formulas_are_read_and_written_as_the_same_layout() -> None:
    lines = [row for tex in everything() for row in read_lines(tex)]
    assert len(lines) >= 1200
    assert [row for row in lines if read(latex.write(row)) != row] == []


@pytest.mark.parametrize("tex", LINES)
def test_what_people_type_is_read_and_written_as_the_same_layout(tex) -> None:
    row = read(tex)
    assert read(latex.write(row)) == row


@pytest.mark.parametrize(("tex", "count"), DISPLAYS)
def test_displays_are_read_line_by_line(tex, count) -> None:
    if count is None:
        with pytest.raises(NotSupported):
            read_lines(tex)
    else:
        assert len(read_lines(tex)) == count


@pytest.mark.parametrize("tex", REFUSED, ids=lambda tex: tex[:20])
def test_what_is_not_known_is_refused(tex) -> None:
    with pytest.raises(NotSupported) as refused:
        read(tex)
    assert len(str(refused.value)) < 300


def test_the_sign_that_is_not_known_is_named() -> None:
    with pytest.raises(NotSupported, match=re.escape(r"\wrong")):
        read(r"x + \wrong{y}")


_TYPED = (
    r"x y m 1 23 0.5 + - = < | ( ) [ ] { } { } { } _ ^ _ ^ ' , . ! / : & ~ dgamma BN dx "
    r"\frac{1}{m} \frac \sqrt \sqrt{x} \hat \hat{x} \bar \dot \sum \max \mu \epsilon \ell "
    r"\left( \right) \left| \right. \{ \} \| \lvert \rvert \langle \rangle \mid \cdot \le \to "
    r"\partial \nabla \quad \, \dots \mathbf \mathbb \mathcal{B} \boldsymbol \text{if} "
    r"\mathrm{Var} \operatorname{log} \mathrm \mark \begin{cases} \end{cases} \\ & \prime \in "
    r"x̂ ᵢ ² ≤ γ − Σ ∑ é √ ′ \operatorname*{argmax} \log \underbrace \underset \text{a_b,c}"
)
_SOUP = (*_TYPED.split(), r"\text{ for }")


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_SOUP), max_size=14).map(" ".join))
def test_whatever_is_read_is_written_as_the_same_layout(tex) -> None:
    try:
        row = read(tex)
    except NotSupported:
        return
    written = latex.write(row)
    assert read(written or "{}") == row
    assert latex.write(read(written or "{}")) == written
    assert plain.write(row).isascii()


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(tex) -> None:
    try:
        rows = read_lines(tex)
    except NotSupported:
        return
    assert all(read(latex.write(row) or "{}") == row for row in rows)


def test_signs_are_told_apart_by_what_is_before_them() -> None:
    kinds = [part.kind for part in read("-a - b = -c, -d").parts if isinstance(part, Sign)]
    assert kinds == ["prefix", "binary", "relation", "prefix", "punctuation", "prefix"]


def test_what_stands_where() -> None:
    assert read(r"\hat{x}_i^2") == Row(
        (Script(Row((Accent("hat", Row((x,))),)), Row((i,)), Row((Digits("2"),))),)
    )
    assert read(r"\sum_i \mark{x}") == Row((Big("∑", Row((i,)), None), Marked(Row((x,)))))
    assert read(r"(\mu]") == Row((Fenced("(", "]", Row((mu,))),))
    assert read(r"\frac x\mu") == Row((Over(Row((x,)), Row((mu,))),))
    assert read(r"\text{if } x") == Row((Word("if "), x))


def test_other_spellings_are_the_same_layout() -> None:
    assert read("x̂ᵢ ≤ σ² − ½μ".replace("½", r"\frac12")) == read(
        r"\hat x_i \leq \sigma^2-\tfrac12\mu"
    )
    assert (
        read(r"\left|x\right|") == read("|x|") == read(r"\lvert x \rvert") == read(r"\big|x\big|")
    )
    assert read("|a|b|") == Row(
        (Fenced("|", "|", Row((Letter("a"),))), Letter("b"), *read("|").parts)
    )


def test_a_long_formula_is_read_in_time_that_grows_with_its_length() -> None:
    assert len(read("x + " * 4000 + "x").parts) == 8001
