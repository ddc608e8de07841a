"""What is known of a stranger's module, and asking it on a small case."""

from dataclasses import dataclass, replace

from bncheck.errors import RAISED, told
from bncheck.model import Case, Layer
from bncheck.model.formats import format_of
from bncheck.targets.torch.making import Maker
from bncheck.targets.torch.tools import Handling, layer_of


@dataclass(frozen=True)
class Found:
    """What is known of a stranger's module so far.

    ranks: that are tried; dtype: in which it is probed; frozen: it has no training mode
    untried, warnings: as in `Implementation`
    """

    maker: Maker
    handling: Handling
    channels: int
    ranks: tuple[int, ...]
    dtype: str
    frozen: bool = False
    untried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def make(self, case: Case) -> Layer:
        """Make a living layer; without a training mode, inference stands for it."""
        layer = layer_of(self.maker.build(case), case, self.handling)
        return replace(layer, train=layer.eval) if self.frozen and layer.eval else layer

    def probing(self, case: Case) -> Layer:
        """Make a layer as `make`, which is given everything in the dtype that the module takes."""
        layer = self.make(within(case, self.dtype))
        dtype = format_of(self.dtype).dtype
        return replace(layer, train=lambda x: layer.train(x.astype(dtype)))


def within(case: Case, dtype: str) -> Case:
    """Return a case with all of its arrays in a dtype."""
    kind = format_of(dtype).dtype
    names = ("x", "gamma", "beta", "dy", "running_mean", "running_var")
    return replace(case, **{name: getattr(case, name).astype(kind) for name in names})


def attempt(found: Found, case: Case) -> str:
    """Train on a case; returns what was raised, ``""`` where it answers."""
    try:
        found.make(case).train(case.x)
    except RAISED as error:  # whatever it is, it says that this is not taken
        return said(error)
    return ""


def said(error: BaseException) -> str:
    """Return the kind of an error and what it says."""
    return ": ".join(filter(None, (type(error).__name__, first_line(error))))


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, and not too much of it."""
    return next(iter(told(error).strip().splitlines()), "")[:160]
