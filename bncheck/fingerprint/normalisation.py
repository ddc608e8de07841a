"""Which inverse deviation is used: m or m - 1, the value of eps, and where it is added.

A batch of 3 s, -3 s, s and -s with s a power of two has mean 0 and variance 5 s^2 exactly in
every format, and its first y is 3 s / D for the denominator D in use. Every channel has another
s. What was measured encloses D, each way of writing D then gives an interval for eps, and a way
is possible where the intervals of all channels have a point in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bncheck.fingerprint.bench import WIDE, Bench
from bncheck.fingerprint.nouns import Trait
from bncheck.model.formats import Array

# (low, high) of D, and of c s^2, to (low, high) of eps; low above high: impossible
Solve = Callable[[Array, Array, Array], tuple[Array, Array]]


def _inside(low: Array, high: Array, var: Array) -> tuple[Array, Array]:
    return low * low - var, high * high - var


def _outside(low: Array, high: Array, var: Array) -> tuple[Array, Array]:
    return low - np.sqrt(var), high - np.sqrt(var)


def _squared(low: Array, high: Array, var: Array) -> tuple[Array, Array]:
    below, above = _inside(low, high, var)
    return np.sqrt(np.maximum(below, 0)), np.sqrt(np.maximum(above, 0)) - (above < 0)


def _floor_of_variance(low: Array, high: Array, var: Array) -> tuple[Array, Array]:
    # D^2 = max(var, eps): where D^2 may be var, eps is only known not to exceed D^2
    may_be_var = (low * low <= var) & (var <= high * high)
    above = np.where(high * high < var, -1, high * high)
    return np.where(may_be_var, 0, low * low), above


def _floor_of_deviation(low: Array, high: Array, var: Array) -> tuple[Array, Array]:
    below, above = _floor_of_variance(low, high, var)
    return np.sqrt(below), np.sqrt(np.maximum(above, 0)) - (above < 0)


# the sentence for each way, the commonest first
PLACES: dict[str, tuple[str, Solve]] = {
    "inside": ("sqrt(var + eps)", _inside),
    "outside": ("sqrt(var) + eps", _outside),
    "squared": ("sqrt(var + eps^2)", _squared),
    "floor of the variance": ("sqrt(max(var, eps))", _floor_of_variance),
    "floor of the deviation": ("max(sqrt(var), eps)", _floor_of_deviation),
}


@dataclass(frozen=True)
class Way:
    """One possible denominator: the kind of variance, and where an eps between two numbers is."""

    kind: str
    place: str
    low: float
    high: float

    def holds(self, eps: float) -> bool:
        """Whether this eps is what was used."""
        return self.low <= eps <= self.high


# of 3 s, -3 s, s, -s in units of s^2: divided by m, and by m - 1
BATCH = {"biased": 5.0, "unbiased": 20 / 3}
GIVEN = {"biased": 1.0}


def training(bench: Bench) -> Iterator[Trait]:
    """Tell the denominator in training mode."""
    s = _scales(bench)
    ways = _possible(bench, s, bench.train(_batch(s)).y, BATCH)
    kinds = list(dict.fromkeys(way.kind for way in ways))
    text = "y of 3 s in the batch 3 s, -3 s, s, -s is 3 s / sqrt(5 s^2 + ...) divided by m"
    text += ", 3 s / sqrt(20 s^2 / 3 + ...) by m - 1"
    yield Trait("normalises_by", kinds[0] if kinds else "", text, tuple(kinds[1:]))
    yield from _eps_traits("", ways, bench.eps)


def inference(bench: Bench) -> Iterator[Trait]:
    """Tell the denominator in inference mode, where the variance is given."""
    s = _scales(bench)
    seen = bench.infer(_batch(s), running_var=s * s)
    yield from _eps_traits("inference_", _possible(bench, s, seen.y, GIVEN), bench.eps)


def _batch(s: Array) -> Array:
    return np.stack([3 * s, -3 * s, s, -s])


def _eps_traits(prefix: str, ways: list[Way], given: float) -> Iterator[Trait]:
    """Tell eps and its place; the eps that was given decides between ways that need another."""
    if not ways:
        text = "no variance with an eps added, or as a floor, gives what was returned"
        yield Trait(prefix + "eps_placement", "", text)
        return
    asked = [way for way in ways if way.holds(given)]
    kept = asked or ways
    first = kept[0]
    if not asked and first.low <= 0:
        text = f"y is the deviation divided by sqrt(var) for every s; at most {first.high:.2g}"
        yield Trait(prefix + "eps_placement", "none", text)
        yield Trait(prefix + "eps", "0", text)
        return
    text = f"y is the deviation divided by {PLACES[first.place][0]} for every s"
    if not asked:
        text += f", with an eps that is not the {given:.6g} given"
    others = dict.fromkeys(PLACES[way.place][0] for way in kept if way.place != first.place)
    yield Trait(prefix + "eps_placement", first.place, text, tuple(others))
    value = "as given" if asked else f"{(first.low + first.high) / 2:.6g}"
    text = f"given {given:.6g}, one between {first.low:.6g} and {first.high:.6g} is used"
    yield Trait(prefix + "eps", value, text)


def _scales(bench: Bench) -> Array:
    """Powers of two whose squares are normal numbers of every format on the way."""
    formats = (bench.storage, bench.algorithms.parameters, bench.algorithms.accumulates)
    smallest = max(float(np.log2(f.smallest_normal)) for f in formats)
    largest = min(float(np.log2(f.largest)) for f in formats)
    low, high = int(np.ceil(smallest / 2)) + 1, int(np.floor(largest / 2)) - 1
    exponents = np.unique(np.linspace(max(low, -60), min(high, 12), 32).astype(int))
    scales: Array = np.ldexp(1.0, exponents)
    return scales


def _possible(bench: Bench, s: Array, y: Array, kinds: dict[str, float]) -> list[Way]:
    low, high = _denominator(bench, s, y)
    ways = []
    with np.errstate(all="ignore"):
        for kind, factor in kinds.items():
            for place, (_, solve) in PLACES.items():
                below, above = solve(low, high, WIDE(factor) * (s * s).astype(WIDE))
                least, most = float(below.max()), float(above.min())
                if least <= most and most >= 0:
                    ways.append(Way(kind, place, least, most))
    return ways


def _denominator(bench: Bench, s: Array, y: Array) -> tuple[Array, Array]:
    """Enclose D in 3 s / y.

    Mean, deviation and variance are exact, but for m/(m - 1) and its product. With these two, eps
    and var + eps are 4 roundings, of which the root halves the effect; then the inverse root,
    gamma_5 as in `truth.rounding.statistics`; the product with 3 s; and storing y. gamma, beta
    and a folded output's shift are 1 and 0. So the computed y is ``3 s / D (1 + t)`` with
    ``|t| <= gamma_8 + u_s (1 + gamma_8)``.
    """
    u, held = bench.algorithms.accumulates.unit_roundoff, bench.storage.unit_roundoff
    gamma = 8 * u / (1 - 8 * u)
    error = WIDE(gamma + held * (1 + gamma))
    with np.errstate(all="ignore"):
        ratio = 3 * s / y[0]
        good = (ratio > 0) & (y[1] == -y[0])
        ratio = np.where(good, ratio, np.nan)
        return ratio * (1 - error), ratio * (1 + error)
