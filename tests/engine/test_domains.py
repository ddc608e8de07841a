"""No false alarm where a correct algorithm can do less, or takes less, than all."""

from dataclasses import replace

import pytest
from correct import KERAS, TORCH, algorithm, pairwise

from bncheck.engine import verify
from bncheck.model import Convention

ALL = algorithm("all", second_order=True, total=pairwise)
OPTIONAL = {
    "eval": "eval",
    "running": "state",
    "backward": "backward",
    "jvp": "jvp",
    "double_backward": "double_backward",
}


def taking(implementation=ALL, **domain):
    return replace(implementation, domain=replace(implementation.domain, **domain))


def without(*abilities):
    def make(case):
        missing = [OPTIONAL[ability] for ability in abilities if ability in OPTIONAL]
        return replace(ALL.make(case), **dict.fromkeys(missing))

    return replace(ALL, make=make, abilities=ALL.abilities - set(abilities))


RUNNING = ("running", "state_before_step", "cumulative")
SECOND = ("jvp", "double_backward")
DEBIASED = algorithm("debiased", convention=replace(KERAS, debiased=True))

TARGETS = {
    "rank 2": taking(ranks=(2,)),
    "rank 5": taking(ranks=(5,)),
    "one channel": taking(channels=1),
    "seven channels": taking(channels=7),
    "eps is fixed": taking(fixed_eps=1e-3),
    "momentum is fixed": taking(fixed_momentum=0.9),
    "batches weigh nothing": taking(fixed_momentum=0.0),
    "batches weigh all": taking(fixed_momentum=1.0),
    "cumulative only": taking(only_cumulative=True),
    "no gamma, no beta": taking(affine=False),
    "no strides": taking(strided=False),
    "all is fixed": taking(
        channels=2, fixed_eps=1e-5, fixed_momentum=0.1, ranks=(4,), affine=False, strided=False
    ),
    "no inference": without("eval", "eval_backward"),
    "no gradients": without("backward", "eval_backward", "double_backward"),
    "no running statistics": without(*RUNNING),
    "running statistics start as they do": without("state_before_step"),
    "momentum is a number": without("cumulative"),
    "y only": without("backward", "eval", "eval_backward", *RUNNING, *SECOND),
    "inference only": taking(without("backward", *RUNNING, *SECOND), training=False),
    "debiased, momentum 1": taking(DEBIASED, fixed_momentum=1.0),
    "debiased, slowly": taking(DEBIASED, fixed_momentum=0.99),
    "old, unbiased": algorithm("m", convention=replace(KERAS, running_var="unbiased")),
    "new, biased": algorithm("m", convention=replace(TORCH, running_var="biased")),
    "nothing is promised": algorithm("m", convention=Convention(one_value="beta")),
}


@pytest.mark.rows(10)
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_who_can_or_takes_less_is_not_blamed(target):
    report = verify(target, budget="quick", save=None, dtypes=("float32",))

    wrong = [(f.law, f.reason, f.case) for f in report.findings if f.verdict in ("fails", "error")]
    assert wrong == []
    assert report.exit_code == 0
    assert sum(f.verdict == "holds" for f in report.findings) > 8
