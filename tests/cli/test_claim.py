"""``bncheck claim FORMULA``, without a file."""

import json

import pytest

from bncheck.cli import main


def told(capsys, *arguments):
    code = main(["claim", *arguments])
    return code, capsys.readouterr().out


def test_one_formula(capsys):
    code, out = told(capsys, r"y_i = \gamma \hat{x}_i + \beta")
    assert (code, out) == (0, "true      y_i = \\gamma \\hat{x}_i + \\beta\n")
    code, out = told(capsys, r"y_i = \gamma x_i + \beta")
    assert code == 1
    assert r"corrected: y_i = \gamma \hat{x}_i + \beta" in out


def test_what_a_symbol_means(capsys):
    code, out = told(capsys, "x̂ᵢ = (xᵢ − μ)/s", "--where", "s=std+eps", "--echo")
    assert code == 0
    assert "s: std+eps" in out
    assert r"read as   \hat{x}_i = \frac{x_i - \mu}{s}" in out


def test_what_a_formula_is_about(capsys):
    outside = "dx = gamma * rstd * (dy - mean(dy) - xhat * mean(dy * xhat))"
    assert told(capsys, outside)[0] == 0
    code, out = told(capsys, outside, "--norm", "layer", "--echo")
    assert code == 1
    assert "it would hold only for gamma = constant" in out
    assert "about     layer normalization" in out


def test_claims_of_a_file_say_it_themselves(capsys, tmp_path):
    path = tmp_path / "claims.toml"
    entry = "[[claim]]\nid = '{}'\nsource = ''\nlatex = '{}'\n{}"
    gradient = r"\frac{\partial L}{\partial \beta} = \sum_i \frac{\partial L}{\partial y_i}"
    path.write_text(
        entry.format("a", gradient, "") + entry.format("b", gradient, "norm = 'rms'\n"),
        encoding="utf-8",
    )
    assert [line.split() for line in told(capsys, str(path))[1].splitlines() if line[0] != " "] == [
        ["true", "a"],
        ["undecided", "b"],
        ["2", "claims:", "1", "true,", "1", "undecided"],
    ]
    assert "2 claims: 2 undecided" in told(capsys, str(path), "--norm", "layer")[1]
    path.write_text(entry.format("a", "y = x", "norm = 'weight'\n"), encoding="utf-8")
    assert main(["claim", str(path)]) == 2
    assert "the claim 'a' has norm='weight'; known: batch, layer, rms" in capsys.readouterr().err


def test_as_data(capsys):
    _, out = told(capsys, r"\mu = \frac1m \sum_i x_i", "--format", "json", "--echo")
    (finding,) = json.loads(out)["findings"]
    assert finding["verdict"] == "true"
    assert finding["read"][0] == r"read as   \mu = \frac{1}{m} \sum_i x_i"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["claims.toml"], "claims.toml does not exist"),
        (["nope"], "nope is neither a file nor a formula, which has a relation sign"),
        (["a=b.toml"], "a=b.toml does not exist"),
        (["y = x", "--where", "y"], "--where 'y' has no '='; write SYMBOL=MEANING"),
        (["claims.toml", "--where", "y=x"], "--where is for one formula"),
        (["y = x", "--norm", "weight"], "norm='weight', but should be one of batch, layer, rms"),
    ],
)
def test_usage(arguments, says, capsys):
    assert main(["claim", *arguments]) == 2
    assert says in capsys.readouterr().err
