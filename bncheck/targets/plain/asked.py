"""Reading a function's parameters: which argument goes where, by the names that people use."""

import ast
import inspect
import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bncheck.targets.common.calls import parameters
from bncheck.targets.common.looking import peek
from bncheck.targets.common.roles import plain, role_of

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True)
class Asked:
    """A function and what its parameters stand for.

    places: roles of what it is given by position; keywords: parameter and role of the others
    saved: parameters that have the name of something that the forward pass returned
    """

    name: str
    function: Callable[..., Any]
    places: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...] = ()
    saved: tuple[str, ...] = ()

    def takes(self, *roles: str) -> bool:
        """Whether it can be given each of these."""
        return self._roles.issuperset(roles)

    @cached_property
    def _roles(self) -> frozenset[str]:
        return frozenset({*self.places, *(role for _, role in self.keywords)})

    @cached_property
    def running(self) -> bool:
        """Whether it is given running statistics, each by itself or as a pair."""
        return self.takes("running_mean", "running_var") or self.takes("statistics")

    def parameter(self, *roles: str) -> inspect.Parameter | None:
        """Return the parameter that stands for one of these roles."""
        for parameter, role in zip(parameters(self.function), self.places, strict=False):
            if role in roles:
                return parameter
        named = {p.name: p for p in parameters(self.function)}
        return next((named[name] for name, role in self.keywords if role in roles), None)

    def without(self, *roles: str) -> "Asked":
        """Return it with these roles left to their defaults."""
        if not set(roles) & set(self.places):
            keywords = tuple(pair for pair in self.keywords if pair[1] not in roles)
            return replace(self, keywords=keywords)
        first = min(self.places.index(role) for role in roles if role in self.places)
        names = [p.name for p in parameters(self.function)]
        later = list(zip(names[first:], self.places[first:], strict=False))
        keywords = (*(pair for pair in later if pair[1] not in roles), *self.keywords)
        kept = tuple(pair for pair in keywords if pair[1] not in roles)
        return replace(self, places=self.places[:first], keywords=kept)

    def __call__(self, given: Mapping[str, Any], **named: Any) -> Any:
        """Call it with what is given by role, and with further arguments by name."""
        positional = [given[role] for role in self.places]
        if not self.keywords:
            return self.function(*positional, **named)
        others = {name: given[role] for name, role in self.keywords}
        return self.function(*positional, **others, **named)


@dataclass(frozen=True)
class Unread:
    """Why a function cannot be called: an argument that stands for nothing known."""

    name: str
    needs: str

    def __str__(self) -> str:
        """Return it as a clause."""
        return f"{self.name} needs the argument {self.needs!r}"


def read(
    name: str,
    function: Callable[..., Any],
    roles: Iterable[str],
    first: str,
    saved: Iterable[str] = (),
    contract: tuple[str, ...] = (),
) -> Asked | Unread:
    """Tell the role of each parameter.

    first: the role of the first parameter where no name says who has it
    saved: plain names of what the forward pass returned besides y, which backward may take
    contract: roles by place, for a function whose names say nothing but which takes as many
    """
    got = _by_name(name, function, roles, first, saved)
    if contract and (isinstance(got, Unread) or not got.places) and _takes(function, contract):
        return Asked(name, function, contract)
    return got


def _takes(function: Callable[..., Any], contract: tuple[str, ...]) -> bool:
    try:
        inspect.signature(function).bind(*contract)
    except TypeError:
        return False
    except ValueError:  # some compiled functions do not say
        return True
    return True


def _by_name(
    name: str, function: Callable[..., Any], roles: Iterable[str], first: str, saved: Iterable[str]
) -> Asked | Unread:
    among = list(roles)
    known = [p for p in parameters(function) if p.kind not in _ANY]
    found: dict[str, str] = {}
    for parameter in known:
        role = role_of(parameter.name, among, argument=first == "x")
        if parameter.name == "G" and "groups" in among:  # as in papers, and in cs231n
            role = "groups"
        if role is not None and (role not in found.values() or role == "bn_param"):
            found[parameter.name] = role
    if known and first not in found.values():
        found[known[0].name] = first
    kept = set(saved)
    places: list[str] = []
    keywords: list[tuple[str, str]] = []
    own: list[str] = []
    gap = False
    for parameter in known:
        role = found.get(parameter.name)
        if role is None and plain(parameter.name) in kept:
            role = f"saved:{plain(parameter.name)}"
            own.append(plain(parameter.name))
        if role is None:
            if parameter.default is inspect.Parameter.empty:
                return Unread(name, parameter.name)
            gap = True
        elif parameter.kind in _BY_PLACE and not gap:
            places.append(role)
        else:
            keywords.append((parameter.name, role))
    return Asked(name, function, tuple(places), tuple(keywords), tuple(own))


def returned(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the plain names in the function's last ``return a, b, c``; none where it has none."""
    try:
        tree = ast.parse(textwrap.dedent(source_of(function)))
    except (SyntaxError, ValueError):
        return ()
    tuples = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)
    ]
    return tuple(plain(ast.unparse(part)) for part in tuples[-1].elts) if tuples else ()


def source_of(function: object) -> str:
    """Return the text of a function or class; empty where it cannot be had."""
    try:
        return inspect.getsource(inspect.unwrap(peek(function, "py_func") or function))  # type: ignore[arg-type] # it may be anything
    except (OSError, TypeError, ValueError):
        return ""


def is_function(value: Any) -> bool:
    """Whether a value is a function: written in Python, compiled, or wrapped by a decorator."""
    if isinstance(value, type) or not callable(value):
        return False
    if inspect.isroutine(value):
        return True
    # what numba.njit, jax.jit, jax.custom_vjp and functools make knows the function inside
    inner = next((i for n in ("__wrapped__", "py_func", "func") if (i := peek(value, n))), None)
    return inspect.isroutine(inner)


def places(backwards: Iterable[Any], home: str) -> dict[str, str]:
    """Say where the first of the backward passes is, if that is known; home: see `place`."""
    where = next((place(function, home) for function in backwards), "")
    return {"backward": where} if where else {}


def place(function: Any, home: str) -> str:
    """Return name and line of a function, with its file where that is not of ``home``.

    home: ``file:line`` of the target; nothing is returned where a function's place is not known
    """
    file, _, line = origin(function).rpartition(":") if callable(function) else ("", "", "")
    name = peek(function, "__name__")
    if not file or not isinstance(name, str):
        return ""
    same = os.path.realpath(home.rpartition(":")[0]) == os.path.realpath(file)
    return f"{name}{'' if same else f' of {os.path.basename(file)}'}, line {line}"


def origin(function: Callable[..., Any]) -> str:
    """Return ``file:line`` of a function where that is known."""
    try:
        inner = inspect.unwrap(peek(function, "py_func") or peek(function, "func") or function)
    except ValueError:
        return ""
    code = peek(inner, "__code__")
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""
