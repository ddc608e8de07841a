"""Symbols that authors define, leave open, or write with a hat: sigma, s^2, v, d2l's estimates."""

import pytest

from bncheck.symbolic.claims.judge import judge

WANTED = {
    "true": [
        r"\hat{\sigma}^2 = \frac{1}{m}\sum_i (x_i-\hat\mu)^2 + \epsilon, \quad \hat{x}_i "
        r"= \frac{x_i - \hat\mu}{\hat\sigma}",
        r"\hat{x}_i = \frac{x_i - \hat\mu}{\sqrt{\hat\sigma^2 + \epsilon}}",
        r"v = \frac1m \sum_i (x_i - \mu)^2 = \frac1m \sum_i x_i^2 - \mu^2",
        r"Q = \sum_i \hat{x}_i^2 = \frac{m\sigma^2}{\sigma^2+\epsilon}",
        r"std = sqrt(mean((x-mean)**2) + eps), xhat = (x - mean)/std",
    ],
    "true-if": [
        r"\frac{1}{m} \sum_{i=1}^m \frac{x_i - \mu}{\sigma} = 0",
        r"s^2 = \frac{m}{m-1}\sigma^2 = \frac{1}{m-1}\sum_{i=1}^m (x_i-\mu)^2",
        r"s^2 = \frac{1}{m-1}\sum_{i=1}^m (x_i-\mu)^2, \quad \sigma^2 = \frac{m-1}{m} s^2",
        r"\hat{x}_i = \frac{x_i-\mu}{\sigma}, \text{ if } \epsilon = 0",
    ],
    "false": [
        r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sigma} \frac{\partial "
        r"L}{\partial y_i}",
        r"\hat{x}_i = \frac{x_i - \mu}{\sigma + \epsilon}",
        r"\hat{\sigma}^2 = \frac{1}{m}\sum_i (x_i-\hat\mu)^2 + \epsilon, \quad \hat{x}_i "
        r"= \frac{x_i - \hat\mu}{\hat\sigma^2}",
        r"\hat{\sigma}^2 = \frac{1}{m}\sum_i (x_i-\hat\mu)^2 + \epsilon, \quad \hat{x}_i "
        r"= \frac{x_i - \hat\mu}{\sqrt{\hat\sigma^2 + \epsilon}}",
        r"\hat\mu = \frac{1}{m-1}\sum_i x_i",
        r"v = \frac1m \sum_i (x_i - \mu)^2 = \frac1m \sum_i x_i^2 - \mu",
        r"s^2 = \frac{m-1}{m}\sigma^2 = \frac{1}{m-1}\sum_{i=1}^m (x_i-\mu)^2",
        r"s^2 = \frac{1}{m-1}\sum_{i=1}^m (x_i-\mu)^2, \quad \sigma^2 = \frac{m}{m-1} s^2",
        r"Q = \sum_i \hat{x}_i^2 = \frac{m\sigma^2}{\sigma^2+2\epsilon}",
    ],
    "undecided": [
        r"\hat{x}_i = \frac{x_i - \mu}{\sigma}",
        r"\hat{x}_i = \frac{x_i}{\sigma}",
        r"\hat{x}_i = \frac{x_i - \mu}{\sigma_B}, \quad \sigma_B^2 = \frac1m \sum_i (x_i "
        r"- \mu)^2",
        r"\mu = \hat\mu + 1",
        r"xhat = x/std",
        r"xhat = (x - mean)/std",
        r"\hat{x}_i = \frac{x_i-\mu}{\sigma}, \text{ if } \epsilon = 1",
        r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m\sigma}\left(m\frac{\partial "
        r"L}{\partial y_i} - \sum_j\frac{\partial L}{\partial y_j} - "
        r"\hat x_i\sum_j\frac{\partial L}{\partial y_j}\hat x_j\right)",
    ],
}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, wanted) for wanted, texts in WANTED.items() for text in texts]
)
def test_what_a_symbol_may_be_is_judged_in_each_sense(text, wanted):
    verdict = judge(text, repair=False)
    assert verdict.verdict == wanted, verdict.reason


SUM = r"\frac{1}{|B|} \sum_{\mathbf{x} \in B} (\mathbf{x} - \hat{\mu}_B)^2"


def test_the_variance_of_a_book_may_have_eps_in_it():
    says = [judge(rf"\hat{{\sigma}}_B^2 = {SUM} {more}") for more in ("+ \\epsilon", "", "+ 1")]
    assert [v.verdict for v in says] == ["definition", "true", "false"]


def test_the_question_names_the_option_that_answers_it():
    asked = judge(r"\hat{x}_i = \frac{x_i - \mu}{\sigma}")
    assert r"'\sigma=std' or '\sigma=std+eps'" in asked.reason
    assert judge(r"\hat{x}_i = \frac{x_i - \mu}{\sigma}", {r"\sigma": "std+eps"}).verdict == "true"


def test_what_holds_in_each_sense_says_so():
    assert "whether sigma is" in judge(r"\sum_i \frac{x_i - \mu}{\sigma} = 0").reason
