"""LaTeX: it compiles with a plain installation, without an overfull box, and text is text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latex_runs import PDFLATEX, compiled, complaints
from sample_documents import EVERYTHING

from bncheck.documents.formats.escaped_latex import escaped, typed
from bncheck.documents.formats.latex import render

ACCENTS = {f"\\{sign}" for sign in "\\{}_$&#%'`^\"~=.urHvcijoOlL"}
WORDS = """ae ss S textbackslash textasciicircum textasciitilde textless textgreater textbar
textquotedblright ldots times cdot le ge ne approx pm to infty partial sum surd char allowbreak"""
LOWER = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma
tau upsilon phi chi psi omega"""
UPPER = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
KNOWN = ACCENTS | {f"\\{word}" for word in f"{WORDS} {LOWER} {UPPER}".split()}


def commands(source):
    return set(re.findall(r"\\(?:[A-Za-z]+|.)", source, re.DOTALL))


def is_balanced(source):
    depth = 0
    for sign in re.sub(r"\\[{}]", "", source):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


@given(st.text())
def test_any_text_is_words_and_known_commands(text):
    for shown in (escaped(text), typed(text), typed(text, breaks=True)):
        assert shown.isascii()
        assert commands(shown) <= KNOWN
        assert is_balanced(shown)
        assert shown.count("$") % 2 == shown.count(r"\$") % 2
        plain = re.sub(r"\\[A-Za-z]+|\\.", "", shown)
        assert not set("%#&") & set(plain)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("100% of $5", r"100\% of \$5"),
        ("é ñ ï Σ γ", r"\'{e} \~{n} \"{\i} $\Sigma$ $\gamma$"),
        ("a--b", "a{-}{-}b"),
        ("Ο ≤ 驗", r"Omicron $\le$ \textless{}U+9A57\textgreater{}"),
    ],
)
def test_text_is_spelled(text, shown):
    assert escaped(text) == shown


SOURCE = render(EVERYTHING)


def test_what_is_opened_is_closed_and_each_reference_has_its_label():
    assert is_balanced(SOURCE)
    opened = []
    for which, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", SOURCE):
        if which == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    labels = re.findall(r"\\label\{([^}]+)\}", SOURCE)
    assert len(labels) == len(set(labels))
    assert set(re.findall(r"\\hyperref\[([^\]]+)\]", SOURCE)) <= set(labels)


needs_latex = pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")


@needs_latex
def test_everything_compiles_without_an_overfull_box(tmp_path):
    assert complaints(compiled(SOURCE, tmp_path)) == []


@needs_latex
def test_complaints_are_seen(tmp_path):
    wide = SOURCE.replace(r"\end{document}", r"\hbox to 1em{too wide}\ref{none}\end{document}")
    told = complaints(compiled(wide, tmp_path))
    assert any("Overfull" in line for line in told)
    assert any("undefined" in line for line in told)
