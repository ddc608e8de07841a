"""A class of ``torch.autograd.Function`` by itself: what it takes, and a function to apply it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import torch

from bncheck.errors import RAISED
from bncheck.targets.common.looking import peek
from bncheck.targets.common.roles import role_of

# what one small call is given, by role: one for each channel, and one number
_VECTORS = {"gamma": 1.0, "beta": 0.0, "running_mean": 0.0, "running_var": 1.0}
_SCALARS: dict[str, Any] = {"eps": 1e-5, "momentum": 0.1, "training": True}


def kind_in(target: object) -> Any:
    """Return the class of functions that a target is, or whose ``apply`` it is, or None.

    In a module it is the only one that is defined there, where nothing else there is called.
    """
    kind = _only(target) if isinstance(target, ModuleType) else target
    owner = peek(kind, "__self__")
    if is_function(owner) and peek(kind, "__name__") == "apply":
        return owner
    return kind if is_function(kind) else None


def is_function(target: object) -> bool:
    """Whether a target is a class of functions, and not the one that all are made from."""
    own = torch.autograd.Function
    return isinstance(target, type) and issubclass(target, own) and target is not own


def signature_of(kind: Any) -> inspect.Signature:
    """Return what ``apply`` takes: the arguments of ``forward``, but the context.

    Where ``setup_context`` is defined, as torch recommends since 2.0, forward is given none.
    """
    signature = inspect.signature(kind.forward)
    if kind.setup_context is not torch.autograd.Function.setup_context:
        return signature
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def function_of(kind: Any) -> Callable[..., Any]:
    """Return a function that applies a class.

    It stands where the class does: its file's names are its own, as those of any function there.
    """
    signature = _taken(kind, signature_of(kind))

    def forward(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()  # apply takes no names
        return kind.apply(*bound.args)

    written = inspect.unwrap(kind.forward).__code__
    code = forward.__code__.replace(
        co_filename=written.co_filename, co_firstlineno=written.co_firstlineno
    )
    home = vars(sys.modules[kind.__module__])
    made = FunctionType(code, home, kind.__name__, None, forward.__closure__)
    made.__dict__.update(__signature__=signature)
    made.__doc__, made.__module__ = kind.__doc__, kind.__module__
    return made


def _only(module: ModuleType) -> object:
    own = [v for v in vars(module).values() if peek(v, "__module__") == module.__name__]
    functions = [v for v in own if is_function(v)]
    others = [v for v in own if v not in functions and callable(v)]
    return functions[0] if len(functions) == 1 and not others else None


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
    try:
        y = kind.apply(x, *map(_example, parameters[1:]))
        (y[0] if isinstance(y, tuple) else y).sum().backward()
    except RuntimeError as error:
        return "number of gradients" not in str(error)
    except RAISED:  # something else that it cannot do, which is found out where it is called
        return True
    return True


def _example(parameter: inspect.Parameter) -> Any:
    """Return what one small call is given for a parameter; its default where it has no role."""
    role = role_of(parameter.name, (*_VECTORS, *_SCALARS), argument=True)
    if role in _VECTORS:
        return torch.full((3,), _VECTORS[role])
    if role in _SCALARS:
        return _SCALARS[role]
    return None if parameter.default is parameter.empty else parameter.default
