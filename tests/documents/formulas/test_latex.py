import re
import shutil
import subprocess

import pytest
from formulas_of_people import LINES
from our_formulas import everything

from bncheck.documents.formulas import latex
from bncheck.documents.formulas.reading import read, read_lines
from bncheck.documents.formulas.width import em


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"x_{i}^{2}", "x_i^2"),
        (r"x_{ij}'", "x_{i j}'"),
        (r"\left(a\right)", "(a)"),
        (r"(\dfrac{a}{b})", r"\left( \frac{a}{b} \right)"),
        (r"|\bm{\mu}|", r"\lvert \boldsymbol{\mu} \rvert"),
        (r"\hat{xy} \hat{x}", r"\widehat{x y} \hat{x}"),
        ("BN(x) ≥ ℝ", r"\mathrm{BN} (x) \ge \mathbb{R}"),
        (r"\operatorname{log} x \text{a\_b}", r"\log x \text{a\_b}"),
        (r"\operatorname{sgn} x", r"\mathop{\mathrm{sgn}}\nolimits x"),
        (r"\operatorname*{argmax}_i x", r"\mathop{\mathrm{argmax}}\limits_i x"),
        (r"\{x\} {\sum}_i", r"\{ x \} {\sum}_i"),
        (r"x := -1", r"x := - 1"),
    ],
)
def test_how_formulas_are_written(tex, written) -> None:
    assert latex.write(read(tex)) == written


def test_the_command_around_what_is_marked_can_be_chosen() -> None:
    row = read(r"a + \mark{b}")
    assert latex.write(row) == r"a + \bnmark{b}"
    assert latex.write(row, mark=r"\underline") == r"a + \underline{b}"
    assert r"\bnmark" in latex.MARK


def test_no_break_is_followed_by_what_would_be_a_length() -> None:
    written = latex.write(read(r"\begin{cases} a \\ {}[b] \end{cases}"))
    assert r"\\ {} [b]" in written


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_all_our_formulas_compile_and_are_as_wide_as_we_say(tmp_path) -> None:
    rows = [row for tex in (*LINES, *everything()) for row in read_lines(tex)]
    boxes = "\n".join(
        rf"\setbox0\hbox{{$\displaystyle {latex.write(row)}$}}\typeout{{W=\the\wd0}}"
        for row in rows
    )
    source = tmp_path / "formulas.tex"
    source.write_text(
        r"\documentclass{article}\usepackage{amsmath,amssymb}"
        rf"{latex.MARK}\begin{{document}}{boxes} x\end{{document}}",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", source.name],  # noqa: S607
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    log = (tmp_path / "formulas.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Missing character" not in log
    found = [float(points) / 10 for points in re.findall(r"W=([\d.]+)pt", log)]
    ratios = [em(row) / wide for row, wide in zip(rows, found, strict=True) if wide]
    assert min(ratios) > 0.97
    assert max(ratios) < 1.25
