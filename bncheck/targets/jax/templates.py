"""Functions traced once for all sizes, eps and momenta.

Tracing a layer takes far longer than running it. A trace says only by its numbers for which sizes
of arrays, which eps and which momentum it was made. So a function is traced at numbers that tell
themselves apart, primes as sizes and an odd eps and momentum, and at others these are put in their
place. Axes of length 0 or 1 stay as they are, since JAX leaves operations out along them.

The code of a layer might also decide by a number. So this is for layers only whose code is known
not to, and even there every new sequence of operations is compared with a trace at the numbers that
were asked for: it must be the same to the last bit, or such calls are traced one by one.
"""

import math
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

import jax
import numpy as np
from jax.extend import core

SIZES = (11, 13, 17, 19, 23)
EPS, MOMENTUM = 0.0007391, 0.2371

# What a number in a template stands for: a name, and axes of x where it is the product of sizes.
Meaning = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Setting:
    """What a framework is told before it sees arrays: constants of the program."""

    eps: float
    momentum: float | None
    training: bool


@dataclass(frozen=True)
class Numbers:
    """The numbers that one call has and another has not: the shape of x, eps and momentum."""

    shape: tuple[int, ...]
    eps: float
    momentum: float | None

    def value(self, meaning: Meaning) -> float:
        """Return what a number in a template is here."""
        name, axes = meaning
        match name:
            case "eps":
                return self.eps
            case "momentum":
                return float(self.momentum or 0)
            case "rest":
                return 1 - float(self.momentum or 0)
        size = math.prod(self.shape[axis] for axis in axes)
        return size if name == "size" else 1 / size


class Names:
    """What the numbers of a template stand for; its sizes are 0, 1 and different primes."""

    def __init__(self, numbers: Numbers) -> None:
        """List all numbers that can be told."""
        self.numbers = numbers
        several = [axis for axis, size in enumerate(numbers.shape) if size > 1]
        subsets = chain.from_iterable(combinations(several, k + 1) for k in range(len(several)))
        self._sizes: dict[int, Meaning] = {}
        self._meanings: list[Meaning] = [("eps", ()), ("momentum", ()), ("rest", ())]
        for axes in subsets:
            self._sizes[int(numbers.value(("size", axes)))] = "size", axes
            self._meanings += ("size", axes), ("inverse", axes)
        self._scalars: dict[Any, dict[bytes, Meaning | None]] = {}

    def scalar(self, value: Any, dtype: Any) -> Meaning | None:
        """Return what a single number of a dtype stands for, None if for itself."""
        array = np.asarray(value, dtype)
        if array.dtype.kind in "iu":
            return self._sizes.get(int(array))
        if array.ndim or array.dtype == bool:
            return None
        if dtype not in self._scalars:
            table = self._scalars[dtype] = {}
            for meaning in self._meanings:
                bits = np.asarray(self.numbers.value(meaning), dtype).tobytes()
                # two that cannot be told apart in a narrow dtype are not told
                table[bits] = None if bits in table else meaning
        return self._scalars[dtype].get(array.tobytes())

    def varies(self, value: Any) -> bool:
        """Whether a parameter of an operation has a number in it that stands for another."""
        if isinstance(value, tuple | list):
            return any(map(self.varies, value))
        if isinstance(value, core.ClosedJaxpr | core.Jaxpr):
            return self._varies_in(getattr(value, "jaxpr", value))
        return _whole(value) and int(value) in self._sizes

    def _varies_in(self, body: Any) -> bool:
        atoms = [*body.invars, *body.outvars, *chain(*(e.invars for e in body.eqns))]
        return (
            any(self.varies(getattr(atom.aval, "shape", ())) for atom in atoms)
            or any(isinstance(a, core.Literal) and self.scalar(a.val, a.aval.dtype) for a in atoms)
            or any(self.varies(p) for e in body.eqns for p in e.params.values())
        )

    def at(self, value: Any, numbers: Numbers) -> Any:
        """Return a parameter of an operation as it is at other numbers."""
        if isinstance(value, tuple | list):
            return type(value)(self.at(part, numbers) for part in value)
        if isinstance(value, core.ClosedJaxpr):
            return core.ClosedJaxpr(self._body(value.jaxpr, numbers), value.consts)
        if isinstance(value, core.Jaxpr):
            return self._body(value, numbers)
        meaning = self._sizes.get(int(value)) if _whole(value) else None
        return value if meaning is None else int(numbers.value(meaning))

    def _body(self, body: Any, numbers: Numbers) -> Any:
        known: dict[Any, Any] = {}

        def aval(old: Any) -> Any:
            return old.update(shape=self.at(old.shape, numbers)) if hasattr(old, "shape") else old

        def atom(old: Any) -> Any:
            if isinstance(old, core.Literal):
                meaning = self.scalar(old.val, old.aval.dtype)
                if meaning is None:
                    return core.Literal(old.val, aval(old.aval))
                value = np.asarray(numbers.value(meaning), old.aval.dtype)[()]
                return core.Literal(value, old.aval)
            if isinstance(old, core.DropVar):
                return core.DropVar(aval(old.aval))
            return known.get(old) or known.setdefault(old, core.Var(aval(old.aval)))

        def equation(old: Any) -> Any:
            params = {key: self.at(value, numbers) for key, value in old.params.items()}
            inputs, outputs = list(map(atom, old.invars)), list(map(atom, old.outvars))
            return old.replace(invars=inputs, outvars=outputs, params=params)

        return body.replace(
            constvars=list(map(atom, body.constvars)),
            invars=list(map(atom, body.invars)),
            eqns=list(map(equation, body.eqns)),
            outvars=list(map(atom, body.outvars)),
        )


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


