"""Which axes the statistics go over: the mean, the variance, and the mean that it is about.

With ``M_A`` the mean over the axes A, spread over them again, the target is taken for

    z = (x - M_A x) r,    r = 1 / sqrt(V + eps),    V = M_B (x - M_c x)^2.

Each ``M`` is a symmetric projection, so that with ``g = gamma dy`` the gradient of this formula is

    dx = (1 - M_A)(r g) + (1 - M_c)(2 (x - M_c x) h),    h = M_B(-r^3 g (x - M_A x) / 2),

and, with a tangent t, ``dz = r (1 - M_A) t - r^3 (x - M_A x) M_B((x - M_c x)(1 - M_c) t)``.
In inference, either of the two statistics may be that of the batch where the other is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass, filled
from bncheck.deviations.reference import Change, with_batch_statistics
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.partial import ENOUGH
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.model.formats import Array

# axes of ``(C, N, *spatial)``, as they are said
_SETS: dict[str, Callable[[int], tuple[int, ...]]] = {
    "each channel": lambda ndim: tuple(range(1, ndim)),
    "the batch alone": lambda ndim: (1,),
    "each sample's channel": lambda ndim: tuple(range(2, ndim)),
    "the whole batch, all channels": lambda ndim: tuple(range(ndim)),
    "each sample": lambda ndim: (0, *range(2, ndim)),
    "batch and channels": lambda ndim: (0, 1),
    "the channels alone": lambda ndim: (0,),
    "all axes but the last": lambda ndim: tuple(range(ndim - 1)) if ndim > 2 else (1,),
}
_RIGHT, _SAMPLE = "each channel", "each sample's channel"


@dataclass(frozen=True)
class Axes:
    """What the mean, the variance, and the mean that this is about go over.

    images: whether a batch without positions is normalized rightly
    """

    mean: str
    variance: str
    about: str
    images: bool

    @property
    def says(self) -> str:
        """As people read it."""
        parts = []
        if self.mean == self.variance == self.about:
            parts.append(f"mean and variance are taken over {self.mean}")
        else:
            if self.mean != _RIGHT:
                parts.append(f"the mean is taken over {self.mean}")
            parts.append(f"the variance is averaged over {self.variance}")
            if self.about != self.mean:
                parts.append(f"about the mean over {self.about}")
        return ", ".join(parts) + (", on inputs with positions" if self.images else "")


def _choices() -> Iterator[Axes]:
    for images in (False, True):
        for one in _SETS:
            if one != _RIGHT:
                yield Axes(one, one, one, images)
                yield Axes(_RIGHT, one, _RIGHT, images)
                yield Axes(_RIGHT, one, one, images)
                yield Axes(one, _RIGHT, one, images)
                yield Axes(one, _RIGHT, _RIGHT, images)
        yield Axes(_RIGHT, _RIGHT, _SAMPLE, images)
        yield Axes(_RIGHT, _RIGHT, "the batch alone", images)


def of_axes(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    """Deviations that take statistics over other axes and have the target's first answers."""
    if output == "inference y":
        yield from _in_inference()
    items = [i for i in court.evidence if i.script == "train" and i.recipe.size > i.recipe.shape[1]]
    wrong = [i for i in items if not _holds(court, base, i, ("y",))]
    if output != "y" or not wrong:
        return
    wrong = sorted(wrong, key=lambda i: (-len(i.recipe.shape), i.recipe.size))[:ENOUGH]
    for axes in _choices():
        usual = _deviation(axes, "", _usual, _averaged)
        if not all(_holds(court, _on(base, usual), i, ("y",)) for i in wrong):
            continue
        says = "; the gradient is that of this formula"
        ways = [
            usual,  # first, so that nothing is said of a gradient that there is none of
            _deviation(axes, says, _differentiated, _averaged),
            _deviation(axes, f"{says}; the running statistics are right", _differentiated, _right),
            _deviation(axes, "; the running statistics are right", _usual, _right),
        ]
        yield next((w for w in ways if _fits(court, _on(base, w), wrong)), ways[0])


def _on(base: Hypothesis, deviation: Deviation) -> Hypothesis:
    return Hypothesis((*base.deviations, deviation))


def _fits(court: Court, hypothesis: Hypothesis, items: list[Observed]) -> bool:
    outputs = ("dx", "running mean", "running variance")
    return all(_holds(court, hypothesis, item, outputs) for item in items)


