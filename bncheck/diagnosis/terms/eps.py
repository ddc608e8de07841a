"""An eps of the target's own: in all that it does, or in the backward pass, or in a part of that.

An estimate decides nothing: the court holds the deviation, with the constant in it, against all
answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass, filled
from bncheck.deviations.reference import Change, renormalized
from bncheck.diagnosis.partial import ENOUGH
from bncheck.diagnosis.terms.factors import variance
from bncheck.diagnosis.terms.fit import Read, readings
from bncheck.diagnosis.terms.formulas import BY_OUTPUT, Term
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.diagnosis.terms.samples import Sample

# what people write to keep from dividing by 0
_TINY = 1e-30
# digits that somebody would write
_DIGITS = 3

_SUMS = BY_OUTPUT["dgamma"].terms[0]
Told = tuple[float, float, float]


def of_outputs(output: str, found: Sequence[Sample]) -> Iterator[Deviation]:
    """An eps that is one number, or not below one number, whatever is given.

    y = a xhat + b with a = gamma s/s' tells s' and so eps' = s'^2 - var.
    """
    core = tuple(t for t in BY_OUTPUT[output].terms if not t.extra)
    reads = [r for s in found for r in readings(core, s) if _known(r)]
    told = _finite((*_told(r), r.sample.p.eps) for r in reads)
    if len(told) < ENOUGH:
        return
    value = _one(told)
    if value is not None:
        says = f"eps is {value:g} whatever is given"
        if value:
            yield deviating(says, _with_eps(lambda eps, v=value: v), "eps-hard-coded")
        else:
            # without any, a constant channel is 0/0; so small a number is eps to nothing else
            says = "eps is left out, but for a tiny number that keeps it from dividing by 0"
            yield deviating(says, _with_eps(lambda eps: _TINY), "eps-missing")
        return
    floors = [item for item in told if abs(item[0] - item[2]) > item[1]]
    if floors:
        best = min(floors, key=lambda item: item[1] / max(abs(item[0]), 1e-300))
        value = written(best[0])
        if value and all(abs(e - max(given, value)) <= d for e, d, given in told):
            says = f"eps is never below {value:g}, whatever is given"
            yield deviating(says, _with_eps(lambda eps, v=value: max(eps, v)), "eps-floor")


def of_gradients(output: str, found: Sequence[Sample]) -> Iterator[Deviation]:
    """An eps of the backward pass alone, of one mode or both, or of one of its gradients.

    dgamma = sum(dy xhat) s/s', and dx has the term gamma/s dy with the factor s/s', where
    s'^2 = var + eps'. What xhat the other terms of dx have is a choice of who writes it.
    """
    told = list(_of_sums(found) if output.endswith("dgamma") else _of_terms(output, found))
    value = _one(told) if len(told) >= ENOUGH else None
    if value is None and told and len(told) >= ENOUGH:
        # the room is that of the right formula, whose sums may be smaller: the court decides
        value = written(_surest(told))
    if value is None:
        return
    words = f"eps is {value:g} whatever is given" if value else "eps is left out"
    mode = "inference" if output.startswith("inference ") else "training"
    own = output.removeprefix("inference ")
    for modes, where in ((mode,), f" of {mode}"), (("training", "inference"), ""):
        says = f"in the backward pass{where} {words}"
        yield _own(says, value, (), modes, 3)
        stages = ("dgamma",) if own == "dx" else ("dx", "inference_dx")
        says = f"in {own}{where}, and in no other gradient, {words}"
        yield _own(says, value, stages, modes, 3)
        if own == "dx" and "training" in modes:
            yield _own(f"{says}; xhat is the one that y has", value, stages, modes, 1)
            yield _own(f"{says}; one xhat of two is the one that y has", value, stages, modes, 2)


def _own(
    says: str, eps: float, others: Sequence[str], modes: Sequence[str], power: int
) -> Deviation:
    change = partial(_backward, eps, tuple(others), tuple(modes), power)
    return deviating(says, change, "eps-differs-in-backward")


def _backward(
    eps: float, others: Sequence[str], modes: Sequence[str], power: int, rules: Reference
) -> Reference:
    """Let the backward pass find another eps than the forward pass had.

    others: stages that find the right one all the same; power: of s/s' in the term
    xhat mean(dy xhat) of dx, by how many of its xhat are made anew
    """

    def change(p: Pass) -> Pass:
        if ("training" if p.training else "inference") not in modes:
            return p
        if power == 3:
            return renormalized(p, eps=eps)
        inverse = p.rules.inverse(replace(p, eps=eps))
        return filled(p, inverse=inverse, xhat=p.xhat * (inverse / p.inverse) ** ((power - 1) / 2))

    def restored(p: Pass) -> Pass:
        return renormalized(p, eps=float(p.case.eps))

    return seeing(seeing(rules, restored, *others), change, "saved")


def _of_sums(found: Sequence[Sample]) -> Iterator[Told]:
    """eps' of the ratio of dgamma to what it should be."""
    yield from _finite(
        (*_from_ratio(s.p, c, s.got[c, 0] / sums[c, 0], s.room[c, 0] / abs(sums[c, 0])), s.p.eps)
        for s in found
        for sums in (_SUMS.of(s.p),)
        for c in range(len(sums))
        if abs(s.got[c, 0]) > 2 * s.room[c, 0] and sums[c, 0]
    )


