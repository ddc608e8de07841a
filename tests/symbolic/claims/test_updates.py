"""Updates of running statistics, and definitions: known ones are right, others are not."""

import pytest
from published import UNBIASED, UPDATES

from bncheck.symbolic.claims.files import exit_code, judge_file, lines
from bncheck.symbolic.claims.judge import judge


@pytest.mark.parametrize("latex", UPDATES)
def test_a_known_update_is_right_however_it_is_spelled(latex):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.conditions) == ("update", ()), verdict.reason
    assert "laws I03 and I14" in verdict.reason
    assert verdict.decided


@pytest.mark.parametrize("latex", UNBIASED)
def test_the_unbiased_variance_may_be_averaged_too(latex):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.conditions) == ("update", ("m > 1",))
    assert "the unbiased batch variance" in verdict.reason


@pytest.mark.parametrize(
    ("where", "latex"),
    [
        (
            {r"\bar{\mu}": "running mean"},
            r"\bar{\mu} \leftarrow p \bar{\mu} + (1 - p) \mu^t",
        ),
        ({"r": "running mean"}, r"r \leftarrow 0.9 r + 0.1 \mu"),
        ({"v": "running variance", "s": "variance"}, r"v = 0.9 v + 0.1 s"),
        ({"m": "scalar"}, r"\mu_{run} \leftarrow (1 - m) \mu_{run} + m \mu_B"),
    ],
)
def test_where_says_what_is_averaged(latex, where):
    assert judge(latex, where).verdict == "update"


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (
            r"\mu_{run} = 0.9 \mu_{run} + 0.2 \mu_B",
            "the weights 0.9 and 0.2 sum to 1.1, not to 1",
        ),
        (
            r"\mu_{run} \leftarrow (1 - \alpha) \mu_{run} + \beta \mu_B",
            "the weights 1 - alpha and beta sum to 1 - alpha + beta, not to 1",
        ),
        (r"\mu_{run} \leftarrow \mu_{run} + \mu_B", "old and new are added without weights"),
        (
            r"\mu_{run} \leftarrow 0.9 \mu_{run} + 0.1 \sigma_B^2",
            "the running mean is averaged with the variance",
        ),
        (
            r"\sigma^2_{run} \leftarrow 0.9 \sigma^2_{run} + 0.1 \mu_B",
            "the running variance is averaged with the mean",
        ),
        (
            r"\text{running\_var} = 0.9 \text{running\_var} + 0.1 \text{batch\_mean}",
            "the running variance is averaged with the mean",
        ),
        (
            r"\sigma^2_{run} \leftarrow 0.9 \sigma^2_{run} + 0.1 (\sigma_B^2 + \epsilon)",
            "beside old and new there is 0.1 eps",
        ),
        (
            r"\sigma^2_{run} \leftarrow (1 - a) \sigma^2_{run} + a \frac{m-1}{m} \sigma_B^2",
            "Bessel's factor is upside down: m / (m - 1) belongs where (m - 1) / m is",
        ),
        (
            r"\sigma^2_{run} \leftarrow 0.9 \sigma^2_{run} + 0.9 \frac{m}{m-1} \sigma_B^2",
            "the weights 0.9 and 0.9 beside Bessel's factor sum to 1.8, not to 1",
        ),
        (
            r"\mu_{run} \leftarrow \mu_{run} - \alpha (\mu_B - \mu_{run})",
            "the weight of the old value is 1 + alpha, not between 0 and 1",
        ),
        (
            r"\mu_{run} \leftarrow 1.1 \mu_{run} - 0.1 \mu_B",
            "the weight of the old value is 1.1, not between 0 and 1",
        ),
        (
            r"\mu_{run} \leftarrow 0.9 \mu_{run}^2 + 0.1 \mu_B",
            "the running mean is not a weighted mean of old and new",
        ),
    ],
)
def test_another_update_is_false_and_says_why(latex, reason):
    verdict = judge(latex)
    assert verdict.verdict == "false"
    assert verdict.reason.removesuffix("; left is w old + (1 - w) new") == reason


@pytest.mark.parametrize(
    ("latex", "says"),
    [
        (r"\mu_{run} \leftarrow (1 - m) \mu_{run} + m \mu_B", "is m the batch size, or"),
        (r"\mu_{run} \leftarrow \mu_B", "nothing of the old value is kept"),
        (r"\mu_{run} \leftarrow 0", "nothing of the old value is kept"),
        (r"\mu_{run} = \mu_{run}", "without a statistic of the batch"),
        (r"\sigma_{run} \leftarrow 0.9 \sigma_{run} + 0.1 \sigma_B", "bare sigma"),
        (r"\mu_{run} = 0.9 \mu_{run} + 0.1 s_t", "nothing in it is known as the batch's mean"),
        (r"\mu_{n+1} = \mu_n + \frac{1}{n+1} (x_{n+1} - \mu_n)", "n+1"),
        (r"v_t = \beta v_{t-1} + g_t", "say with `where` what is averaged"),
        (r"\gamma \leftarrow \gamma - \eta \frac{\partial L}{\partial \gamma}", "an assignment"),
        (r"x = x - \mu", "an assignment"),
        (r"\mathrm{Var}[x] \leftarrow \mathrm{E}_B[\sigma_B^2] / 2", "E of one number"),
    ],
)
def test_what_is_no_update_of_a_known_statistic_is_undecided(latex, says):
    verdict = judge(latex)
    assert (verdict.verdict, says in verdict.reason) == ("undecided", True), verdict.reason


