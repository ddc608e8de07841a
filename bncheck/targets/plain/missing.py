"""What a module without a forward pass has instead, and what to check of it."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from bncheck.model import Implementation
from bncheck.targets.common.calls import parameters
from bncheck.targets.common.dividing import divides
from bncheck.targets.common.looking import peek
from bncheck.targets.common.pasting import call, wrapper
from bncheck.targets.common.roles import plain
from bncheck.targets.plain.planning import forwards


def _signature(function: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):
        return "unknown arguments"


def _layers(home: Mapping[str, Any]) -> Iterator[str]:
    """Yield what looks like a layer: instances, then its own classes, then imported norms."""
    there = {k: v for k, v in home.items() if not k.startswith("_")}
    classes = {k: v for k, v in there.items() if inspect.isclass(v) and forwards(v)}
    for name, value in there.items():
        other = inspect.isclass(value) or isinstance(value, ModuleType)
        if not other and callable(peek(type(value), "forward")):
            yield name
    own = [k for k, v in classes.items() if peek(v, "__module__") == home.get("__name__")]
    # a network that is imported beside is none
    norms = [k for k in classes if re.search(r"norm|bn", plain(k))]
    yield from sorted(own, key=lambda k: k not in norms)
    yield from (k for k in norms if k not in own)


def no_forward(home: Mapping[str, Any], where: str) -> str:
    """Say that a module has no forward pass, and what it has instead.

    home: the module's names; where: what reports call it
    """
    public = {k: v for k, v in home.items() if not k.startswith("_") and callable(v)}
    near = [k for k in public if "forward" in k] or get_close_matches("forward", public, n=1)
    layers = list(_layers(home))
    made = [k for k, v in home.items() if isinstance(v, Implementation)]
    if "forward" in public and not inspect.isclass(public["forward"]):
        takes = f"{where}: forward takes {_signature(public['forward'])}"
        return f"{takes}, but should take (x, gamma, beta, eps){divides(public['forward'])}"
    message = f"{where} has no function forward(x, gamma, beta, eps)"
    if made:
        return f"{message}; check {' or '.join(f'{where}:{name}' for name in made[:4])}"
    if layers:
        return f"{message}; {layers[0]} looks like a layer: check {where}:{layers[0]}"
    if near:
        return f"{message}; did you mean to call {near[0]} so?"
    norms = [k for k, v in public.items() if "norm" in plain(k) and not inspect.isclass(v)]
    told = divides(public[norms[0]]) if len(norms) == 1 else ""
    message = f"{message}; it has {', '.join(public) or 'no functions'}{told}"
    return message if told else "\n".join((message, *_to_paste(home, where, public, norms)))


def _to_paste(
    home: Mapping[str, Any], where: str, public: Mapping[str, Any], norms: list[str]
) -> tuple[str, ...]:
    """Return code around the function that is meant, where it is clear which; nothing else."""
    module = str(home.get("__name__"))
    own = [k for k, v in public.items() if inspect.isfunction(v) and v.__module__ == module]
    meant = [k for k in norms if k in own] or own
    if len(meant) != 1:
        return ()
    function = public[meant[0]]
    if not parameters(function):
        return (f"if {meant[0]} makes a layer, check {where}:{meant[0]}",)
    return wrapper(module, meant[0], f"return {call(meant[0], function)}")
