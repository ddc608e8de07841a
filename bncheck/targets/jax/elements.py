"""Operations that go element by element, without an executable for every shape.

JAX compiles an operation for each shape that it meets. But addition, say, is made in one way
wherever in an array an element is: rounded correctly, and with numbers below the normal range taken
for zero (and made zero). So NumPy's operation gives the bits of JAX's where no such number takes
part; or everywhere, where the processor can be told to do the same
(`bncheck.targets.jax.flushing`). That is asked of JAX once for each operation. If it does not, or
where such numbers are and the processor cannot be told, JAX's operation runs in arrays of a few
fixed sizes.
"""

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
from jax import lax

from bncheck.model.formats import Array
from bncheck.targets.jax import flushing


def _divide(dividend: Array, divisor: Array) -> Array | None:
    """Divide as XLA does: a divisor that is for several elements becomes its reciprocal.

    None where a reciprocal is below the normal range, and zero to XLA.
    """
    if divisor.size == math.prod(np.broadcast_shapes(dividend.shape, divisor.shape)):
        return np.asarray(dividend / divisor)
    reciprocal = np.asarray(divisor.dtype.type(1) / divisor)
    return None if counts_tiny(reciprocal) else np.asarray(dividend * reciprocal)


_UFUNCS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": _divide,
    "sqrt": np.sqrt,
    "neg": np.negative,
    "abs": np.abs,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "select_n": lambda which, no, yes: np.where(which, yes, no),
}
_PRIMITIVES = {
    **{"add": lax.add_p, "sub": lax.sub_p, "mul": lax.mul_p, "div": lax.div_p},
    **{"sqrt": lax.sqrt_p, "neg": lax.neg_p, "abs": lax.abs_p},
    **{"eq": lax.eq_p, "ne": lax.ne_p, "lt": lax.lt_p, "le": lax.le_p},
    **{"gt": lax.gt_p, "ge": lax.ge_p, "and": lax.and_p, "or": lax.or_p, "not": lax.not_p},
}
# Exact ones and products, which are made alike everywhere but are JAX's.
_IN_ROOMS = frozenset(("integer_pow", "max", "min"))
# Those that make numbers below the normal range of others.
_SHRINK = frozenset(("add", "sub", "mul", "div"))
_FLOATS = frozenset(("float32", "float64"))
# The sizes of the arrays that JAX's run in; beyond the last one, running takes longer.
_ROOMS = (64, 512, 4096, 32768, 1 << 17)
# Of unsigned integers as wide: their type, 2, and twice the bits of the smallest normal number - 2.
_BITS: dict[Any, tuple[Any, Any, Any]] = {
    np.dtype(np.float32): (np.uint32, np.uint32(2), np.uint32(2 * 0x00800000 - 2)),
    np.dtype(np.float64): (np.uint64, np.uint64(2), np.uint64(2 * 0x0010000000000000 - 2)),
}


def has_tiny(array: Array) -> bool:
    """Whether there are numbers below the normal range, or the smallest of it, which may be one.

    It may be a rounded one, of which JAX makes zero.
    """
    if array.dtype not in _BITS or not array.size:
        return False
    unsigned, two, most = _BITS[array.dtype]
    bits = np.ravel(array).view(unsigned)
    # without the sign; zeros are by then the largest of all
    return bool(((bits << 1) - two).min() <= most)


def counts_tiny(array: Array) -> bool:
    """Whether there are such numbers and the processor does not treat them as XLA does."""
    return not flushing.IS_KNOWN and has_tiny(array)


def shrinks(name: str) -> bool:
    """Whether the result of an operation on normal numbers may be below the normal range."""
    return name in _SHRINK


def is_known(name: str, equation: Any) -> bool:
    """Whether an operation can be NumPy's, or JAX's in a room."""
    atoms = (*equation.invars, *equation.outvars)
    floats = {str(atom.aval.dtype) for atom in atoms} - {"bool"}
    if name not in _UFUNCS and name not in _IN_ROOMS:
        return False
    if len(floats) > 1 or not floats <= _FLOATS:
        return False
    if name in ("and", "or", "not"):
        return not floats
    return name != "select_n" or (len(atoms) == 4 and str(atoms[0].aval.dtype) == "bool")


def fits_room(name: str, equation: Any) -> bool:
    """Whether an operation can be JAX's in an array of another size."""
    shape = equation.outvars[0].aval.shape
    shapes = {atom.aval.shape for atom in (*equation.invars, *equation.outvars)}
    plain = shapes <= {shape, ()} and math.prod(shape) != 1
    return bool(shape) and (name != "div" or plain)


