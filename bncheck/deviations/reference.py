"""A correct batch normalization as data: a record of stages, each of which can be replaced.

A deviation replaces one or two stages by a wrapper of what stood there, so that deviations can
be applied one after the other, in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.deviations import stages
from bncheck.deviations.passes import AS_IT_IS, Pass, Reference, filled
from bncheck.model import Convention, Domain
from bncheck.model.keys import ARITHMETIC

TORCH = Convention(
    momentum_weighs="new",
    running_var="unbiased",
    debiased=False,
    one_value="beta",
    empty_batch="empty",
    output="centered",
    variance="stable",
    gradients="fresh",
    arithmetic=ARITHMETIC,
)


Change = Callable[[Reference], Reference]

REFERENCE = Reference(
    read=stages.read,
    read_cotangent=lambda dy, x: dy,
    accumulator=stages.accumulator,
    total=stages.total,
    count=stages.count,
    mean=stages.mean,
    variance=stages.variance,
    inverse=stages.inverse,
    normalize=stages.normalize,
    affine=stages.affine,
    finish=stages.finish,
    recall=stages.recall,
    weight=stages.weight,
    bessel=stages.bessel,
    update_mean=stages.update_mean,
    update_variance=stages.update_variance,
    inference_update=stages.inference_update,
    saved=stages.saved,
    backward_count=stages.backward_count,
    mean_term=stages.mean_term,
    variance_term=stages.variance_term,
    dgamma=stages.dgamma,
    dbeta=stages.dbeta,
    dx=stages.dx,
    inference_dx=stages.inference_dx,
    jvp=stages.jvp,
    double_backward=stages.double_backward,
    accumulate=stages.accumulate,
    wrap=lambda layer, case: layer,
    view=AS_IT_IS,
    convention=TORCH,
    domain=Domain(),
    narrow_only=False,
)


def accumulating(rules: Reference) -> Reference:
    """Add parameter gradients up over backward passes: a legitimate convention."""
    return replace(
        rules,
        accumulate=lambda before, new: before + new,
        convention=replace(rules.convention, gradients="accumulated"),
    )


def debiased_weight(p: Pass) -> float:
    """Weight of the new batch in averages that are corrected for a start at 0.

    Kingma & Ba 2015 (Adam), section 3: with a the weight of a new batch and d = 1 - a, what is
    kept is h_t = d h_(t-1) + a new, h_0 = 0, and what is used is h_t / (1 - d^t). With
    h_(t-1) = (1 - d^(t-1)) used_(t-1),

        used_t = (d (1 - d^(t-1)) used_(t-1) + a new) / (1 - d^t) = (1 - w) used_(t-1) + w new,
        w = a / (1 - d^t),    as 1 - d^t - a = d - d^t.

    A cumulative average needs no correction. With a = 0 it is 0 / 0.
    """
    if p.momentum is None:
        return stages.weight(p)
    a = np.float64(new_weight(p))
    with np.errstate(all="ignore"):
        return float(a / (1 - (1 - a) ** (p.steps + 1)))


def new_weight(p: Pass) -> float:
    """Weight of a new batch by the momentum of the case and the convention of the rules."""
    if p.momentum is None or p.rules.convention.momentum_weighs != "old":
        return stages.weight(p)
    return 1 - p.momentum


def forward(p: Pass) -> Pass:
    """Run the forward stages: statistics, running statistics, xhat, y."""
    rules = p.rules
    if p.training:
        p = with_batch_statistics(p)
        p = filled(p, next_mean=rules.update_mean(p), next_var=rules.update_variance(p))
    else:
        mean, var = rules.recall(p)
        p = filled(p, mean=mean, var=var)
        next_mean, next_var = rules.inference_update(p)
        p = filled(p, next_mean=next_mean, next_var=next_var)
    return output(p)


def with_batch_statistics(p: Pass) -> Pass:
    """Run the stages of the batch statistics: mean, then the variance about it."""
    p = filled(p, mean=p.rules.mean(p))
    return filled(p, var=p.rules.variance(p))


def output(p: Pass) -> Pass:
    """Run the stages that follow the statistics: inverse deviation, xhat, y."""
    p = _normalized(p)
    p = filled(p, y=p.rules.affine(p))
    return filled(p, y=p.rules.finish(p))


def renormalized(p: Pass, **changes: Any) -> Pass:
    """Change what a backward pass has saved, and redo the inverse deviation and xhat."""
    return _normalized(filled(p, **changes))


def _normalized(p: Pass) -> Pass:
    p = filled(p, inverse=p.rules.inverse(p))
    return filled(p, xhat=p.rules.normalize(p))
