"""What `where` says of another batch: x' and dL/dy' are arrays of their own."""

import pytest

from bncheck.symbolic.claims.judge import judge

OTHER = r"\frac{\partial L}{\partial y'}"
ITS = r"\frac{\partial L}{\partial y'_%s}"
DGAMMA, DBETA = r"\frac{\partial L}{\partial \gamma}", r"\frac{\partial L}{\partial \beta}"
OWN = r"\frac{\partial L}{\partial y_i}"
DY, X = "dy of another batch", "x of another batch"


@pytest.mark.parametrize(
    ("formula", "where"),
    [
        (rf"\sum_{{i=1}}^m ({OWN} + {ITS % 'i'}) \hat{{x}}_i = {DGAMMA}"
         rf" + \sum_{{i=1}}^m {ITS % 'i'} \hat{{x}}_i", {OTHER: DY}),
        (rf"\sum_{{j=1}}^n {ITS % 'j'} + {DBETA} = "
         rf"\sum_{{i=1}}^n {ITS % 'i'} + \sum_{{i=1}}^m {OWN}",
         {"n": "size", OTHER: f"{DY} over n"}),
        (r"\sum_{i=1}^m g_i (x'_i - \frac{1}{m} \sum_{j=1}^m x'_j) = \sum_{i=1}^m g_i x'_i - "
         r"\frac{1}{m} \sum_{i=1}^m g_i \sum_{j=1}^m x'_j", {"g": DY, "x'": X}),
        (r"\frac{\partial L_A}{\partial y^{(i)}_A} = \frac{\partial L_A}{\partial y_A^{(i)}}",
         {r"\frac{\partial L_A}{\partial y_A}": "array over m"}),
        (rf"{ITS % '{ij}'} = {ITS % '{ij}'}", {"d": "size", OTHER: "array over m, d"}),
    ],
)  # fmt: skip
def test_what_holds_of_two_batches_is_proved(formula, where):
    verdict = judge(formula, where)
    assert verdict.verdict == "true", verdict


@pytest.mark.parametrize(
    ("formula", "where", "shown"),
    [
        (rf"{ITS % 'i'} = {OWN}", {OTHER: DY}, "dL/dy'"),
        (rf"\frac{{\partial L'}}{{\partial y_i}} = {OWN}",
         {r"\frac{\partial L'}{\partial y}": DY}, "dL'/dy"),
        (rf"g_i = {OWN}", {"g": DY}, "g"),
        (rf"dy_i = {OWN}", {"dy": DY}, "dy of where"),
        (rf"dy_i = {OWN}", {"dy": "array over m"}, "dy of where"),
        ("x'_i = x_i", {"x'": X}, "x'"),
        ("z'_i = z_i", {"z'": "array over m", "z": "array over m"}, "z'"),
        (rf"\sum_{{i=1}}^m {ITS % 'i'} = {DBETA}", {OTHER: DY}, "dL/dy'"),
    ],
)  # fmt: skip
def test_another_batch_is_not_this_one(formula, where, shown):
    verdict = judge(formula, where)
    assert verdict.verdict == "false", verdict
    assert shown in verdict.counterexample.values


@pytest.mark.parametrize(
    ("key", "said", "says"),
    [
        (r"\frac{\partial L}{\partial y}", DY, "the derivative of this batch: mark the other"),
        (r"\frac{\partial L}{\partial y_i}", "array over m", "the derivative of this batch"),
        (OTHER, "variance", "only dy of another batch, or an array"),
        (OTHER, "scalar", "only dy of another batch, or an array"),
        (OTHER, X, "dy is the derivative by an output"),
        (OTHER, f"{DY} over n", "'n' in 'array over n' is neither m nor said to be a size"),
        (OTHER, "dy of another", "only dy of another batch, or an array"),
        (r"\frac{\partial L}{\partial \mu'}", DY, "dy is the derivative by an output"),
        (r"\frac{\partial y}{\partial x'}", DY, "only that of a loss by a symbol"),
        (r"\mu'", "mean of another batch", "what follows from them is said by a formula"),
        ("y'", "y of another batch", "only x and dy of another batch are any numbers"),
        (r"\frac{a}{b}", DY, "is not one symbol"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(key, said, says):
    verdict = judge(r"\mu = \mu", {key: said})
    assert (verdict.verdict, says in verdict.reason) == ("undecided", True), verdict.reason


@pytest.mark.parametrize(
    ("formula", "where", "says"),
    [
        (rf"\sum_{{j=1}}^m {ITS % 'j'} = 0", {"n": "size", OTHER: f"{DY} over n"}, "runs to n"),
        (rf"\sum_{{i=1}}^m {OTHER} = 0", {OTHER: DY}, "has 0 indices"),
        ("z'_i = z_i", {"z": "array over m"}, "what is z_{i}'?"),
        (rf"\frac{{\partial L'}}{{\partial y_i}} = {OWN}", {}, "what is L'?"),
        (r"\frac{\partial L_A}{\partial y_i} = \frac{\partial L_B}{\partial y_i}", {},
         "are L_{A} and L_{B} the same loss?"),
    ],
)  # fmt: skip
def test_what_is_not_said_is_asked(formula, where, says):
    verdict = judge(formula, where)
    assert (verdict.verdict, says in verdict.reason) == ("undecided", True), verdict
