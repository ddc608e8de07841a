"""Which statistics of the batch the target has, by its y or by its running statistics.

y = a xhat + b with a = gamma s/s' and b = beta + gamma (mean - mean')/s' tells mean' and s', and so
var' = s'^2 - eps, for every channel of every case. They are held against those of blocks that are
padded, cut short or merged (`moments`, `chunks`), for every size that people give a block; how
many values count, where only the first do, is told by the means of all beginnings of a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.terms.beginnings import beginnings
from bncheck.diagnosis.terms.chunks import chunked
from bncheck.diagnosis.terms.consequences import consequent, in_running
from bncheck.diagnosis.terms.fit import Read, fits, readings
from bncheck.diagnosis.terms.formulas import BY_OUTPUT
from bncheck.diagnosis.terms.moments import Moments, padded
from bncheck.diagnosis.terms.samples import Sample
from bncheck.model.formats import Array

# of sizes that all fit, the court hears so many
_HEARD = 3


@dataclass(frozen=True)
class Told:
    """Of one case, the statistics that the target has: each ``(C,)``, and how far off they may be.

    A channel in which they are not known has an infinite error.
    """

    p: Pass
    mean: Array
    mean_error: Array
    var: Array
    var_error: Array

    def allowed(self, mean: Array, var: Array) -> Array:
        """Which of these, each ``(C, K)``, may be they; the room is that of right ones, doubled."""
        pairs = (mean, self.mean, self.mean_error), (var, self.var, self.var_error)
        within = [np.abs(v - own[:, None]) <= 2 * room[:, None] for v, own, room in pairs]
        return np.asarray((within[0] & within[1]).all(axis=0))

    def allows(self, mean: Array, var: Array) -> bool:
        """Whether these are the statistics, each ``(C, 1)``."""
        return bool(self.allowed(mean, var).all())


def of_batch(
    court: Court, base: Hypothesis, output: str, found: Sequence[Sample]
) -> Iterator[Deviation]:
    """Deviations with statistics that the output tells; running ones are asked if y is right."""
    everywhere = output == "y"
    if not everywhere and not all(_hold(court, base, i, "y") for i in court.evidence):
        return
    read = {"y": _by_y, "running mean": _by_mean, "running variance": _by_var}[output]
    told = list(read([s for s in found if s.p.training and s.p.m > 1]) or ())
    told.sort(key=lambda t: t.allows(t.p.mean, t.p.var))  # those that are wrong first
    if not told or told[0].allows(told[0].p.mean, told[0].p.var):
        return
    heard = [m for m in beginnings(told) if _holds(m, told)][:_HEARD]
    for kind in (padded(), chunked()):
        heard += islice((m for m in kind if _holds(m, told)), _HEARD)
    for moments in heard:
        yield (consequent(court, base, moments) if everywhere else in_running(moments))


def _hold(court: Court, base: Hypothesis, item: Observed, output: str) -> bool:
    return all(c.holds for c in court.compare(base, item) if c.output == output)


def _holds(moments: Moments, told: Sequence[Told]) -> bool:
    with np.errstate(all="ignore"):
        return all(t.allows(*moments.of(t.p)) for t in told)


# -- reading ----------------------------------------------------------------------------------


def _by_y(found: Sequence[Sample]) -> Iterator[Told] | None:
    """None where y is no multiple of xhat and a constant: then other things are wrong."""
    core = tuple(t for t in BY_OUTPUT["y"].terms if not t.extra)
    reads = [(s, list(readings(core, s))) for s in found]
    if not all(fits(core, read) for _, some in reads for read in some):
        return None
    return (_statistics(s, some) for s, some in reads if some)


def _statistics(sample: Sample, reads: Sequence[Read]) -> Told:
    p = sample.p
    told = {name: np.zeros(len(p.x)) for name in ("mean", "var")}
    errors = {name: np.full(len(p.x), np.inf) for name in ("mean", "var")}
    for read in reads:
        c, (a, b), (a_error, b_error) = read.channel, read.factors, read.errors
        if abs(a) <= 2 * a_error:
            continue
        gamma, beta, scale = (float(v[c, 0]) for v in (p.gamma, p.beta, 1 / p.inverse))
        off, square = b - beta, (gamma * scale / a) ** 2
        told["mean"][c] = float(p.mean[c, 0]) - off * scale / a
        errors["mean"][c] = abs(scale / a) * (b_error + abs(off / a) * a_error) * 2
        told["var"][c] = square - p.eps
        errors["var"][c] = 3 * square * a_error / abs(a)
    return Told(p, told["mean"], errors["mean"], told["var"], errors["var"])


def _by_mean(found: Sequence[Sample]) -> Iterator[Told]:
    for s in found:
        a = s.p.rules.weight(s.p)
        if a:
            new = (s.got - (1 - a) * s.p.running_mean)[:, 0] / a
            yield _known_of_one(s, mean=(new, s.room[:, 0] / a))


def _by_var(found: Sequence[Sample]) -> Iterator[Told]:
    for s in found:
        a = s.p.rules.weight(s.p)
        if a:
            part = a * s.p.rules.bessel(s.p)
            new = (s.got - (1 - a) * s.p.running_var)[:, 0] / part
            yield _known_of_one(s, var=(new, s.room[:, 0] / part))


def _known_of_one(sample: Sample, **known: tuple[Array, Array]) -> Told:
    count = len(sample.p.x)
    nothing = np.zeros(count), np.full(count, np.inf)
    mean, var = (known.get(name, nothing) for name in ("mean", "var"))
    return Told(sample.p, *mean, *var)
