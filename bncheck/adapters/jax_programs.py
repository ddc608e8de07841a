"""Functions of JAX arrays, run operation by operation or compiled as one program each.

Run operation by operation is what a call outside of ``jax.jit`` does. Here a function is traced
once for each shape and then its operations are run in turn: the same bits as a plain call, and
most of Python's share of the time saved. JAX compiles each operation for each shape it meets.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
from jax.extend.core import jaxpr_as_fun

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

    forward: -> y, state; backward: and dy -> gradients of x, gamma and beta; jvp: and a tangent
    of x -> that of y; double_backward: and dy, w -> gradients of ``<w, dx>`` in x, dy and gamma
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

        self.forward = _Program(apply, jit)
        self.backward = _Program(backward, jit)
        self.jvp = _Program(jvp, jit)
        self.double_backward = _Program(double, jit)


@functools.lru_cache(maxsize=1024)
def programs(call: Call, setting: Setting, jit: bool) -> Programs:
    """Return the programs of a layer, those made before where they are known."""
    return Programs(call, setting, jit)


class _Program:
    """A function, traced or compiled once for the shapes and dtypes of its arguments."""

    def __init__(self, function: Callable[..., Any], jit: bool) -> None:
        self.function = function
        self.jit = jit
        self.known: dict[Any, Callable[..., Any]] = {}

    def __call__(self, *arguments: Any) -> Any:
        leaves, tree = jax.tree.flatten(arguments)
        key = (tree, *((leaf.shape, leaf.dtype) for leaf in leaves))
        if key not in self.known:
            self.known[key] = self._compiled() if self.jit else self._replayed(key, arguments)
        return self.known[key](*arguments)

    def _compiled(self) -> Callable[..., Any]:
        _executables.add(object(), 10)  # as large as about ten single operations
        compiled: Callable[..., Any] = jax.jit(self.function)
        return compiled

    def _replayed(self, key: Any, arguments: Any) -> Callable[..., Any]:
        closed, shapes = jax.make_jaxpr(self.function, return_shape=True)(*arguments)
        _executables.add(key, len(closed.eqns))
        run, tree = jaxpr_as_fun(closed), jax.tree.structure(shapes)
        return lambda *arguments: jax.tree.unflatten(tree, run(*jax.tree.leaves(arguments)))


class _Executables:
    """Keeps what JAX has compiled, which it never drops itself, within some gigabytes.

    An operation compiled for a shape takes 1.4 MB (measured, jax 0.10.2 on x86-64), and a run
    would compile ten thousand. What is dropped is compiled again when it is needed again.
    """

    most = 2000

    def __init__(self) -> None:
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


_executables = _Executables()
