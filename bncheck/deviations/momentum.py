"""Ways of being wrong about the weight of the running statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference

deviation = family("running state")


def _with_weight(rules: Reference, weight: Callable[[float], float]) -> Reference:
    return replace(rules, weight=lambda p: weight(rules.weight(p)))


@deviation(
    "momentum-inverted",
    "lets momentum weigh the old statistics, though it is promised to weigh the new",
    seen="PaddlePaddle/Paddle#51120, bonlime/pytorch-tools#97, Oneflow-Inc/oneflow#6055",
    regime="momentum not 1/2",
    legitimate=True,
)
def momentum_inverted(rules: Reference) -> Reference:
    return replace(
        rules,
        weight=lambda p: rules.weight(p) if p.momentum is None else 1 - rules.weight(p),
    )


@deviation(
    "momentum-mixed",
    "lets momentum weigh the new mean but the old variance",
    seen="constructed; sibling of pytorch/pytorch#18525",
    regime="momentum not 1/2",
)
def momentum_mixed(rules: Reference) -> Reference:
    def turned(p: Pass) -> Pass:
        return p if p.momentum is None else replace(p, rules=_with_weight(p.rules, lambda a: 1 - a))

    return seeing(rules, turned, "update_variance")


@deviation(
    "old-state-dropped",
    "drops the old running statistics at every step, as with momentum 1",
    seen="pytorch/pytorch#18525, ROCm/tensorflow-upstream#1143",
    regime="momentum below 1",
)
def old_state_dropped(rules: Reference) -> Reference:
    return _with_weight(rules, lambda a: 1.0)


@deviation(
    "momentum-zero-is-default",
    "takes a momentum of 0 as not given, so as 0.1",
    seen="constructed; `momentum or 0.1`",
    regime="momentum 0",
)
def momentum_zero_is_default(rules: Reference) -> Reference:
    return _with_weight(rules, lambda a: a or 0.1)


@deviation(
    "momentum-hard-coded",
    "uses a momentum of 0.1, whatever was asked for",
    seen="constructed; sibling of pytorch/pytorch#18525",
    regime="any momentum but 0.1, None too",
)
def momentum_hard_coded(rules: Reference) -> Reference:
    return _with_weight(rules, lambda a: 0.1)


@deviation(
    "cumulative-off-by-one",
    "weighs the k-th batch of a cumulative average by 1/(k + 1)",
    seen="pytorch/pytorch#110361 (the count of batches lost)",
    regime="momentum None",
)
def cumulative_off_by_one(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, steps=p.steps + 1), "weight")


DEVIATIONS = (
    momentum_inverted,
    momentum_mixed,
    old_state_dropped,
    momentum_zero_is_default,
    momentum_hard_coded,
    cumulative_off_by_one,
)
