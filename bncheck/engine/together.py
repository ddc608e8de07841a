"""What two targets can be asked alike: the domain that both have, and the cases in it.

The cases are those that tell causes apart, and those that a quick run of the laws would look at:
what fails in the one command should not look right in the other for want of a case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from bncheck.cases import Recipe
from bncheck.diagnosis import panel
from bncheck.engine import survey
from bncheck.engine.options import BUDGETS
from bncheck.errors import UsageError
from bncheck.model import Domain

_BUDGET = BUDGETS["quick"]


def common(a: Domain, b: Domain) -> Domain:
    """Return what both take; eps and momentum that one has fixed are for each to replace.

    Raises UsageError where they are two normalizations.
    """
    if a.norm.name != b.norm.name:
        raise UsageError(
            f"the first is checked as {a.norm.called}, the second as {b.norm.called}, but they "
            'should be of one kind: NORM = "layer" in a file says which'
        )
    return Domain(
        norm=a.norm if a.norm.groups else b.norm,
        ranks=tuple(r for r in a.ranks if r in b.ranks),
        channels=a.channels if b.channels is None else b.channels,
        multiple=math.lcm(a.multiple, b.multiple),
        shape=a.shape or b.shape,
        activation=a.activation or b.activation,
        affine=a.affine and b.affine,
        strided=a.strided and b.strided,
        few_shapes=a.few_shapes or b.few_shapes,
    )


def cases(
    domain: Domain, dtype: str, parameters: str, seed: int, *, one_value: bool
) -> Iterator[Recipe]:
    """Yield the cases, each once; one_value: one value per channel is answered by both."""
    seen = set()
    for recipe in panel.panel(domain, dtype, parameters, cumulative=False, one_value=one_value):
        seen.add(recipe)
        yield recipe
    if domain.activation:  # only the panel keeps to numbers that an activation leaves alone
        return
    for drawn in survey.cases(domain, dtype, parameters, _BUDGET, seed):
        recipe = panel.own(drawn, domain)
        if recipe not in seen and (one_value or recipe.size > recipe.shape[1]):
            seen.add(recipe)
            yield recipe
