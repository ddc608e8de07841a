"""Ways of being wrong about what the backward pass finds of the forward pass."""

from __future__ import annotations

from dataclasses import replace

from bncheck.deviations.deviation import family, in_half
from bncheck.deviations.passes import Pass, Reference, filled, stored
from bncheck.deviations.reference import renormalized

deviation = family("backward")


@deviation(
    "xhat-from-output",
    "recovers xhat as (y - beta) / gamma in the backward pass: 0 / 0 at gamma = 0",
    seen="mapillary/inplace_abn#4, #172, pytorch/pytorch#77434",
    regime="gamma of 0, or small against beta",
)
def xhat_from_output(rules: Reference) -> Reference:
    return replace(rules, saved=lambda p: rules.saved(replace(p, xhat=(p.y - p.beta) / p.gamma)))


@deviation(
    "stale-cache",
    "uses what an earlier forward pass had saved",
    seen="constructed; sibling of pytorch/pytorch#2264",
    regime="two forward passes of one shape, then backward",
)
def stale_cache(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        old = p.previous
        fits = old is not None and old.given.shape == p.given.shape
        return rules.saved(replace(old, dy=p.dy) if old is not None and fits else p)

    return replace(rules, saved=saved)


@deviation(
    "eps-differs-in-backward",
    "leaves eps out in the backward pass only",
    seen="chainer/chainer#4191, pjreddie/darknet#1723",
    regime="eps not negligible against the variance",
)
def eps_differs_in_backward(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        return rules.saved(renormalized(p, eps=0.0) if p.training else p)

    return replace(rules, saved=saved)


@deviation(
    "inverse-as-variance",
    "takes the saved inverse deviation for a variance in the backward pass",
    seen="flagos-ai/FlagGems#5222, #5223, pytorch/pytorch#94351",
    regime="variance not 1",
)
def inverse_as_variance(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        return rules.saved(renormalized(p, var=p.inverse) if p.training else p)

    return replace(rules, saved=saved)


@deviation(
    "running-variance-in-backward",
    "uses the running variance in the backward pass of training mode",
    seen="constructed; sibling of torch/nn#615",
    regime="running variance away from the batch variance",
)
def running_variance_in_backward(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        if not p.training:
            return rules.saved(p)
        # xhat stays as it was saved; only the inverse deviation is made anew
        other = renormalized(p, var=p.next_var)
        return rules.saved(replace(other, xhat=p.xhat))

    return replace(rules, saved=saved)


@deviation(
    "saved-in-half",
    "keeps mean and inverse deviation in the half-precision dtype of x for the backward pass",
    seen="torch.compile on the CPU: docs/findings/torch-compile-half-gradients.md",
    regime="float16 or bfloat16 with |mean| not small against the standard deviation, backward",
)
def saved_in_half(rules: Reference) -> Reference:
    def saved(p: Pass) -> Pass:
        if not (p.half and p.training):
            return rules.saved(p)
        p = filled(p, mean=stored(p.mean, p), inverse=stored(p.inverse, p))
        return rules.saved(filled(p, xhat=p.rules.normalize(p)))

    return in_half(replace(rules, saved=saved), stores=True)


DEVIATIONS = (
    xhat_from_output,
    stale_cache,
    eps_differs_in_backward,
    inverse_as_variance,
    running_variance_in_backward,
    saved_in_half,
)
