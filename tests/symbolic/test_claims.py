"""Judging printed formulas: the committed verdicts, repairs, and bad input."""

from pathlib import Path

import pytest

from bncheck.errors import UsageError
from bncheck.symbolic.claims.files import exit_code, judge_file, read
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.library import folder

DX = (
    r"\frac{\partial l}{\partial x_i} = \frac{\partial l}{\partial \hat{x}_i} \cdot "
    r"\frac{%s1}{\sqrt{\sigma_B^2 + \epsilon}} + \frac{\partial l}{\partial \sigma_B^2} \cdot "
    r"\frac{2(x_i - \mu_B)}{m} + \frac{\partial l}{\partial %s} \cdot \frac{1}{m}"
)


@pytest.mark.parametrize("name", ["seeds", "literature", "relatives"])
def test_committed_verdicts(name):
    judged = list(judge_file(folder() / "claims" / f"{name}.toml"))
    assert {j.claim.id: j.verdict.verdict for j in judged} == {
        j.claim.id: j.claim.expected for j in judged
    }
    assert exit_code(judged) == 1  # false ones are among them


def test_the_lecture_wiki_is_repaired_with_both_errors_named():
    verdict = judge(DX % ("-", r"\sigma_B^2"))
    assert verdict.verdict == "false"
    assert verdict.counterexample.m == 2
    assert (verdict.counterexample.left, verdict.counterexample.right) == ("-9/16", "3/32")
    root = r"\sqrt{\sigma_B^2 + \epsilon}"
    by_var, by_mu = (rf"\frac{{\partial l}}{{\partial {by}}}" for by in (r"\sigma_B^2", r"\mu_B"))
    assert verdict.repair.says == (
        rf"\frac{{-1}}{{{root}}} where \frac{{1}}{{{root}}} belongs, "
        rf"and {by_var} where {by_mu} belongs"
    )
    assert judge(verdict.repair.corrected).verdict == "true"


def test_the_correct_formula_is_true():
    assert judge(DX % ("", r"\mu_B")).verdict == "true"


@pytest.mark.parametrize(
    ("latex", "conditions"),
    [
        (r"BN((aW)u) = BN(Wu)", ("eps = 0", "a > 0")),
        (r"\sum_{i=1}^m \hat{x}_i^2 = m", ("eps = 0",)),
        (r"\sigma^2 = \frac1m \sum_i x_i^2", ("mu = 0",)),
        (
            r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} y_i",
            ("gamma = 1", "beta = 0"),
        ),
    ],
)
def test_conditions_are_found(latex, conditions):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.conditions) == ("true-if", conditions)


@pytest.mark.parametrize(
    ("latex", "says"),
    [
        (r"\hat{x}_i = \frac{x_i - \mu}{\sigma}", "bare sigma"),
        (r"\tilde{x}_i = x_i", "tilde"),
        (r"\hat{x}_i = x_i / m x_i", "ambiguous"),
        (r"\mu = \frac1n \sum_{i=1}^m x_i", "batch size"),
        (r"\mu = \frac1m \sum x_i y_j", "names no index"),
        (r"q = \mu", "what is q"),
        (r"\mu = \mathbf{1}^T", "the right side a row"),
        (r"\hat{x}_i", "no relation sign"),
        (r"x_i = \frac{1}{0}", "division by zero"),
        (r"\mu = x^{(i)} +", "ends too early (at character"),
        (r"\mu = \frac{1}{m \sum_i x_i", "is not closed by '}' (at character 15)"),
        (r"\mu = (x_i + (x_i)", "is not closed by ')' (at character 7)"),
        (r"\mu = \foo{x}", r"'\foo' is not part of the dialect (at character 7)"),
        (r"\frac{\partial L}{x_i} = 1", "partial sign"),
        (r"\frac{\partial}{\partial x_i} y_i \gamma = 1", "put all of it in brackets"),
        (r"\frac{\partial}{\partial x_i} (y_i) \gamma = 1", "put all of it in brackets"),
        (r"\frac{d}{dx_i} = 1", "a derivative of nothing"),
        (r"\frac{\partial^2 L}{\partial x_i^2} = 1", "the derivative of a derivative"),
        (r"\mu_{pop} = \mu", r"what is \mu_{pop}? say it with `where`; the nearest"),
        (r"\mu_{runing} = \mu", r"the nearest that is known is \mu_{run}"),
        (r"\sigma_{ema}^2 = \sigma^2", r"what is \sigma^2_{ema}?"),
        (r"\gamma_{old} = \gamma", r"what is \gamma_{old}?"),
        (r"mu = \frac1m \sum_i x_i", r"'mu' is a product of letters; is it \mu?"),
        (r"mu_run = \mu", r"'mu' is a product of letters"),
        (r"z_i = \gamma \hat{x}_i + \beta", "what is z_{i}?"),
        (r"\delta_i = 1", "only with two indices"),
        (r"y_i = \gamma (x_i - \mu_{run}) + \beta", "in training, or in inference?"),
        (
            r"\hat{x}_i = \frac{x_i - \mu_{run}}{\sqrt{\sigma^2_{run} + \epsilon}}",
            "or in inference?",
        ),
        (r"\mu = " + "9" * 60, "more than 50 digits"),
        ("", "ends too early"),
    ],
)
def test_what_is_unknown_or_ambiguous_is_undecided(latex, says):
    verdict = judge(latex)
    assert verdict.verdict == "undecided"
    assert says in verdict.reason


