"""Corrections: true, small, in the author's symbols, and none that says nothing."""

from itertools import chain

import golden_files
import pytest
from slips import FOLDED, NOTATIONS, PAPER, mutants, twice

from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import replaced
from bncheck.symbolic.claims.mending.rereading import Rereading
from bncheck.symbolic.claims.mending.search import edits
from bncheck.symbolic.claims.printing import PLAIN, latex
from bncheck.symbolic.claims.repair import repaired
from bncheck.symbolic.claims.statement import statements
from bncheck.symbolic.claims.syntax import parse
from bncheck.symbolic.claims.walking import bare

PRINTED = (
    r"\frac{1}{m-1}\sum_i (x_i-\mu)^2 = \sigma^2",
    r"\gamma x_i + \beta = y_i",
    r"\sum_i \hat{x}_i = 1",
    r"\mathrm{E}[y] = \gamma",
    r"\sum_i \frac{\partial L}{\partial x_i} = 1",
    r"\frac{\partial L}{\partial \beta} = \frac{1}{m}\sum_i \frac{\partial L}{\partial y_i}",
    r"\frac{\partial L}{\partial \beta} = \frac1N\sum_{i=1}^N \frac{\partial L}{\partial y_i}",
    r"\frac{\partial L}{\partial \gamma} = \frac{1}{m-1}\sum_i \frac{\partial L}{\partial y_i} \hat{x}_i",  # noqa: E501
    r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} x_i",
    r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial \hat{x}_i} \hat{x}_i",
    r"\frac{\partial L}{\partial \gamma} = \frac{\partial L}{\partial y_i} \hat{x}_i",
    r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} \hat{x}_j",
    r"\frac{\partial \ell}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} ( \frac{\partial \ell}{\partial y_i} - \frac{1}{m-1}\sum_j \frac{\partial \ell}{\partial y_j} - \frac{\hat{x}_i}{m-1} \sum_j \frac{\partial \ell}{\partial y_j}\hat{x}_j )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} ( \frac{\partial L}{\partial y_i} - \frac{1}{m}\sum_j \frac{\partial L}{\partial y_j} - \frac{x_i}{m} \sum_j \frac{\partial L}{\partial y_j}x_j )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} ( \frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j} - \hat{x}_i \sum_j \frac{\partial L}{\partial y_j}\hat{x}_j )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} ( m\frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j} - \hat{x}_i \sum_j \frac{\partial L}{\partial y_j}\hat{x}_j )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{1}{m\sqrt{\sigma^2+\epsilon}} ( m\frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j} - \hat{x}_i \sum_j \frac{\partial L}{\partial y_j}\hat{x}_j )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m(\sigma^2+\epsilon)} ( m\frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j} - \hat{x}_i \sum_j \frac{\partial L}{\partial y_j}\hat{x}_j )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m\sqrt{\sigma^2+\epsilon}} ( m\frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j} - (x_i-\mu) \sum_j \frac{\partial L}{\partial y_j}(x_j-\mu) )",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m\sqrt{\sigma^2+\epsilon}} ( m\frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j})",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m\sqrt{\sigma^2+\epsilon}} ( m\frac{\partial L}{\partial y_i} - \hat{x}_i \sum_j \frac{\partial L}{\partial y_j}\hat{x}_j )",  # noqa: E501
    r"\sigma^2 = \frac1m\sum_i x_i - \mu^2",
    r"\sigma^2 = \frac1m\sum_i x_i - \mu",
    r"\sigma^2 = \frac1m\sum_i (x_i - \mu)",
    r"\sigma^2 = \frac{1}{m}(\sum_i x_i - \mu)^2",
    r"\mathrm{Var}[x] = \mathrm{E}[x]^2 - \mathrm{E}[x^2]",
    r"\hat{x}_i = x_i - \frac{\mu}{\sqrt{\sigma^2+\epsilon}}",
    r"\hat{x}_i = \frac{x_i-\mu}{\sqrt{\sigma^2}+\epsilon}",
    r"\hat{x}_i = \frac{x_i-\mu}{\sigma^2+\epsilon}",
    r"\hat{x}_i = \frac{x_i-\mu}{\sqrt{\sigma^2+\epsilon^2}}",
    r"\hat{x}_i = \frac{x_i-\mu}{\sqrt{\sigma^4+\epsilon}}",
    r"\hat{x}_i = \frac{x_i-\mu}{(\sigma^2+\epsilon)^{-1/2}}",
    r"\hat{x}_i = (x_i-\mu)\sqrt{\sigma^2+\epsilon}",
    r"\hat{x}_i = (x_i-\mu)(\sigma^2+\epsilon)^{1/2}",
    r"\hat{x}_j = \frac{x_i-\mu}{\sqrt{\sigma^2+\epsilon}}",
    r"y_i = \gamma (\hat{x}_i + \beta)",
    r"y_i = \beta \hat{x}_i + \gamma",
    r"y_i = \gamma \hat{x}_i \beta",
    r"y^{(k)} = \gamma^{(k)} x^{(k)} + \beta^{(k)}",
    r"y = \gamma x + \beta",
    r"\frac{\partial L}{\partial \mu} = -\frac{1}{\sqrt{\sigma^2+\epsilon}} \frac{\partial L}{\partial \hat{x}_i}",  # noqa: E501
    r"\frac{\partial L}{\partial \sigma^2} = -\frac12 \sum_i \frac{\partial L}{\partial \hat{x}_i} \hat{x}_i (\sigma^2+\epsilon)^{-3/2}",  # noqa: E501
    r"\frac{\partial L}{\partial \sigma^2} = \sum_i \frac{\partial L}{\partial \hat{x}_i} (x_i-\mu) (\sigma^2+\epsilon)^{-3/2}",  # noqa: E501
    r"\frac{\partial L}{\partial \hat{x}_i} = \frac{\partial L}{\partial y_i}",
    r"\frac{\partial L}{\partial \hat{x}_i} = \frac{\partial L}{\partial y_i} \gamma + \beta",
    r"\mu = \frac{1}{m-1} \sum_{i=1}^m x_i",
    r"\mu = \sum_{i=1}^m x_i",
    r"\mu = x_i",
    r"\sum_i (x_i - \mu)^2 = (m-1) \sigma^2",
    r"\sum_i (x_i-\mu)^2 = \sigma^2",
    r"\mu_{run} = \mu",
    r"\frac{\partial y_i}{\partial \gamma} = x_i",
    r"\frac{\partial y_i}{\partial \beta} = \beta",
    r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial y_i} \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} + \frac{\partial L}{\partial \sigma^2}\frac{2(x_i-\mu)}{N} + \frac{\partial L}{\partial \mu}",  # noqa: E501
    r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i} (\sigma^2+\epsilon) + \frac{\partial L}{\partial \sigma^2}\frac{2(x_i-\mu)}{N} + \frac{\partial L}{\partial \mu}\frac1N",  # noqa: E501
)


