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
    ],
)
def test_usage(arguments, says, capsys):
    assert main(["claim", *arguments]) == 2
    assert says in capsys.readouterr().err
