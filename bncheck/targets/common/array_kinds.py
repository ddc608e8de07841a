"""Kinds of array that somebody's code computes with: NumPy's, torch's, JAX's, or its own.

torch and JAX are looked up among the modules that the target has imported, never imported here.
A class counts as an array of its own where its instances hold a NumPy array in ``data`` and have
``grad`` and a method ``backward``, as the small autograd libraries of courses do.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bncheck.errors import RAISED
from bncheck.model.formats import BFLOAT16, Array, is_bfloat16
from bncheck.targets.common.looking import has, peek

Pull = Callable[[Callable[..., Any], Sequence[Array], Array], list[Array]]


def _nothing() -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


@dataclass(frozen=True)
class Kind:
    """How arrays of one kind are made and read.

    into: from NumPy, on the same storage where that is possible; back: to NumPy
    pull: (function, points, dy) -> gradients of ``<dy, function(*points)>``, by the kind's own
        automatic differentiation; None where it has none
    around: entered for each call
    """

    name: str
    holds: Callable[[Any], bool]
    into: Callable[[Array], Any]
    back: Callable[[Any], Any]
    pull: Pull | None = None
    around: Callable[[], contextlib.AbstractContextManager[None]] = field(default=_nothing)


def _same(value: Any) -> Any:
    return value


NUMPY = Kind("NumPy", lambda value: isinstance(value, np.ndarray), _same, _same)


def is_own(value: object) -> bool:
    """Whether a value is a tensor of a small autograd library."""
    if isinstance(value, np.ndarray | type) or type(value).__module__ in ("torch", "builtins"):
        return False
    data = peek(value, "data") if has(value, "data") else None
    return (
        isinstance(data, np.ndarray)
        and has_backward(type(value))
        and "grad" in (*dir(type(value)), *peek(value, "__dict__", ()))
    )


def has_backward(kind: type) -> bool:
    """Whether a class has a method by which gradients flow back."""
    return callable(peek(kind, "backward"))


def is_array(value: object) -> bool:
    """Whether a value is an array of a known kind."""
    return of(value) is not None


def of(value: object) -> Kind | None:
    """Return the kind of a value, ``None`` where it is no array."""
    if isinstance(value, np.ndarray):
        return NUMPY
    for kind in (torch(), jax()):
        if kind is not None and kind.holds(value):
            return kind
    return own(type(value)) if is_own(value) else None


def torch() -> Kind | None:
    """Return torch's kind where something has imported torch."""
    module = sys.modules.get("torch")
    if module is None or not isinstance(peek(module, "Tensor"), type):
        return None
    return Kind("torch", lambda v: isinstance(v, module.Tensor), _to_torch, _from_torch,
                _pull_torch, _one_thread)  # fmt: skip


def _to_torch(array: Array) -> Any:
    torch = sys.modules["torch"]
    # torch knows ml_dtypes' bfloat16 only by its bits, and has no negative strides and no flag
    bits = array.view(np.int16) if is_bfloat16(array.dtype) else array
    plain = bits.flags.writeable and all(s >= 0 and s % bits.itemsize == 0 for s in bits.strides)
    tensor = torch.from_numpy(bits if plain else np.array(bits, order="C"))
    tensor = tensor.view(torch.bfloat16) if is_bfloat16(array.dtype) else tensor
    return tensor.to(torch.get_default_device())


def _from_torch(tensor: Any) -> Any:
    torch = sys.modules["torch"]
    if not isinstance(tensor, torch.Tensor):
        return tensor
    plain = tensor.detach().cpu()
    if plain.dtype == torch.bfloat16:
        return plain.view(torch.int16).numpy().view(BFLOAT16.dtype)
    return plain.numpy()