def _of_terms(output: str, found: Sequence[Sample]) -> Iterator[Told]:
    """eps' of the factor that dy has in dx."""
    terms: tuple[Term, ...] = tuple(t for t in BY_OUTPUT[output].terms if not t.extra)
    if output.startswith("inference "):
        terms = terms[:1]
    reads = [r for s in found for r in readings(terms, s) if _known(r)]
    yield from _finite(
        (*_from_ratio(r.sample.p, r.channel, r.factors[0], r.errors[0]), r.sample.p.eps)
        for r in reads
    )


def _finite(told: Iterable[tuple[Any, Any, Any]]) -> list[Told]:
    """Keep what was found of eps: the value, how far off it may be, and what was given."""
    numbers = ((float(e), float(d), float(given)) for e, d, given in told)
    return [(e, d, given) for e, d, given in numbers if np.isfinite(e + d)]


def _one(told: Sequence[Told]) -> float | None:
    """The one number that eps is everywhere, if there is one; 0 where it is left out."""
    for value in (0.0, written(_surest(told))):
        if value is not None and all(abs(e - value) <= d for e, d, _ in told):
            return value
    return None


def _surest(told: Sequence[Told]) -> float:
    return min(told, key=lambda item: item[1] / max(abs(item[0]), 1e-300))[0]


def _known(read: Read) -> bool:
    return bool(abs(read.factors[0]) > 2 * read.errors[0])


def _told(read: Read) -> tuple[Any, Any]:
    """eps' and how far off it may be."""
    p, c, gamma = read.sample.p, read.channel, read.sample.p.gamma
    with np.errstate(all="ignore"):
        ratios = read.factors[0] / gamma[c, 0], read.errors[0] / abs(gamma[c, 0])
    return _from_ratio(p, c, *ratios)


def _from_ratio(p: Pass, c: int, a: Any, error: Any) -> tuple[Any, Any]:
    """eps' and how far off it may be, where a = s/s' in a channel."""
    var = np.float64(np.broadcast_to(variance(p), (p.x.shape[0], 1))[c, 0])
    with np.errstate(all="ignore"):
        square = np.float64(var + p.eps) / np.float64(a) ** 2
        return square - var, 3 * square * error / abs(a)


def written(value: float) -> float | None:
    """Return the number that somebody would have written: the shortest within a part in 2000."""
    if not np.isfinite(value) or value <= 0:
        return None
    for digits in range(_DIGITS):
        number = float(f"{value:.{digits}e}")
        if abs(number - value) <= value / 2000:
            return number
    return float(value)


def _with_eps(eps: Any) -> Change:
    def change(rules: Reference) -> Reference:
        return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=eps(p.eps))))

    return change
