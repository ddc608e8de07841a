"""Ways of being wrong about what the backward pass finds of the forward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import family, in_half
from bncheck.deviations.passes import Pass, Reference, filled, stored
from bncheck.deviations.reference import renormalized
from bncheck.model.formats import Array

deviation = family("backward")


@deviation(
    "xhat-from-output",
    "recovers xhat as (y - beta) / gamma in the backward pass: 0 / 0 at gamma = 0",
    seen="mapillary/inplace_abn#4, #172, pytorch/pytorch#77434",
    regime="gamma of 0, or small against beta",
)
def xhat_from_output(rules: Reference) -> Reference:
    return seeing(rules, lambda p: replace(p, xhat=(p.y - p.beta) / p.gamma), "saved")


@deviation(
    "stale-cache",
    "uses what an earlier forward pass had saved",
    seen="constructed; sibling of pytorch/pytorch#2264",
    regime="two forward passes of one shape, then backward",
)
def stale_cache(rules: Reference) -> Reference:
    def stale(p: Pass) -> Pass:
        old = p.previous
        fits = old is not None and old.given.shape == p.given.shape
        return replace(old, dy=p.dy) if old is not None and fits else p

    return seeing(rules, stale, "saved")


@deviation(
    "cache-shared-between-layers",
    "keeps what backward needs in one place for all layers, so that the latest forward pass wins",
    seen="constructed; a cache at the top of a file, or of the class",
    regime="forward passes of two layers, then backward of the first",
)
def cache_shared_between_layers(rules: Reference) -> Reference:
    latest: list[Pass] = []

    def finish(p: Pass) -> Array:
        latest[:] = [p]
        return rules.finish(p)

    def saved(p: Pass) -> Pass:
        last = latest[0]
        return rules.saved(replace(last, y=p.y, dy=p.dy) if last.x.shape == p.x.shape else p)

    return replace(rules, finish=finish, saved=saved)


def _with_saved(rules: Reference, change: Callable[[Pass], Pass]) -> Reference:
    """Let the backward pass of training mode find a changed forward pass."""
    return seeing(rules, lambda p: change(p) if p.training else p, "saved")


def backward_eps(eps: float, rules: Reference) -> Reference:
    """Let the backward pass of training mode normalize anew, with an eps of its own."""
    return _with_saved(rules, lambda p: renormalized(p, eps=eps))


@deviation(
    "eps-differs-in-backward",
    "leaves eps out in the backward pass",
    seen="chainer/chainer#4191, pjreddie/darknet#1723",
    regime="eps not negligible against the variance",
)
def eps_differs_in_backward(rules: Reference) -> Reference:
    return backward_eps(0.0, rules)


@deviation(
    "inverse-as-variance",
    "takes the saved inverse deviation for a variance in the backward pass",
    seen="flagos-ai/FlagGems#5222, #5223, pytorch/pytorch#94351",
    regime="variance not 1",
)
def inverse_as_variance(rules: Reference) -> Reference:
    return _with_saved(rules, lambda p: renormalized(p, var=p.inverse))


@deviation(
    "running-variance-in-backward",
    "uses the running variance in the backward pass of training mode",
    seen="constructed; sibling of torch/nn#615",
    regime="running variance away from the batch variance",
)
def running_variance_in_backward(rules: Reference) -> Reference:
    # xhat stays as it was saved; only the inverse deviation is made anew
    return _with_saved(rules, lambda p: replace(renormalized(p, var=p.next_var), xhat=p.xhat))


@deviation(
    "saved-in-half",
    "keeps mean and inverse deviation in the half-precision dtype of x for the backward pass",
    seen="torch.compile on the CPU: docs/findings/torch-compile-half-gradients.md",
    regime="float16 or bfloat16 with |mean| not small against the standard deviation, backward",
)
def saved_in_half(rules: Reference) -> Reference:
    def rounded(p: Pass) -> Pass:
        if not p.half:
            return p
        p = filled(p, mean=stored(p.mean, p), inverse=stored(p.inverse, p))
        return filled(p, xhat=p.rules.normalize(p))

    return in_half(_with_saved(rules, rounded), stores=True)


DEVIATIONS = (
    xhat_from_output,
    stale_cache,
    cache_shared_between_layers,
    eps_differs_in_backward,
    inverse_as_variance,
    running_variance_in_backward,
    saved_in_half,
)
