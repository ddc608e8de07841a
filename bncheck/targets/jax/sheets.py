"""A traced function written down as a list of operations, and run one operation at a time.

That is what a call outside of ``jax.jit`` does, where JAX compiles each operation for each shape
that it meets. Here the list is made once, for all shapes where it is made from a template, the same
operation on the same values is in it once, and less is compiled: operations that only move data are
NumPy's, and those that go element by element are run as `bncheck.targets.jax.elements` says. The
bits are those of a plain call; sums, rsqrt and the like stay as JAX makes them for each shape.
"""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.extend import core

from bncheck.targets.jax import elements, flushing
from bncheck.targets.jax.operations import Run, listed, run_of
from bncheck.targets.jax.templates import Meaning, Names, Numbers, Trace

# Functions that a plain call enters, to run operation by operation: where their body is.
_ENTERED = {
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
}
# Operations that are others by name: which, and how often that is given its operands.
_SAME = {"square": ("mul", 2), "add_any": ("add", 1)}


class Opaque(Exception):
    """A function has an operation of which it is not known how a plain call would run it."""


class Values:
    """What is known of the numbered values of a sheet in one call."""

    def __init__(self) -> None:
        """Nothing is known. tiny: numbers of the values with numbers below the normal range."""
        self.known: dict[int, Any] = {}
        self.tiny: set[int] = set()

    def copy(self) -> "Values":
        """Return the same once more, to be added to."""
        other = Values()
        other.known, other.tiny = dict(self.known), set(self.tiny)
        return other

    def add(self, at: Sequence[int], values: Sequence[Any], tiny: bool | None = None) -> None:
        """Add values; where it is not known whether there are tiny ones, they are looked at."""
        for number, value in zip(at, values, strict=True):
            array = self.known[number] = np.asarray(value)
            if elements.counts_tiny(array) if tiny is None else tiny:
                self.tiny.add(number)


class _Step(NamedTuple):
    run: Run
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Sheet:
    """Operations on numbered values: first the arguments of the first function written down."""

    def __init__(self, arguments: int, names: Names | None) -> None:
        """Start with so many arguments, numbered from 0; names: of what varies, in a template."""
        self.count = arguments
        self.names = names
        self.constants: dict[int, tuple[Any, Meaning | None]] = {}
        self.steps: list[_Step] = []
        self._known: dict[Hashable, tuple[int, ...]] = {}

    def takes(self, trace: Trace) -> bool:
        """Whether a function can be written onto this sheet, beside what is there."""
        mine, other = self.names, trace.names
        return mine is other or (mine and mine.numbers) == (other and other.numbers)

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
            equation = equation.replace(invars=list(equation.invars) * times)
        key = operation, inputs
        if key not in self._known:
            outputs = self._known[key] = tuple(self.argument() for _ in equation.outvars)
            self.steps.append(_Step(run_of(operation, equation, self.names), inputs, outputs))
        return self._known[key]

    def _constant(self, value: Any, aval: Any) -> int:
        array = np.asarray(value, aval.dtype)
        key = "constant", array.shape, array.dtype.name, array.tobytes()
        if key not in self._known:
            self._known[key] = (self.argument(),)
            meaning = self.names.scalar(array, array.dtype) if self.names else None
            self.constants[self._known[key][0]] = array, meaning
        return self._known[key][0]


class Results:
    """The numbers of some results, and the operations that lead to them, in order."""

    def __init__(self, sheet: Sheet, wanted: Sequence[int], weak: Sequence[bool]) -> None:
        """Find the operations; weak: of which results JAX does not fix the dtype (scalars)."""
        self._wanted = tuple(zip(wanted, weak, strict=True))
        made = {n: k for k, step in enumerate(sheet.steps) for n in step.outputs}
        ahead, needed, read = list(wanted), set[int](), set(wanted)
        while ahead:
            k = made.get(ahead.pop())
            if k is not None and k not in needed:
                needed.add(k)
                ahead.extend(sheet.steps[k].inputs)
                read.update(sheet.steps[k].inputs)
        self._steps = [sheet.steps[k] for k in sorted(needed)]
        self._constants = {n: c for n, c in sheet.constants.items() if n in read}
        self._last: tuple[Numbers | None, Values] = None, Values()

    def read(self, values: Values, numbers: Numbers) -> list[Any]:
        """Run what was not run yet, on values by number, and add what comes out to them."""
        if self._last[0] != numbers:
            self._last = numbers, self._made_constants(numbers)
        known, tiny = values.known, values.tiny
        known.update(self._last[1].known)
        tiny.update(self._last[1].tiny)
        with np.errstate(all="ignore"), flushing.scope():
            for run, inputs, outputs in self._steps:
                if outputs[0] in known:
                    continue
                small = bool(tiny) and not tiny.isdisjoint(inputs)
                found, left = run(numbers, [known[n] for n in inputs], small)
                if left is False:
                    known.update(zip(outputs, found, strict=True))
                else:
                    values.add(outputs, found, left)
        return [
            jax.numpy.asarray(known[n].item()) if weak else known[n] for n, weak in self._wanted
        ]

    def _made_constants(self, numbers: Numbers) -> Values:
        made = Values()
        for n, (array, meaning) in self._constants.items():
            if meaning is not None:
                with np.errstate(over="ignore"):
                    array = np.asarray(numbers.value(meaning), array.dtype)
            made.add([n], [array])
        return made


def _named(equation: Any) -> tuple[str, str]:
    """Return what an operation is called and told, but for shapes. Raises Opaque if unknown."""
    name, params = equation.primitive.name, equation.params
    if equation.effects or (name != "jit" and any(map(_is_code, params.values()))):
        raise Opaque(name)
    if name == "jit" and params["jaxpr"].consts:
        raise Opaque("jit of a function that holds arrays")
    return name, listed(params)


def _is_code(parameter: Any) -> bool:
    parts = parameter if isinstance(parameter, tuple | list) else (parameter,)
    return any("Jaxpr" in type(p).__name__ for p in parts) or (
        callable(parameter) and not isinstance(parameter, type | np.dtype)
    )
