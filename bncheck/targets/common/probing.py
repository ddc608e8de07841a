"""Finding out, by small calls, what a layer can be given and which constants are built in."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from bncheck.errors import RAISED
from bncheck.model import Case, Layer
from bncheck.model.formats import FLOAT32, FLOAT64, Array

Make = Callable[[Case], Layer]


def case(rank: int, channels: int = 3, dtype: Any = np.float64, **changes: Any) -> Case:
    """Return a small, well conditioned case of that rank; ``changes`` replace its parts."""
    # every size differs from every other, so that no axis passes for another by broadcasting;
    # the batch size is even, for `eps`
    spatial = [n for n in (5, 2, 6, 7) if n != channels]
    return shaped((4 if channels != 4 else 8, channels, *spatial[: rank - 2]), dtype, **changes)


def shaped(shape: tuple[int, ...], dtype: Any = np.float64, **changes: Any) -> Case:
    """Return a well conditioned case of that shape; ``changes`` replace its parts."""
    channels, count = shape[1], math.prod(shape)
    # multiples of 7 modulo a prime: no order, no two equal columns, exact in every format
    values = (7 * np.arange(1, count + 1) % 31 - 15) / 8
    per_channel = np.arange(channels) / 4
    parts: dict[str, Any] = {
        "x": values.reshape(shape).astype(dtype),
        "gamma": (1 + per_channel).astype(dtype),
        "beta": (per_channel - 0.5).astype(dtype),
        "dy": values[::-1].reshape(shape).astype(dtype),
        "running_mean": (per_channel - 0.25).astype(dtype),
        "running_var": (1.5 + per_channel).astype(dtype),
    }
    return Case(**{**parts, **changes})


def ranks(make: Make, channels: int, among: Iterable[int] = (2, 3, 4, 5)) -> dict[int, str]:
    """Try every rank; returns why not, and ``""`` for the ranks that work."""
    return {rank: _attempt(make, case(rank, channels)) for rank in among}


def _attempt(make: Make, tried: Case) -> str:
    try:
        make(tried).train(tried.x)
    except RAISED as error:  # whatever it is, it says that this rank is not taken
        return f"{type(error).__name__}: {error}"
    return ""


def eps(make: Make, rank: int, channels: int, given: float = 1e-5) -> float | None:
    """Measure the eps in use, which is the one given or one that is built in.

    For x = +a and -a in equal numbers, xhat is ``a / sqrt(a**2 + eps)``; solved for eps. With a
    far below the root of any eps in use, the difference has no cancellation. Returns ``None``
    where there is none, or the layer does not behave like this.
    """
    a = 2.0**-40
    like = case(rank, channels)
    signs = np.where(np.arange(like.x.shape[0]) % 2 == 0, 1.0, -1.0)  # batch sizes are even
    x = a * signs.reshape((-1,) + (1,) * (rank - 1)) * np.ones(like.x.shape)
    ones = np.ones(channels)
    plain = case(rank, channels, x=x, gamma=ones, beta=0 * ones, eps=given)
    try:
        y = np.asarray(make(plain).train(x), np.float64)
    except RAISED:  # laws will show what is wrong with it
        return None
    if not np.all(np.isfinite(y)) or not y.flat[0] > 0:
        return None
    measured = float((a / y.flat[0]) ** 2) - a * a
    if measured <= a * a:
        return None
    return short(measured)


def momentum(
    make: Make, rank: int, channels: int, given: float = 0.1
) -> tuple[float, Literal["new", "old"]] | None:
    """Measure the momentum in use, and whether it weighs the new value or the old.

    The weights are what a mean of 1 adds to 0, and what 0 leaves of 1. The one that is a short
    decimal number is what the author wrote; both being so, it is called the weight of the new.
    """
    zero = case(rank, channels, running_mean=np.zeros(channels), momentum=given)
    one = replace(zero, running_mean=np.ones(channels))
    try:
        new = _mean_after(make, zero, zero.x * 0 + 1)
        old = _mean_after(make, one, one.x * 0)
    except RAISED:  # laws will show what is wrong with it
        return None
    # new and old are each rounded a few times; their sum is 1 to within as many roundings
    if not abs(new + old - 1) <= 8 * FLOAT32.unit_roundoff or new == 0:
        return None
    if new == short(new) or old != short(old):
        return short(new), "new"
    return old, "old"


def cumulative(make: Make, rank: int, channels: int) -> bool:
    """Whether the running mean is the arithmetic mean of all batches, whatever it was before."""
    start = case(rank, channels, running_mean=np.full(channels, 64.0))
    try:
        layer = make(start)
        means = []
        for value in (1.0, 2.0, 6.0):
            layer.train(start.x * 0 + value)
            means.append(float(layer.state().mean[0]) if layer.state else float("nan"))
    except RAISED:  # laws will show what is wrong with it
        return False
    # the mean of 1; of 1 and 2; of 1, 2 and 6: each within a few roundings of float32
    off = np.abs(np.array(means) / (1.0, 1.5, 3.0) - 1)
    return bool(np.all(off <= 8 * FLOAT32.unit_roundoff))


def _mean_after(make: Make, start: Case, x: Array) -> float:
    layer = make(start)
    layer.train(x)
    if layer.state is None:
        raise ValueError("no running statistics")
    return float(layer.state().mean[0])


def short(measured: float) -> float:
    """Return the number that was probably written where ``measured`` was measured.

    It is the shortest decimal number within the rounding errors of the measurement: at most 16
    roundings, of float64 or else of float32; the latter only to three digits, which a number
    does not have by chance.
    """
    for roundoff, digits in ((FLOAT64.unit_roundoff, 12), (FLOAT32.unit_roundoff, 3)):
        for precision in range(digits):
            written = float(f"{measured:.{precision}e}")
            if abs(written - measured) <= 16 * roundoff * abs(measured):
                return written
    return measured


def knows_inference(make: Make, tried: Case, *, fresh: bool = True) -> bool:
    """Whether ``backward`` knows of a preceding call in inference mode.

    Much code keeps what ``backward`` needs in training mode only, or always takes the formula
    for training. That promises nothing here: it raises where the training batch had another size,
    or answers as after training. What raises on a fresh layer only is asked after a training step.

    fresh: whether a fresh layer has to answer, too
    """
    try:
        untouched, trained = make(tried), make(tried)
        backward = trained.backward
        if untouched.eval is None or trained.eval is None or not backward:
            return False
        if fresh and untouched.backward is not None:
            untouched.eval(tried.x)
            untouched.backward(tried.dy)
        trained.train(tried.x)
        after_training = backward(tried.dy).dx.copy()
        trained.eval(tried.x[1:])
        backward(tried.dy[1:])
        trained.eval(tried.x)
        after_inference = backward(tried.dy).dx
    except RAISED:  # whatever it is, it says that this is not supported
        return False
    return not np.array_equal(after_training, after_inference)


def forgets(make: Make, rank: int, channels: int, default: float | None) -> tuple[str, ...]:
    """Warn where a small default momentum weighs the old value, as one that weighs the new is."""
    if default is None or not 0 < default < 0.5:
        return ()
    zero = case(rank, channels, running_mean=np.zeros(channels), momentum=default)
    try:
        new = _mean_after(make, zero, zero.x * 0 + 1)
    except RAISED:  # laws will show what is wrong with it
        return ()
    # the weight of the new value is one of momentum and 1 - momentum, to within its roundings
    if abs(new - (1 - default)) > 8 * FLOAT32.unit_roundoff:
        return ()
    return (
        f"its default momentum of {default:g} weighs the old value: "
        "the running statistics forget nearly all in one step",
    )
