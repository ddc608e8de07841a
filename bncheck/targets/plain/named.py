"""The dict that functions in the style of cs231n are given and write to."""

from collections.abc import Iterator, Mapping
from typing import Any

from bncheck.targets.common.roles import role_of

_KNOWN = ("eps", "momentum", "running_mean", "running_var", "gamma", "beta")
_MODES = ("mode", "training", "train")


class Named(dict[str, Any]):
    """A dict that answers by role: ``d["moving_mean"]`` is what ``d["running_mean"]`` is.

    It holds ``mode``, ``training``, eps, momentum, the running statistics, gamma and beta.
    ``asked`` has the roles that were read or written.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Hold what is given by role."""
        super().__init__({role: given[role] for role in _KNOWN})
        self.asked: set[str] = set()
        self.turn(training=True)

    def turn(self, training: bool) -> None:
        """Say the mode."""
        self.update(mode="train" if training else "test", training=training, train=training)

    def running(self) -> list[Any]:
        """Return the running statistics, under whatever names they were written last."""
        return [self[self._written(role)] for role in ("running_mean", "running_var")]

    def _written(self, role: str) -> str:
        own = [key for key in self if key != role and _role(key) == role]
        return own[-1] if own else role

    def __getitem__(self, key: str) -> Any:
        """Answer also another name of the same role; raises KeyError where there is none."""
        role = "mode" if key in _MODES else _role(key)
        self.asked.add(role or key)
        if super().__contains__(key):
            return super().__getitem__(key)
        if role is None:
            raise KeyError(key)
        return super().__getitem__(role)

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep a value, and that it was kept."""
        self.asked.add(_role(key) or key)
        super().__setitem__(key, value)

    def get(self, key: str, default: Any = None) -> Any:
        """Answer as ``d[key]`` does, where that answers."""
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: object) -> bool:
        """Whether something of that name or role is held."""
        return super().__contains__(key) or (isinstance(key, str) and _role(key) is not None)

    def __iter__(self) -> Iterator[str]:
        """Go through the names; having this, ``{**d}`` and ``dict(d)`` ask for each."""
        return super().__iter__()

    def copy(self) -> dict[str, Any]:
        """Return a plain dict; all was asked for, then."""
        return dict(self)


def _role(key: str) -> str | None:
    return role_of(key, _KNOWN, argument=True)
