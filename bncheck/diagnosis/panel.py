"""Fresh cases on which every run's diagnosis looks: few, small, and telling causes apart.

Each is there because some deviations show in it and look-alikes do not; the separation matrix in
the tests says which pairs it keeps apart. The first are general, the later ones special.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.model import Domain
from bncheck.model.formats import format_of
from bncheck.truth import oracle

_GAMMA, _BETA = (1.5, -0.75, 2.0), (0.5, -1.0, 0.25)
_X = Values((3, -1, 7, 2, 0, -6, 5), "noise", (1, -5, 2), (3.0, -1.0, 10.0))
_DY = Values((2, -3, 5, 1, 4), "noise", (0, 1, -1))
_BASE = Recipe(
    shape=(6, 3),
    x=_X,
    dy=_DY,
    gamma=_GAMMA,
    beta=_BETA,
    running_mean=(2.0, -3.0, 0.5),
    running_var=(0.25, 4.0, 30.0),
    eps=0.5,
    momentum=0.25,
)


def _x(**changes: object) -> Values:
    return replace(_X, **changes)  # type: ignore[arg-type] # the fields of Values, by name


GENERAL: tuple[Recipe, ...] = (
    _BASE,
    replace(_BASE, shape=(4, 3, 2, 3), eps=1e-3, x=_x(scale=(-4, -5, 0))),
    replace(_BASE, shape=(5, 2, 3), momentum=0.75, eps=0.1),
    replace(_BASE, shape=(3, 3, 3, 3), eps=0.25),
    replace(_BASE, shape=(3, 3), eps=0.25),
    replace(_BASE, shape=(1, 3, 3, 5), eps=0.125),
    replace(_BASE, shape=(2, 3, 2, 2, 3), eps=1e-2),
    replace(_BASE, shape=(2, 3), eps=2.0, x=_x(scale=(-1,))),
)

SPECIAL: tuple[Recipe, ...] = (
    # variance against eps, at the values that people hard-code
    replace(_BASE, eps=1e-5, x=_x(scale=(-10, -12, -14), offset=(0.0,))),
    replace(_BASE, eps=1e-6, x=_x(scale=(-12, -14, -16), offset=(0.0,))),
    replace(_BASE, eps=1e-3, x=_x(scale=(-8, -10, -12), offset=(0.0,))),
    replace(_BASE, eps=1e-8, x=_x(scale=(-16, -19, -22), offset=(0.0,))),
    replace(_BASE, eps=1e-12, x=_x(scale=(-22, -24, -26), offset=(0.0,))),
    replace(_BASE, eps=1e-12, running_var=(1e-6, 1e-12, 1e-9), x=_x(scale=(0,))),
    # rounding: large means, a constant channel, a first value far off
    replace(_BASE, eps=1e-5, x=_x(scale=(0, -3, -6), offset=(1000.0, -4000.0, 500.0))),
    replace(_BASE, eps=1e-5, x=Values((5, 1, -7), "constant", (0,), (1000.0, 10.0, 0.0))),
    replace(_BASE, shape=(33, 2), eps=1e-3),
    # parameters at values that are taken for something else
    replace(_BASE, gamma=(0.0, -1.0, 1.0), beta=(0.5, 0.0, -2.0)),
    replace(_BASE, gamma=(1.0,), beta=(0.0,), running_mean=(0.0,), running_var=(1.0,), eps=1e-5),
    replace(_BASE, gamma=(1000.0, -30.0, 4.0), beta=(-20.0, 3.0, 8.0)),
    replace(_BASE, momentum=0.0),
    replace(_BASE, momentum=1.0),
    replace(_BASE, momentum=None),
    # shapes and layouts
    replace(_BASE, shape=(1, 3)),
    replace(_BASE, shape=(7, 3)),
    replace(_BASE, shape=(13, 3, 1, 1)),
    replace(_BASE, shape=(2, 3, 1, 4)),
    replace(_BASE, shape=(3, 3, 2, 2), layout="channels_last"),
    replace(_BASE, shape=(3, 3, 2, 2), dy_layout="channels_last"),
    replace(_BASE, shape=(4, 3, 2), layout="transposed", dy_layout="transposed"),
    replace(_BASE, shape=(5, 3), layout="sliced", dy_layout="reversed"),
    replace(_BASE, shape=(4, 3, 2, 2), layout="F", dy_layout="C"),
    # range
    replace(_BASE, dy=replace(_DY, scale=(-24, -28, -31))),
    replace(_BASE, x=_x(scale=(9, 6, 7))),
    replace(_BASE, running_var=(900.0, 1e5, 70000.0), running_mean=(300.0, -20.0, 1.1)),
    replace(_BASE, special=((1, 1, "inf"), (2, 2, "nan"))),
    # sizes
    replace(_BASE, shape=(3, 67)),
    replace(_BASE, shape=(300, 2)),
    replace(_BASE, shape=(1037, 1)),
    replace(_BASE, shape=(4099, 1)),
)

# m past 16 bits: only where everything else left the question open
HUGE: tuple[Recipe, ...] = (replace(_BASE, shape=(65539, 1)),)


def panel(
    domain: Domain,
    dtype: str,
    parameters: str,
    *,
    cumulative: bool,
    one_value: bool,
    huge: bool = False,
) -> Iterator[Recipe]:
    """Fresh cases that a target of this domain can be given.

    cumulative: a momentum of None can be set; one_value: one value per channel is answered
    """
    seen = set()
    for recipe in (*GENERAL, *SPECIAL, *(HUGE if huge else ())):
        made = within(recipe, domain, dtype, parameters)
        if made is None or made in seen or (made.momentum is None and not cumulative):
            continue
        if made.size == made.shape[1] and not one_value:
            continue
        seen.add(made)
        yield made


def within(recipe: Recipe, domain: Domain, dtype: str, parameters: str) -> Recipe | None:
    """Turn a case into one that a target of this domain can be given, or None."""
    shape = recipe.shape
    if len(shape) not in domain.ranks:
        if recipe.layout != "C" or recipe.dy_layout != "C":
            return None
        # the same number of values per channel in a rank that is taken
        rest = recipe.size // shape[1] // shape[0]
        shape = (shape[0], shape[1], rest, 1, 1)[: domain.ranks[0]]
        if domain.ranks[0] == 2:
            shape = (recipe.size // recipe.shape[1], recipe.shape[1])
    shape = domain.shape or domain.holding((shape[0], domain.width(shape[1]), *shape[2:]))
    if not domain.strided and (recipe.layout != "C" or recipe.dy_layout != "C"):
        return None
    if domain.activation:
        recipe = unbent(replace(recipe, shape=shape), domain.activation)
    narrow = format_of(dtype).precision < format_of("float32").precision
    exact = domain.takes_gamma(recipe.gamma, format_of(parameters).dtype)
    return replace(
        own(recipe, domain),
        shape=shape,
        dtype=dtype,
        parameters="" if parameters == dtype else parameters,
        eps=domain.eps(recipe.eps),
        momentum=domain.momentum(recipe.momentum),
        gamma=recipe.gamma if domain.affine and exact else (1.0,),
        beta=recipe.beta if domain.affine else (0.0,),
        # a large mean is large in units of the format's precision
        x=replace(recipe.x, offset=tuple(o / 64 for o in recipe.x.offset)) if narrow else recipe.x,
    )


def own(recipe: Recipe, domain: Domain) -> Recipe:
    """Return the case as one of the target's normalization.

    Instance normalization is looked at one sample at a time, as batch normalization of it.
    """
    if domain.norm.owner not in ("value", "channel"):
        return recipe
    return replace(recipe, norm=domain.norm.name, groups=domain.norm.groups)


def unbent(recipe: Recipe, activation: str) -> Recipe:
    """Return the case with gamma and beta for which the activation does nothing in either mode.

    Then its answers are those of the normalization itself. Both modes' outputs for beta = 0 are
    evaluated roughly, and a power of two more than twice as large is added; where the output is
    cut above as well, gamma is made small enough.
    """
    plain = replace(recipe, dtype="float64", parameters="", beta=(0.0,), special=())
    case = build(plain)
    largest = max(np.abs(side.y).max() for side in (oracle.train(case)[0], oracle.infer(case)[0]))
    power = math.ceil(math.log2(max(float(largest), 1.0))) + 1
    if activation == "relu":
        return replace(recipe, beta=(2.0**power,), special=())
    small = tuple(g * 2.0**-power for g in recipe.gamma)
    return replace(recipe, gamma=small, beta=(3.0,), special=())
