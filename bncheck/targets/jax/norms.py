"""What JAX's frameworks share of layer, RMS, group and instance normalization.

A layer is a pure function in the layout of its user; `bncheck.targets.common.view` asks it for
the cases of both kinds. All layers of one kind share their traced programs, so that a row at a
time is not traced row by row.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bncheck.model import Case, Convention, Domain, Implementation, Layer, Norm
from bncheck.targets.common import kinds
from bncheck.targets.common.view import viewed
from bncheck.targets.jax import tools
from bncheck.targets.jax.programs import Call

# of a case: instance normalization has one more in its user's arrays
RANKS = {"layer": (2, 3, 4, 5), "rms": (2, 3, 4, 5), "group": (2, 3, 4, 5), "instance": (2, 3, 4)}


@dataclass(frozen=True)
class Pure:
    """How a framework's layers of one kind are computed.

    call: makes the pure function ``(setting, x, gamma, beta, state) -> y, state`` for a number of
        groups, which is 0 where the norm has none
    axis: of the channels of group and instance normalization, as the framework has them
    uses: which of gamma and beta it has; genuine: it is the framework's own class
    """

    norm: Norm
    call: Callable[[int], Call]
    uses: tuple[str, ...]
    axis: int = 1
    ranks: tuple[int, ...] = ()
    dtypes: tuple[str, ...] = Domain.dtypes
    genuine: bool = True
    defaults: Mapping[str, float] = field(default_factory=dict)
    convention: Convention = field(default_factory=Convention)

    def layers(self) -> Callable[[int], tools.PureLayer]:
        """Return what gives the pure layer for a number of groups, each made once."""
        by_value = self.norm.owner == "value"

        def made(groups: int) -> tools.PureLayer:
            return tools.PureLayer(
                self.call(groups),
                1 if by_value else self.axis,
                read=None,
                uses=self.uses,
                shifted=self.norm.shifted,
                whole=by_value,
                # sizes that stand for others cannot be divided into groups
                uniform=self.genuine and self.norm.name != "group",
            )

        return functools.lru_cache(maxsize=64)(made)


def implementation(pure: Pure, *, name: str, origin: type) -> Implementation:
    """Make an implementation of a framework's layers of one kind.

    name: what reports call it; origin: the class
    """
    norm = replace(pure.norm, shifted=pure.norm.shifted and "beta" in pure.uses)
    layers = replace(pure, norm=norm).layers()
    grouped = norm.name == "group"

    def make(case: Case) -> Layer:
        return layers(case.norm.groups if grouped else 0)(case)

    alike = layers(norm.groups)
    return Implementation(
        name=name,
        make=viewed(norm, make),
        abilities=tools.abilities(alike),
        convention=pure.convention,
        domain=Domain(
            ranks=pure.ranks or RANKS[norm.name],
            dtypes=pure.dtypes,
            affine=alike.affine,
            strided=False,  # JAX has no strides, and compiles for each shape
            few_shapes=True,
            multiple=norm.groups or 1,
            norm=norm,
        ),
        origin=kinds.source(origin),
        defaults=pure.defaults,
    )