@pytest.mark.parametrize(
    "latex",
    [
        "(" * 10_000 + "x" + ")" * 10_000 + " = 1",
        "(" * 1_500 + "x" + ")" * 1_500 + " = 1",
        r"\frac{" * 800 + " = 1",
        "{" * 3_000,
        "x_i = " + "x_i + " * 200_000,
        "x_i = " + "x_i" * 400_000,
        "x^{" * 900 + " = 1",
        r"\sum_{i=1}^m " * 50 + r"x_i = (x_i + \mu + \gamma + \beta + \epsilon)^{400}",
        r"x_i = ((((x_i + \mu + \gamma + \beta)^9)^9)^9)^9",
        r"x_i = x_i^{99999999}",
        r"y_i = " + "(" * 8 + "2" + "^{24})" * 8,
        r"y_i = " + "(2 " * 8 + "x_i" + ")^{24}" * 8,
        r"y_i = ((((x_i + \mu + \gamma + \beta)^9)^9)^9)^9",
        "\0 = 1",
        r"y_i = " + r"\gamma " * 900 + r" x_i",
        r"y_i = " + "x_i / " * 900 + "x_i",
    ],
)
def test_bad_input_gets_one_sentence(latex):
    verdict = judge(latex)  # how quickly: benchmarks/symbolic.py
    assert verdict.verdict == "undecided"
    assert verdict.reason
    assert len(verdict.reason) < 200


def test_a_formula_that_divides_by_m_less_one_needs_two_values():
    verdict = judge(r"\frac{1}{m-1} \sum_{i=1}^m (x_i-\mu)^2 = \frac{m}{m-1} \sigma^2")
    assert (verdict.verdict, verdict.conditions) == ("true-if", ("m > 1",))
    assert judge(r"\frac{m}{m+1} + \frac{1}{m+1} = 1").verdict == "true"


def test_a_bound_that_only_large_batches_break():
    verdict = judge(r"\hat{x}_i \le 3")
    assert (verdict.verdict, verdict.counterexample.m) == ("false", 12)
    bound = judge(r"\hat{x}_i \le \sqrt{m - 1}")
    assert (bound.verdict, bound.reason) == ("true", "proved: theorem F13")


def test_a_condition_that_makes_a_denominator_zero_is_no_condition():
    assert judge(r"\hat{x}_i = \frac{x_i}{\epsilon}").verdict == "false"


def test_a_condition_is_put_in_after_the_derivative_is_taken():
    # at eps = 0 too: L at eps = 0 does not depend on eps, but dL/d(eps) is not zero there
    assert judge(r"\frac{\partial L}{\partial \epsilon} = 0").verdict == "false"


@pytest.mark.parametrize(
    ("latex", "conditions"),
    [
        (
            r"\frac{\partial L}{\partial \hat{x}_i} = \frac{\partial L}{\partial y_i}",
            ("gamma = 1",),
        ),
        (r"y_i = \hat{x}_i + \beta", ("gamma = 1",)),
        (r"y_i = \gamma \hat{x}_i", ("beta = 0",)),
    ],
)
def test_a_parameter_that_is_missing_is_found(latex, conditions):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.conditions) == ("true-if", conditions)
    assert verdict.counterexample is not None


def test_parameters_that_are_exchanged_are_found():
    verdict = judge(r"y_i = \beta \hat{x}_i + \gamma")
    assert verdict.verdict == "false"
    assert verdict.counterexample.values["gamma"] != verdict.counterexample.values["beta"]


