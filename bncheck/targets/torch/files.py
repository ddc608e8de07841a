"""A file with PyTorch modules and no name given: which of them is meant.

Benchmarks of generated kernels (KernelBench and its relatives) have ``class ModelNew`` beside the
``Model`` that it should be equal to, ``get_init_inputs()`` for the constructor and
``get_inputs()``: there it is ``ModelNew``, else ``Model``.
"""

from types import ModuleType
from typing import Any

import torch

from bncheck.errors import TargetError
from bncheck.model import Convention, Implementation, NormName
from bncheck.targets.torch import layers

BENCHMARK = ("ModelNew", "Model")


def recognises(target: object) -> bool:
    """Whether the target is a module of Python that defines modules of torch, and no forward."""
    if not isinstance(target, ModuleType) or any(
        callable(getattr(target, name, None)) for name in ("forward", "batchnorm_forward")
    ):
        return False
    return bool(_classes(target))


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of the one that is meant.

    Raises TargetError, which lists them, where that is not clear.
    """
    kind, called = _meant(target, name)
    return layers.adapt(kind, called, promised)


def relative(target: Any, name: str, norm: NormName | None = None) -> Implementation | None:
    """Make an implementation of the one that is meant, where it is another normalization."""
    kind, called = _meant(target, name)
    return layers.relative(kind, called, norm)


def _meant(target: Any, name: str) -> tuple[type, str]:
    """Return the class that is meant, and what reports call it."""
    there = _classes(target)
    meant = [n for n in BENCHMARK if n in there and hasattr(target, "get_init_inputs")]
    chosen = (meant or list(there))[0]
    if not meant and len(there) > 1:
        names = ", ".join(there)
        raise TargetError(
            f"{name} has several modules: {names}; name the one to check, as in {name}:{chosen}"
        )
    return there[chosen], f"{name}:{chosen}"


def _classes(target: ModuleType) -> dict[str, type]:
    """Return the classes of torch modules that are defined there, by name."""
    return {
        name: value
        for name, value in vars(target).items()
        if isinstance(value, type)
        and issubclass(value, torch.nn.Module)
        and value.__module__ == target.__name__
    }
