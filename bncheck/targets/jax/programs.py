"""Functions of JAX arrays, run operation by operation or compiled as one program each.

Run operation by operation is what a call outside of ``jax.jit`` does. Here a function is traced,
mostly once for many shapes (`bncheck.targets.jax.templates`), and then its operations are run in
turn, as `bncheck.targets.jax.sheets` says.
"""

import functools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
from jax.extend.core import jaxpr_as_fun

from bncheck.targets.jax.operations import executables
from bncheck.targets.jax.sheets import Opaque, Results, Sheet, Values
from bncheck.targets.jax.templates import Family, Numbers, Setting, Trace

# ``(setting, x, gamma, beta, state) -> y, state``
Call = Callable[..., tuple[Any, Any]]


class Programs:
    """A layer and its derivatives, all functions of ``(setting, x, gamma, beta, state)``.

    forward: -> a `Run`; jvp: and a tangent of x -> that of y; double_backward: and dy, w ->
    gradients of ``<w, dx>`` in x, dy and gamma
    """

    def __init__(self, call: Call, axis: int, *, uniform: bool = False, jit: bool = False) -> None:
        """Prepare; nothing is traced yet.

        axis: of channels; uniform: see `bncheck.targets.jax.templates`; jit: each function is one
        compiled program.
        """

        def backward(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any, dy: Any) -> Any:
            def forward(*parameters: Any) -> Any:
                return call(setting, *parameters, state)

            _, pull, _ = jax.vjp(forward, x, gamma, beta, has_aux=True)
            return pull(dy)

        def jvp(setting: Setting, x: Any, gamma: Any, beta: Any, state: Any, tangent: Any) -> Any:
            return jax.jvp(lambda p: call(setting, p, gamma, beta, state)[0], (x,), (tangent,))[1]

        def double(
            setting: Setting, x: Any, gamma: Any, beta: Any, state: Any, dy: Any, w: Any
        ) -> Any:
            def dx(x: Any, dy: Any, gamma: Any) -> Any:
                return jax.vjp(lambda p: call(setting, p, gamma, beta, state)[0], x)[1](dy)[0]

            return jax.vjp(dx, x, dy, gamma)[1](w)

        def program(function: Callable[..., Any]) -> _Program:
            return _Program(function, axis, uniform=uniform, jit=jit)

        self.jvp = program(jvp)
        self.double_backward = program(double)
        self.of_y = program(call)
        self.of_gradients = program(backward)

    def forward(self, setting: Setting, *arguments: Any) -> "Run":
        """Call the layer; the answer can be differentiated."""
        return Run(self.of_y, self.of_gradients, setting, arguments)


class Run:
    """One call of a layer. Its gradients start from what was computed on the way to y."""

    def __init__(
        self, forward: "_Program", backward: "_Program", setting: Setting, arguments: Any
    ) -> None:
        """Call it: ``answer`` is ``y, state``."""
        self._backward, self._setting, self._arguments = backward, setting, arguments
        self._values = Values()
        self._made = forward.made(setting, arguments)
        self.answer = self._made(setting, arguments, self._values)

    def gradients(self, dy: Any) -> Any:
        """Return the gradients of x, gamma and beta."""
        arguments = *self._arguments, dy
        made = self._backward.made(self._setting, arguments, self._made.sheet)
        shared = made.sheet is not None and made.sheet is self._made.sheet
        # a copy: another dy starts from the same values
        return made(self._setting, arguments, self._values.copy() if shared else Values())


@functools.lru_cache(maxsize=64)
def programs(call: Call, axis: int, uniform: bool, jit: bool) -> Programs:
    """Return the programs of a layer, those made before where they are known."""
    return Programs(call, axis, uniform=uniform, jit=jit)


class _Program:
    """A function, written down for each kind of arguments, or compiled for each setting."""

    def __init__(
        self, function: Callable[..., Any], axis: int, *, uniform: bool, jit: bool
    ) -> None:
        self.function, self.jit = function, jit
        self.family = Family(function, axis, uniform=uniform)
        self._made: dict[Hashable, _Made] = {}

    def __call__(self, setting: Setting, *arguments: Any) -> Any:
        return self.made(setting, arguments)(setting, arguments, Values())

    def made(self, setting: Setting, arguments: Any, beside: Sheet | None = None) -> "_Made":
        """Return the function for such arguments; on a sheet whose arguments are the first ones."""
        if self.jit:
            leaves = jax.tree.leaves(arguments)
            key = setting, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
            executables.add((self, key), 10)  # as large as about ten single operations
            if setting not in self._made:
                self._made[setting] = _Made(jax.jit(functools.partial(self.function, setting)))
            return self._made[setting]
        trace = self.family.trace(setting, arguments)
        if trace not in self._made:
            count = len(jax.tree.leaves(arguments))
            try:
                self._made[trace] = _written(trace, count, beside)
            except Opaque:
                trace = self.family.trace(setting, arguments, single=True)
                self._made[trace] = _plain(trace)
        return self._made[trace]


def _written(trace: Trace, count: int, beside: Sheet | None) -> "_Made":
    """Write a function of so many arguments down, beside another that lacks its last argument."""
    if beside is not None and beside.takes(trace):
        sheet, at = beside, [*range(count - 1), beside.argument()]
    else:
        sheet, at = Sheet(count, trace.names), list(range(count))
    return _Made(None, sheet, at, sheet.write(trace.closed, at), trace.tree)


def _plain(trace: Trace) -> "_Made":
    """Leave it to JAX to run the operations of a function."""
    run = jaxpr_as_fun(trace.closed)
    executables.add(object(), len(trace.closed.eqns))
    return _Made(lambda *parts: jax.tree.unflatten(trace.tree, run(*jax.tree.leaves(parts))))


@dataclass(frozen=True)
class _Made:
    """A function of arguments of one kind: a plain one, or what is written on a sheet."""

    plain: Callable[..., Any] | None
    sheet: Sheet | None = None
    at: Sequence[int] = ()
    results: Results | None = None
    tree: Any = None

    def __call__(self, setting: Setting, arguments: Any, values: Values) -> Any:
        """Answer; values by number are used as far as they are known, and added to."""
        if self.plain is not None or self.results is None:
            return self.plain(*arguments) if self.plain else None
        leaves = jax.tree.leaves(arguments)
        values.add(self.at, leaves)
        numbers = Numbers(arguments[0].shape, setting.eps, setting.momentum)
        return jax.tree.unflatten(self.tree, self.results.read(values, numbers))
