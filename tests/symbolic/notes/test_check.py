"""A page of formulas: what is judged, where it stands, what holds from where on."""

import json

import pytest

from bncheck.cli import main
from bncheck.symbolic.notes import judging, rendering, sources

TEX = r"""\newcommand{\wrong}{$\mu = 1$}
\begin{document}
A batch $x_1, \dots, x_m$; the area is $A = \pi r^2$. % here $\mu = 7$
\begin{align}
  \mu &= \frac1m \sum_{i=1}^m x_i, \label{eq:mean} \\
  \sigma^2 &= \frac{1}{m-1} \sum_{i=1}^m (x_i - \mu)^2.
\end{align}
With $s = \sqrt{\sigma^2 + \epsilon}$ we have
\[ \hat{x}_i = \frac{x_i - \mu}{s} \]
\begin{verbatim}
$\mu = 3$
\end{verbatim}
\end{document}
"""

MARKDOWN = r"""# Notes

Costs $5 and $6; `$\mu = 2$` is code.

```python
s = "$\\mu = 3$"
```

The output $y_i = \gamma \hat{x}_i - \beta$ is wrong.

$$
y_i = \gamma \hat{x}_i
      + \beta
$$

```math
\mu = \frac{2}{m} \sum_i x_i
```
"""


def said(tmp_path, text, name="notes.md"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return list(judging.judged(sources.page(tmp_path / name)))


def places(found):
    return [(one.verdict.verdict, one.line, one.column) for one in found if one.verdict]


def test_latex(tmp_path):
    found = said(tmp_path, TEX, "notes.tex")
    assert places(found) == [("false", 6, 15), ("true", 9, 4)]
    assert [one.kind for one in found] == ["symbol", "other", "claim", "definition", "claim"]
    (wrong,) = (one.verdict for one in found if one.verdict and one.verdict.verdict == "false")
    assert wrong.repair.says == "m - 1 where m belongs"


def test_markdown(tmp_path):
    found = said(tmp_path, MARKDOWN)
    assert places(found) == [("false", 9, 19), ("true", 12, 1), ("false", 17, 7)]


def test_a_notebook(tmp_path):
    cells = [
        {"cell_type": "code", "source": ["x = '$\\mu = 1$'"]},
        {"cell_type": "markdown", "source": ["One\n", "and $\\mu = 1$"]},
    ]
    found = said(tmp_path, json.dumps({"cells": cells}), "notes.ipynb")
    (one,) = found
    assert (one.formula.cell, one.line, one.column) == (2, 2, 12)
    assert rendering.place(one, "n.ipynb") == "n.ipynb:cell 2:2:12"


ORDERED = [
    # a definition holds for what follows, and for nothing before
    (r"$\hat{x}_i = c_i / s$ and $s = \sqrt{\sigma^2+\epsilon}$", ["undecided"]),
    (r"$s = \sqrt{\sigma^2+\epsilon}$, $\hat{x}_i = (x_i - \mu) / s$", ["true"]),
    (r"Let $c_i = x_i - \mu$. Then $\sum_j c_j = 0 \mu$.", ["true"]),
    # a symbol that is defined again has to agree
    (r"$s = \sigma^2$, $s = \sqrt{\sigma^2+\epsilon}$, $s = \mathrm{Var}[x]$", ["false", "true"]),
    # in passing, for the rest of the sentence
    (
        r"If $\gamma = 1$, then $y_i = \hat{x}_i + \beta$. But $y_i = \hat{x}_i + 2\beta$.",
        ["true", "false"],
    ),
    (r"Typical values are $\epsilon = 10^{-5}$ and $\gamma = 1$.", []),
    (
        r"For $m = 2$ we have $\hat{x}_1 = -\hat{x}_2$. But $\hat{x}_1 = \hat{x}_2$.",
        ["true", "false"],
    ),
    (r"$p = q + \mu$, $q = p$, $\mu = q$", ["undecided"] * 2),
    # an assumption, in words, and a claim
    (r"Assume $\gamma = 1$. So $y_i = \hat{x}_i + \beta$.", ["true"]),
    (r"$y_i = \hat{x}_i + 2\beta$. Assume $\gamma = 1$.", ["false"]),
    (r"Suppose that $\beta = 0$; let $\gamma = 1$. So $y_i = \hat{x}_i$.", ["true"]),
    (r"Let $\gamma = 2$. Now let $\gamma = 1$. So $y_i = \hat{x}_i + \beta$.", ["true"]),
    # a definition that contradicts what is known
    (r"$\sigma^2 := \frac{1}{m-1} \sum_i (x_i - \mu)^2$", ["false"]),
    (r"$\mu := \frac{1}{m} \sum_i x_i$", ["definition"]),
    # a chain over two displays, and the first wrong sign in a chain
    (
        "$$\\sigma^2 = \\frac1m \\sum_i (x_i-\\mu)^2$$\n$$= \\mathrm{E}[x^2] - \\mu^2$$",
        ["true"] * 2,
    ),
    (
        "$$\\sigma^2 = \\frac1m \\sum_i (x_i-\\mu)^2$$\n$$= \\mathrm{E}[x^2] + \\mu^2$$",
        ["true", "false"],
    ),
    (r"$\mu = \frac1m\sum_i x_i = \mathrm{E}[x] + 1 = 2$", ["false"]),
]


@pytest.mark.parametrize(("text", "verdicts"), ORDERED)
def test_what_a_page_says_holds_for_what_follows(text, verdicts, tmp_path):
    assert [verdict for verdict, *_ in places(said(tmp_path, text))] == verdicts


def test_the_first_wrong_sign_of_a_chain_is_pointed_at(tmp_path):
    text = "Then $\\mu = \\frac1m\\sum_i x_i\n = \\mathrm{E}[x] + 1 = 2$"
    assert places(said(tmp_path, text)) == [("false", 2, 4)]


def run(tmp_path, text, *options, name="notes.md"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return main(["check", str(tmp_path / name), *options])


def test_text_and_the_exit_code(tmp_path, capsys):
    assert run(tmp_path, MARKDOWN) == 1
    told = capsys.readouterr().out
    assert "notes.md:9:19: false: y_i = \\gamma \\hat{x}_i - \\beta\n" in told
    assert told.endswith("formulas judged: 2 false, 1 true\n")
    assert run(tmp_path, r"$y_i = \gamma \hat{x}_i + \beta$", "-v") == 0
    assert "true: y_i" in capsys.readouterr().out
    assert run(tmp_path, "no formula") == 2


def test_annotations_and_sarif_and_json(tmp_path, capsys):
    run(tmp_path, MARKDOWN, "--format", "annotations", name="a,b.md")
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("::error file=")
    assert "a%2Cb.md,line=9,col=19::false: " in first
    run(tmp_path, MARKDOWN, "--format", "sarif")
    (made,) = json.loads(capsys.readouterr().out)["runs"]
    assert {r["ruleId"] for r in made["results"]} == {"claim-false"}
    assert made["results"][0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 9,
        "startColumn": 19,
    }
    run(tmp_path, MARKDOWN, "--format", "json")
    data = json.loads(capsys.readouterr().out)
    assert (data["exit_code"], data["counts"]["false"], data["page"]) == (1, 2, {"claim": 3})


@pytest.mark.parametrize(("name", "text"), [("n.md", MARKDOWN), ("n.tex", TEX)])
def test_a_copy_with_remarks_is_judged_alike(name, text, tmp_path):
    before = said(tmp_path, text, name)
    run(tmp_path, text, "--annotate", str(tmp_path / f"copy-{name}"), name=name)
    copy = (tmp_path / f"copy-{name}").read_text(encoding="utf-8")
    assert "bncheck: false" in copy
    kept = [line for line in copy.split("\n") if "bncheck: " not in line]
    assert "\n".join(kept) == text
    after = said(tmp_path, copy, name)
    assert [v for v, *_ in places(after)] == [v for v, *_ in places(before)]


@pytest.mark.parametrize(("begin", "end"), [("$$", "$$"), (r"\[", r"\]"), ("```math", "```")])
def test_no_display_is_broken_by_a_remark(begin, end, tmp_path):
    text = f"So\n{begin}\ny_i = \\gamma \\hat{{x}}_i\n - \\beta\n{end}\nand so on"
    run(tmp_path, text, "--annotate", str(tmp_path / "copy.md"))
    lines = (tmp_path / "copy.md").read_text(encoding="utf-8").split("\n")
    assert lines.index("<!-- bncheck: false -->") == lines.index("and so on") - (
        len(lines) - len(text.split("\n"))
    )
    assert lines[lines.index("<!-- bncheck: false -->") - 1] == end


def test_a_notebook_with_remarks(tmp_path):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "So $\\mu = 1$\nand so on"}]
    text = json.dumps({"cells": cells, "nbformat": 4})
    run(tmp_path, text, "--annotate", str(tmp_path / "copy.ipynb"), name="n.ipynb")
    made = json.loads((tmp_path / "copy.ipynb").read_text(encoding="utf-8"))
    source = "".join(made["cells"][0]["source"])
    assert source.startswith("So $\\mu = 1$\n<!-- bncheck: false -->\n")
    assert source.endswith("and so on")
    assert made["nbformat"] == 4


