"""Macros of a page are expanded, and what is said still points to where the formula stands."""

import json

import pytest

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.notes.judging import judged
from bncheck.symbolic.notes.macros import at, definitions, expanded
from bncheck.symbolic.notes.sources import page

PREAMBLE = r"""
\newcommand{\bx}{\mathbf{x}}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} % derivative
\newcommand*\xh{\hat{x}}
\renewcommand{\L}{\mathcal{L}}
\def\sB{\sigma_{\mathcal{B}}^2}
\def\mB{\mu_{\mathcal B}}
\def\inv#1{\frac{1}{#1}}
\DeclareMathOperator{\Var}{Var}
\DeclareMathOperator*{\E}{\mathbb{E}}
\newcommand{\sd}[1][\epsilon]{\sqrt{\sB + #1}}
\let\eps\varepsilon
\newcommand{\loop}{\loop x}
\def\twice#1{#1#1}
\newcommand{\bomb}{\twice{\twice{\twice{\twice{\twice{\twice{\twice{\twice{\twice{\twice{x}}}}}}}}}}}
"""
TRUE = [
    r"\mB = \inv{m} \sum_{i=1}^m x_i",
    r"\xh_i = \frac{x_i - \mB}{\sd}",
    r"\xh_i = \frac{x_i - \mB}{\sd[\eps]}",
    r"\pd{\L}{\beta} = \sum_i \pd \L {y_i}",
    r"\Var[x] = \E[x^2] - \E[x]^2",
    r"\hat\bx = \frac{\bx - \mB}{\sd}",
    r"\ensuremath{\xh_i} = \frac{x_i - \mB}{\sd}",
]
FALSE = [
    r"\mB = \inv{m - 1} \sum_{i=1}^m x_i",
    r"\xh_i = \frac{x_i - \mB}{\sB}",
    r"\pd{\L}{\gamma} = \sum_i \pd \L {y_i}",
    r"\Var[x] = \E[x]^2 - \E[x^2]",
]


def told(tmp_path, text, name="n.tex"):
    path = tmp_path / name
    path.write_text(text)
    return [one for one in judged(page(path)) if one.verdict]


@pytest.mark.parametrize(
    ("formula", "verdict"), [(f, "true") for f in TRUE] + [(f, "false") for f in FALSE]
)
@pytest.mark.parametrize("form", ["tex", "md"])
def test_a_formula_with_macros_is_judged(tmp_path, formula, verdict, form):
    if form == "tex":
        text = rf"\documentclass{{article}}{PREAMBLE}\begin{{document}}${formula}$\end{{document}}"
    else:
        text = f"$${PREAMBLE.replace(' % derivative', '')}$$\n\nText.\n\n$${formula}$$\n"
    (one,) = told(tmp_path, text, f"n.{form}")
    assert one.verdict.verdict == verdict, one.verdict.reason


def test_what_is_said_points_to_the_source(tmp_path):
    text = rf"""\documentclass{{article}}{PREAMBLE}\begin{{document}}
\begin{{align}}
\xh_i &= \frac{{x_i - \mB}}{{\sd}} \\
\pd{{\L}}{{\gamma}} &= \sum_i \pd \L {{y_i}} x_i
\end{{align}}
and $\pd{{\L}}{{\foo}} = \mB$
\end{{document}}"""
    wrong, unread = (one for one in told(tmp_path, text) if one.verdict.verdict != "true")
    lines = text.split("\n")
    assert wrong.verdict.verdict == "false"
    assert lines[wrong.line - 1][wrong.column - 1 :].startswith(r"\sum_i")
    assert lines[unread.line - 1][unread.column - 1 :].startswith(r"\foo")
    assert unread.verdict.reason == r"'\foo' is not part of the dialect"


def test_a_definition_holds_from_where_it_stands(tmp_path):
    text = r"""$\v = \frac1m \sum_i x_i$
\newcommand{\v}{\mu} $\v = \frac1m \sum_i x_i$
\renewcommand{\v}{\sigma^2} $\v = \frac1m \sum_i x_i$"""
    assert [one.verdict.verdict for one in told(tmp_path, text)] == ["true", "false"]


@pytest.mark.parametrize("name", [r"\loop = \mu", r"\bomb = \mu"])
def test_macros_without_end_are_refused(tmp_path, name):
    text = rf"\documentclass{{a}}{PREAMBLE}\begin{{document}}${name}$\end{{document}}"
    (one,) = told(tmp_path, text)
    assert one.verdict.verdict == "undecided"
    assert "runs without end, or makes too much" in one.verdict.reason


def test_what_is_left_open_is_refused():
    known = at(100, definitions(r"\newcommand{\f}[2]{#1 #2}"))
    with pytest.raises(ClaimError, match="lacks an argument"):
        expanded(r"\f{a}", known)
    with pytest.raises(ClaimError, match="not closed"):
        expanded(r"\f{a}{b", known)


def test_macros_of_one_cell_hold_in_the_next(tmp_path):
    cells = [{"cell_type": "markdown", "source": [s]} for s in (r"$\def\m{\mu}$", r"$\m = 1$")]

    (one,) = told(tmp_path, json.dumps({"cells": cells}), "n.ipynb")
    assert one.verdict.verdict == "false"