def repair(text, where=None):
    """Return what is found for the one relation of a formula, whatever its verdict is."""
    (statement,) = statements(text, where or {})
    return repaired(statement, text)


def is_true(text, where=None):
    return judge(text, where, repair=False).verdict == "true"


def test_what_is_said():
    told = []
    for text in PRINTED:
        found = repair(text)
        told += [text, "    no correction"] if found is None else [text, f"    {found.says}"]
        if found is not None:
            assert is_true(found.corrected), found
            told.append(f"    {found.corrected}")
    golden_files.check("claims-corrected.txt", "\n".join(told) + "\n")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_formulas_to_make_slips_in_are_true(notation):
    for text in PAPER.values():
        assert is_true(NOTATIONS[notation](text)), text


def test_slips_are_undone():
    """Of the slips that strangers make, whatever the notation, nine in ten are corrected."""
    cases = list(chain(mutants(), twice()))
    assert len(cases) > 300
    done, exact = [], 0
    for name, true, wrong in cases[::4]:
        assert judge(wrong, repair=False).verdict in ("false", "true-if"), wrong
        found = repair(wrong)
        if found is None:
            done.append((name, wrong))
            continue
        assert is_true(found.corrected), (wrong, found)
        exact += found.corrected == true
    assert len(done) <= len(cases[::4]) // 10, done
    assert exact >= len(cases[::4]) * 8 // 10  # the author's own formula, sign for sign


@pytest.mark.parametrize(
    "text",
    [
        r"\sigma^2_{run} = (1 - a) \sigma^2_{run} + a \sigma^2",
        r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial y_i}",
        r"\mu = \beta",
        r"\mu_{run} = \mu",
        r"\hat{x}_i = y_i",
        r"\mathrm{Var}[ \frac{x - \mu}{\sqrt{\frac{m}{m-1} \sigma^2}} ] = 1",
        r"\sum_i (\frac{\partial L}{\partial x_i})^2 = \sum_i (\frac{\partial L}{\partial y_i})^2",
    ],
)
def test_nothing_is_corrected_to_what_says_nothing(text):
    try:
        found = repair(text)
    except ValueError:  # what is no equation has no correction
        return
    if found is not None:
        (corrected,) = parse(found.corrected)
        assert bare(corrected.left) != bare(corrected.right)
        assert found.corrected.replace(" ", "") != text.replace(" ", "")
        assert r"\frac{m}{m}" not in found.corrected
        assert r"\frac{m - 1}{m - 1}" not in found.corrected


