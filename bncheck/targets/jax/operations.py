"""Single operations of a traced function, as functions of arrays.

Those that only move data are NumPy's; those that go element by element are run as
`bncheck.targets.jax.elements` says, sums as `bncheck.targets.jax.sums` does; all others JAX
compiles for each shape.
"""

import functools
import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import jax
import numpy as np

from bncheck.targets.jax import elements, flushing, sums
from bncheck.targets.jax.templates import Names, Numbers

# A small array is sooner filled than made a view in which elements are repeated.
_FILLED = 1024
_PRIMITIVES = {"mul": jax.lax.mul_p, "add": jax.lax.add_p}

# ``(numbers, values, whether there are tiny ones) -> results, whether there are tiny ones``, the
# latter None where that has to be looked at
Run = Callable[[Numbers, list[Any], bool], tuple[Sequence[Any], bool | None]]


def listed(params: Any) -> str:
    """Return what an operation is told as text: the same text for the same."""
    return repr(sorted((key, str(value)) for key, value in params.items()))


def run_of(operation: tuple[str, str], equation: Any, names: Names | None) -> Run:
    """Return an operation, known by name and parameters, as a function."""
    moved = _moved(operation[0], equation.params, names)
    if moved is not None:
        return moved
    if operation[0] == "reduce_sum":
        return _sum(equation.params)
    if operation[0] == "psum" and sums.is_plain(equation.params):
        return _sum({"axes": equation.params["axes"], "out_sharding": None})
    compiled = _compiled(operation, equation, names)
    if elements.is_known(operation[0], equation):
        return _elementwise(operation, equation, compiled)
    return compiled


def _moved(name: str, params: Any, names: Names | None) -> Run | None:
    """Return an operation that only moves data as one of NumPy, None for any other."""
    match name:
        case "broadcast_in_dim":
            at, axes = _sizes(params["shape"], names), params["broadcast_dimensions"]

            def broadcast(numbers: Numbers, values: list[Any], small: bool) -> Any:
                (array,), shape = values, at(numbers)
                spread = [1] * len(shape)
                for axis, size in zip(axes, array.shape, strict=True):
                    spread[axis] = size
                if math.prod(shape) > _FILLED:
                    return (np.broadcast_to(array.reshape(spread), shape),), small
                found = np.empty(shape, array.dtype)
                found[...] = array.reshape(spread)
                return (found,), small

            return broadcast
        case "reshape" if params["dimensions"] is None:
            new = _sizes(params["new_sizes"], names)
            return lambda numbers, values, small: ((values[0].reshape(new(numbers)),), small)
        case "squeeze":
            dimensions = params["dimensions"]
            return lambda numbers, values, small: ((np.squeeze(values[0], dimensions),), small)
        case "transpose":
            permutation = params["permutation"]
            return lambda numbers, values, small: ((np.transpose(values[0], permutation),), small)
        case "copy" | "stop_gradient" | "psum" if params.get("axes", ()) == ():
            return lambda numbers, values, small: ((values[0],), small)
    return None


def _sizes(shape: tuple[int, ...], names: Names | None) -> Callable[[Numbers], tuple[int, ...]]:
    if names is None or not names.varies(shape):
        return lambda numbers: shape
    known: dict[tuple[int, ...], tuple[int, ...]] = {}

    def at(numbers: Numbers) -> tuple[int, ...]:
        there = numbers.shape
        if there not in known:
            known[there] = names.at(shape, numbers)
        return known[there]

    return at


_operations: dict[Hashable, Callable[..., Any]] = {}


def _jitted(operation: tuple[str, str], primitive: Any, params: Any) -> Callable[..., Any]:
    """Return an operation as a function of arrays that JAX compiles for their shapes."""
    if operation not in _operations:
        given = dict(params)

        def run(*values: Any) -> Any:
            found = primitive.bind(*values, **given)
            return tuple(found) if primitive.multiple_results else (found,)

        _operations[operation] = jax.jit(run)
    return _operations[operation]