def test_an_equation_about_running_statistics_is_no_update():
    assert judge(r"2 \mu_{run} = \mu_{run} + \mu_{\mathrm{run}}").verdict == "true"
    assert judge(r"\mu_{run} = \mu").verdict == "false"
    assert judge(r"\sigma^2 = \sigma^2 + \epsilon").verdict == "false"


@pytest.mark.parametrize(
    "sign",
    [
        ":=",
        r"\equiv",
        r"\triangleq",
        r"\coloneqq",
        r"\stackrel{def}{=}",
        r"\overset{\text{def}}{=}",
    ],
)
def test_a_definition_is_compared_with_the_known_quantity(sign):
    right = judge(rf"\mu {sign} \frac1m \sum_i x_i")
    wrong = judge(rf"\sigma^2 {sign} \frac1{{m-1}} \sum_i (x_i - \mu)^2")
    assert (right.verdict, right.decided) == ("definition", True)
    assert (wrong.verdict, wrong.decided) == ("false", True)
    assert wrong.repair is not None


@pytest.mark.parametrize(
    ("latex", "name"),
    [
        (r"\rho := \frac{\sigma^2}{\sigma^2 + \epsilon}", r"\rho"),
        (r"\sigma := \sqrt{\sigma^2 + \epsilon}", r"\sigma"),
        (r"q_i \triangleq x_i - \mu", "q_{i}"),
    ],
)
def test_the_definition_of_a_new_symbol_decides_nothing(latex, name):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.decided) == ("definition", False)
    assert verdict.reason == f"defines {name}; there is nothing known to compare it with"


def test_what_a_definition_says_has_to_be_read():
    assert judge(r"\rho := q + 1").verdict == "undecided"


def _file(tmp_path, *claims):
    path = tmp_path / "claims.toml"
    entries = (
        f"[[claim]]\nid = 'c{number}'\nsource = ''\nlatex = '{latex}'\n"
        + (f"verdict = '{verdict}'\n" if verdict else "")
        for number, (latex, verdict) in enumerate(claims)
    )
    path.write_text("".join(entries))
    return list(judge_file(path))


def test_exit_codes(tmp_path):
    known, new = r"\mu := \frac1m \sum_i x_i", r"\rho := \mu + 1"
    assert exit_code(_file(tmp_path, (UPDATES[1], None))) == 0
    assert exit_code(_file(tmp_path, (known, None))) == 0
    assert exit_code(_file(tmp_path, (new, None))) == 2
    assert exit_code(_file(tmp_path, (new, None), (known, None))) == 0
    assert exit_code(_file(tmp_path, (r"\mu := \frac2m \sum_i x_i", None))) == 1


def test_a_verdict_that_the_file_gives_has_to_come_out(tmp_path):
    good = _file(tmp_path, (UPDATES[1], "update"))
    bad = _file(tmp_path, (UPDATES[1], "true"))
    assert (exit_code(good), exit_code(bad)) == (0, 1)
    assert next(lines(bad[0])).endswith("(expected true)")
    assert exit_code(_file(tmp_path, (r"x = x - \mu", "undecided"))) == 2


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\mathrm{E}[x] \leftarrow \mathrm{E}_{\mathcal{B}}[\mu_{\mathcal{B}}]", ("update", ())),
        (
            r"\mathrm{Var}[x] \leftarrow \frac{m}{m-1} \cdot \mathrm{E}_B[\sigma_B^2]",
            ("update", ("m > 1",)),
        ),
        (r"\mathrm{Var}[x] := \mathbb{E}_B[\sigma_B^2]", ("update", ())),
        (r"\mathrm{Var}[x] \leftarrow \frac{m-1}{m} \mathrm{E}_B[\sigma_B^2]", ("false", ())),
        (r"\mathrm{Var}[x] \leftarrow \mathrm{E}_B[\mu_B]", ("false", ())),
        (r"\mathrm{E}[x] \leftarrow \frac{m}{m-1} \mathrm{E}_B[\mu_B]", ("false", ())),
    ],
)
def test_means_over_batches_are_known(latex, wanted):
    verdict = judge(latex)
    assert (verdict.verdict, verdict.conditions) == wanted
