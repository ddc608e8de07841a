"""Values that are cut off: x, xhat, gamma xhat, y or dx, at one end or both, in one mode or both.

Where an output is less far out than it should be, the value that was cut is everywhere the same
number: in units of y it is the output itself, in units of xhat it is (y - beta)/gamma. A cut x
moves the statistics of training, too; there the values of y that are not cut lie on a line over
x, and the others tell where it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass, filled
from bncheck.diagnosis.terms.eps import written
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.diagnosis.terms.samples import Sample
from bncheck.model.formats import Array

# values above, below which nothing is left; infinite where that end is not cut
Ends = tuple[float, float]


@dataclass(frozen=True)
class Cut:
    """What is cut: its values in a pass, before; and y as such values, with how much one is in y.

    stages: which see the cut values; see: what they see then
    """

    says: str
    name: str
    of: Callable[[Pass], Array]
    units: Callable[[Pass, Array], Array]
    scale: Callable[[Pass], Array]
    see: Callable[[Pass, Array], Pass]
    stages: tuple[str, ...]


_XHAT = Cut(
    "xhat",
    "xhat-clipped",
    lambda p: p.xhat,
    lambda p, y: np.asarray((y - p.beta) / p.gamma),
    lambda p: np.abs(p.gamma),
    lambda p, cut: filled(p, xhat=cut),
    ("affine",),
)
_SCALED = Cut(
    "gamma xhat",
    "xhat-clipped",
    lambda p: p.gamma * p.xhat,
    lambda p, y: y - p.beta,
    lambda p: np.ones_like(p.gamma),
    # gamma may be 0, and xhat then does not matter
    lambda p, cut: filled(p, xhat=np.where(p.gamma != 0, cut / p.gamma, p.xhat)),
    ("affine",),
)
_Y = Cut(
    "y",
    "output-clipped",
    lambda p: p.gamma * p.xhat + p.beta,
    lambda p, y: y,
    lambda p: np.ones_like(p.gamma),
    lambda p, cut: filled(p, y=cut),
    ("finish",),
)
_X = Cut(
    "x",
    "input-clipped",
    lambda p: p.x,
    lambda p, y: np.asarray((y - p.beta) / (p.gamma * p.inverse) + p.mean),
    lambda p: np.abs(p.gamma * p.inverse),
    lambda p, cut: filled(p, x=cut),
    ("mean", "variance", "normalize"),
)


def of_outputs(output: str, found: Sequence[Sample]) -> Iterator[Deviation]:
    """Cuts that y tells."""
    mode = "inference" if output.startswith("inference ") else "training"
    for cut in (_XHAT, _SCALED, _Y, _X):
        if cut is _X and mode == "training":
            ends = tuple(_one(list(_corners(found, sign))) for sign in (1.0, -1.0))
        else:
            ends = tuple(_one(list(_capped(cut, found, sign))) for sign in (1.0, -1.0))
        high, low = ends[0], None if ends[1] is None else -ends[1]
        if high is not None or low is not None:
            yield from _deviations(cut, mode, low, high)


def of_gradient(output: str, found: Sequence[Sample]) -> Iterator[Deviation]:
    """Entries of dx that are cut off at a number that many of them have and should exceed."""
    high, low = (_end(found, sign) for sign in (1.0, -1.0))
    if high is not None or low is not None:
        change = partial(_gradient_cut, _ends(low, high))
        yield deviating(_said("dx", low, high), change, "gradient-clipped")


# -- reading ----------------------------------------------------------------------------------

Told = tuple[float, float]


def _capped(cut: Cut, found: Sequence[Sample], sign: float) -> Iterator[Told]:
    """Values, and how far off they may be, that are less far out than they should be."""
    for s in found:
        with np.errstate(all="ignore"):
            value, right = (sign * cut.units(s.p, y) for y in (s.got, s.right))
            room = s.room / cut.scale(s.p)
            some = (right > value + room) & np.isfinite(value) & np.isfinite(room)
        yield from zip(value[some].tolist(), room[some].tolist(), strict=True)


def _corners(found: Sequence[Sample], sign: float) -> Iterator[Told]:
    """Values of x at which y, which is a line over x up to there, goes no further."""
    for s in found:
        for c, (x, y, room) in enumerate(zip(sign * s.p.x, s.got, s.room, strict=True)):
            up = np.sign(s.p.gamma[c, 0]) * y
            last = up >= up.max() - 2 * room
            line = np.flatnonzero(~last)
            if len(line) < 2 or not last.any():
                continue
            a, b = line[x[line].argmin()], line[x[line].argmax()]
            slope = (up[b] - up[a]) / (x[b] - x[a]) if x[b] > x[a] else 0
            if slope <= 0:
                continue
            corner = x[a] + (up.max() - up[a]) / slope
            error = room.max() / slope * (2 + 4 * (corner - x[a]) / (x[b] - x[a]))
            if x[last].max() > corner + error:
                yield float(corner), float(error)


def _one(told: Sequence[Told]) -> float | None:
    """The one number that all of these are, if there is one."""
    if len(told) < 2:
        return None
    value = float(min(told, key=lambda item: item[1])[0])
    short = np.sign(value) * (written(abs(value)) or 0.0)
    for one in (short, value):
        # the room is that of a right target
        if all(abs(v - one) <= 2 * error for v, error in told):
            return float(one)
    return None


def _end(found: Sequence[Sample], sign: float) -> float | None:
    tops = [float((sign * s.got).max()) for s in found]
    top = max(tops)
    hits = [s for s, t in zip(found, tops, strict=True) if t == top]
    beyond = any(bool((sign * s.right > top + s.room).any()) for s in hits)
    return sign * top if beyond and len(hits) >= 2 else None


# -- deviations -------------------------------------------------------------------------------


def _ends(low: float | None, high: float | None) -> Ends:
    return -np.inf if low is None else low, np.inf if high is None else high


def _said(what: str, low: float | None, high: float | None) -> str:
    known = {"above": high, "below": low}
    ends = [f"{where} {end:g}" for where, end in known.items() if end is not None]
    return f"values of {what} {' and '.join(ends)} are cut"


def _deviations(cut: Cut, mode: str, low: float | None, high: float | None) -> Iterator[Deviation]:
    """In the mode that tells it or in both, with what may be done about the gradient."""
    for modes, where in ((mode,), f" in {mode}"), (("training", "inference"), ""):
        for gradient, change in _GRADIENTS.items():
            if gradient == _AS_CUT and cut is not _XHAT:
                continue
            says = f"{_said(cut.says, low, high)}{where}; {gradient}"
            yield deviating(says, partial(change, cut, _ends(low, high), modes), cut.name)


def _clipped(values: Array, ends: Ends) -> Array:
    low, high = (values.dtype.type(end) for end in ends)
    return np.clip(values, low, high)


def _kept(values: Array, ends: Ends) -> Array:
    """Whether a value stays: not where it is cut, nor where it is NaN."""
    low, high = (values.dtype.type(end) for end in ends)
    return np.asarray((values >= low) & (values <= high))


def _forward(cut: Cut, ends: Ends, modes: Sequence[str], rules: Reference) -> Reference:
    """Cut in the forward pass; the backward pass is the right one, of what that has saved."""

    def change(p: Pass) -> Pass:
        return cut.see(p, _clipped(cut.of(p), ends)) if _in(modes, p) else p

    return seeing(rules, change, *cut.stages)


def _as_cut(cut: Cut, ends: Ends, modes: Sequence[str], rules: Reference) -> Reference:
    """Cut xhat as it is saved, so that the backward pass has the cut one, too."""

    def xhat(p: Pass, values: Array) -> Array:
        return _clipped(values, ends) if _in(modes, p) else values

    return returning(rules, xhat, "normalize")


def _masked(cut: Cut, ends: Ends, modes: Sequence[str], rules: Reference) -> Reference:
    """Differentiate the cut: what is cut off has no gradient."""
    changed = _forward(cut, ends, modes, rules)

    def times(p: Pass, values: Array) -> Array:
        return np.where(_kept(cut.of(p), ends), values, 0) if _in(modes, p) else values

    def masked(p: Pass) -> Pass:
        return filled(p, dy=times(p, p.dy))

    def clipped(p: Pass) -> Pass:
        return filled(p, xhat=_clipped(p.xhat, ends)) if _in(modes, p) else p

    if cut is _X:
        return seeing(returning(changed, times, "dx", "inference_dx"), masked, "jvp")
    changed = returning(seeing(changed, masked, "dx", "inference_dx"), times, "jvp")
    if cut is _XHAT:
        return seeing(changed, clipped, "dgamma")
    return seeing(changed, masked, "dgamma", *(("dbeta",) if cut is _Y else ()))


_AS_CUT = "the backward pass has the cut xhat"
_GRADIENTS: Mapping[str, Callable[[Cut, Ends, Sequence[str], Reference], Reference]] = {
    "what is cut has no gradient": _masked,
    "the gradient does not know": _forward,
    _AS_CUT: _as_cut,
}


def _in(modes: Sequence[str], p: Pass) -> bool:
    return ("training" if p.training else "inference") in modes


def _gradient_cut(ends: Ends, rules: Reference) -> Reference:
    return returning(rules, lambda p, values: _clipped(values, ends), "dx", "inference_dx")