REFUSED = [
    ("n.txt", "", "is none of .ipynb, .markdown, .md, .tex"),
    ("n.ipynb", "{", "is not a notebook that can be read"),
    ("n.ipynb", "[" * 100_000, "is not a notebook that can be read"),
    ("n.md", "a\0b", "has a zero byte"),
]


@pytest.mark.parametrize(("name", "text", "says"), REFUSED)
def test_what_is_no_page(name, text, says, tmp_path, capsys):
    assert run(tmp_path, text, name=name) == 2
    assert says in capsys.readouterr().err


def test_binary_files_and_large_ones(tmp_path, capsys):
    (tmp_path / "n.md").write_bytes(b"\xff\xfe\x00")
    assert main(["check", str(tmp_path / "n.md")]) == 2
    assert "UTF-8" in capsys.readouterr().err
    image = {"cell_type": "markdown", "source": "x" * 10_000_000}
    cells = [image, {"cell_type": "markdown", "source": "$\\mu = 1$"}]
    assert run(tmp_path, json.dumps({"cells": cells}), name="n.ipynb") == 1


def test_a_mean_of_outputs_is_about_normalization(tmp_path):
    path = tmp_path / "n.md"
    path.write_text(
        r"$\frac1m\sum y_i = 0$ may be anything. Here $y_i = \gamma \hat{x}_i + \beta$, so "
        r"$\frac1m\sum y_i = 0$ and $dbeta = sum(dy * xhat)$, while $\sum_i x_i = 1$ may be set."
    )
    said = [
        (one.kind, one.verdict and one.verdict.verdict)
        for one in judging.judged(sources.page(path))
    ]
    assert said == [
        ("other", None),
        ("claim", "true"),
        ("claim", "true-if"),
        ("claim", "false"),
        ("other", None),
    ]