def _called(function: Callable[..., Any], shapes: Hashable, values: Sequence[Any]) -> Any:
    """Call a jitted function; where it has to be compiled, in the usual state of the processor."""
    if not executables.add(shapes, 1):
        return function(*values)  # XLA sets the state that it needs
    with flushing.as_called():
        return function(*values)


def _compiled(operation: tuple[str, str], equation: Any, names: Names | None) -> Run:
    """Return an operation that is compiled for each shape."""
    primitive, params = _PRIMITIVES.get(operation[0], equation.primitive), equation.params
    varies = names is not None and any(map(names.varies, params.values()))
    known: dict[Numbers, tuple[tuple[str, str], Any]] = {}

    def run(numbers: Numbers, values: list[Any], small: bool) -> Any:
        name, given = operation, params
        if varies and names is not None:
            if numbers not in known:
                there = {key: names.at(value, numbers) for key, value in params.items()}
                known[numbers] = (operation[0], listed(there)), there
            name, given = known[numbers]
        function = _jitted(name, primitive, given)
        shapes = name, tuple((v.shape, v.dtype.char) for v in values)
        return _called(function, shapes, values), None

    return run


def _sum(params: Any) -> Run:
    """Return a sum along some axes."""
    axes, others = params["axes"], {k: v for k, v in params.items() if k != "axes"}

    @functools.cache
    def jaxs(left: tuple[int, ...]) -> tuple[tuple[str, str], Callable[..., Any]]:
        given = {**others, "axes": left}
        name = "reduce_sum", listed(given)
        return name, _jitted(name, jax.lax.reduce_sum_p, given)

    def run(numbers: Numbers, values: list[Any], small: bool) -> Any:
        (array,) = values
        shape, left = sums.squeezed(array.shape, axes)
        found, array = None, array.reshape(shape)
        if not small:
            found = sums.running(array, left)
        tiny = None if found is None else False
        if found is None:
            name, function = jaxs(left)
            found = np.asarray(_called(function, (name, shape, array.dtype.char), [array])[0])
        return (found.reshape(sums.remaining(values[0].shape, axes)),), tiny

    return run


def _elementwise(operation: tuple[str, str], equation: Any, compiled: Run) -> Run:
    """Return an operation that goes element by element."""
    name = operation[0]
    rooms = elements.fits_room(name, equation)
    numpys = elements.numpys(name, str(equation.invars[-1].aval.dtype))
    function = _jitted(operation, _PRIMITIVES.get(name, equation.primitive), equation.params)

    looked_at = elements.shrinks(name) and not flushing.IS_KNOWN

    def run(numbers: Numbers, values: list[Any], small: bool) -> Any:
        if numpys is not None and not small:
            found = numpys(*values)
            if found is not None:
                found = np.asarray(found)
                if not (looked_at and elements.counts_tiny(found)):
                    return (found,), False
        room = elements.room_for(values) if rooms else 0
        if not room:
            return compiled(numbers, values, small)
        alike = tuple((v.dtype.char, v.ndim == 0) for v in values)

        def inside(*given: Any) -> Any:
            return _called(function, (operation, room, alike), given)[0]

        return (elements.in_room(inside, room, values),), None

    return run


class Executables:
    """Keeps what JAX has compiled, which it never drops itself, within some gigabytes.

    An operation compiled for a shape takes 1.4 MB (measured, jax 0.10.2 on x86-64), and a run
    would compile thousands. What is dropped is compiled again when it is needed again.
    """

    most = 1200

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self.shapes: set[Any] = set()
        self.count = 0

    def add(self, shapes: Any, count: int) -> bool:
        """Count operations, unless these shapes are known, as other settings share them.

        Returns whether they are new.
        """
        if shapes in self.shapes:
            return False
        if self.count + count > self.most:
            jax.clear_caches()
            self.shapes.clear()
            self.count = 0
        self.shapes.add(shapes)
        self.count += count
        return True


executables = Executables()
