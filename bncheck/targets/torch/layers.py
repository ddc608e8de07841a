"""PyTorch: ``torch.nn.BatchNorm1d``, ``2d``, ``3d`` and modules with the same parts.

Modules are built or copied for each case, never changed where they are.
"""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from bncheck.errors import TargetError
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer
from bncheck.targets.common import defaults, kinds, probing
from bncheck.targets.profiles import PROFILES
from bncheck.targets.torch import compiled
from bncheck.targets.torch.tools import Module, layer_of

# which ranks each takes, by its documentation
RANKS: dict[type, tuple[int, ...]] = {
    torch.nn.BatchNorm1d: (2, 3),
    torch.nn.BatchNorm2d: (4,),
    torch.nn.BatchNorm3d: (5,),
}
# what modules take where it is asked for: nobody promises it by writing a module
HALF = ("float16", "bfloat16")
# of batch norm's parts, but of another function
INSTANCE_NORMS = (torch.nn.InstanceNorm1d, torch.nn.InstanceNorm2d, torch.nn.InstanceNorm3d)
PARTS = ("weight", "bias", "running_mean", "running_var", "eps", "momentum")


def recognises(target: object) -> bool:
    """Whether the target is a module or a class of modules."""
    return issubclass(kinds.kind_of(target), torch.nn.Module)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a module or its class.

    ``promised`` is not needed: channels are axis 1. Only torch's own classes promise torch's
    convention; a lookalike promises what its ``CONVENTION`` says.

    Raises TargetError for a module without the parts of a batch-norm layer.
    """
    if (module := compiled.inside(target, name)) is not None:
        return compiled.of(target, module, adapt(module, name, promised), layer_of)
    kind = kinds.kind_of(target)
    build = _builder(target, kind, name)
    module = build(3)
    missing = [part for part in PARTS if not hasattr(module, part)]
    if missing:
        raise TargetError(
            f"{name} is a module without {', '.join(missing)}, but should have the parts of "
            f"a torch.nn.BatchNorm1d: {', '.join(PARTS)}"
        )
    channels = None if isinstance(target, type) else _channels(module, name)
    if kind in RANKS:
        own = PROFILES["torch"]
    else:
        own = Convention.from_mapping(getattr(target, "CONVENTION", {}), f"{name}: CONVENTION")

    def make(case: Case) -> Layer:
        return layer_of(build(case.channels), case)

    return Implementation(
        name=name,
        make=make,
        abilities=_abilities(module, genuine=kind in RANKS),
        convention=own,
        domain=Domain(
            ranks=RANKS[kind] if kind in RANKS else _probed(make, name, channels or 3),
            channels=channels,
            dtypes=own.dtypes or Domain.dtypes,
            takes=HALF,
            affine=module.weight is not None and module.bias is not None,
        ),
        origin=kinds.known_source(kind),
        defaults=defaults.told(module.eps, module.momentum),  # None: a cumulative average
    )


def _builder(target: Any, kind: type, name: str) -> Callable[[int], Module]:
    """Return what makes a module for a number of channels, with nothing set yet."""
    if "Lazy" in kind.__name__:
        raise TargetError(
            f"{name} learns its number of channels from its first batch, so its parameters "
            f"cannot be set before; check {kind.__name__.replace('Lazy', '')} instead"
        )
    if issubclass(kind, torch.nn.SyncBatchNorm):
        raise TargetError(
            f"{name} needs a group of processes; check torch.nn.BatchNorm1d, 2d or 3d instead"
        )
    if issubclass(kind, INSTANCE_NORMS):
        raise TargetError(
            f"{name} normalizes each sample by itself: that is instance normalization, not batch "
            "normalization; check torch.nn.BatchNorm1d, 2d or 3d"
        )
    if isinstance(target, torch.jit.ScriptModule):
        raise TargetError(
            f"{name} is a script module, whose eps and momentum are constants that no case can "
            "set; give the module that it was made of, or torch.compile(module)"
        )
    if not isinstance(target, type):
        return lambda channels: copy.deepcopy(target)
    try:
        target(3)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise TargetError(
            f"{name} could not be made as {kind.__name__}(3), for 3 channels: {text}; "
            "give a function without arguments that makes it"
        ) from error
    return lambda channels: target(channels)


def _channels(module: Module, name: str) -> int:
    for part in PARTS[:4]:
        tensor = getattr(module, part)
        if tensor is not None:
            return int(tensor.numel())
    known = getattr(module, "num_features", None)
    if isinstance(known, int):
        return known
    raise TargetError(f"{name} does not say how many channels it has; give it num_features")


def _abilities(module: Module, *, genuine: bool) -> frozenset[Ability]:
    affine = module.weight is not None and module.bias is not None
    running = module.running_mean is not None and module.running_var is not None
    there: dict[Ability, bool] = {
        "backward": True,
        "eval": running,  # without running statistics, torch evaluates with those of the batch
        "eval_backward": running,
        "running": running,
        "state_before_step": running,
        "jvp": True,
        "double_backward": affine,
        "cumulative": running and genuine,
    }
    return frozenset(ability for ability, has in there.items() if has)


def _probed(make: Callable[[Case], Layer], name: str, channels: int) -> tuple[int, ...]:
    reasons = probing.ranks(make, channels)
    taken = tuple(rank for rank, reason in reasons.items() if not reason)
    if not taken:
        reason = next(iter(reasons.values()))
        raise TargetError(f"{name} takes no array of rank 2 to 5; for rank 2: {reason}")
    return taken
