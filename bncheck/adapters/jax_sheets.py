"""A traced function written down as a list of operations, and run one operation at a time.

That is what a call outside of ``jax.jit`` does: each operation is compiled by itself, for each
shape, and what is jitted inside of the function is one operation. Here the list is made once, the
same operation on the same values is in it once, and each is a function of JAX's own that needs no
way through Python: the bits of a plain call, in a fifth of its time.
"""

import os
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

# Operations with one right answer: data that is moved, and what IEEE 754 rounds correctly. How
# the compiler makes them is free to choose; sums, rsqrt and the like stay as JAX makes them.
_EXACT = frozenset(
    (
        *("add", "add_any", "sub", "mul", "div", "sqrt", "square", "neg", "abs"),
        *("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "select_n"),
        *("broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose"),
        *("copy", "stop_gradient"),
    )
)
# Of these, the ones that are others by name: operation, and how often it is given its operands.
_SAME = {"square": ("mul", 2), "add_any": ("add", 1)}
_PRIMITIVES = {"mul": lax.mul_p, "add": lax.add_p}
# XLA's plain code generator, without optimization: a third of the time to compile, same numbers.
_QUICK = {"xla_cpu_use_fusion_emitters": False, "xla_backend_optimization_level": 0}
# Beyond this running takes longer than compiling.
_MOST_QUICK = 1 << 17


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
        return Results(self, self._enter(closed.jaxpr, closed.consts, arguments))

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
            executables.add((operation, tuple(str(v.aval) for v in equation.invars)), 1)
            outputs = self._known[key] = tuple(self.argument() for _ in equation.outvars)
            self.steps.append((_operation(operation, equation), inputs, outputs))
        return self._known[key]

    def _constant(self, value: Any, aval: Any) -> int:
        array = np.asarray(value, aval.dtype)
        key = "constant", array.shape, array.dtype.name, array.tobytes()
        if key not in self._known:
            self._known[key] = (self.argument(),)
            self.constants[self._known[key][0]] = jax.numpy.asarray(array)
        return self._known[key][0]


class Results:
    """The numbers of some results, and the operations that lead to them, in order."""

    def __init__(self, sheet: Sheet, wanted: Sequence[int]) -> None:
        """Find the operations."""
        self._constants = sheet.constants
        self._wanted = tuple(wanted)
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
        return [values[n] for n in self._wanted]


def _named(equation: Any) -> tuple[str, str, bool]:
    """Return what an operation is called and told, but for shapes. Raises Opaque if unknown."""
    name, params = equation.primitive.name, equation.params
    if equation.effects or (name != "jit" and any(map(_is_code, params.values()))):
        raise Opaque(name)
    if name == "jit" and params["jaxpr"].consts:
        raise Opaque("jit of a function that holds arrays")
    small = max((v.aval.size for v in (*equation.invars, *equation.outvars)), default=0)
    quick = name in _EXACT and small <= _MOST_QUICK
    return name, repr(sorted((key, str(value)) for key, value in params.items())), quick


def _is_code(parameter: Any) -> bool:
    parts = parameter if isinstance(parameter, tuple | list) else (parameter,)
    return any("Jaxpr" in type(p).__name__ for p in parts) or (
        callable(parameter) and not isinstance(parameter, type | np.dtype)
    )


_operations: dict[Hashable, Callable[..., Any]] = {}


def _operation(key: Any, equation: Any) -> Callable[..., Any]:
    """Return an operation as a function, the one made before where there is one."""
    if key not in _operations:
        primitive = _PRIMITIVES.get(key[0], equation.primitive)
        params = dict(equation.params)

        def run(*values: Any) -> Any:
            found = primitive.bind(*values, **params)
            return tuple(found) if primitive.multiple_results else (found,)

        quick = key[-1] and jax.default_backend() == "cpu"
        _operations[key] = jax.jit(run, compiler_options=_QUICK if quick else None)
    return _operations[key]


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


def share_compiled() -> None:
    """Keep what is compiled where the other workers of a run find it, unless the user has a place.

    JAX's own cache on disk: what comes out of it is what was compiled.
    """
    scratch = os.environ.get("BNCHECK_SCRATCH")
    if scratch and not jax.config.jax_compilation_cache_dir:
        jax.config.update("jax_compilation_cache_dir", os.path.join(scratch, "jax"))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


share_compiled()
