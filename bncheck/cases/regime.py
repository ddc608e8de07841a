"""A regime of inputs, as data, and how it is narrowed to what an implementation takes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from bncheck.cases.data import batch_of
from bncheck.cases.recipe import Recipe
from bncheck.model import Domain, NormName
from bncheck.model.formats import Format, format_of

Shape = tuple[int, ...]
EPS = (1e-5, 1e-3, 0.5, 0.1, 1e-8, 1e-12)


@dataclass(frozen=True)
class Regime:
    """Choices for each part of a recipe.

    batch, channels, sizes, ranks: make the shape, unless ``shapes`` lists whole ones
    amplitude: digits lie in [-amplitude, amplitude]
    offset_bits: offsets are powers of two, given in parts of the format's precision: 1.0 is the
        offset at which a unit is one rounding error
    dtypes: the formats that the regime is about (empty: all)
    own_calls: laws that make their own calls are tried too (not where a call is large)
    own_shapes: on these shapes (empty: on all)
    share: cases relative to an ordinary regime; at_most: an upper limit on cases
    least: budgets with fewer cases for an ordinary regime leave this one out
    norms: the normalizations that it is for (empty: all)
    native: only laws about the layer's own parameters are tried: the others would ask for each of
        very many sets by itself
    """

    name: str
    says: str
    batch: tuple[int, ...] = (2, 3, 4, 5, 8)
    channels: tuple[int, ...] = (1, 2, 3)
    sizes: tuple[int, ...] = (2, 1, 3)
    ranks: tuple[int, ...] = (2, 4, 3, 5)
    shapes: tuple[tuple[int, ...], ...] = ()
    amplitude: int = 100
    structures: tuple[str, ...] = ("explicit",)
    scales: tuple[tuple[int, ...], ...] = ((0,), (-6,), (-6, 1, -12))
    offset_bits: tuple[float, ...] = (0.0,)
    eps: tuple[float, ...] = EPS
    gamma: tuple[tuple[float, ...], ...] = ((1.0,), (2.0,), (-1.5, 0.5), (0.7, -3.0, 1.0))
    beta: tuple[tuple[float, ...], ...] = ((0.0,), (1.0,), (-0.25, 5.0))
    running_mean: tuple[tuple[float, ...], ...] = ((0.0,), (3.0,), (-20.0, 0.5))
    running_var: tuple[tuple[float, ...], ...] = ((1.0,), (0.25, 3.0), (900.0,))
    momentum: tuple[float | None, ...] = (0.1, 0.5, 0.9)
    layouts: tuple[str, ...] = ("C",)
    dy_amplitude: int = 8
    dy_structures: tuple[str, ...] = ("explicit", "noise")
    dy_scales: tuple[tuple[int, ...], ...] = ((0,), (-3,))
    aliases: tuple[str, ...] = ("",)
    readonly: tuple[bool, ...] = (False,)
    special: tuple[str, ...] = ("",)
    dtypes: tuple[str, ...] = ()
    own_calls: bool = True
    own_shapes: tuple[tuple[int, ...], ...] = ()
    share: float = 1.0
    at_most: int = 1 << 30
    least: int = 0
    norms: tuple[NormName, ...] = ()
    native: bool = False


def admits(domain: Domain, recipe: Recipe) -> bool:
    """Whether an implementation can be given a case: what it has fixed must be so in the case."""
    return (
        domain.admits(recipe.shape)
        and domain.eps(recipe.eps) == recipe.eps
        and domain.momentum(recipe.momentum) == recipe.momentum
        and (domain.affine or _is_plain(recipe))
        and not (domain.plus_one and "gamma" in recipe.alias)
        and domain.takes_gamma(recipe.gamma, format_of(recipe.parameters or recipe.dtype).dtype)
    )


def _is_plain(recipe: Recipe) -> bool:
    """Whether gamma is 1 and beta is 0."""
    if recipe.data is None:
        return set(recipe.gamma) == {1.0} and set(recipe.beta) == {0.0}
    return batch_of(recipe.data, recipe.shape)[0].is_plain


def within(regime: Regime, domain: Domain, storage: Format) -> Regime | None:
    """Narrow a regime to what an implementation can be given, or None if nothing is left."""
    if regime.dtypes and storage.name not in regime.dtypes:
        return None
    if regime.norms and domain.norm.name not in regime.norms:
        return None
    ranks = tuple(r for r in regime.ranks if r in domain.ranks)
    shapes = tuple(_widened(s, domain) for s in regime.shapes if len(s) in domain.ranks)
    if (regime.shapes and not shapes) or not ranks:
        return None
    if domain.shape is not None:
        shapes = (domain.shape,)
    elif domain.held and not shapes:
        shapes = _held(regime, ranks, domain)
    gamma = tuple(g for g in regime.gamma if domain.takes_gamma(g, storage.dtype)) or ((1.0,),)
    return replace(
        regime,
        shapes=tuple(dict.fromkeys(shapes)),
        ranks=ranks,
        channels=tuple(dict.fromkeys(domain.width(c) for c in regime.channels)),
        own_shapes=() if domain.shape is not None else regime.own_shapes,
        eps=tuple(dict.fromkeys(domain.eps(e) for e in regime.eps)),
        momentum=tuple(dict.fromkeys(domain.momentum(m) for m in regime.momentum)),
        gamma=gamma if domain.affine else ((1.0,),),
        beta=regime.beta if domain.affine else ((0.0,),),
        layouts=regime.layouts if domain.strided else ("C",),
        # an alias of gamma would be a gamma that the target is not given
        aliases=tuple(
            a for a in regime.aliases if "gamma" not in a or (domain.affine and not domain.plus_one)
        ),
    )


def _widened(shape: tuple[int, ...], domain: Domain) -> tuple[int, ...]:
    return domain.holding((shape[0], domain.width(shape[1]), *shape[2:]))


def _held(regime: Regime, ranks: Shape, domain: Domain) -> tuple[Shape, ...]:
    """List the shapes of a regime where some sizes are fixed: what is left to choose is."""
    choices = itertools.product(ranks, regime.batch, regime.channels, regime.sizes)
    return tuple(_widened((b, c, *(n,) * (rank - 2)), domain) for rank, b, c, n in choices)
