"""Hypothesis strategies for recipes.

Three draws of bytes make a recipe: knobs choose among a regime's choices, two rows of digits
make x and dy. Drawing arrays of floats was measured to be ten times slower and a poor adversary;
bytes shrink towards zero, so that counterexamples end at things like x = [[4096.], [4095.]].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from hypothesis import strategies as st

from bncheck.cases.recipe import Recipe, Values
from bncheck.cases.regime import Regime
from bncheck.model.arrays import samples
from bncheck.model.formats import Format

Choice = TypeVar("Choice")

KNOBS = 28
DIGITS = 64


class _Knobs:
    """Turns bytes into choices, one byte each; byte 0 chooses the first."""

    def __init__(self, data: bytes) -> None:
        self._data: Iterator[int] = iter(data)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return choices[next(self._data) % len(choices)]


def recipes(regime: Regime, storage: Format, parameters: str = "") -> st.SearchStrategy[Recipe]:
    """Strategy for the recipes of one regime in one storage format.

    regime: already narrowed to the target's domain (`bncheck.cases.regime.within`)
    parameters: name of the dtype of gamma and beta where it is not the storage dtype
    """
    fixed = st.binary(min_size=KNOBS, max_size=KNOBS)
    digits = st.binary(min_size=DIGITS, max_size=DIGITS)
    return st.builds(
        lambda knobs, x, dy: decode(regime, storage, parameters, knobs, x, dy),
        fixed,
        digits,
        digits,
    )


def decode(
    regime: Regime, storage: Format, parameters: str, knobs: bytes, x: bytes, dy: bytes
) -> Recipe:
    """Read a recipe off drawn bytes; all-zero bytes give the regime's simplest recipe."""
    k = _Knobs(knobs)
    shape = _shape(regime, k)
    needed = samples(shape) * shape[1]
    offset = k.pick((1.0, -1.0, 1.5)) * _offset(k.pick(regime.offset_bits), storage)
    special = k.pick(regime.special)
    at = (k.pick(range(64)), k.pick(range(64)))
    return Recipe(
        dtype=storage.name,
        shape=shape,
        x=Values(
            digits=_digits(x, regime.amplitude)[:needed],
            structure=k.pick(regime.structures),
            scale=k.pick(regime.scales),
            offset=(offset,),
        ),
        dy=Values(
            digits=_digits(dy, regime.dy_amplitude)[:needed],
            structure=k.pick(regime.dy_structures),
            scale=k.pick(regime.dy_scales),
        ),
        gamma=k.pick(regime.gamma),
        beta=k.pick(regime.beta),
        running_mean=k.pick(regime.running_mean),
        running_var=k.pick(regime.running_var),
        eps=k.pick(regime.eps),
        momentum=k.pick(regime.momentum),
        parameters=parameters,
        layout=k.pick(regime.layouts),
        dy_layout=k.pick(regime.layouts),
        readonly=k.pick(regime.readonly),
        alias=k.pick(regime.aliases),
        special=((at[0] % samples(shape), at[1] % shape[1], special),) if special else (),
    )


def _shape(regime: Regime, k: _Knobs) -> tuple[int, ...]:
    if regime.shapes:
        return k.pick(regime.shapes)
    rank = k.pick(regime.ranks)
    batch, channels = k.pick(regime.batch), k.pick(regime.channels)
    spatial = tuple(k.pick(regime.sizes) for _ in range(3))
    return (batch, channels, *spatial[: rank - 2])


def _offset(bits: float, storage: Format) -> float:
    return float(2.0 ** round(bits * storage.precision)) if bits else 0.0


def _digits(data: bytes, amplitude: int) -> tuple[int, ...]:
    # zig-zag: 0, -1, 1, -2, 2, ... so that smaller bytes are smaller numbers
    steps = (b % (2 * amplitude + 1) for b in data)
    return tuple((s >> 1) ^ -(s & 1) for s in steps)
