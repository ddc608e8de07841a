"""How many groups a group normalization has: what its code says, and whether they divide."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from bncheck.errors import TargetError
from bncheck.model import Convention
from bncheck.targets.common.looking import peek
from bncheck.targets.common.roles import role_of

# more groups than anybody has; a case has some channels for each, so that these are small, too
MOST = 128


def written(*things: object) -> tuple[int, ...]:
    """Return the whole numbers from 2 on that code has in it: literals, defaults and constants.

    things: functions, and classes, of which all methods are read, inherited ones of their own
        file too. Nothing is called; whether a number is one of groups is for answers to say.
    """
    found: dict[int, None] = {}
    for thing in things:
        for function in _functions(thing):
            for number in _numbers(function):
                if type(number) is int and 2 <= number <= MOST:
                    found[number] = None
    return tuple(found)


def named(*things: object) -> tuple[int, ...]:
    """Return the constants of a file that are called a number of groups, and that code reads.

    Raises nothing; code that says how many groups it has is judged by that number alone.
    """
    found: dict[int, None] = {}
    for function in (f for thing in things for f in _functions(thing)):
        for used in (n for code in _codes(function.__code__) for n in code.co_names):
            number = function.__globals__.get(used)
            if type(number) is int and number > 0 and (used == "G" or role_of(used, ("groups",))):
                found[number] = None
    return tuple(found)


def divided(own: Convention, name: str) -> None:
    """Raise TargetError where a relative's ``CONVENTION`` has sizes that no case of it has.

    A shape that is the only one is none of them: laws take its samples one by one.
    """
    if own.shape is not None:
        raise TargetError(
            f"{name}: CONVENTION has a shape, which is for batch normalization alone; of others "
            f'say how many channels there always are, as {{"channels": {own.shape[1]}}}'
        )
    if own.groups and own.channels and own.channels % own.groups:
        raise TargetError(
            f"{name}: CONVENTION has groups {own.groups} and channels {own.channels}, but "
            f"{undivided(own.groups, own.channels)}"
        )


def undivided(groups: int, channels: int) -> str:
    """Say that groups do not divide channels, and what to do."""
    fewer = next((n for n in range(groups, 1, -1) if channels % n == 0), 1)
    above = -(-channels // groups) * groups
    return (
        f"{groups} groups do not divide {channels} channels: let there be {fewer} "
        f"group{'s' * (fewer > 1)}, or a multiple of {groups} channels, as {above}"
    )


def _functions(thing: object) -> Iterator[FunctionType]:
    if not isinstance(thing, type):
        inside = peek(thing, "py_func") or peek(thing, "__wrapped__") or thing
        if isinstance(inside, FunctionType):
            yield inside
        return
    for kind in thing.__mro__:
        if kind.__module__ != thing.__module__:
            continue
        for held in list(vars(kind).values()):
            inside = held.fget if isinstance(held, property) else peek(held, "__func__", held)
            if isinstance(inside, FunctionType):
                yield inside


def _numbers(function: FunctionType) -> Iterator[Any]:
    """Yield the constants of a function: defaults, globals that it reads, then literals."""
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    home = function.__globals__
    for code in _codes(function.__code__):
        yield from (home.get(used) for used in code.co_names)
        yield from (n for n in code.co_consts if not inspect.iscode(n))
    for cell in function.__closure__ or ():
        yield peek(cell, "cell_contents")


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if inspect.iscode(inner):
            yield from _codes(inner)
