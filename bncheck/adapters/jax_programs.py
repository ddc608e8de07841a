"""Functions of JAX arrays, run operation by operation or compiled as one program each.

Run operation by operation is what a call outside of ``jax.jit`` does. Here a function is traced
once for each shape and then its operations are run in turn, as `bncheck.adapters.jax_sheets` says.
JAX compiles each operation for each shape it meets.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
from jax.extend.core import jaxpr_as_fun

from bncheck.adapters.jax_settings import Family
from bncheck.adapters.jax_sheets import Opaque, Results, Sheet, executables

# ``(setting, x, gamma, beta, state) -> y, state``
Call = Callable[..., tuple[Any, Any]]


@dataclass(frozen=True)
class Setting:
    """What a framework is told before it sees arrays: constants of the program."""

    eps: float
    momentum: float | None
    training: bool


class Programs:
    """A layer and its derivatives at one setting, all functions of ``(x, gamma, beta, state)``.

    forward: -> a `Run`; jvp: and a tangent of x -> that of y; double_backward: and dy, w ->
    gradients of ``<w, dx>`` in x, dy and gamma
    """

    def __init__(self, call: Call, setting: Setting, jit: bool) -> None:
        """Prepare; nothing is traced yet. ``jit``: each function is one compiled program."""
        apply: Callable[..., Any] = functools.partial(call, setting)

        def backward(x: Any, gamma: Any, beta: Any, state: Any, dy: Any) -> Any:
            _, pull, _ = jax.vjp(lambda *p: apply(*p, state), x, gamma, beta, has_aux=True)
            return pull(dy)

        def jvp(x: Any, gamma: Any, beta: Any, state: Any, tangent: Any) -> Any:
            return jax.jvp(lambda p: apply(p, gamma, beta, state)[0], (x,), (tangent,))[1]

        def double(x: Any, gamma: Any, beta: Any, state: Any, dy: Any, w: Any) -> Any:
            def dx(x: Any, dy: Any, gamma: Any) -> Any:
                return jax.vjp(lambda p: apply(p, gamma, beta, state)[0], x)[1](dy)[0]

            return jax.vjp(dx, x, dy, gamma)[1](w)

        def program(function: Callable[..., Any], name: str) -> _Program:
            return _Program(function, setting, None if jit else _family(call, setting, name))

        self.jvp = program(jvp, "jvp")
        self.double_backward = program(double, "double_backward")
        self._forward = program(apply, "forward")
        self._backward = program(backward, "backward")

    def forward(self, *arguments: Any) -> "Run":
        """Call the layer; the answer can be differentiated."""
        return Run(self._forward, self._backward, arguments)


class Run:
    """One call of a layer. Its gradients start from what was computed on the way to y."""

    def __init__(self, forward: "_Program", backward: "_Program", arguments: Any) -> None:
        """Call it: ``answer`` is ``y, state``."""
        self._backward, self._arguments = backward, arguments
        self._values: dict[int, Any] = {}
        self._traced = forward.traced(arguments)
        self.answer = self._traced(arguments, self._values)

    def gradients(self, dy: Any) -> Any:
        """Return the gradients of x, gamma and beta."""
        arguments = *self._arguments, dy
        traced = self._backward.traced(arguments, self._traced.sheet)
        # a copy: another dy starts from the same values
        return traced(arguments, dict(self._values))


@functools.lru_cache(maxsize=1024)
def programs(call: Call, setting: Setting, jit: bool) -> Programs:
    """Return the programs of a layer, those made before where they are known."""
    return Programs(call, setting, jit)


_families: dict[Any, Family] = {}


def _family(call: Call, setting: Setting, name: str) -> Family:
    """Return where the traces of one function are kept, for all eps and momenta."""
    return _families.setdefault((call, setting.training, name), Family())


class _Program:
    """A function, traced or compiled once for the shapes and dtypes of its arguments."""

    def __init__(
        self, function: Callable[..., Any], setting: Setting, family: Family | None
    ) -> None:
        """Prepare; without a family of traces, it is to be compiled as one program."""
        self.function = function
        self.setting, self.family = setting, family
        self.known: dict[Any, _Traced] = {}

    def __call__(self, *arguments: Any) -> Any:
        return self.traced(arguments)(arguments, {})

    def traced(self, arguments: Any, sheet: Sheet | None = None) -> "_Traced":
        """Trace for such arguments; onto a sheet whose arguments are the first of them."""
        leaves, tree = jax.tree.flatten(arguments)
        key = (tree, *((leaf.shape, leaf.dtype) for leaf in leaves))
        if key not in self.known:
            family = self.family
            self.known[key] = (
                self._written(family, arguments, len(leaves), sheet) if family else self._compiled()
            )
        return self.known[key]

    def _compiled(self) -> "_Traced":
        executables.add(object(), 10)  # as large as about ten single operations
        return _Traced(jax.jit(self.function))

    def _written(
        self, family: Family, arguments: Any, count: int, sheet: Sheet | None
    ) -> "_Traced":
        trace = family.trace(self.setting, self.function, arguments)
        closed, tree = trace.closed, trace.tree
        if sheet is None:
            sheet, at = Sheet(count), list(range(count))
        else:
            at = [*range(count - 1), sheet.argument()]
        try:
            return _Traced(None, sheet, at, sheet.write(closed, at), tree)
        except Opaque:
            run = jaxpr_as_fun(closed)
            executables.add(object(), len(closed.eqns))
        return _Traced(lambda *parts: jax.tree.unflatten(tree, run(*jax.tree.leaves(parts))))


@dataclass(frozen=True)
class _Traced:
    """A function for certain shapes: a plain one, or what is written on a sheet."""

    plain: Callable[..., Any] | None
    sheet: Sheet | None = None
    at: Sequence[int] = ()
    results: Results | None = None
    tree: Any = None

    def __call__(self, arguments: Any, values: dict[int, Any]) -> Any:
        """Answer; values by number are used as far as they are known, and added to."""
        if self.plain is not None or self.results is None:
            return self.plain(*arguments) if self.plain else None
        values.update(zip(self.at, jax.tree.leaves(arguments), strict=True))
        return jax.tree.unflatten(self.tree, self.results.read(values))