def test_files_that_are_no_claims_files(tmp_path: Path):
    for text, says in [
        ("a = 1", "unknown key 'a'"),
        ("", "no [[claim]]"),
        ("[[claim]]\nid = 'a'", "lacks 'latex'"),
        ("[[claim]]\nid = 'a'\nlatex = 'x'\nsource = ''\nverdct = 'x'", "unknown key 'verdct'"),
        ("claim = 3", "should be a list"),
        ("[[", "cannot be read"),
    ]:
        path = tmp_path / "claims.toml"
        path.write_text(text)
        with pytest.raises(UsageError) as caught:
            read(path)
        assert says in str(caught.value)
    with pytest.raises(UsageError):
        read(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial}{\partial x_j} \left(\sum_i \frac{\partial L}{\partial y_i} y_i\right) = "
        r"\frac{\partial L}{\partial x_j}",
        r"\frac{d}{d\gamma} y_i = \hat{x}_i",
        r"\frac{d y_i}{d \beta} = 1",
        r"\frac{d}{d \epsilon} \hat{x}_i = -\frac{\hat{x}_i}{2 (\sigma^2 + \epsilon)}",
        r"\frac{\partial}{\partial \mu} (x_i - \mu)^2 = -2 (x_i - \mu)",
        r"2 \frac{d}{dx_j} (\sum_i x_i^2) = 4 x_j",
        r"\frac{d}{dx_j} \sum_i x_i^2 = 2 x_j",
        r"\frac{\partial}{\partial \gamma} (\frac{\partial}{\partial \gamma} \gamma^3) = 6 \gamma",
        r"\frac{\partial}{\partial x_j} x_i = \delta_{ij}",
        r"\mathrm{D}_{x_i \to 1} y_i = 0",
        r"2 \mu_{run} = \mu_{\mathrm{run}} + \mu_{run}",
        r"x_1 + x_2 = x_2 + x_1",
    ],
)
def test_derivatives_are_operators_too(latex):
    assert judge(latex).verdict == "true"
    assert judge(f"{latex} + 1").verdict == "false"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\mathrm{E}[x_j] = \mu", "true"),
        (r"\mathrm{E}[x] = \mu", "true"),
        (r"\mathrm{Var}[x_k] = \sigma^2", "true"),
        (r"y_j = BN(x_j)", "true"),
        (r"\sum_{j=1}^m BN(x_j) = m \beta", "true"),
        (r"y_j = BN(x_k)", "false"),
        (r"\sum_j \mathrm{E}[x_j] = m \mu", "undecided"),
        (r"\mathrm{E}[x_i x_j] = \mu^2", "undecided"),
        (
            r"\hat{x}^{(k)} = \frac{x^{(k)} - \mathrm{E}[x^{(k)}]}{\sqrt{\mathrm{Var}[x^{(k)}]}}",
            "true-if",
        ),
    ],
)
def test_a_mean_is_over_the_sample_whatever_its_index_is_called(latex, verdict):
    assert judge(latex).verdict == verdict


def test_the_running_mean_is_not_the_mean():
    assert judge(r"\mu_{\mathrm{run}} = \mu").verdict == "false"
    assert judge(r"\sigma^2_{\mathrm{run}} = \sigma^2").verdict == "false"


def test_an_output_in_inference_is_said_with_where():
    printed = r"y_i = \gamma \frac{x_i - \mu_{run}}{\sqrt{\sigma^2_{run} + \epsilon}} + \beta"
    assert judge(printed, {"y": "inference output"}).verdict == "true"
    assert judge(printed, {"y": "y"}).verdict == "false"


def test_where_says_what_a_page_defines():
    norm = r"\sum_{c=1}^d (a w_c)^2 = a^2 \sum_{c=1}^d w_c^2"
    assert judge(norm, {"d": "size", "w": "array over d"}).verdict == "true"
    assert (
        "runs to d, but c to m"
        in judge(r"\sum_{c=1}^m w_c = 0", {"d": "size", "w": "array over d"}).reason
    )
    two = {r"\epsilon_2": "positive scalar", r"\sigma^2_2": "positive scalar"}
    assert (
        judge(r"\sqrt{\epsilon_2^2} + \sigma_2^2 = \epsilon_2 + \sigma^2_2", two).verdict == "true"
    )
    assert judge(r"\epsilon_2 = \epsilon", two).verdict == "false"
    assert judge(r"p q = q p", {"p": "scalar", "q": "scalar"}).verdict == "true"
    assert judge(r"p = q", {"p": "scalar", "q": "scalar"}).verdict == "false"
    assert judge(r"\sqrt{p^2} = p", {"p": "scalar"}).conditions == ("p >= 0",)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"q": "number"}, "should be one of scalar"),
        ({"q": "array over d"}, "'d' in 'array over d' is neither m nor said to be a size"),
        ({"q +": "scalar"}, "is not one symbol"),
        ({"": "scalar"}, "is not one symbol"),
        ({r"\frac{a}{b}": "scalar"}, "is not one symbol"),
    ],
)
def test_where_is_checked(where, says):
    verdict = judge(r"\mu = \mu", where)
    assert (verdict.verdict, says in verdict.reason) == ("undecided", True), verdict.reason