def _holds(court: Court, hypothesis: Hypothesis, item: Observed, outputs: tuple[str, ...]) -> bool:
    return all(c.holds for c in court.compare(hypothesis, item) if c.output in outputs)


_Part = Callable[[Axes, Reference, Reference], Reference]


def _deviation(axes: Axes, more: str, gradient: _Part, running: _Part) -> Deviation:
    def change(rules: Reference) -> Reference:
        wrong = replace(
            rules,
            mean=lambda p: _mean(axes, rules, p),
            variance=lambda p: _variance(axes, rules, p),
        )
        return running(axes, rules, gradient(axes, rules, wrong))

    return deviating(axes.says + more, change)


def _over(which: str, p: Pass, values: Array) -> Array:
    """The mean over these axes, at every value, as ``(C, m)``; over none, the values."""
    shape = (len(values), p.given.shape[0], *p.given.shape[2:])
    apart = np.broadcast_to(values, p.x.shape).reshape(shape)
    means = apart.mean(axis=_SETS[which](len(shape)), keepdims=True)
    return np.broadcast_to(means, shape).reshape(p.x.shape)


def _speaks(axes: Axes, p: Pass) -> bool:
    return p.m > 0 and not (axes.images and p.given.ndim == 2)


def _mean(axes: Axes, rules: Reference, p: Pass) -> Array:
    if not _speaks(axes, p) or axes.mean == _RIGHT:
        return rules.mean(p)
    return _over(axes.mean, p, p.x)


def _variance(axes: Axes, rules: Reference, p: Pass) -> Array:
    if not _speaks(axes, p):
        return rules.variance(p)
    off = p.x - _over(axes.about, p, p.x)
    return _over(axes.variance, p, off * off)


# -- the running statistics -------------------------------------------------------------------


def _averaged(axes: Axes, rules: Reference, wrong: Reference) -> Reference:
    """Those of the whole channel are averaged in."""
    del axes, rules

    def one(p: Pass) -> Pass:
        mean, var = (v.mean(axis=1, keepdims=True) if p.m else v for v in (p.mean, p.var))
        return filled(p, mean=mean, var=var)

    return seeing(wrong, one, "update_mean", "update_variance")


def _right(axes: Axes, rules: Reference, wrong: Reference) -> Reference:
    del axes

    def right(p: Pass) -> Pass:
        p = filled(p, mean=rules.mean(p))
        return filled(p, var=rules.variance(p))

    return seeing(wrong, right, "update_mean", "update_variance")


# -- gradients --------------------------------------------------------------------------------


def _usual(axes: Axes, rules: Reference, wrong: Reference) -> Reference:
    """That of batch normalization, with the xhat and the deviation that there are."""
    del axes, rules
    return wrong


def _differentiated(axes: Axes, rules: Reference, wrong: Reference) -> Reference:
    def dx(p: Pass) -> Array:
        if not _speaks(axes, p):
            return rules.dx(p)
        g, r, about = p.gamma * p.dy, p.inverse, p.x - _over(axes.about, p, p.x)
        h = _over(axes.variance, p, -(r * r * g * p.xhat) / 2)
        first, second = r * g, 2 * about * h
        first = first - _over(axes.mean, p, first)
        return np.asarray(first + second - _over(axes.about, p, second), p.x.dtype)

    def jvp(p: Pass) -> Array:
        if not _speaks(axes, p):
            return rules.jvp(p)
        t, r, about = p.dy, p.inverse, p.x - _over(axes.about, p, p.x)
        along = _over(axes.variance, p, about * (t - _over(axes.about, p, t)))
        change = r * (t - _over(axes.mean, p, t)) - r * r * p.xhat * along
        return np.asarray(p.gamma * change, p.x.dtype)

    return replace(wrong, dx=dx, jvp=jvp)


# -- inference --------------------------------------------------------------------------------


def _in_inference() -> Iterator[Deviation]:
    """One statistic of the batch in inference, the other the running one."""

    def of(which: int, rules: Reference) -> Reference:
        def recall(p: Pass) -> tuple[Array, Array]:
            kept, own = rules.recall(p), with_batch_statistics(p)
            return (own.mean, kept[1]) if which == 0 else (kept[0], own.var)

        return replace(rules, recall=recall)

    for which, name in enumerate(("mean", "variance")):
        change: Change = partial(of, which)
        other = ("variance", "mean")[which]
        says = f"in inference the {name} is that of the batch, the {other} the running one"
        yield deviating(says, change)
