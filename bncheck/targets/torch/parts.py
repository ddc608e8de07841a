"""Where the parts of batch norm are in a module, wherever they are nested and whatever their form.

Tensors are looked for among parameters, buffers, plain attributes and dicts of the module and of
the modules in it; eps and momentum among numbers, and tensors of one number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from bncheck.targets.common.roles import order, role_of

Module = Any  # torch.nn.Module types its attributes as Tensor | Module
SCALARS = ("eps", "momentum")


@dataclass(frozen=True)
class Place:
    """A place in a module: the path of the module it is in, an attribute, perhaps a key of it."""

    owner: str
    name: str
    key: str | None = None

    def __str__(self) -> str:
        """The path as one writes it: ``norm.weight``."""
        return ".".join(filter(None, (self.owner, self.name, self.key)))

    def get(self, module: Module) -> Any:
        """Return what is there."""
        value = getattr(self._owner(module), self.name)
        return value if self.key is None else value[self.key]

    def put(self, module: Module, value: Any) -> None:
        """Put something there as it is."""
        owner = self._owner(module)
        if self.key is None:
            setattr(owner, self.name, value)
        else:
            getattr(owner, self.name)[self.key] = value

    def fill(self, module: Module, values: torch.Tensor) -> None:
        """Put values there in the form of what is there: a parameter or none, of that shape."""
        old = self.get(module)
        new = values.reshape(old.shape) if old.numel() == values.numel() else values
        if isinstance(old, torch.nn.Parameter):
            new = torch.nn.Parameter(new, requires_grad=old.requires_grad)
        elif old.requires_grad and old.is_leaf:
            new = new.requires_grad_()
        self.put(module, new)

    def set_number(self, module: Module, value: float | None) -> None:
        """Put a number there, as a tensor where one is there."""
        old = self.get(module)
        if isinstance(old, torch.Tensor) and value is not None:
            new: Any = torch.full_like(old.detach(), value)
            self.put(
                module, torch.nn.Parameter(new) if isinstance(old, torch.nn.Parameter) else new
            )
        else:
            self.put(module, value)

    def _owner(self, module: Module) -> Any:
        for part in filter(None, self.owner.split(".")):
            module = getattr(module, part)
        return module


Places = tuple[Place, ...]


@dataclass(frozen=True)
class Parts:
    """The parts of batch norm in a module, by role; one tensor may have several places.

    tensors: gamma, beta, running_mean, running_var; numbers: eps and momentum where they are set
    as attributes, not by the constructor
    """

    tensors: Mapping[str, Places] = field(default_factory=dict)
    numbers: Mapping[str, Places] = field(default_factory=dict)

    def tensor(self, module: Module, role: str) -> torch.Tensor | None:
        """Return the tensor of a role, None where the module has none."""
        places = self.tensors.get(role, ())
        return places[0].get(module) if places else None

    def has(self, *roles: str) -> bool:
        """Whether there is a tensor for each of these roles."""
        return all(role in self.tensors for role in roles)


_NAMES = {"gamma": "weight", "beta": "bias", "running_mean": "running_mean"} | {
    "running_var": "running_var"
}


def of_torch(module: Module) -> Parts:
    """Return the parts of one of torch's own modules, by the names that it gives them."""
    there = {r: (Place("", n),) for r, n in _NAMES.items() if getattr(module, n) is not None}
    return Parts(there, {role: (Place("", role),) for role in SCALARS})


def tensors(module: Module, count: int | None) -> dict[str, Places]:
    """List the floating-point tensors with so many elements, by the path of their first place."""
    found: dict[int, list[Place]] = {}
    for place, value in _held(module):
        floats = isinstance(value, torch.Tensor) and value.is_floating_point() and value.dim() > 0
        if floats and (count is None or value.numel() == count):
            found.setdefault(id(value), []).append(place)
    return {str(places[0]): tuple(places) for places in found.values()}


def numbers(module: Module) -> dict[str, Places]:
    """List the places of eps and of momentum; of several names in one module, the usual one."""
    found: dict[str, list[Place]] = {}
    best: dict[tuple[str, str], Place] = {}
    for place, value in _held(module):
        role = role_of(place.name, SCALARS)
        if role is not None and place.key is None and _is_number(value):
            known = best.get((place.owner, role))
            if known is None or _rank(role, place) < _rank(role, known):
                best[place.owner, role] = place
    for (_, role), place in best.items():
        found.setdefault(role, []).append(place)
    return {role: tuple(places) for role, places in found.items()}


def _rank(role: str, place: Place) -> int:
    return order(role, place.name)


def _is_number(value: object) -> bool:
    if isinstance(value, torch.Tensor):
        return value.numel() == 1 and value.is_floating_point()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _held(module: Module) -> Iterator[tuple[Place, Any]]:
    """Yield everything that the module and the modules in it hold."""
    for path, owner in module.named_modules():
        own = {**owner._parameters, **owner._buffers}
        own |= {k: v for k, v in vars(owner).items() if not k.startswith("__") and k not in _INNER}
        # what torch's other modules call alpha or momentum is their own
        foreign = type(owner).__module__.startswith("torch.nn.") and not (
            hasattr(owner, "track_running_stats") or isinstance(owner, _NORMS)
        )
        for name, value in own.items():
            if isinstance(value, dict):
                for key in (k for k in value if isinstance(k, str)):
                    yield Place(path, name, key), value[key]
            elif not foreign or isinstance(value, torch.Tensor):
                yield Place(path, name), value


_NORMS = (torch.nn.LayerNorm, torch.nn.RMSNorm, torch.nn.GroupNorm)
_INNER = frozenset(vars(torch.nn.Module()))
