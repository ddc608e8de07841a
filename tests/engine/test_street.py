"""Code that was not written for bncheck: none of the right is blamed, none of the wrong passes.

A sample of ``tests/street`` with something of each hand; ``benchmarks/street.py`` measures all.
"""

import re

import pytest
from street_truth import SETS, STREET, targets

from bncheck import verify

TARGETS = {target.id: target for target in targets()}
# how a cause is told that has no name of its own: by the terms of a formula
TERMS = "other-formula"

RIGHT = (
    "mixed/np_two_pass.py",
    "mixed/np_tree_merge.py",
    "mixed/cs231n_layers.py",
    "mixed/blog_out_cache.py",
    "mixed/np_frozen.py:FrozenBatchNorm2d",
    "mixed/torch_moving.py:BatchNormalization",
    "mixed/kernelbench_33.py:ModelNew",
)
WRONG = (
    "functions/eps_outside_root.py",
    "functions/unbiased_variance.py",
    "functions/missing_gamma.py",
    "classes/missing_variance_term.py:BatchNorm",
    "classes/training_formula_in_inference.py:BatchNorm2d",
    "classes/running_std.py:BatchNormalization",
    "modules/statistics_as_constants.py:BN",
    "modules/bessel_in_backward.py:BatchNorm",
    # each has a way of its own of being seen
    "functions/mutates_input.py",
    "functions/stale_cache.py",
    "functions/updated_in_inference.py",
    "functions/dgamma_from_y.py",
    "classes/updated_twice.py:BatchNorm",
    "classes/eps_differs_in_backward.py:BatchNorm",
    "classes/reduces_batch_only.py:BatchNorm",  # its state has the shape of the first batch
    "modules/xhat_from_output.py:FrugalBatchNorm",
    "mixed/np_online_moments.py:OnlineBatchNorm",
    "mixed/torch_moving_train.py",
)


def test_the_truth_is_written_down_for_every_file():
    assert len(TARGETS) >= 40 + 3 * 40
    for name in SETS:
        files = {path.name for path in (STREET / name).glob("*.py")}
        assert files == {t.file.partition(":")[0] for t in TARGETS.values() if t.set == name}
    for target in TARGETS.values():
        assert target.says
        assert target.right == (not target.causes)


@pytest.mark.parametrize("name", SETS)
def test_no_hand_knew_bncheck(name):
    for path in (STREET / name).glob("*.py"):
        assert not re.search(r"^\s*(import|from) bncheck", path.read_text(encoding="utf-8"), re.M)


def report_of(target):
    for package in target.needs:
        pytest.importorskip(package, reason=f"needs {package}")
    return verify(target.name, budget="quick", dtypes=("float32",), save=None, shrink=False)


@pytest.mark.parametrize("name", RIGHT)
def test_right_code_is_not_blamed(name):
    report = report_of(TARGETS[name])
    assert report.exit_code == 0, [f"{f.law}: {f.verdict}" for f in report.findings if f.case]


@pytest.mark.rows(5)
@pytest.mark.parametrize("name", WRONG)
def test_wrong_code_is_named_truly(name):
    target = TARGETS[name]
    report = report_of(target)
    assert report.exit_code == 1
    assert report.causes[0]["deviation"] in (*target.causes, TERMS)
