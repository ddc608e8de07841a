"""A traced function written down as a list of operations, and run one operation at a time.

That is what a call outside of ``jax.jit`` does, where JAX compiles each operation for each shape
that it meets. Here the list is made once, the same operation on the same values is in it once, and
what is compiled is less: operations that only move data are NumPy's, and those that go element
by element run in arrays of a few fixed sizes. The bits are those of a
plain call; sums, rsqrt and the like stay as JAX makes them for each shape.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import jax
import numpy as np
from jax import lax
from jax.extend import core

# Functions that a plain call enters, to run operation by operation: where their body is.
_ENTERED = {
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
}

# Operations that are made element by element in one way, wherever in an array an element is. JAX
# runs them all the same: XLA takes numbers below the normal range for zero, and where a divisor is
# repeated it multiplies by the reciprocal. So scalars stay scalars, and a division in which
# something else is repeated, or that is of one number only, is compiled for its shape.
_EXACT = frozenset(
    (
        *("add", "sub", "mul", "div", "sqrt", "neg", "abs"),
        *("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "select_n"),
    )
)
_EXACT_IN = frozenset(("float32", "float64", "bool"))
# Of these, the ones that are others by name: operation, and how often it is given its operands.
_SAME = {"square": ("mul", 2), "add_any": ("add", 1)}
_PRIMITIVES = {"mul": lax.mul_p, "add": lax.add_p}
# The sizes of the arrays that they are run in; beyond the last one, running takes longer.
_ROOMS = (64, 512, 4096, 32768, 1 << 17)


class Opaque(Exception):
    """A function has an operation of which it is not known how a plain call would run it."""


class Sheet:
    """Operations on numbered values: first the arguments of the first function written down."""

    def __init__(self, arguments: int) -> None:
        """Start with so many arguments, numbered from 0."""
        self.count = arguments
        self.constants: dict[int, Any] = {}
        self.steps: list[tuple[Callable[..., Any], tuple[int, ...], tuple[int, ...]]] = []
        self._known: dict[Hashable, tuple[int, ...]] = {}

    def argument(self) -> int:
        """Return the number of one more argument."""
        self.count += 1
        return self.count - 1

    def write(self, closed: Any, arguments: Sequence[int]) -> "Results":
        """Write a traced function down. Raises Opaque where it cannot be."""
        weak = [bool(getattr(aval, "weak_type", False)) for aval in closed.out_avals]
        if any(is_weak and aval.ndim for is_weak, aval in zip(weak, closed.out_avals, strict=True)):
            raise Opaque("an array that is to take the dtype of what it meets")
        return Results(self, self._enter(closed.jaxpr, closed.consts, arguments), weak)

    def _enter(self, body: Any, constants: Sequence[Any], arguments: Sequence[int]) -> list[int]:
        at = dict(zip(body.invars, arguments, strict=True))
        for variable, value in zip(body.constvars, constants, strict=True):
            at[variable] = self._constant(value, variable.aval)

        def number(atom: Any) -> int:
            literal = isinstance(atom, core.Literal)
            return self._constant(atom.val, atom.aval) if literal else at[atom]

        for equation in body.eqns:
            inputs = tuple(map(number, equation.invars))
            at.update(zip(equation.outvars, self._step(equation, inputs), strict=True))
        return [number(atom) for atom in body.outvars]

    def _step(self, equation: Any, inputs: tuple[int, ...]) -> Sequence[int]:
        name = equation.primitive.name
        inner = equation.params.get(_ENTERED.get(name, ""))
        if inner is not None:
            return self._enter(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), inputs)
        operation = _named(equation)
        if operation[0] in _SAME:
            name, times = _SAME[name]
            operation, inputs = (name, *operation[1:]), inputs * times
        key = operation, inputs
        if key not in self._known:
            outputs = self._known[key] = tuple(self.argument() for _ in equation.outvars)
            self.steps.append((_operation(operation, equation), inputs, outputs))
        return self._known[key]

    def _constant(self, value: Any, aval: Any) -> int:
        array = np.asarray(value, aval.dtype)
        key = "constant", array.shape, array.dtype.name, array.tobytes()
        if key not in self._known:
            self._known[key] = (self.argument(),)
            self.constants[self._known[key][0]] = array
        return self._known[key][0]


class Results:
    """The numbers of some results, and the operations that lead to them, in order."""

    def __init__(self, sheet: Sheet, wanted: Sequence[int], weak: Sequence[bool]) -> None:
        """Find the operations; weak: of which results JAX does not fix the dtype (scalars)."""
        self._constants = sheet.constants
        self._wanted = tuple(zip(wanted, weak, strict=True))
        made = {n: k for k, (_, _, outputs) in enumerate(sheet.steps) for n in outputs}
        ahead, needed = list(wanted), set[int]()
        while ahead:
            k = made.get(ahead.pop())
            if k is not None and k not in needed:
                needed.add(k)
                ahead.extend(sheet.steps[k][1])
        self._steps = [sheet.steps[k] for k in sorted(needed)]

    def read(self, values: dict[int, Any]) -> list[Any]:
        """Run what was not run yet, on values by number, and add what comes out to them."""
        values.update(self._constants)
        for function, inputs, outputs in self._steps:
            if outputs[0] not in values:
                values.update(zip(outputs, function(*[values[n] for n in inputs]), strict=True))
        return [
            jax.numpy.asarray(values[n].item()) if weak else values[n] for n, weak in self._wanted
        ]


def _named(equation: Any) -> tuple[str, str]:
    """Return what an operation is called and told, but for shapes. Raises Opaque if unknown."""
    name, params = equation.primitive.name, equation.params
    if equation.effects or (name != "jit" and any(map(_is_code, params.values()))):
        raise Opaque(name)
    if name == "jit" and params["jaxpr"].consts:
        raise Opaque("jit of a function that holds arrays")
    return name, repr(sorted((key, str(value)) for key, value in params.items()))


def _is_code(parameter: Any) -> bool:
    parts = parameter if isinstance(parameter, tuple | list) else (parameter,)
    return any("Jaxpr" in type(p).__name__ for p in parts) or (
        callable(parameter) and not isinstance(parameter, type | np.dtype)
    )


_operations: dict[Hashable, Callable[..., Any]] = {}


def _operation(key: tuple[str, str], equation: Any) -> Callable[..., Any]:
    """Return an operation as a function of arrays, of JAX or NumPy, to a tuple of them."""
    moved = _moved(key[0], equation.params)
    if moved is not None:
        return moved
    if key not in _operations:
        primitive = _PRIMITIVES.get(key[0], equation.primitive)
        params = dict(equation.params)

        def run(*values: Any) -> Any:
            found = primitive.bind(*values, **params)
            return tuple(found) if primitive.multiple_results else (found,)

        _operations[key] = jax.jit(run)
    room = _room(key[0], equation)
    atoms = (*equation.invars, *equation.outvars)
    if room:
        alike = tuple((str(atom.aval.dtype), atom.aval.ndim == 0) for atom in atoms)
        executables.add((key, room, alike), 1)
        return _roomy(_operations[key], equation.outvars[0].aval.shape, room)
    executables.add((key, tuple(str(atom.aval) for atom in atoms)), 1)
    return _operations[key]


def _room(name: str, equation: Any) -> int:
    """Return the fixed size in which an operation can be run, or 0."""
    atoms = (*equation.invars, *equation.outvars)
    shape = atoms[-1].aval.shape
    if name not in _EXACT or not {str(atom.aval.dtype) for atom in atoms} <= _EXACT_IN:
        return 0
    size = math.prod(shape)
    plain = {atom.aval.shape for atom in atoms} <= {shape, ()} and size != 1
    if not shape or (name == "div" and not plain):
        return 0
    return next((room for room in _ROOMS if room >= size), 0)


def _moved(name: str, params: Any) -> Callable[..., Any] | None:
    """Return an operation that only moves data as a function of NumPy, None for any other."""
    match name:
        case "broadcast_in_dim":
            shape, axes = params["shape"], params["broadcast_dimensions"]

            def broadcast(array: Any) -> Any:
                spread = [1] * len(shape)
                for axis, size in zip(axes, np.shape(array), strict=True):
                    spread[axis] = size
                return (np.broadcast_to(np.reshape(array, spread), shape),)

            return broadcast
        case "reshape" if params["dimensions"] is None:
            return lambda array: (np.reshape(array, params["new_sizes"]),)
        case "squeeze":
            return lambda array: (np.squeeze(array, params["dimensions"]),)
        case "transpose":
            return lambda array: (np.transpose(array, params["permutation"]),)
        case "copy" | "stop_gradient":
            return lambda array: (array,)
    return None


def _roomy(
    function: Callable[..., Any], shape: tuple[int, ...], room: int
) -> Callable[..., tuple[Any]]:
    """Run a function of elements in arrays of a fixed size, the rest of which is not looked at."""
    size = math.prod(shape)

    def fitted(value: Any) -> Any:
        if not value.ndim:
            return value
        array = np.empty(room, value.dtype)
        array[:size].reshape(shape)[...] = value
        return array

    def run(*values: Any) -> tuple[Any]:
        (found,) = function(*map(fitted, values))
        return (np.asarray(found)[:size].reshape(shape),)

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

    def add(self, shapes: Any, count: int) -> None:
        """Count operations, unless these shapes are known, as other settings share them."""
        if shapes in self.shapes:
            return
        if self.count + count > self.most:
            jax.clear_caches()
            self.shapes.clear()
            self.count = 0
        self.shapes.add(shapes)
        self.count += count


executables = Executables()
