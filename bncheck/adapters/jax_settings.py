"""Traces of one function at many settings, most of them not traced but written down.

Tracing a layer takes far longer than running it, and each eps and momentum is another trace. But
such a constant shows in a trace only as a literal. So every shape is traced at one setting, and one
of those with the same operations on the same operands, the reference, at each; for the rest, the
literals that the settings change in the reference are put in their place. Where that is not beyond
doubt, the function is traced: the two traces of the reference must be the same but for literals,
and each literal that changes must be in the other shape what it is in the reference, and not zero.
"""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

import jax
import numpy as np
from jax.extend import core


class Trace:
    """A traced function: its operations, and the tree of its results."""

    def __init__(self, closed: Any, tree: Any) -> None:
        """Keep them."""
        self.closed, self.tree = closed, tree

    @classmethod
    def of(cls, function: Callable[..., Any], arguments: Any) -> "Trace":
        """Trace a function for arguments, or for their shapes."""
        closed, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
        return cls(closed, jax.tree.structure(shapes))

    @cached_property
    def skeleton(self) -> tuple[Hashable, ...]:
        """The operations and what they are applied to, without shapes and values."""
        numbers: dict[Any, int] = {}

        def number(atom: Any) -> int:
            if isinstance(atom, core.Literal):
                return -1
            return numbers.setdefault(atom, len(numbers))

        body = self.closed.jaxpr
        found: list[Hashable] = [tuple(map(number, body.invars))]
        for e in body.eqns:
            inputs, outputs = tuple(map(number, e.invars)), tuple(map(number, e.outvars))
            found.append((e.primitive.name, inputs, outputs))
        return (*found, tuple(map(number, body.outvars)))

    @property
    def hides(self) -> bool:
        """Whether there are constants elsewhere than among the operands of operations."""
        results = self.closed.jaxpr.outvars
        return bool(self.closed.consts) or any(isinstance(a, core.Literal) for a in results)


class Family:
    """The traces of one function at all settings."""

    def __init__(self) -> None:
        """Nothing is traced yet."""
        # by tree, shapes and dtypes of the arguments; then by setting
        self._known: dict[Hashable, dict[Hashable, Trace]] = {}
        # by tree, dtypes and skeleton: arguments of the reference, and its traces
        self._references: dict[Hashable, tuple[Any, dict[Hashable, Trace]]] = {}
        self._functions: dict[Hashable, Callable[..., Any]] = {}

    def trace(self, setting: Hashable, function: Callable[..., Any], arguments: Any) -> Trace:
        """Return the trace of the function, which is that of the setting, for such arguments."""
        self._functions[setting] = function
        leaves, tree = jax.tree.flatten(arguments)
        kind = tree, tuple(str(leaf.dtype) for leaf in leaves)
        here = self._known.setdefault((kind, tuple(leaf.shape for leaf in leaves)), {})
        if not here:
            trace = here[setting] = Trace.of(function, arguments)
            like = [jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) for leaf in leaves]
            reference = jax.tree.unflatten(tree, like), here
            self._references.setdefault((kind, trace.skeleton), reference)
        elif setting not in here:
            here[setting] = self._written(kind, here, setting) or Trace.of(function, arguments)
        return here[setting]

    def _written(
        self, kind: Hashable, here: dict[Hashable, Trace], setting: Hashable
    ) -> Trace | None:
        """Write a trace down from what is known, or return None."""
        first, trace = next(iter(here.items()))
        arguments, reference = self._references[kind, trace.skeleton]
        if here is reference:
            return None
        for each in (first, setting):
            if each not in reference:
                reference[each] = Trace.of(self._functions[each], arguments)
        return substituted(trace, reference[first], reference[setting])


def substituted(trace: Trace, one: Trace, other: Trace) -> Trace | None:
    """Return a trace with the literals that differ between two traces of another shape.

    trace, one: at the same setting; one, other: at the same shape. None where the three are not
    alike enough for that; see above.
    """
    if not trace.skeleton == one.skeleton == other.skeleton:
        return None
    if trace.hides or one.hides or other.hides:
        return None
    body, equations = trace.closed.jaxpr, []
    rows = zip(body.eqns, one.closed.jaxpr.eqns, other.closed.jaxpr.eqns, strict=True)
    for equation, left, right in rows:
        if left.params != right.params:  # or functions that are called, of which each is another
            return None
        inputs = list(equation.invars)
        for k, (mine, a, b) in enumerate(zip(inputs, left.invars, right.invars, strict=True)):
            if a.aval != b.aval:
                return None
            if not isinstance(a, core.Literal) or _bits(a) == _bits(b):
                continue
            if _bits(mine) != _bits(a) or not np.asarray(a.val).any():
                return None  # it depends on the shape, too, or may: zero is zero times anything
            inputs[k] = core.Literal(b.val, mine.aval)
        equations.append(equation.replace(invars=inputs))
    return Trace(core.ClosedJaxpr(body.replace(eqns=equations), []), trace.tree)


def _bits(literal: Any) -> tuple[str, bytes]:
    array = np.asarray(literal.val, literal.aval.dtype)
    return array.dtype.name, array.tobytes()
