"""Whether a net can be trained with somebody's layer, and what of the net has to fit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bncheck.engine import Options, opening
from bncheck.engine.stepping import Step
from bncheck.errors import NotSupported, TargetError
from bncheck.lab.training import Setup
from bncheck.model import Domain
from bncheck.model.arrays import samples

# with fewer units than classes, or fewer images, nobody expects a net to learn; with more, a
# step takes seconds
UNITS = range(10, 1001)
BATCH = range(8, 513)


@dataclass(frozen=True)
class Fitted:
    """A net's setup as the layer allows it, and how the layer is asked."""

    setup: Setup
    step: Step


def fitted(name: str, loaded: Mapping[str, Any], setup: Setup, options: Options) -> Fitted:
    """Fit a setup to a layer: numbers of units and images, and eps, where these are fixed.

    Raises TargetError or NotSupported, one sentence, where the net cannot be trained with it.
    """
    domain = opening.domain(loaded)
    if reason := _refused(domain, loaded):
        raise NotSupported(f"{name} {reason}; bncheck verify checks it all the same")
    if "backward" not in loaded["abilities"]:
        raise TargetError(
            f"{name} has no backward pass, and without one no net is trained: let it return dx, "
            "dgamma and dbeta; bncheck verify checks what there is of it"
        )
    shape = domain.example(setup.batch, setup.net.widths[1])
    m = samples(shape)
    for given, may, what in ((shape[1], UNITS, "channels"), (m, BATCH, "values per channel")):
        if given not in may:
            raise NotSupported(
                f"{name} takes {given} {what} only, and the net can have {may[0]} to {may[-1]}"
            )
    dtypes = dict(opening.dtypes(loaded, options))
    dtype = "float64" if "float64" in dtypes else next(iter(dtypes))
    eps = domain.eps(setup.net.eps)
    widths = (setup.net.widths[0], *(shape[1],) * setup.net.hidden, setup.net.widths[-1])
    return Fitted(
        replace(setup, net=replace(setup.net, widths=widths, eps=eps), batch=m),
        Step(shape, dtype, dtypes[dtype], eps, domain.momentum(0.1)),
    )


def _refused(domain: Domain, loaded: Mapping[str, Any]) -> str:
    """Say why it is no layer for this net; nothing where it is."""
    if domain.norm.name != "batch":
        return f"is {domain.norm.called}, and the net has batch normalization"
    if not domain.training:
        return "has no training mode, and that is what a net is trained in"
    if domain.activation:
        return f"has {domain.activation} fused behind it, and the net has its own activation"
    if not domain.affine:
        return "has no gamma and beta that can be set, and the net trains them"
    return ""
