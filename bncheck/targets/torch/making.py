"""Making modules for a case: of a class by its constructor, of an instance by a copy."""

import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

import torch

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import Case
from bncheck.targets.common import probing
from bncheck.targets.common.calls import by_role, parameters
from bncheck.targets.common.roles import role_of

Module = Any


@dataclass(frozen=True)
class Maker:
    """How modules are made: ``build(case)`` makes one, in which nothing is set yet.

    given: roles that the constructor takes; fixed: the number of channels cannot be chosen, and is
    ``channels`` where that is known; example: the shape of x that the file itself gives
    """

    build: Callable[[Case], Module]
    given: frozenset[str] = frozenset()
    fixed: bool = False
    channels: int | None = None
    example: tuple[int, ...] = ()


def refuse(target: Any, kind: type, name: str) -> None:
    """Raise TargetError for modules that cannot be batch norm, or cannot be given a case."""
    if "Lazy" in kind.__name__:
        raise TargetError(
            f"{name} learns its number of channels from its first batch, so its parameters "
            f"cannot be set before; check {kind.__name__.replace('Lazy', '')} instead"
        )
    if issubclass(kind, torch.nn.SyncBatchNorm):
        raise TargetError(
            f"{name} needs a group of processes; check torch.nn.BatchNorm1d, 2d or 3d instead"
        )
    if isinstance(target, torch.jit.ScriptModule):
        raise TargetError(
            f"{name} is a script module, whose eps and momentum are constants that no case can "
            "set; give the module that it was made of, or torch.compile(module)"
        )


def maker(target: Any, name: str) -> Maker:
    """Return how to make modules of a class, or copies of an instance.

    Raises TargetError where a class cannot be made by any of the usual arguments.
    """
    if not isinstance(target, type):
        return Maker(lambda case: _placed(copy.deepcopy(target)), fixed=True)
    if (init := _init_inputs(target)) is not None:
        return _of_benchmark(target, name, init)
    given = frozenset(r for p in parameters(target) if (r := role_of(p.name)) is not None)
    errors: list[str] = []
    for way in _ways(target, name):
        try:
            way(probing.case(2))
        except RAISED as error:  # whatever it is, another way may do
            errors.append(f"{type(error).__name__}: {told(error)}")
        else:
            return Maker(way, given & {"eps", "momentum", "rank"})
    raise TargetError(
        f"{name} could not be made as {target.__name__}(3), for 3 channels: {errors[-1]}; "
        "give a function without arguments that makes it"
    )


def _placed(module: Module) -> Module:
    """Move a copy to the default device, where somebody has chosen one."""
    device = torch.get_default_device()
    return module if device.type == "cpu" else module.to(device)


def _ways(kind: Any, name: str) -> Iterator[Callable[[Case], Module]]:
    """Yield ways to call a constructor: by what its arguments are called, then by channels only."""
    wanted = parameters(kind)

    def by_names(case: Case) -> Module:
        return kind(**by_role(name, wanted, _arguments(case)))

    def by_position(case: Case) -> Module:
        # the first argument is the channels, whatever it is called
        return kind(case.channels, **by_role(name, wanted[1:], _arguments(case)))

    if wanted and role_of(wanted[0].name, ("channels", "shape")) is None and _must(wanted[0]):
        yield by_position
    yield by_names
    yield lambda case: kind(case.channels)


def _must(parameter: Parameter) -> bool:
    return parameter.default is Parameter.empty


def _arguments(case: Case) -> dict[str, Any]:
    settings = {"eps": case.eps, "momentum": case.momentum, "rank": case.x.ndim}
    return {"channels": case.channels, "shape": (case.channels,), **settings}


def _init_inputs(kind: type) -> Any:
    """Return the function of a benchmark's file that gives the arguments, None elsewhere."""
    home = sys.modules.get(kind.__module__)
    return getattr(home, "get_init_inputs", None)


def _of_benchmark(kind: Any, name: str, init: Callable[[], Any]) -> Maker:
    """Make a module as KernelBench does: from its file's ``get_init_inputs()``."""

    def build(case: Case) -> Module:
        arguments = init()
        if isinstance(arguments, dict):
            return kind(**arguments)
        if len(arguments) == 2 and isinstance(arguments[1], dict):
            positional, named = arguments
            if isinstance(positional, list | tuple):  # also a form in use: [args, kwargs]
                return kind(*positional, **named)
        return kind(*arguments) if parameters(kind) else kind()

    try:
        build(probing.case(2))
    except RAISED as error:
        text = f"{type(error).__name__}: {told(error)}"
        raise TargetError(
            f"{name} could not be made from get_init_inputs() of its file: {text}"
        ) from error
    shape = _example(kind)
    channels = shape[1] if len(shape) > 1 else None
    return Maker(build, fixed=True, channels=channels, example=shape)


def _example(kind: type) -> tuple[int, ...]:
    """Return the shape of the first array that ``get_inputs()`` gives, without making it.

    Benchmarks give arrays of gigabytes; torch's meta device makes none.
    """
    function = getattr(sys.modules.get(kind.__module__), "get_inputs", None)
    for device in ("meta", "cpu"):
        try:
            with torch.device(device):
                first = function()[0]  # type: ignore[misc] # what is no function raises
            return tuple(first.shape)
        except RAISED:  # such as .cuda() where there is none; then it is unknown
            continue
    return ()