def room_for(values: list[Any]) -> int:
    """Return the size of room that an operation on such arrays needs, or 0."""
    size = math.prod(np.broadcast_shapes(*(np.shape(value) for value in values)))
    return next((room for room in _ROOMS if room >= size), 0)


def in_room(function: Callable[..., Any], room: int, values: list[Any]) -> Array:
    """Run a function of elements in arrays of one size, the rest of which is not looked at."""
    shape = np.broadcast_shapes(*(np.shape(value) for value in values))
    size = math.prod(shape)

    def fitted(value: Any) -> Any:
        if not np.ndim(value):
            return value
        array = np.zeros(room, value.dtype)
        array[:size].reshape(shape)[...] = value
        return array

    found: Array = np.asarray(function(*map(fitted, values)))
    return found[:size].reshape(shape)


def numpys(name: str, dtype: str) -> Callable[..., Any] | None:
    """Return NumPy's operation, or None where it does not give the bits of JAX's.

    The operation returns None for arrays of which it may not.
    """
    if name in _PRIMITIVES and not _agrees(name, dtype):
        return None
    return _UFUNCS.get(name)


@functools.cache
def _agrees(name: str, dtype: str) -> bool:
    run = jax.jit(_PRIMITIVES[name].bind)
    for given in _asked(name, dtype):
        with np.errstate(all="ignore"), flushing.scope():
            ours = _UFUNCS[name](*given)
        if ours is None or not _alike(np.asarray(ours), np.asarray(run(*given))):
            return False
    return True


def _asked(name: str, dtype: str) -> Iterator[list[Array]]:
    """Yield numbers of all magnitudes, near and far from one another; repeated divisors too."""
    draws = np.random.default_rng(0)
    count = 1 if name in ("sqrt", "neg", "abs", "not") else 2
    given: list[Array] = []
    for k in range(count):
        spread = 60 if dtype == "float32" else 500
        numbers = np.ldexp(draws.uniform(-2, 2, 4096), draws.integers(-spread, spread, 4096))
        numbers[: 1024 * (k + 1)] = draws.integers(-9, 9, 1024 * (k + 1)) / 4
        numbers[-6:] = np.resize([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0], 6 + k)[k:]
        given.append(numbers > 0 if dtype == "bool" else numbers.astype(dtype))
    yield given
    if flushing.IS_KNOWN and dtype != "bool":
        yield from _small(given, np.finfo(dtype), draws)
    if name == "div":
        one, other = given
        yield [one, other[3000]]
        yield [one[-36:].reshape(4, 3, 3), other[-3:].reshape(1, 3, 1)]
        yield [one[:35].reshape(5, 7), other[:7].reshape(1, 7)]


def _small(given: list[Array], info: Any, draws: np.random.Generator) -> Iterator[list[Array]]:
    """Yield the same with numbers about the smallest normal one in the place of each, and of all.

    Also sums and quotients of such numbers, so that results are below it where operands are not.
    """
    exponents = draws.integers(info.minexp - 30, info.minexp + 30, (len(given), 4096))
    small = list(np.ldexp(draws.uniform(-2, 2, exponents.shape), exponents).astype(info.dtype))
    for array in small:
        array[:2] = info.tiny, -info.tiny
        array[2:6] = np.array([0.5, -0.5, 1 - info.eps, info.eps]) * info.tiny
    yield small
    for k, array in enumerate(small):
        yield [*given[:k], array, *given[k + 1 :]]
    yield [*small[:1], *(np.roll(array, 1) for array in small[1:])]
    if len(small) > 1:  # neighbours, whose difference is exact and below the normal range
        yield [small[0], np.nextafter(small[0], 1).astype(info.dtype)]
        yield [small[0], -np.nextafter(small[0], 1).astype(info.dtype)]


def _alike(ours: Array, theirs: Array) -> bool:
    if ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return False
    if ours.dtype == bool:
        return bool(np.array_equal(ours, theirs))
    # a NaN's sign is nobody's promise; tiny results are NumPy's where the processor was told
    kept = ~np.isnan(ours)
    if not flushing.IS_KNOWN:
        kept &= ~((np.abs(ours) <= np.finfo(ours.dtype).tiny) & (ours != 0))
    bits = ours[kept].tobytes() == theirs[kept].tobytes()
    return bits and bool(np.array_equal(np.isnan(ours), np.isnan(theirs)))
