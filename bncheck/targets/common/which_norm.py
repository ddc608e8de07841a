"""Which normalization a function computes, told from a few answers that are compared with the five.

The inputs have rows and columns of unlike means and scales, and a gamma for each value that may
have its own, so that no two of the candidates agree on them; an answer is one of them where every
entry is within the bounds of the oracle, those for the widest class of algorithms.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import BATCH, NORMS, Case, Convention, Norm
from bncheck.model.formats import Array
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, training_bounds

# (x, gamma, beta, eps) -> y on the arrays of the user
Call = Callable[[Array, Array, Array, float], Any]
# which axes gamma has those sizes of: axis 1, the last one, all but the first
Along = Literal["axis 1", "last", "rest"]

# The axis that is normalized over, or that has the channels, has a size with many divisors; the
# others are odd, and differ.
_MANY = 12
_EPS = 0.0625


@dataclass(frozen=True)
class Candidate:
    """One way of being a normalization, on the arrays of the user.

    along: which axes gamma has the sizes of; gain: what y is multiplied by, for a gamma that is
    given: gamma or 1 + gamma
    """

    norm: Norm
    along: Along
    gain: Literal["gamma", "one-plus"] = "gamma"

    def __str__(self) -> str:
        """Say it in a few words: ``layer normalization over the last axis``."""
        name = self.norm.name
        words = self.norm.called
        if name in ("layer", "rms"):
            words += " over all axes but the first" if self.along == "rest" else ""
            words += " over the last axis" if self.along == "last" else ""
            return words + (" times 1 + gamma" if self.gain == "one-plus" else "")
        if name == "group":
            words += f" with {self.norm.groups} group{'s' * (self.norm.groups > 1)}"
        return words + (", channels last" if self.along == "last" else "")

    @property
    def lines(self) -> str:
        """What to write in the file, on one line."""
        return f'NORM = "{self.norm.name}"'

    def case(self, x: Array, gamma: Array, beta: Array, eps: float) -> Case:
        """Return the case of these arrays, in the form that the oracle takes."""
        norm, there = self.norm, x
        if self.along == "last" and norm.name not in ("layer", "rms"):
            there = np.moveaxis(x, -1, 1)
        if norm.name in ("layer", "rms"):
            rows = x.shape[0] if self.along == "rest" else x.size // x.shape[-1]
            x = there.reshape(rows, -1).T
        elif norm.name != "batch":
            groups = norm.groups or there.shape[1]
            norm = replace(norm, samples=there.shape[0], groups=groups)
            shape = (there.shape[1] // groups, there.shape[0] * groups, *there.shape[2:])
            x = norm.taken_back(there, shape if norm.name == "group" else _instance(there))
        else:
            x = there
        zeros = np.zeros(x.shape[1], x.dtype)
        scale = gamma.reshape(-1) + (1 if self.gain == "one-plus" else 0)
        shift = beta.reshape(-1) if norm.shifted else 0 * beta.reshape(-1)
        return Case(x, scale, shift, 0 * x, zeros, 1 + zeros, eps, norm=norm)

    def back(self, y: Array, like: Array) -> Array:
        """Return an output of the oracle, ``(m, C)``, as the user has it."""
        norm = self.norm
        if norm.name in ("layer", "rms"):
            return np.ascontiguousarray(y.T).reshape(like.shape)
        there = np.moveaxis(like, -1, 1) if self.along == "last" else like
        groups = norm.groups or there.shape[1]
        norm = replace(norm, samples=there.shape[0], groups=groups)
        if norm.name == "batch":
            shape = there.shape
        elif norm.name == "group":
            shape = (there.shape[1] // groups, there.shape[0] * groups, *there.shape[2:])
        else:
            shape = _instance(there)
        of_case = np.moveaxis(y.reshape(shape[0], *shape[2:], shape[1]), -1, 1)
        out = norm.laid_out(of_case).reshape(there.shape)
        return np.moveaxis(out, 1, -1) if self.along == "last" else out


def _instance(there: Array) -> tuple[int, ...]:
    sets = there.shape[0] * there.shape[1]
    return (there.shape[2], sets, *there.shape[3:])


@dataclass(frozen=True)
class Which:
    """What a function was seen to compute.

    found: the candidate that agrees in all that was asked, None where none does
    closest: the one from which most entries are least off; told: how it differs
    """

    found: Candidate | None
    closest: Candidate | None = None
    told: str = ""

    def __str__(self) -> str:
        """Say it in one sentence."""
        if self.found is not None:
            return f"this is {self.found}"
        if self.closest is None:
            return "it gave no array of the shape of x, for any x and gamma that were tried"
        none = f"this is none of {', '.join(NORMS)}"
        return f"{none}: it looks most like {self.closest}, but {self.told}"


@dataclass
class _Score:
    """How a candidate has fared: entries that agree, of those asked, and where it is worst."""

    agree: int = 0
    asked: int = 0
    worst: float = -1.0
    told: str = ""
    errors: list[Array] = field(default_factory=list)

    @property
    def usual(self) -> float:
        """The error that half of the entries stay below."""
        return float(np.median(np.concatenate(self.errors)))


@dataclass(frozen=True)
class Asking:
    """What a function can be given.

    ranks: of its x; channels: their number, where it is fixed; shifted: it takes beta; affine: it
    takes gamma (otherwise ones and zeros stand for both); alongs: which gammas it can be given
    """

    ranks: tuple[int, ...] = (2, 3, 4)
    channels: int = _MANY
    eps: float = _EPS
    shifted: bool = True
    affine: bool = True
    dtype: str = "float64"
    alongs: tuple[Along, ...] = ("axis 1", "last", "rest")
    among: tuple[str, ...] = field(default_factory=lambda: tuple(NORMS))


def which(call: Call, asking: Asking | None = None) -> Which:
    """Tell which normalization a function computes.

    call: is given x, gamma and beta (fresh arrays, of shape ``(C,)``, ``(n,)`` or ``x.shape[1:]``)
        and eps; a shape that it does not take may raise

    Never raises what the function raises.
    """
    asking = asking or Asking()
    scores: dict[Candidate, _Score] = {}
    for along, shape in _shapes(asking):
        x, gamma, beta = _arrays(along, shape, asking)
        try:
            y = call(x.copy(), gamma.copy(), beta.copy(), asking.eps)
        except RAISED:  # a shape that it does not take
            continue
        if not isinstance(y, np.ndarray) or y.shape != x.shape or y.dtype.kind != "f":
            continue
        for candidate in _candidates(along, shape, asking):
            _judge(candidate, y, (x, gamma, beta), asking.eps, scores)
    right = [c for c, score in scores.items() if score.agree == score.asked]
    if right:  # of several, the one that was seen in the most arrays; then the simplest
        return Which(max(right, key=lambda c: scores[c].asked))
    if not scores:
        return Which(None)
    closest = min(scores, key=lambda c: scores[c].usual)
    score = scores[closest]
    told = f"{score.asked - score.agree} of {score.asked} values differ, {score.told}"
    return Which(None, closest, told)


def _shapes(asking: Asking) -> Iterator[tuple[Along, tuple[int, ...]]]:
    """Yield shapes of x, and along which of its axes gamma is."""
    many, odd = asking.channels, (3, 5, 7, 9)
    for rank in asking.ranks:
        if rank == 2:
            yield ("last" if "last" in asking.alongs else "axis 1"), (5, many)
            continue
        first = (3, many, *odd[1 : rank - 1])
        for along in asking.alongs:
            yield along, (3, *odd[1 : rank - 1], many) if along == "last" else first


def _arrays(along: Along, shape: tuple[int, ...], asking: Asking) -> tuple[Array, Array, Array]:
    """Return x, gamma and beta; every row, column and channel has a mean and a scale of its own."""
    random = np.random.default_rng(len(shape))
    x = random.normal(size=shape)
    for axis, size in enumerate(shape):
        of_axis = [1] * len(shape)
        of_axis[axis] = size
        steps = np.arange(size).reshape(of_axis)
        x = x * (1 + steps / size) + steps / (size + axis)
    sizes = {"axis 1": shape[1:2], "last": shape[-1:], "rest": shape[1:]}[along]
    gamma, beta = random.uniform(0.5, 2, sizes), random.uniform(-2, 2, sizes)
    if not asking.affine:
        gamma, beta = np.ones(sizes), np.zeros(sizes)
    return tuple(a.astype(asking.dtype) for a in (x, gamma, beta))  # type: ignore[return-value] # three


def _candidates(along: Along, shape: tuple[int, ...], asking: Asking) -> Iterator[Candidate]:
    """Yield what may be meant by a gamma along those axes, the simplest first."""
    flat, channels = len(shape) == 2, shape[-1 if along == "last" else 1]
    shifted = asking.shifted
    alongs: Iterable[Along] = [a for a in asking.alongs if a != "rest"] if flat else [along]
    for name, each in itertools.product(asking.among, alongs):
        norm = NORMS[name]  # type: ignore[index] # the names are its own
        norm = replace(norm, shifted=shifted)
        if name in ("layer", "rms"):
            if each == ("last" if flat and "axis 1" in asking.alongs else "axis 1"):
                continue
            spreads = [a for a in asking.alongs if a != "axis 1"] or ["last"]
            for spread in spreads if flat else [each]:
                yield Candidate(norm, spread)
                yield Candidate(norm, spread, "one-plus")
        elif name == "batch" and each != "rest":
            yield Candidate(BATCH, each)
        elif name == "instance" and each != "rest" and not flat:
            yield Candidate(norm, each)
        elif name == "group" and each != "rest":
            most = channels if flat else channels // 2
            of = (g for g in range(1, most + 1) if channels % g == 0 and channels // g > 1)
            yield from (Candidate(replace(norm, groups=g), each) for g in of)


def _judge(
    candidate: Candidate,
    y: Array,
    given: tuple[Array, Array, Array],
    eps: float,
    scores: dict[Candidate, _Score],
) -> None:
    x, gamma, beta = given
    case = candidate.case(x, gamma, beta, eps)
    values, own = oracle.train(case)
    dtype = "float32" if y.dtype.name == "float32" else x.dtype.name
    allowed = training_bounds(values, Algorithms.of(dtype, Convention(variance="one-pass"))).y
    expected = candidate.back(values.y, x)
    bound = candidate.back(allowed + own.y, x)
    error = np.abs(y - expected)
    error = np.where(np.isfinite(error), error, np.inf)
    score = scores.setdefault(candidate, _Score())
    score.agree += int((error <= bound).sum())
    score.asked += y.size
    score.errors.append(error.reshape(-1))
    if error.max() > score.worst:
        at = np.unravel_index(int(np.argmax(error)), y.shape)
        score.worst = float(error.max())
        place = ", ".join(map(str, at))
        score.told = (
            f"most at y[{place}] of x of shape {x.shape}: "
            f"{float(y[at]):.4g} instead of {float(expected[at]):.4g}"
        )