def test_a_formula_under_an_assumption_is_corrected_with_it():
    text = r"\text{if } \beta = 0 \text{ then } y_i = 2 \gamma \hat{x}_i"
    assert repair(text).corrected == r"y_i = 1 \gamma \hat{x}_i \quad \text{if } \beta = 0"


@pytest.mark.parametrize("name", ["dx", "dx compact", "output at once", "folded"])
def test_every_edit_can_be_printed_and_read(name):
    text = {**PAPER, "folded": FOLDED}[name]
    (statement,) = statements(text, {})
    author = Author(statement.printed, Rereading.of(statement.reading), PLAIN)
    side = statement.printed.right
    found = edits(side, author)
    assert len(found) > 100
    for edit in found:
        tree = replaced(side, {edit.path: edit.new})
        (relation,) = parse(f"0 = {latex(tree)}")
        assert bare(relation.right) == bare(tree), edit.says


def test_the_symbols_of_where_are_used():
    where = {"z": "y", "h": "x", r"\tilde{h}": "xhat"}
    found = repair(r"z_i = \gamma h_i + \beta", where)
    assert found.corrected == r"z_i = \gamma \tilde{h}_i + \beta"
    assert found.says == r"h_i where \tilde{h}_i belongs"


def test_the_side_that_says_what_the_other_is_is_corrected():
    assert repair(r"\gamma x_i + \beta = y_i").corrected == r"\gamma \hat{x}_i + \beta = y_i"
    found = repair(r"\sum_i \hat{x}_i = 1")
    assert (found.corrected, found.says) == (r"\sum_i \hat{x}_i = 0", "the right side would be 0")


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        (r"\|x - \mu\|^2 = (m-1) \sigma^2", r"\|x - \mu\|^2 = m \sigma^2"),
        (
            r"\frac{\partial L}{\partial \gamma} = x^T \frac{\partial L}{\partial y}",
            r"\frac{\partial L}{\partial \gamma} = \hat{x}^T \frac{\partial L}{\partial y}",
        ),
        (r"\mathbf{1}^T \hat{x} = 1", r"\mathbf{1}^T \hat{x} = 0"),
    ],
)
def test_vectors_are_corrected_as_vectors(text, corrected):
    assert repair(text).corrected == corrected


def test_a_chain_is_corrected_where_it_fails():
    chain = r"y_i = \gamma \hat{x}_i + \beta = \gamma \frac{x_i - \mu}{%s} + \beta"
    verdict = judge(chain % r"\sigma^2 + \epsilon")
    assert verdict.part == "the second ="
    right = chain.partition(" = ")[2] % r"\sqrt{\sigma^2 + \epsilon}"
    assert verdict.repair.corrected == right


def test_what_one_change_would_make_a_copy_is_not_disguised_by_two():
    assert judge(r"y_i = \gamma \hat{x}_i + \beta = \gamma x_i + \beta").repair is None


UPDATES = {
    r"\mu_r \leftarrow 0.9 \mu_r + 0.2 \mu_B": r"\mu_r \leftarrow 0.9 \mu_r + 0.1 \mu_B",
    r"\sigma^2_{run} = \rho \sigma^2_{run} + \rho \sigma^2_B": r"\sigma^2_{run} = "
    r"\rho \sigma^2_{run} + (1 - \rho) \sigma^2_B",
    r"\sigma^2_r \leftarrow (1-a) \sigma^2_r + a \frac{m-1}{m} \sigma_B^2": r"\sigma^2_r "
    r"\leftarrow (1 - a) \sigma^2_r + a \frac{m}{m - 1} \sigma_B^2",
    r"\mu_{run} \leftarrow \mu_{run} + \mu_B": None,
    r"\mu_{run} \leftarrow 1.9 \mu_{run} + 0.1 \mu_B": None,
    r"\mu_{run} \leftarrow 0.9 \mu_{run} + 0.1 \sigma_B^2": None,
}


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_keeps_the_weight_of_the_old_value(text):
    found = judge(text).repair
    assert (found and found.corrected) == UPDATES[text]


def test_what_is_assumed_holds_of_the_correction():
    found = repair(r"y_i = 2 \hat{x}_i - \beta \text{ if } \gamma = 2")
    assert found.corrected == r"y_i = 2 \hat{x}_i + \beta \quad \text{if } \gamma = 2"
    assert judge(found.corrected).verdict == "true"


def test_no_term_is_put_in_that_is_zero_by_itself():
    found = repair("dbeta = sum(dy * xhat)")
    assert found.says == "the factor xhat does not belong"
    assert judge(r"y_i = 1 + \begin{cases} 1 & i = j \\ 2 & i \neq j \end{cases}").repair is None
    assert judge(r"\hat{x}_i = \frac{x_i - \mu}{\sigma + \epsilon}").repair is None
