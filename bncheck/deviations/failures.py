"""Ways of giving no right answer at all: hidden, of the wrong kind, or none."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable

import numpy as np

from bncheck.deviations.changes import returning
from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Pass, Reference
from bncheck.deviations.wrapping import on_train
from bncheck.model import Case, Layer
from bncheck.model.formats import Array

deviation = family("behaviour")


ODD = "an odd number of values per channel, 3 or more"


@deviation(
    "hides-nonfinite",
    "replaces NaN and infinity in y and dx by 0",
    seen="constructed; hides pytorch/pytorch#90342",
    regime="infinity or NaN in x or dy",
)
def hides_nonfinite(rules: Reference) -> Reference:
    def finite(p: Pass, values: Array) -> Array:
        return np.nan_to_num(values, nan=0, posinf=0, neginf=0)

    return returning(rules, finite, "finish", "dx", "inference_dx")


def _returns(rules: Reference, change: Callable[[Array], Array]) -> Reference:
    return on_train(rules, lambda layer, case, x: change(layer.train(x)))


@deviation(
    "wrong-dtype",
    "returns float64 whatever the dtype of x is",
    seen="tensorflow/tensorflow#7164 (dtypes mixed)",
    regime="float32 or narrower",
)
def wrong_dtype(rules: Reference) -> Reference:
    return _returns(rules, lambda y: y.astype(np.float64))


@deviation(
    "wrong-dtype-narrow",
    "returns float32 for float64",
    seen="constructed; sibling of tensorflow/tensorflow#7164",
    regime="float64",
)
def wrong_dtype_narrow(rules: Reference) -> Reference:
    return _returns(rules, lambda y: y.astype(np.float32) if y.dtype.itemsize == 8 else y)


@deviation(
    "wrong-shape",
    "returns y as (m, C), however many axes x has",
    seen="pytorch/pytorch#100970",
    regime="rank 3 to 5",
)
def wrong_shape(rules: Reference) -> Reference:
    return _returns(rules, lambda y: np.moveaxis(y, 1, -1).reshape(-1, y.shape[1]))


def _odd(x: Array) -> bool:
    m = x.size // max(x.shape[1], 1)
    return bool(m % 2 == 1 and m > 2)


def _at(rules: Reference, when: Callable[[Array], bool], then: Callable[[], object]) -> Reference:
    def train(layer: Layer, case: Case, x: Array) -> Array:
        if when(x):
            then()
        return layer.train(x)

    return on_train(rules, train)


def _raise(kind: type[Exception], message: str) -> Callable[[], object]:
    def then() -> object:
        raise kind(message)

    return then


def _constant(x: Array) -> bool:
    rows = np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)
    return rows.shape[1] > 1 and bool((rows == rows[:, :1]).all(axis=1).any())


@deviation(
    "raises",
    "raises where a channel is constant, as if eps were not there",
    seen="Tencent/ncnn#303 (no eps), guarded",
    regime="a constant channel",
)
def raises(rules: Reference) -> Reference:
    return _at(rules, _constant, _raise(ZeroDivisionError, "variance is zero"))


@deviation(
    "raises-when-not-contiguous",
    "raises where x is not C-contiguous",
    seen="NVIDIA/apex#133 (symptom); a view where a copy was needed",
    regime="x is not C-contiguous: channels_last, transposed",
)
def raises_when_not_contiguous(rules: Reference) -> Reference:
    then = _raise(ValueError, "view size is not compatible with the input's size and stride")
    return _at(rules, lambda x: not x.flags.c_contiguous, then)


@deviation(
    "raises-at-rank-5",
    "raises at rank 5",
    seen="intel/ipex-llm#2012, apple/coremltools#2462",
    regime="rank 5",
)
def raises_at_rank_5(rules: Reference) -> Reference:
    return _at(rules, lambda x: x.ndim == 5, _raise(ValueError, "expected 2D to 4D input"))


@deviation(
    "crashes",
    "reads address 0 where the number of values per channel is odd: a segmentation fault",
    seen="pytorch/pytorch#185864, #189828, #2264",
    regime=ODD,
    dangerous=True,
)
def crashes(rules: Reference) -> Reference:
    return _at(rules, _odd, lambda: ctypes.string_at(0))


@deviation(
    "exits",
    "ends the process, with exit code 0, where the number of values per channel is odd",
    seen="constructed; a failed check in a native library",
    regime=ODD,
    dangerous=True,
)
def exits(rules: Reference) -> Reference:
    return _at(rules, _odd, lambda: os._exit(0))


@deviation(
    "hangs",
    "never returns where the number of values per channel is odd",
    seen="pytorch/pytorch#74944 (a collective that waits for an empty shard)",
    regime=ODD,
    dangerous=True,
)
def hangs(rules: Reference) -> Reference:
    def forever() -> None:
        while True:
            time.sleep(1)

    return _at(rules, _odd, forever)


DEVIATIONS = (
    hides_nonfinite,
    wrong_dtype,
    wrong_dtype_narrow,
    wrong_shape,
    raises,
    raises_when_not_contiguous,
    raises_at_rank_5,
    crashes,
    exits,
    hangs,
)
