"""A ``torch.autograd.Function`` of batch normalization by itself, as a function that applies it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import torch

from bncheck.errors import RAISED
from bncheck.targets.common.claiming import claimed
from bncheck.targets.common.looking import peek
from bncheck.targets.common.roles import role_of

# what each is given in one small call; what has no role is left to its default
_GIVEN: dict[str, Any] = {
    "gamma": 1.0,
    "beta": 0.0,
    "running_mean": 0.0,
    "running_var": 1.0,
    "eps": 1e-5,
    "momentum": 0.1,
    "training": True,
}


def function_of(target: object) -> Callable[..., Any] | None:
    """Return the function that applies a class, or ``Name.apply``; None where it is neither.

    In a module it is the only class of them, where nothing else there is called ``forward`` and
    no module of torch is defined. None too for what says to be another normalization, which
    `relatives.applied` makes a module of.
    """
    kind = _only(target) if isinstance(target, ModuleType) else target
    owner = peek(kind, "__self__")
    if _is_function(owner) and peek(kind, "__name__") == "apply":
        kind = owner
    if not _is_function(kind) or claimed(kind).norms:  # type: ignore[arg-type] # it is a class
        return None
    return _applying(kind)


def _is_function(target: object) -> bool:
    own = torch.autograd.Function
    return isinstance(target, type) and issubclass(target, own) and target is not own


def _only(module: ModuleType) -> object:
    """Return the only class of functions that a module defines; None where it has other things."""
    own = [v for v in vars(module).values() if peek(v, "__module__") == module.__name__]
    functions = [v for v in own if _is_function(v)]
    others = [v for v in own if v not in functions and callable(v)]
    return functions[0] if len(functions) == 1 and not others else None


def _applying(kind: Any) -> Callable[..., Any]:
    """Return a function with the arguments of ``kind.forward`` but the context.

    It stands where the class does: its file's names are its own, as those of any function there.
    """
    signature = inspect.signature(kind.forward)
    signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    signature = _taken(kind, signature)

    def forward(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()  # apply takes no names
        return kind.apply(*bound.args)

    written = kind.forward.__code__
    code = forward.__code__.replace(
        co_filename=written.co_filename, co_firstlineno=written.co_firstlineno
    )
    home = vars(sys.modules[kind.__module__])
    made = FunctionType(code, home, kind.__name__, None, forward.__closure__)
    made.__dict__.update(__signature__=signature)
    made.__doc__, made.__module__ = kind.__doc__, kind.__module__
    return made


def _taken(kind: Any, signature: inspect.Signature) -> inspect.Signature:
    """Leave out arguments with a default for which ``backward`` returns nothing.

    Its users leave them out; with them, torch raises because gradients are missing.
    """
    parameters = list(signature.parameters.values())
    fewest = sum(p.default is p.empty for p in parameters)
    for count in range(len(parameters), fewest - 1, -1):
        if count == fewest or _differentiates(kind, parameters[:count]):
            return signature.replace(parameters=parameters[:count])
    return signature


def _differentiates(kind: Any, parameters: list[inspect.Parameter]) -> bool:
    x = torch.arange(12.0).reshape(4, 3).sin().requires_grad_()
    given: list[Any] = [x]
    for parameter in parameters[1:]:
        value = _GIVEN.get(role_of(parameter.name, tuple(_GIVEN), argument=True) or "")
        if value is None:
            value = None if parameter.default is parameter.empty else parameter.default
        elif role_of(parameter.name, ("gamma", "beta", "running_mean", "running_var")):
            value = torch.full((3,), value)
        given.append(value)
    try:
        y = kind.apply(*given)
        (y[0] if isinstance(y, tuple) else y).sum().backward()
    except RuntimeError as error:
        return "number of gradients" not in str(error)
    except RAISED:  # something else that it cannot do, which is found out where it is called
        return True
    return True
