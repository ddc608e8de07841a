"""The judge's own names, kept apart from a target that replaces them in the process they share.

Before the target is loaded the names of bncheck, of NumPy and of what both are built on are
written down: what each stands for, and the code of bncheck's own functions. What a target has
replaced is put back whenever bncheck is at work, and is there whenever the target is called: it
may have good reasons, and is judged with what it replaced by who has not. It is told all the same.

That is for code that replaces functions, not for code that wants to deceive: in one process
there is always a way (`ctypes`, frames, threads). See "What bncheck can be trusted with" in
docs/how-it-decides.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from operator import is_
from types import FunctionType, ModuleType
from typing import Any

# NumPy in Python calls these by their names, and so does bncheck.
_BUILT_ON = (
    *("builtins", "contextlib", "dataclasses", "fractions", "functools", "itertools", "math"),
    *("operator", "time", "json", "json.encoder", "json.decoder"),
)
# Rooms of bncheck that a verdict rests on; the others say what else is known.
_JUDGES = frozenset(("errors", "model", "truth", "cases", "trial", "laws", "engine"))
# Python writes to these itself.
_PYTHONS = frozenset(("__annotations__", "__doc__", "__abstractmethods__", "_abc_impl", "_"))

_ABSENT = object()


@dataclass(frozen=True)
class _Namespace:
    """Some names of a module, a class or a mapping, and what they stood for."""

    label: str
    held: Mapping[str, Any]
    put: Callable[[str, Any], None]
    names: tuple[str, ...]
    values: tuple[Any, ...]

    def changed(self) -> Iterator[str]:
        """Yield the names that stand for something else."""
        if all(map(is_, map(self.held.get, self.names), self.values)):
            return
        for name, value in zip(self.names, self.values, strict=True):
            if self.held.get(name, _ABSENT) is not value:
                yield name


@dataclass
class _Replaced:
    """One name that was replaced; ``by`` may change with each call."""

    space: _Namespace
    name: str
    own: Any
    by: Any


class Namespaces:
    """Looks whether names were replaced, and swaps them around the calls of the target."""

    def __init__(self, mappings: Mapping[str, MutableMapping[str, Any]]) -> None:
        """Write down what stands for what; mappings: further ones that the judge reads."""
        self._spaces = [*_modules(), *_classes()]
        for label, mapping in mappings.items():
            self._spaces.append(_space(label, mapping, mapping.__setitem__, lambda value: True))
        self._replaced: list[_Replaced] = []
        self.told: list[str] = []

    def restore(self, *, numpy: bool = True) -> bool:
        """Put back what was replaced; whether there was anything new.

        numpy: also what is NumPy's
        """
        spaces = [s for s in self._spaces if numpy or s.label.partition(".")[0] != "numpy"]
        found = [(space, name) for space in spaces for name in space.changed()]
        for space, name in found:
            own = space.values[space.names.index(name)]
            by = space.held.get(name, _ABSENT)
            space.put(name, own)
            self._replaced.append(_Replaced(space, name, own, by))
            self.told.append(f"{space.label}.{name}")
        return bool(found)

    def enter(self, where: str) -> None:
        """A call of the target begins: give it what it replaced."""
        del where
        for one in self._replaced:
            if one.by is not _ABSENT:
                one.space.put(one.name, one.by)

    def leave(self) -> None:
        """It ended."""
        for one in self._replaced:
            one.by = one.space.held.get(one.name, _ABSENT)
            one.space.put(one.name, one.own)


def _space(
    label: str,
    held: Mapping[str, Any],
    put: Callable[[str, Any], None],
    wanted: Callable[[Any], bool],
) -> _Namespace:
    kept = {
        name: value
        for name, value in held.items()
        if name not in _PYTHONS and wanted(value) and isinstance(name, str)
    }
    return _Namespace(label, held, put, tuple(kept), tuple(kept.values()))


def _modules() -> Iterator[_Namespace]:
    for name, module in _loaded():
        names = vars(module)
        wanted = _any if name.partition(".")[0] == "bncheck" else _judges
        yield _space(name, names, names.__setitem__, wanted)


def _loaded() -> Iterator[tuple[str, ModuleType]]:
    """Yield the modules that a verdict rests on."""
    for name, module in list(sys.modules.items()):
        top, _, rest = name.partition(".")
        ours = top == "bncheck" and rest.partition(".")[0] in _JUDGES
        if isinstance(module, ModuleType) and (ours or top == "numpy" or name in _BUILT_ON):
            yield name, module


def _any(value: Any) -> bool:
    return True


def _judges(value: Any) -> bool:
    """Functions, types and numbers; a module of somebody else changes its other names itself."""
    return callable(value) or isinstance(value, float)


def _classes() -> Iterator[_Namespace]:
    """Classes of bncheck, and its functions, whose code can be replaced without their names."""
    for name, module in _loaded():
        if name.partition(".")[0] != "bncheck":
            continue
        functions = _functions("", vars(module), name)
        for held, value in vars(module).items():
            if isinstance(value, type) and value.__module__ == name:
                yield _space(f"{name}.{held}", vars(value), _setter(value), _any)
                functions |= _functions(held, vars(value), name)
        if functions:
            yield _codes(name, functions)


def _setter(kind: type) -> Callable[[str, Any], None]:
    return lambda name, value: setattr(kind, name, value)


def _functions(owner: str, held: Mapping[str, Any], module: str) -> dict[str, FunctionType]:
    return {
        f"{owner}.{name}".lstrip("."): value
        for name, value in held.items()
        if isinstance(value, FunctionType) and value.__module__ == module
    }


class _Codes(Mapping[str, Any]):
    """The code of functions, by their names."""

    def __init__(self, functions: dict[str, FunctionType]) -> None:
        self._functions = functions

    def __getitem__(self, name: str) -> Any:
        return self._functions[name].__code__

    def get(self, name: str, default: Any = None) -> Any:
        """Look one up; there is always one."""
        return self._functions[name].__code__

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def _codes(label: str, functions: dict[str, FunctionType]) -> _Namespace:
    def put(name: str, code: Any) -> None:
        functions[name].__code__ = code

    return _space(label, _Codes(functions), put, _any)