@dataclass(frozen=True, eq=False)
class Trace:
    """A traced function: its operations, the tree of its results; names where it is a template."""

    closed: Any
    tree: Any
    names: Names | None = None


class Family:
    """The traces of one function ``(setting, *arguments)``, x being the first argument."""

    def __init__(self, function: Callable[..., Any], axis: int, *, uniform: bool) -> None:
        """Nothing is traced yet. axis: of channels; uniform: its code decides by no number."""
        self._function, self._axis, self._uniform = function, axis, uniform
        self._templates: dict[Hashable, Trace | None] = {}
        self._traces: dict[Hashable, Trace] = {}
        self._compared: set[Hashable] = set()
        self._kinds: dict[Hashable, tuple[Hashable, Any]] = {}

    def trace(self, setting: Setting, arguments: Any, *, single: bool = False) -> Trace:
        """Return the trace for such arguments: a template, where there can be one.

        single: a template is of no use here, now and later
        """
        leaves, tree = jax.tree.flatten(arguments)
        types = tree, tuple((leaf.shape, _type(leaf)) for leaf in leaves)
        known = setting.training, setting.momentum is None, arguments[0].shape, types
        if known not in self._kinds:
            self._kinds[known] = self._kind(setting, arguments)
        kind, like = self._kinds[known]
        if kind is not None:
            if single:
                self._templates[kind] = None
            if kind not in self._templates:
                self._templates[kind] = self._template(kind, like, setting, arguments)
            template = self._templates[kind]
            if template is not None:
                return template
        key = setting, types
        if key not in self._traces:
            self._traces[key] = self._traced(setting, arguments)
        return self._traces[key]

    def _kind(self, setting: Setting, arguments: Any) -> tuple[Hashable, Any]:
        """Return what templates differ in, and the shapes of this one; None where there is none."""
        shape = arguments[0].shape
        stands = tuple(n if n < 2 else SIZES[axis] for axis, n in enumerate(shape))
        known = {shape: stands, shape[1:]: stands[1:], (): ()}
        known[(shape[self._axis],)] = (stands[self._axis],)
        leaves, tree = jax.tree.flatten(arguments)
        if not self._uniform or setting.momentum is None or len(shape) < 2:
            return None, None
        if not all(leaf.shape in known for leaf in leaves):
            return None, None
        like = [
            jax.ShapeDtypeStruct(known[leaf.shape], leaf.dtype, weak_type=_type(leaf)[1])
            for leaf in leaves
        ]
        kind = tree, setting.training, tuple((a.shape, _type(a)) for a in like)
        return kind, jax.tree.unflatten(tree, like)

    def _template(
        self, kind: Hashable, like: Any, setting: Setting, arguments: Any
    ) -> Trace | None:
        names = Names(Numbers(like[0].shape, EPS, MOMENTUM))
        made = self._traced(Setting(EPS, MOMENTUM, setting.training), like)
        types = tuple(_type(leaf) for leaf in jax.tree.leaves(like))
        wiring = len(like[0].shape), types, tuple(_rows(made.closed.jaxpr))
        if wiring not in self._compared:
            numbers = Numbers(arguments[0].shape, setting.eps, setting.momentum)
            wanted = self._traced(setting, arguments)
            if made.tree != wanted.tree or not same(names.at(made.closed, numbers), wanted.closed):
                return None
            self._compared.add(wiring)
        return Trace(made.closed, made.tree, names)

    def _traced(self, setting: Setting, arguments: Any) -> Trace:
        def function(*given: Any) -> Any:
            return self._function(setting, *given)

        closed, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
        return Trace(closed, jax.tree.structure(shapes))


def _type(leaf: Any) -> tuple[Any, bool]:
    return leaf.dtype, bool(getattr(leaf, "weak_type", False))


def _rows(body: Any) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """List the operations of a trace and what they are applied to, without shapes and values."""
    numbers: dict[Any, int] = {}

    def number(atom: Any) -> int:
        if isinstance(atom, core.Literal):
            return -1
        return numbers.setdefault(atom, len(numbers))

    yield "in", (), tuple(map(number, (*body.constvars, *body.invars)))
    for e in body.eqns:
        yield e.primitive.name, tuple(map(number, e.invars)), tuple(map(number, e.outvars))
    yield "out", tuple(map(number, body.outvars)), ()


def same(one: Any, other: Any) -> bool:
    """Whether two traces say the same: operations, shapes, and the bits of every number."""
    return bool(_told(one) == _told(other))


def _told(value: Any) -> Any:
    """Return a trace, or a parameter of an operation, as plain data."""
    if isinstance(value, core.ClosedJaxpr):
        return _told(value.jaxpr), [_told(np.asarray(c)) for c in value.consts]
    if isinstance(value, core.Jaxpr):
        atoms = [*value.invars, *value.outvars]
        for e in value.eqns:
            atoms += [*e.invars, *e.outvars]
        params = [{k: _told(v) for k, v in e.params.items()} for e in value.eqns]
        return list(_rows(value)), list(map(_atom, atoms)), params
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.name, value.tobytes()
    if isinstance(value, tuple | list):
        return tuple(map(_told, value))
    if callable(value) and not isinstance(value, type | np.dtype):
        return "code"  # rules of derivatives, another one for each trace; they are not run
    return value


def _atom(atom: Any) -> tuple[str, bool, bytes]:
    weak = bool(getattr(atom.aval, "weak_type", False))
    if not isinstance(atom, core.Literal):
        return str(atom.aval), weak, b""
    return str(atom.aval), weak, np.asarray(atom.val, atom.aval.dtype).tobytes()
