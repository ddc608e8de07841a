"""A file that says which normalization it is, and is another one, or none: that is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.model import Case, Domain, Layer
from bncheck.model.formats import Array
from bncheck.targets.common.which_norm import Asking, which

# channels of each group, of several groups
EACH = 4


def differing(
    make: Callable[[Case], Layer], domain: Domain, ranks: tuple[int, ...], by: str = "NORM"
) -> tuple[str, ...]:
    """Return a sentence where a target is seen to be another normalization than it says.

    make: makes layers of cases with gamma along axis 1; ranks: of the arrays of its users
    by: what says which it is
    """
    norm = domain.norm
    said = f"{by} is {norm.name!r}" if by == "NORM" else f"by {by} it is {norm.called}"
    groups = norm.groups or 3
    rows = norm.name in ("layer", "rms")

    def call(x: Array, gamma: Array, beta: Array, eps: float) -> Array:
        given = np.moveaxis(x, -1, 1) if rows else x
        zeros = np.zeros(given.shape[1], x.dtype)
        told = replace(norm, groups=groups if norm.name == "group" else given.shape[1])
        case = Case(given, gamma, beta, 0 * given, zeros, 1 + zeros, eps, norm=told)
        y = np.asarray(make(case).train(given))
        return np.moveaxis(y, 1, -1) if rows else y

    asking = Asking(
        ranks=tuple(rank for rank in ranks if rank < 5) or ranks,
        channels=groups * EACH if norm.name == "group" else 12,
        shifted=norm.shifted,
        affine=domain.affine,
        dtype=domain.dtypes[-1],
        alongs=("last",) if rows else ("axis 1",),
    )
    if domain.fixed_eps is not None:
        asking = replace(asking, eps=domain.fixed_eps)
    found = which(call, asking)
    if found.found is None:
        closest = found.closest
        if closest is None:
            return ()
        # what differs stands first: a report cuts long sentences
        own = closest.norm.name == norm.name
        return (f"{said}, but {found.told}" + ("" if own else f"; it looks most like {closest}"),)
    other = found.found.norm
    # on two axes, layer normalization is group normalization with one group
    same = {other.name, norm.name} == {"layer", "group"} and other.groups < 2 and ranks == (2,)
    if other.name == norm.name or same:
        return ()
    return (f"{said}, but {found}: let it be {found.found.lines}",)
