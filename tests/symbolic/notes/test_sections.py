"""A page says which normalization its parts are about, in titles and comments."""

import json

import pytest

from bncheck.cli import main
from bncheck.errors import UsageError
from bncheck.symbolic.notes import judging, sources
from bncheck.symbolic.notes.sections import named

VARIES = r"$y_i = \gamma_i \hat{x}_i + \beta_i$"
MARKDOWN = rf"""# Normalizations

{VARIES}

## Layer normalization

{VARIES}

### The backward pass

{VARIES}

RMSNorm
-------

{VARIES}

## Layer norm and batch norm

{VARIES}

```
# RMSNorm
```

<!-- bncheck: norm = group -->

{VARIES}

# Batch normalization

{VARIES}
"""
TEX = rf"""\section{{Introduction}} {VARIES}
\section[Short]{{Root Mean Square Layer Normalization}} {VARIES}
% \section{{Group normalization}}
\subsection*{{A \emph{{note}}}} {VARIES}
\section{{More}} {VARIES}
% bncheck: norm = instance
{VARIES}
"""


def norms(tmp_path, text, name):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return [formula.norm for formula in sources.page(tmp_path / name).formulas()]


def test_titles_and_comments_of_markdown(tmp_path):
    found = norms(tmp_path, MARKDOWN, "notes.md")
    assert found == ["", "layer", "layer", "rms", "", "group", "batch"]


def test_titles_and_comments_of_latex(tmp_path):
    found = norms(tmp_path, TEX, "notes.tex")
    assert found == ["", "rms", "rms", "", "instance"]


def test_cells_of_a_notebook_follow_one_another(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# LayerNorm\n"]},
        {"cell_type": "code", "source": ["# RMSNorm\n"]},
        {"cell_type": "markdown", "source": [VARIES]},
    ]
    assert norms(tmp_path, json.dumps({"cells": cells}), "notes.ipynb") == ["layer"]


@pytest.mark.parametrize(
    ("title", "norm"),
    [
        ("Layer Normalisation", "layer"),
        ("Understanding LayerNorms", "layer"),
        ("RMS layer norm, explained", "rms"),
        ("Normalizing by group norms", "group"),
        ("InstanceNorm2d", ""),
        ("Instance-normalized images", "instance"),
        ("BatchNorm and LayerNorm", ""),
        ("The norm of a layer", ""),
        ("Normalization", ""),
    ],
)
def test_only_what_is_said_counts(title, norm):
    assert named(title) == norm


def test_formulas_are_judged_so(tmp_path):
    text = f"# LayerNorm\n\n{VARIES}\n\n# Others\n\n{VARIES}\n"
    (tmp_path / "notes.md").write_text(text, encoding="utf-8")
    page = sources.page(tmp_path / "notes.md")
    sums = [
        r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} \hat{x}_i"
    ]
    (tmp_path / "sums.md").write_text(f"# LayerNorm\n\n${sums[0]}$\n", encoding="utf-8")
    assert [one.verdict.verdict for one in judging.judged(page)] == ["true", "true"]
    asked = sources.page(tmp_path / "sums.md")
    assert [one.verdict.verdict for one in judging.judged(asked)] == ["undecided"]
    assert [one.verdict.verdict for one in judging.judged(asked, norm="batch")] == ["true"]


def test_what_rms_is_holds_for_what_follows(tmp_path, capsys):
    page = tmp_path / "rms.md"
    page.write_text(
        r"""# RMSNorm

$$\mathrm{RMS}(x) = \sqrt{\frac1n \sum_{i=1}^n x_i^2 + \epsilon}$$

$$y_i = \frac{x_i}{\mathrm{RMS}(x)} \gamma_i$$

Older papers have $\mathrm{RMS}(x) = \sqrt{\frac1n \sum_{i=1}^n x_i^2}$, and so

$$\hat{x}_i = \frac{x_i}{\mathrm{RMS}(x)}$$
""",
        encoding="utf-8",
    )
    assert main(["check", str(page), "-v"]) == 0
    said = capsys.readouterr().out
    assert "3 true, 1 true-if" in said
    assert "if eps = 0" in said


def test_a_norm_that_is_none_is_refused(tmp_path, capsys):
    page = tmp_path / "notes.md"
    page.write_text(f"<!-- bncheck: norm = weight -->\n\n{VARIES}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="norm = 'weight', but should say one of batch, layer"):
        list(judging.judged(sources.page(page)))
    page.write_text(f"{VARIES}\n", encoding="utf-8")
    assert main(["check", str(page), "--norm", "layer"]) == 0
    assert "1 true" in capsys.readouterr().out
    assert main(["check", str(page), "--norm", "weight"]) == 2
    assert "norm='weight', but should be one of batch" in capsys.readouterr().err