def _pull_torch(function: Callable[..., Any], points: Sequence[Array], dy: Array) -> list[Array]:
    torch = sys.modules["torch"]
    with torch.enable_grad():
        leaves = [_to_torch(point.copy()).requires_grad_() for point in points]
        y = function(*leaves)
        # what y does not depend on has the gradient 0, which is right or is for a law to find
        found = torch.autograd.grad(y, leaves, _to_torch(dy), materialize_grads=True)
    return [np.asarray(_from_torch(gradient)) for gradient in found]


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """The number of threads decides the order of summation; the process is left as it was."""
    torch = sys.modules["torch"]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def jax() -> Kind | None:
    """Return JAX's kind where something has imported JAX."""
    module = sys.modules.get("jax")
    if module is None or not isinstance(peek(module, "Array"), type):
        return None
    numpy = module.numpy
    return Kind(
        "JAX",
        lambda v: isinstance(v, module.Array),
        lambda array: numpy.asarray(array),
        lambda value: np.asarray(value) if isinstance(value, module.Array) else value,
        _pull_jax,
    )


def _pull_jax(function: Callable[..., Any], points: Sequence[Array], dy: Array) -> list[Array]:
    jax = sys.modules["jax"]
    _, back = jax.vjp(function, *(jax.numpy.asarray(point) for point in points))
    return [np.asarray(gradient) for gradient in back(jax.numpy.asarray(dy))]


def own(kind: type) -> Kind:
    """Return the kind of an autograd library's own tensors."""
    # a Parameter is a Tensor too: x is made of the class that brings ``backward``
    base = next((k for k in reversed(kind.__mro__) if has_backward(k)), kind)

    def pull(function: Callable[..., Any], points: Sequence[Array], dy: Array) -> list[Array]:
        leaves = [made(base, np.array(point)) for point in points]
        y = function(*leaves)
        try:
            (y * made(base, np.array(dy))).sum().backward()
        except (AttributeError, TypeError):  # no product or no sum: the gradient is handed over
            y.backward(np.array(dy))
        return [np.zeros_like(p) + _number(t.grad) for p, t in zip(points, leaves, strict=True)]

    return Kind(base.__name__, lambda v: isinstance(v, base), lambda a: made(base, a),
                lambda v: _number(v) if isinstance(v, base) else v, pull)  # fmt: skip


def made(kind: type, array: Array) -> Any:
    """Make a tensor of somebody's own class, one that wants gradients where that can be said."""
    try:
        return kind(array, requires_grad=True)
    except TypeError:
        return kind(array)


def _number(value: Any) -> Any:
    inner = peek(value, "data") if not isinstance(value, np.ndarray) else value
    return inner if isinstance(inner, np.ndarray) else 0.0 if value is None else value


def like(found: Any, array: Array) -> Any:
    """Return the values of an array as what was found: its kind, its shape, or a list."""
    if isinstance(found, list | tuple):
        return type(found)(float(v) if array.dtype == np.float64 else v for v in array.reshape(-1))
    shaped = np.array(array).reshape(shape_of(found))
    kind = of(found)
    if kind is None or kind is NUMPY:
        return shaped
    return made(type(found), shaped) if is_own(found) else kind.into(shaped)


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of an array of any kind, or of a list of numbers."""
    if isinstance(value, list | tuple):
        return (len(value),)
    return tuple(np.shape(_number(value)) if is_own(value) else value.shape)


def values(value: Any) -> Any:
    """Return the values of a known kind, or of a list of numbers, as a NumPy array."""
    if isinstance(value, list | tuple) and value and all(_is_number(v) for v in value):
        return np.array(value)
    kind = of(value)
    return value if kind is None else kind.back(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.floating) and not isinstance(value, bool)


def used_by(home: object) -> list[Kind]:
    """Return the kinds that a module's names speak of, the likeliest first.

    home: the names of the module that somebody's code is in
    """
    names: dict[str, Any] = home if isinstance(home, dict) else {}
    roots = {_root(value) for value in names.values()}
    found = [k for root, k in (("torch", torch()), ("jax", jax())) if k and root in roots]
    found += [own(v) for v in names.values() if _makes_own(v)]
    return [NUMPY, *found] if "numpy" in roots or not found else [*found, NUMPY]


def _root(value: object) -> str:
    name = (
        peek(value, "__name__") if type(value).__name__ == "module" else peek(value, "__module__")
    )
    return name.partition(".")[0] if isinstance(name, str) else ""


def _makes_own(value: object) -> bool:
    if not isinstance(value, type) or not has_backward(value):
        return False
    try:
        return is_own(made(value, np.ones(2)))
    except RAISED:  # a layer, say, which has a backward too
        return False
