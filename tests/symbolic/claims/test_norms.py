"""What a formula says depends on the normalization that it is about."""

import pytest

from bncheck.errors import UsageError
from bncheck.symbolic.claims.echo import echo
from bncheck.symbolic.claims.judge import judge

BACKWARD = (
    r"\frac{\partial L}{\partial x_i} = \frac{1}{s} (h_i - \frac1m \sum_j h_j - "
    r"\frac{\hat{x}_i}{m} \sum_j h_j \hat{x}_j)"
)
OUTSIDE = (
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{s} (\frac{\partial L}{\partial y_i} - "
    r"\frac1m \sum_j \frac{\partial L}{\partial y_j} - \frac{\hat{x}_i}{m} \sum_j "
    r"\frac{\partial L}{\partial y_j} \hat{x}_j)"
)
S, R = {"s": "std+eps"}, {"r": "rms+eps"}

TRUE = [
    ("layer", r"y_i = \gamma_i \hat{x}_i + \beta_i", {}),
    ("layer", r"y = \gamma \odot \hat{x} + \beta", {}),
    ("layer", r"y_k = \gamma \hat{x}_k + \beta", {}),
    (
        "layer",
        r"y = \frac{x - \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + \epsilon}} * \gamma + \beta",
        {},
    ),
    ("layer", r"\mathrm{LayerNorm}(x) = \gamma \odot \hat{x} + \beta", {}),
    ("layer", r"y_i = g_i \hat{x}_i + b_i", {}),
    ("layer", r"\gamma = 1, \beta = 0 \Rightarrow y_i = \hat{x}_i", {}),
    ("layer", r"\mu_i = \frac{1}{H} \sum_{j=1}^{H} x_{ij}", {}),
    (
        "layer",
        r"y_{ij} = \gamma_j \frac{x_{ij} - \mu_i}{\sqrt{\sigma_i^2 + \epsilon}} + \beta_j",
        {},
    ),
    ("layer", BACKWARD, {**S, "h": "dxhat"}),
    ("layer", "dx = rstd * (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat))", {}),
    (
        "layer",
        r"\frac{\partial L}{\partial \gamma_j} = \frac{\partial L}{\partial y_j} \hat{x}_j",
        {},
    ),
    ("layer", r"\sum_i \frac{\partial L}{\partial x_i} = 0", {}),
    ("rms", r"y_i = \gamma_i \frac{x_i}{r}", R),
    ("rms", r"y_i = \gamma_i \frac{x_i}{r} + \beta_i", R),
    ("rms", "y = x / sqrt(mean(x^2) + eps) * g", {}),
    ("rms", r"\mathrm{RMSNorm}(x) = \gamma \odot \hat{x}", {}),
    ("rms", r"\hat{x}_i = x_i \cdot \mathrm{rstd}", {}),
    ("rms", "dx = rstd * (dxhat - xhat * mean(dxhat * xhat))", {}),
    (
        "rms",
        r"\frac{\partial y_i}{\partial x_j} = \frac{\gamma_i}{r} (\delta_{ij} - \frac1m \hat{x}_i "
        r"\hat{x}_j)",
        R,
    ),
    ("group", r"y_k = \gamma_k \hat{x}_k + \beta_k", {}),
    ("group", BACKWARD, {**S, "h": "dxhat"}),
    ("instance", r"y_i = \gamma \hat{x}_i + \beta", {}),
    ("instance", OUTSIDE, S),
    ("batch", OUTSIDE, S),
]


@pytest.mark.parametrize(("norm", "latex", "where"), TRUE)
def test_true(norm, latex, where):
    verdict = judge(latex, where, norm=norm, repair=False)
    assert verdict.verdict == "true", verdict
    wrong = judge(f"{latex} + 1", where, norm=norm, repair=False)
    assert wrong.verdict in ("false", "undecided"), wrong  # an index may be asked for behind a sum


FALSE = [
    ("layer", OUTSIDE, S, "it would hold only for gamma = constant"),
    ("rms", BACKWARD, {"s": "rms+eps", "h": "dxhat"}, ""),
    ("rms", r"\sum_i \frac{\partial L}{\partial x_i} = 0", {}, ""),
    ("rms", "y = x / (sqrt(mean(x^2)) + eps) * gamma", {}, "it would hold only for eps = 0"),
    ("rms", r"y_i = \gamma_i \frac{x_i}{\sqrt{\sum_j x_j^2 + \epsilon}}", {}, ""),
    ("layer", r"y_i = \beta_i \hat{x}_i + \gamma_i", {}, ""),
    (
        "layer",
        r"\frac{\partial L}{\partial \beta_j} = \gamma_j \frac{\partial L}{\partial y_j}",
        {},
        "",
    ),
    # written in attack: gamma in front of one mean, x for xhat, another count, another index
    (
        "layer",
        BACKWARD.replace(r"\frac1m", r"\frac{\gamma_i}m").replace(
            "_j h_j -", r"_j h_j / \gamma_j -"
        ),
        {**S, "h": "dxhat"},
        "only for gamma = constant",
    ),
    ("layer", "dx = rstd * (dxhat - mean(dxhat) - x * mean(dxhat * xhat))", {}, ""),
    ("layer", "dx = rstd * (dxhat - mean(dxhat) - xhat * sum(dxhat * xhat))", {}, ""),
    ("layer", "dx = rstd * (dxhat - mean(dxhat) - xhat * mean(dxhat) * mean(xhat))", {}, ""),
    ("layer", "dx = rstd * (dxhat - xhat * mean(dxhat * xhat))", {}, ""),
    (
        "layer",
        r"\frac{\partial L}{\partial \gamma_i} = \frac{\partial L}{\partial y_i} x_i",
        {},
        "",
    ),
    ("layer", r"\sigma^2 = \frac{1}{m-1} \sum_i (x_i - \mu)^2", {}, ""),
    ("layer", r"\frac1m \sum_i y_i^2 = \gamma^2 + \beta^2", {}, ""),
    ("layer", r"y_i = \gamma_j \hat{x}_i + \beta_i", {}, "only for gamma = constant"),
    ("rms", "dx = rstd * (dxhat - x * mean(dxhat * xhat))", {}, ""),
    ("rms", "dx = rstd * dxhat - x * rstd^2 * mean(dxhat * x)", {}, ""),
    ("rms", "dx = rstd * dxhat", {}, ""),
    ("rms", r"y_i = (1 + \gamma_i) \frac{x_i}{r}", R, ""),
    ("rms", r"y_i = \gamma_i \frac{x_i - \mu}{r}", R, "only for mu = 0"),
    ("instance", r"y_i = \gamma \frac{x_i - \mu}{\sigma^2 + \epsilon} + \beta", {}, ""),
]


@pytest.mark.parametrize(("norm", "latex", "where", "why"), FALSE)
def test_false(norm, latex, where, why):
    verdict = judge(latex, where, norm=norm, repair=False)
    assert verdict.verdict == "false"
    assert verdict.counterexample is not None
    assert why in verdict.reason


def test_what_is_not_shown_is_a_condition():
    assert judge(r"y_i = \gamma_i \hat{x}_i", norm="layer").conditions == ("beta = 0",)
    assert judge(r"y_i = \gamma_i \hat{x}_i", norm="rms").verdict == "true"  # which has no beta


def test_kernels_are_corrected_in_their_symbols():
    wrong = "dx = (h - mean(h) - xhat * mean(h * xhat)) / r"
    found = judge(wrong, {**R, "h": "dxhat"}, norm="rms").repair
    assert (found.corrected, found.says) == (
        "dx = (h - xhat * mean(h * xhat)) / r",
        "the term -mean(h) does not belong",
    )


UNDECIDED = [
    (
        "layer",
        r"y_{ij} = \gamma_j \frac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}}",
        "is the row?",
    ),
    (
        "layer",
        r"y_{ij} = \gamma_i \frac{x_{ij} - \mu_i}{\sqrt{\sigma_i^2 + \epsilon}}",
        "which is the f",
    ),
    (
        "layer",
        r"\frac{\partial y_i}{\partial x_j} = \gamma \delta_{ij}",
        "has no index, beside i and j",
    ),
    (
        "layer",
        r"\frac{\partial L}{\partial \hat{x}_i} = g_i \frac{\partial L}{\partial y_i}",
        "what is g",
    ),
    ("layer", r"\frac{1}{N} \sum_{j=1}^{D} x_j = \mu", "which of D, N is the number of features?"),
    ("layer", r"\mathrm{RMSNorm}(x) = \hat{x}", "say norm = rms"),
    ("batch", r"\mathrm{LN}(x) = \hat{x}", "say norm = layer"),
    ("group", r"y_i = \gamma_c \hat{x}_i + \beta_c", "of which values?"),
    ("group", r"\frac{\partial L}{\partial \gamma_i} = \hat{x}_i", "adds up over samples"),
    (
        "instance",
        r"\frac{\partial L}{\partial \beta} = \sum_i \frac{\partial L}{\partial y_i}",
        "adds up",
    ),
    ("rms", r"\frac{\partial L}{\partial \mu} = 0", "a derivative by this is not known"),
]


@pytest.mark.parametrize(("norm", "latex", "asks"), UNDECIDED)
def test_what_is_ambiguous_is_asked(norm, latex, asks):
    verdict = judge(latex, norm=norm)
    assert verdict.verdict == "undecided"
    assert asks in verdict.reason


def test_the_norm_may_be_said_beside_the_symbols():
    said = {"norm": "layer"}
    assert judge(r"y_i = \gamma_i \hat{x}_i + \beta_i", said).verdict == "true"
    assert judge(r"\mathrm{norm} = \hat{x}", {"norm": "xhat"}).verdict == "true"  # a symbol
    with pytest.raises(UsageError, match=r"norm='weight', but should be one of batch, layer"):
        judge("y = x", norm="weight")


def test_symbols_are_called_as_the_normalization_has_them():
    lines = list(echo(r"y_i = \gamma_i \frac{x_i - \mu}{s}", {"norm": "layer", **S}))
    assert "about     layer normalization" in lines
    assert r"          \mu: the mean of the row" in lines
    assert r"          \gamma_i: gamma, the scale of each feature, of feature i" in lines
