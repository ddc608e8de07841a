"""PyTorch: ``torch.nn.BatchNorm1d``, ``2d``, ``3d``, and anybody's modules.

Modules are built or copied for each case, never changed where they are.
"""

import functools
from typing import Any

import torch

from bncheck.errors import TargetError
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer, NormName
from bncheck.targets.common import defaults, kinds, weights
from bncheck.targets.profiles import PROFILES
from bncheck.targets.torch import compiled, making, norms
from bncheck.targets.torch.applying import is_function
from bncheck.targets.torch.parts import of_torch
from bncheck.targets.torch.relatives import strangers
from bncheck.targets.torch.relatives.applied import applied
from bncheck.targets.torch.strangers import implementation
from bncheck.targets.torch.tools import Handling, layer_of

# which ranks each takes, by its documentation
RANKS: dict[type, tuple[int, ...]] = {
    torch.nn.BatchNorm1d: (2, 3),
    torch.nn.BatchNorm2d: (4,),
    torch.nn.BatchNorm3d: (5,),
}
# what modules take where it is asked for: nobody promises it by writing a module
HALF = ("float16", "bfloat16")


def recognises(target: object) -> bool:
    """Whether the target is a module or a class of them, or of autograd.Function."""
    return issubclass(kinds.kind_of(target), torch.nn.Module) or is_function(target)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a module or its class.

    ``promised.channel_axis``, or that of the module's own ``CONVENTION``, says where its channels
    are; otherwise that is axis 1, or the last where only that normalizes. Only torch's own classes
    promise torch's convention; another promises what its ``CONVENTION`` says.

    Raises TargetError for a module that is no batch normalization.
    """
    if is_function(target):
        raise TargetError(f"{name} is no module; give one around it to check it as another norm")
    if kinds.kind_of(target) in norms.OWN:
        return norms.adapt(target, name)
    if (module := compiled.inside(target, name)) is not None:
        plain, handling = _adapted(module, name, promised)
        put = functools.partial(layer_of, handling=handling)
        return compiled.of(target, module, plain, put)
    return _adapted(target, name, promised)[0]


def relative(target: Any, name: str, norm: NormName | None = None) -> Implementation | None:
    """Make an implementation of somebody's layer, RMS, group or instance normalization.

    norm: what it is said to be, by ``NORM`` or ``--norm``; None: what it says itself. Returns None
    for what is known, and for batch normalization.
    """
    if is_function(target):
        target = applied(target, name)
    kind = kinds.kind_of(target)
    if kind in RANKS or kind in norms.OWN or "Lazy" in kind.__name__:
        return None
    return strangers.relative(target, name, norm)


def _adapted(target: Any, name: str, promised: Convention) -> tuple[Implementation, Handling]:
    kind = kinds.kind_of(target)
    making.refuse(target, kind, name)
    if kind not in RANKS:
        return implementation(target, name, promised)
    handling = Handling(of_torch(target(3) if isinstance(target, type) else target), own=True)
    return _own(target, kind, name, handling), handling


def _own(target: Any, kind: type, name: str, handling: Handling) -> Implementation:
    """Make an implementation of one of torch's own layers, which are known."""
    build = making.maker(target, name).build if not isinstance(target, type) else None
    module = target(3) if isinstance(target, type) else target

    def make(case: Case) -> Layer:
        return layer_of(build(case) if build else target(case.channels), case, handling)

    return Implementation(
        name=name,
        make=make,
        abilities=_abilities(handling),
        convention=PROFILES["torch"],
        domain=Domain(
            ranks=RANKS[kind],
            channels=None if isinstance(target, type) else module.num_features,
            takes=HALF,
            affine=handling.affine,
        ),
        origin=kinds.source(kind),
        defaults=defaults.told(module.eps, module.momentum),  # None: a cumulative average
        weights={} if isinstance(target, type) else _weights(module),
    )


def _weights(module: Any) -> dict[str, str]:
    """Return digests of the module's own weights, where it has all four."""
    names = ("weight", "bias", "running_mean", "running_var")
    held = [getattr(module, name, None) for name in names]
    tensors = [tensor for tensor in held if isinstance(tensor, torch.Tensor)]
    if len(tensors) < len(names) or any(tensor.is_meta for tensor in tensors):
        return {}
    arrays = [tensor.detach().to("cpu", torch.float32).numpy() for tensor in tensors]
    return weights.digests(dict(zip(weights.ROLES, arrays, strict=True)))


def _abilities(handling: Handling) -> frozenset[Ability]:
    running = handling.running
    there: dict[Ability, bool] = {
        "backward": True,
        "eval": running,  # without running statistics, torch evaluates with those of the batch
        "eval_backward": running,
        "running": running,
        "state_before_step": running,
        "jvp": True,
        "double_backward": handling.affine,
        "cumulative": running,
    }
    return frozenset(ability for ability, has in there.items() if has)
