"""Calling plain Python layers: which argument goes where, read from signatures."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bncheck.errors import TargetError
from bncheck.targets.common.looking import method, names, peek
from bncheck.targets.common.roles import plain, role_of

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

MODES = {"training": (True, False), "inference": (False, True)}
# words for inference, in the order tried; any other word may raise in somebody's layer
INFERRING = (
    *("infer", "inference", "predict", "forwardeval", "forwardtest", "evalforward", "inferforward"),
    *("forwardinfer", "forwardinference", "inferenceforward", "forwardpredict", "evaluate", "test"),
    *("testforward", "normalizeinference", "forwardpassinference", "transform", "eval"),
)
WORDS = ("test", "eval", "inference", "infer", "predict", "val")


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a function, class or bound method; empty where it does not say."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return []
    return list(signature.parameters.values())


def by_role(what: str, wanted: list[inspect.Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return keyword arguments for the parameters whose role is given.

    Raises TargetError for a parameter that must be passed and stands for nothing given.
    """
    arguments: dict[str, Any] = {}
    used: set[str] = set()
    for parameter in wanted:
        role = role_of(parameter.name, given, argument=True)
        if parameter.kind in _NAMED and role is not None and role not in used:
            arguments[parameter.name] = given[role]
            used.add(role)
        elif parameter.default is inspect.Parameter.empty and parameter.kind not in _ANY:
            raise TargetError(
                f"{what} needs the argument {parameter.name!r}, which bncheck cannot guess; "
                "give a function without arguments that makes a layer which does not need it"
            )
    return arguments


@dataclass(frozen=True)
class Switch:
    """How one class is told to train or to infer.

    keyword: argument of forward, with its two values; methods: called for each mode;
    attribute: set to one of two values; method: separate name of the inference call
    """

    keyword: str = ""
    methods: tuple[tuple[str, tuple[bool, ...]], tuple[str, tuple[bool, ...]]] | None = None
    attribute: str = ""
    values: tuple[Any, Any] = (True, False)
    method: str = ""

    def turn(self, layer: object, training: bool) -> dict[str, Any]:
        """Bring the layer into a mode; returns the keyword arguments that forward needs."""
        chosen = self.values[0 if training else 1]
        if self.methods is not None:
            name, arguments = self.methods[0 if training else 1]
            getattr(layer, name)(*arguments)
        if self.attribute:
            setattr(layer, self.attribute, chosen)
        return {self.keyword: chosen} if self.keyword else {}


def switches(layer: object, forward: Callable[..., Any]) -> list[Switch]:
    """Return the ways in which the layer might be switched, the best first."""
    ways = [
        Switch(keyword=p.name, values=values)
        for p in parameters(forward)[1:]
        for values in values_of(p.name, p.default)
    ]
    ways.extend(_methods(layer))
    for name in names(layer):
        value = peek(layer, name)
        if isinstance(value, bool | str):
            ways.extend(Switch(attribute=name, values=v) for v in values_of(name, value))
    for name in names(layer):
        wanted = parameters(method(layer, name) or (lambda: None))
        if plain(name) in INFERRING and _required(wanted) == 1:
            ways.append(Switch(method=name))
    return ways


def guesses(layer: object, forward: Callable[..., Any]) -> list[Switch]:
    """Return further ways, which must be seen to work: all that is true or false."""
    flags = [p.name for p in parameters(forward)[1:] if isinstance(p.default, bool)]
    ways = [Switch(keyword=n, values=v) for n in flags for v in ((True, False), (False, True))]
    held = {name: peek(layer, name) for name in names(layer)}
    flags = [name for name, value in held.items() if isinstance(value, bool)]
    both = ((True, False), (False, True))
    return [*ways, *(Switch(attribute=n, values=v) for n in flags for v in both)]


def _required(wanted: list[inspect.Parameter]) -> int:
    return sum(p.default is inspect.Parameter.empty and p.kind not in _ANY for p in wanted)


def values_of(name: str, default: object) -> list[tuple[Any, Any]]:
    """Return what an argument or attribute of that name might be in training and in inference."""
    role = role_of(name, MODES)
    if role is None:
        return []
    if isinstance(default, str) or (
        name.lower().endswith("mode") and default is inspect.Parameter.empty
    ):
        words = [("train", word) for word in WORDS] + [("training", "inference")]
        return [*words, MODES[role]]
    return [MODES[role]]


def _methods(layer: object) -> list[Switch]:
    def arity(name: str) -> int | None:
        found = method(layer, name)
        return None if found is None else _required(parameters(found))

    pairs = (("train", "eval"), ("train", "evaluate"), ("train_mode", "eval_mode"))
    found = [
        Switch(methods=((on, ()), (off, ()))) for on, off in pairs if arity(on) == arity(off) == 0
    ]
    for name in ("train", "set_training", "set_train", "set_mode"):
        if arity(name) == 1:
            found.append(Switch(methods=((name, (True,)), (name, (False,)))))
    if arity("unfreeze") == arity("freeze") == 0:
        found.append(Switch(methods=(("unfreeze", ()), ("freeze", ()))))
    return found
